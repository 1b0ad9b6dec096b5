# SPDX-License-Identifier: Apache-2.0
"""Queries: state that stays, values, errors, and snippets of odd shapes."""
import pytest

from cases import each_language
from record import accepted, finished, started

pytestmark = pytest.mark.conformance

KEPT = {"context": "kept"}


@each_language("state1", "state2", "state3")
def test_state_stays_between_queries(client, lang):
    for key in ("state1", "state2"):
        assert lang.run(client, key).tale() == [accepted(), started(), finished(**KEPT)]
    assert lang.run(client, "state3").tale() == [
        accepted(), started(), ("stdout", {}, lang.stdout("state3")), finished(**KEPT)]


@each_language("state1", "state_missing")
def test_each_context_has_its_own_state(client, lang):
    lang.run(client, "state1")
    record = lang.run(client, "state_missing", ctx=client.ctx + "-other")
    assert record.stdout == lang.stdout("state_missing")


@each_language("hello")
def test_the_context_without_a_name_is_main(client, lang):
    run = client.request("run", lang.code("hello").encode(), mode="query", lang=lang.name)["run"]
    client.used.add((lang.name, "main"))
    client.collect(run)
    assert any((c["lang"], c["ctx"]) == (lang.name, "main") for c in client.request("status")["contexts"])


@each_language("value")
def test_the_value_of_the_last_expression_is_the_result(client, lang):
    record = lang.run(client, "value")
    expected = lang.case("value")["result"].encode()
    assert record.tale() == [accepted(), started(), ("result", [("text/plain", expected)]), finished(**KEPT)]


@each_language("no_value")
def test_a_statement_has_no_result(client, lang):
    assert lang.run(client, "no_value").tale() == [accepted(), started(), finished(**KEPT)]


@each_language("value")
def test_a_silent_query_has_no_result(client, lang):
    assert lang.run(client, "value", silent=True).tale() == [accepted(), started(), finished(**KEPT)]


@each_language("stderr")
def test_stderr_is_a_stream_of_its_own(client, lang):
    assert lang.run(client, "stderr").tale() == [
        accepted(), started(), ("stderr", {}, lang.stderr("stderr")), finished(**KEPT)]


@each_language("unicode")
def test_text_of_all_scripts_goes_through(client, lang):
    assert lang.run(client, "unicode").stdout == lang.stdout("unicode")


@each_language("no_newline")
def test_output_without_a_newline_is_delivered(client, lang):
    assert lang.run(client, "no_newline").stdout == lang.stdout("no_newline")


@each_language("nul_output")
def test_bytes_that_are_no_text_go_through(client, lang):
    expected = bytes(range(256)) if lang.case("nul_output")["all_bytes"] else bytes(lang.case("nul_output")["stdout_zeros"])
    assert lang.run(client, "nul_output").stdout == expected


@each_language("error")
def test_an_error_is_told_with_its_name_message_and_line(client, lang):
    record, case = lang.run(client, "error"), lang.case("error")
    assert (record.status, record.exit, record.finished["context"]) == ("error", 1, "kept")
    if "name" in case:
        error = record.one("error")
        assert (error["kind"], error["name"], error["message"]) == (case["kind"], case["name"], case["message"])
        assert error["line"] == case["line"]
        assert error["traceback"] and all(isinstance(line, str) for line in error["traceback"])
        assert record.finished["error"]
        assert record.names() == ["accepted", "started", "error", "finished"]


@each_language("output_then_error")
def test_output_before_an_error_comes_before_it(client, lang):
    record = lang.run(client, "output_then_error")
    assert record.stdout == lang.stdout("output_then_error") and record.status == "error"
    names = [n for n in record.names() if n in ("stdout", "error", "finished")]
    assert names in (["stdout", "error", "finished"], ["stdout", "finished"])


@each_language("syntax")
def test_code_that_cannot_be_parsed_is_an_error_and_hurts_nothing(client, lang):
    lang.run(client, "state1")
    record = lang.run(client, "syntax")
    assert (record.status, record.finished["context"]) == ("error", "kept") and record.exit != 0
    if "name" in lang.case("syntax"):
        assert record.one("error")["name"] == lang.case("syntax")["name"]
        assert record.one("error")["kind"] == "compile"
    lang.run(client, "state2")
    assert lang.run(client, "state3").stdout == lang.stdout("state3")


@each_language("error", "state1", "state2", "state3")
def test_state_survives_an_error(client, lang):
    for key in ("state1", "error", "state2"):
        lang.run(client, key)
    assert lang.run(client, "state3").stdout == lang.stdout("state3")


@each_language("exit3", "exit0", "state1", "state2", "state3")
def test_an_exit_in_a_query_has_its_code_and_keeps_the_context(client, lang):
    lang.run(client, "state1")
    record = lang.run(client, "exit3")
    assert (record.status, record.exit, record.finished["context"]) == ("error", 3, "kept")
    record = lang.run(client, "exit0")
    assert (record.status, record.exit, record.finished["context"]) == ("ok", 0, "kept")
    lang.run(client, "state2")
    assert lang.run(client, "state3").stdout == lang.stdout("state3")


