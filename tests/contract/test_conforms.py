# SPDX-License-Identifier: Apache-2.0
"""What every language must be able to do, beside what the other files ask of those that have the case."""
import contextlib

import pytest

from cases import LANGUAGES, both_modes, each_language, each_project
from client import Silence
from daemon import eventually
from record import accepted, finished, parts, started

pytestmark = pytest.mark.conformance

# Every language has all of these, or says under [gaps] what happens instead.
EVERYWHERE = [
    "hello", "stderr", "unicode", "no_newline", "nul_output", "exit0", "exit3", "syntax", "error", "batch_error",
    "output_then_error", "state1", "state2", "state3", "state_missing", "redefine1", "redefine2", "redefine3", "loop", "sleep",
    "sleep_child", "read_line", "read_all", "flood", "count", "gate", "deaf", "ask", "ask_once", "library", "cwd_file",
    "cwd_roundtrip", "env_print", "argv_print", "traceparent", "child", "background_child", "child_output", "big", "comments",
    "empty", "blank", "recursion", "oom", "crash", "die", "complete_known", "complete_own", "check_complete",
    "check_incomplete", "check_invalid", "tty",
]
# What the manifest says that the worker can is shown by these.
BY_ABILITY = {"value": ["value", "no_value"], "rich": ["rich"], "inspect": ["inspect_known", "inspect_own"], "merge": ["merge"],
              "prompt": ["ask_refused"]}
each = pytest.mark.parametrize("lang", LANGUAGES, ids=lambda lang: lang.name)


@each
def test_a_language_has_the_cases_of_all_or_says_what_happens_instead(lang):
    able = {ability for ability, can in lang.manifest["query"]["can"].items() if can}
    wanted = EVERYWHERE + [case for ability in able & BY_ABILITY.keys() for case in BY_ABILITY[ability]]
    assert [case for case in wanted if case not in lang and case not in lang.manifest.get("gaps", {})] == []


@each
def test_a_language_tells_how_a_project_of_several_files_is_run(lang):
    assert [key for key in lang.table if key.startswith("project_")]


@each_project()
def test_a_project_is_found_by_its_files_and_run(client, lang, key):
    case = lang.case(key)
    contents = [text.encode() for text in case["files"].values()]
    files = [{"path": path, "size": len(text)} for path, text in zip(case["files"], contents, strict=True)]
    build = "*" if "build" in lang.manifest["batch"] else ""
    record = client.run(contents=contents, files=files, mode="batch", lang=lang.name, build=build)
    assert record.status == "ok", f"{record.stdout!r} {record.stderr!r} {record.of('error')}"
    assert record.stdout.decode().endswith(case["stdout"])


@both_modes
@each_language("library")
def test_a_library_of_the_language_is_at_hand(client, lang, mode):
    assert lang.run(client, "library", mode).stdout == lang.stdout("library", mode)


@each_language("redefine1", "redefine2", "redefine3")
def test_what_was_defined_may_be_defined_again(client, lang):
    for key in ("redefine1", "redefine2"):
        assert lang.run(client, key).status == "ok"
    assert lang.run(client, "redefine3").stdout == lang.stdout("redefine3")


@both_modes
@each_language("cwd_roundtrip")
def test_a_file_that_was_written_is_read_back(client, lang, mode, tmp_path):
    record = lang.run(client, "cwd_roundtrip", mode, cwd=str(tmp_path))
    assert record.stdout == lang.stdout("cwd_roundtrip", mode)


@both_modes
@each_language("child")
def test_what_a_child_prints_stands_where_it_was_printed(client, lang, mode):
    assert lang.run(client, "child", mode).stdout == lang.stdout("child", mode)


@each_language("argv_print")
def test_argv_reaches_a_query(client, lang):
    record = lang.run(client, "argv_print", argv=lang.case("argv_print")["arguments"])
    assert record.stdout == lang.stdout("argv_print")


@both_modes
@each_language("whole")
def test_a_whole_program_runs_as_such(client, lang, mode):
    assert lang.run(client, "whole", mode).stdout == lang.stdout("whole", mode)


@each_language("exit_whole")
def test_a_whole_program_that_exits_in_a_query_tells_its_code(client, lang):
    record = lang.run(client, "exit_whole")
    assert (record.status, record.exit) == ("error", 3)


@each_language("rich")
def test_what_is_more_than_text_is_shown_in_its_form(client, lang):
    record = lang.run(client, "rich")
    assert record.status == "ok", f"{record.stdout!r} {record.stderr!r}"
    forms = [mime for event in record.of("display") + record.of("result") for mime, _ in parts(event)]
    assert forms[0] == "text/plain" and lang.case("rich")["mime"] in forms


@each_language("value", "no_value")
def test_a_value_is_told_once_and_nothing_else(client, lang):
    for key in ("no_value", "value"):
        record = lang.run(client, key)
        assert record.stdout == record.stderr == b""
        assert record.tale()[:2] == [accepted(), started()] and record.tale()[-1] == finished(context="kept")


@each_language("tty")
def test_a_terminal_has_the_languages_own_prompt(client, lang):
    case = lang.case("tty")
    run = client.start(mode="tty", lang=lang.name, env={"HOME": "/nonexistent"})
    client.until(lambda: client.stream(run), "a prompt")
    client.input(run, case["code"] + "\n")
    client.until(lambda: case["shows"].encode() in client.stream(run).split(case["code"].encode())[-1], "what it prints")
    leave(client, run, case.get("leave", "\x04"))
    assert client.collect(run).status in ("ok", "error")  # a prompt leaves with the status of its last command


def leave(client, run, typed):
    """What is typed between two prompts may be lost, for there a prompt changes its terminal's ways."""
    def has_left():
        client.ask("input", typed.encode(), run=run)
        with contextlib.suppress(Silence):
            client.until(lambda: client.counts[run, "finished"], "its end", timeout=1)
        return client.counts[run, "finished"]

    eventually(has_left, "the prompt has been left")


def test_a_console_is_a_login_shell_with_git(client):
    run = client.start(mode="tty", lang="console", env={"HOME": "/nonexistent"})
    client.input(run, "shopt -q login_shell && git --version && exit 0\n")
    record = client.collect(run)
    assert record.status == "ok" and b"git version 2" in record.stdout