@each_language("recursion", "hello")
def test_endless_recursion_is_an_error_told_truly(client, lang):
    record = lang.run(client, "recursion")
    assert record.status in lang.case("recursion")["status"] and record.exit != 0
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("empty", "blank")
@pytest.mark.parametrize("key", ["empty", "blank"])
def test_code_that_does_nothing_is_ok(client, lang, key):
    assert lang.run(client, key).tale() == [accepted(), started(), finished(**KEPT)]


@each_language("big")
def test_a_snippet_of_a_mib_runs(client, lang):
    assert len(lang.code("big")) > 1_000_000
    assert lang.run(client, "big").tale() == [
        accepted(), started(), ("stdout", {}, lang.stdout("big")), finished(**KEPT)]


@each_language("comments")
def test_ten_thousand_lines_of_comment_are_nothing_special(client, lang):
    record, case = lang.run(client, "comments"), lang.case("comments")
    assert record.stdout == lang.stdout("comments") and record.status == "ok"
    if "result" in case:
        assert record.results == [("text/plain", case["result"].encode())]


@each_language("env_print")
def test_env_applies_when_the_context_is_made(client, lang):
    assert lang.run(client, "env_print", env={"GREETING": "good day"}).stdout == b"good day\n"
    assert lang.run(client, "env_print").stdout == b"good day\n"
    code = lang.code("env_print").encode()
    assert client.refusal("run", code, mode="query", lang=lang.name, ctx=client.ctx, env={"GREETING": "x"}) == "bad-request"


@each_language("cwd_file")
def test_cwd_applies_when_the_context_is_made(client, lang, tmp_path):
    assert lang.run(client, "cwd_file", cwd=str(tmp_path)).stdout == f"{tmp_path}\n".encode()
    assert (tmp_path / "made-here.txt").read_text() == "made"
    code = lang.code("cwd_file").encode()
    assert client.refusal("run", code, mode="query", lang=lang.name, ctx=client.ctx, cwd="/") == "bad-request"


@each_language("cwd_file")
def test_a_query_without_a_cwd_works_in_the_work_dir(daemon, client, lang):
    assert lang.run(client, "cwd_file").stdout == f"{daemon.work}\n".encode()
    (daemon.work / "made-here.txt").unlink()


@each_language("merge", "stderr")
def test_merge_gives_one_stream_in_true_order_for_one_query(client, lang):
    record = lang.run(client, "merge", merge=True)
    assert (record.stdout, record.stderr) == (lang.stdout("merge"), b"") and not record.of("stderr")
    record = lang.run(client, "stderr")
    assert (record.stdout, record.stderr) == (b"", lang.stderr("stderr"))


@each_language("merge", "sleep", "error", "exit3", "stderr")
@pytest.mark.parametrize("key", ["sleep", "error", "exit3"])
def test_merge_is_over_however_the_query_ends(client, lang, key):
    run = lang.start(client, key, merge=True)
    if key == "sleep":
        client.wait_output(run, "ready\n")
        client.request("interrupt", run=run)
    assert client.collect(run).finished["context"] == "kept"
    record = lang.run(client, "stderr")
    assert (record.stdout, record.stderr) == (b"", lang.stderr("stderr"))


@each_language("traceparent")
def test_traceparent_reaches_a_query_and_none_behind_it(client, lang):
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    record = lang.run(client, "traceparent", meta={"traceparent": parent, "n": 7})
    assert record.stdout == f"{parent}\n".encode()
    assert record.one("accepted")["meta"] == {"traceparent": parent, "n": 7}
    assert lang.run(client, "traceparent").stdout == b"unset\n"


@each_language("ask_refused", "hello")
def test_a_prompt_without_an_input_fails_at_once(client, lang):
    record = lang.run(client, "ask_refused", stdin="none")
    assert record.status in lang.case("ask_refused")["status"] and not record.of("waiting-input")
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("hello")
def test_queries_tell_usage_by_difference(client, lang):
    lang.run(client, "hello", ctx=client.ctx)
    usage = lang.run(client, "hello").finished["usage"]
    assert 0 <= usage["cpu_ms"] < 5000 and 0 <= usage["wall_ms"] < 20000 and usage["max_rss"] > 0


@each_language("hello")
def test_code_with_carriage_returns_or_a_byte_order_mark_is_answered(client, lang):
    for code in ("\ufeff" + lang.code("hello"), lang.code("hello") + "\r\n"):
        assert client.query(lang, code).finished["context"] == "kept"


@each_language("hello")
def test_a_hundred_queries_in_a_row_each_have_their_own_output(client, lang):
    for run in [lang.start(client, "hello") for _ in range(100)]:
        assert client.collect(run).stdout == lang.stdout("hello")


@each_language("sleep", "hello")
def test_stop_on_error_ends_what_is_queued_behind_and_nothing_later(client, lang):
    failing = lang.start(client, "sleep", stop_on_error=True)
    behind = lang.start(client, "hello")
    client.wait_output(failing, "ready\n")
    client.request("interrupt", run=failing)
    assert client.collect(failing).status == "interrupted"
    assert client.collect(behind).tale() == [accepted(1), finished("aborted", None)]
    assert lang.run(client, "hello").stdout == lang.stdout("hello")
