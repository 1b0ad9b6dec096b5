# SPDX-License-Identifier: Apache-2.0
"""quern run: what goes in comes out, and the exit code tells the truth."""
import base64
import json
import os

import pytest

from conftest import finished


def test_stdout_and_stderr_come_out_where_they_belong(quern):
    result = quern("run", "-l", "bash", "-c", "echo out; echo err >&2")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"out\n", b"err\n")


@pytest.mark.parametrize("code", [0, 1, 3, 77, 255])
def test_the_programs_exit_code_is_querns(quern, code):
    assert quern("run", "--batch", "--exec", f"exit {code}").returncode == code


def test_a_program_that_dies_of_a_signal_gives_128_and_its_number(quern):
    result = quern("run", "--batch", "--exec", "kill -SEGV $$")
    assert result.returncode == 128 + 11 and result.stderr.startswith(b"quern: it crashed")


@pytest.mark.parametrize("status,keys,code", [
    ("ok", {"exit": 0}, 0), ("ok", {}, 0), ("error", {"exit": 9}, 9), ("error", {}, 1), ("build-failed", {"exit": 2}, 2),
    ("interrupted", {"signal": 2}, 130), ("timeout", {"signal": 9}, 124), ("memory", {"signal": 9}, 137),
    ("output-limit", {"signal": 9}, 137), ("aborted", {}, 126), ("crashed", {"signal": 6}, 134), ("killed", {"signal": 15}, 143),
    ("killed", {}, 137),
])
def test_each_status_has_its_exit_code(quern, scripted, status, keys, code):
    scripted(finished(status, cause="because of this", **keys))
    result = quern("run", "-l", "bash", "-c", "x")
    assert result.returncode == code
    says = status in ("timeout", "memory", "output-limit", "aborted", "crashed", "killed")
    assert (b"because of this" in result.stderr) == says


def test_a_megabyte_of_any_bytes_passes_through(quern):
    data = os.urandom(1_000_003)
    result = quern("run", "--batch", "--exec", "cat", input=data)
    assert result.returncode == 0 and result.stdout == data


def test_a_lot_of_output_arrives_whole(quern):
    result = quern("run", "--batch", "--exec", "head -c 50000000 /dev/zero")
    assert result.returncode == 0 and result.stdout == bytes(50_000_000)


def test_stdin_ends_where_it_ends(quern):
    assert quern("run", "--batch", "--exec", "wc -c", input=b"12345").stdout.strip() == b"5"
    assert quern("run", "--batch", "--exec", "wc -c").stdout.strip() == b"0"


def test_a_program_that_leaves_its_stdin_does_not_stop_us(quern):
    assert quern("run", "--batch", "--exec", "echo done", input=bytes(3_000_000)).stdout == b"done\n"


def test_a_closed_stdin_is_no_failure(quern):
    process = quern.start("run", "--batch", "--exec", "echo done", preexec_fn=lambda: os.close(0))
    assert process.communicate(timeout=60) == (b"done\n", b"") and process.returncode == 0


def test_code_may_come_from_stdin(quern):
    result = quern("run", "-l", "bash", "-", input=b"echo from stdin")
    assert (result.returncode, result.stdout) == (0, b"from stdin\n")


def test_with_no_stdin_ours_is_left_alone(quern):
    read, write = os.pipe()
    os.write(write, b"for the shell\n")
    process = quern.start("run", "-n", "--batch", "--exec", "cat; echo done", stdin=read)
    assert process.communicate(timeout=60)[0] == b"done\n"
    assert os.read(read, 100) == b"for the shell\n"


def test_a_file_is_run_in_the_language_of_its_extension(quern):
    (quern.cwd / "hello.py").write_text("print('from a file')\n")
    result = quern("run", "hello.py")
    assert (result.returncode, result.stdout) == (0, b"from a file\n")


def test_arguments_reach_the_program_as_they_are(quern):
    words = ["a b", "[x,y]", "--json", "-l", "", "ü", "--"]
    result = quern("run", "--batch", "--exec", 'for word in "$@"; do printf "<%s>" "$word"; done', "--", *words)
    assert result.stdout.decode() == "".join(f"<{word}>" for word in words)


def test_words_behind_the_file_are_arguments(quern):
    (quern.cwd / "show.py").write_text("import sys; print(sys.argv[1:])\n")
    result = quern("run", "--batch", "show.py", "one", "[2]", "--", "--three")
    assert result.stdout == b"['one', '[2]', '--three']\n"


def test_environment_and_folder_are_the_ones_named(quern, tmp_path):
    result = quern("run", "--batch", "--exec", "echo $GREETING; pwd", "--env", "GREETING=good day=x", "--cwd", str(tmp_path))
    assert result.stdout.decode() == f"good day=x\n{tmp_path}\n"


def test_a_private_daemon_works_in_our_folder(quern):
    (quern.cwd / "here.txt").write_text("here")
    assert quern("run", "--batch", "--exec", "cat here.txt").stdout == b"here"


def test_the_value_of_a_query_is_printed(quern):
    result = quern("run", "-l", "python", "-c", "print('first')\n6 * 7")
    assert (result.returncode, result.stdout) == (0, b"first\n42\n")


def test_an_exception_is_told_on_stderr_and_exits_1(quern):
    result = quern("run", "-l", "python", "-c", "print('before')\n1 / 0")
    assert (result.returncode, result.stdout) == (1, b"before\n")
    assert b"ZeroDivisionError: division by zero\n" in result.stderr


def test_a_batch_run_saves_the_code_and_runs_it_by_the_languages_rules(quern):
    result = quern("run", "--batch", "-l", "python", "-c", "import sys; print(sys.argv[1:]); sys.exit(4)", "--", "x")
    assert (result.returncode, result.stdout) == (4, b"['x']\n")


def test_build_and_exec_are_commands_for_a_shell(quern):
    result = quern("run", "--batch", "--build", "echo 7 > n", "--exec", "cat n; rm n")
    assert (result.returncode, result.stdout) == (0, b"7\n")


def test_a_failed_build_exits_as_the_build_did(quern):
    result = quern("run", "--batch", "--build", "echo broken >&2; exit 3", "--exec", "echo never")
    assert result.returncode in (1, 3) and result.stdout == b"" and result.stderr.startswith(b"broken\n")


def test_a_time_limit_exits_124_and_says_so(quern):
    result = quern("run", "--batch", "--exec", "sleep 60", "--limit", "wall=300ms")
    assert result.returncode == 124 and result.stderr.startswith(b"quern: it was stopped at its time limit")


def test_limits_and_settings_reach_the_daemon(quern, fake, scripted):
    scripted(finished())
    quern("run", "-l", "bash", "-c", "x", "--limit", "wall=2m", "--limit", "memory=64M", "--limit", "processes=7", "--ctx", "other",
          "--name", "my-run", "--env", "A=B", "--merge")
    head, body = next((h, b) for h, b in fake.requests if h["op"] == "run")
    assert (head["id"], head["ctx"], head["mode"], head["env"], head["merge"], body) == ("my-run", "other", "query", {"A": "B"}, True, b"x")
    assert head["limits"] == {"wall_ms": 120_000, "memory": 64 * 2**20, "processes": 7}


def test_a_run_is_forgotten_when_it_has_been_shown(quern, fake):
    quern("run", "-l", "bash", "-c", "true")
    assert [h["op"] for h, _ in fake.requests][-2:] == ["ack", "forget"] and fake.runs == {}
    quern("run", "--keep", "-l", "bash", "-c", "true")
    assert len(fake.runs) == 1


def test_json_is_one_object_a_line_and_keeps_every_byte(quern):
    result = quern("run", "--json", "--batch", "--exec", r"echo hi; printf '\377'; exit 5")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 5
    assert events[0]["ev"] == "accepted" and events[-1]["ev"] == "finished" and events[-1]["exit"] == 5
    written = [e for e in events if e["ev"] == "stdout"]
    assert b"".join(base64.b64decode(e["data"]) if "data" in e else e["text"].encode() for e in written) == b"hi\n\xff"


def test_json_shows_each_part_of_a_result(quern, scripted):
    scripted(("result", {"parts": [{"mime": "text/plain", "size": 2}, {"mime": "image/png", "size": 3}], "metadata": {}}, b"42\xffPN"),
             finished())
    result = quern("run", "--json", "-l", "bash", "-c", "x")
    shown = json.loads(result.stdout.splitlines()[1])
    assert [part.get("text", part.get("data")) for part in shown["parts"]] == ["42", "/1BO"]


def test_plain_shows_text_where_there_is_some_and_names_what_is_not(quern, scripted):
    scripted(("display", {"parts": [{"mime": "image/png", "size": 3}, {"mime": "text/plain", "size": 6}], "metadata": {}}, b"PNGfigure"),
             ("display", {"parts": [{"mime": "image/png", "size": 3}], "metadata": {}}, b"PNG"), finished())
    assert quern("run", "-l", "bash", "-c", "x").stdout == b"figure\n[image/png, 3 bytes]\n"


def test_events_that_are_lost_are_told(quern, scripted):
    scripted(("gap", {"from": 1, "to": 1, "bytes": 4096}, b""), finished())
    assert b"4096 bytes" in quern("run", "-l", "bash", "-c", "x").stderr


def test_detached_prints_the_name_and_goes(quern, fake):
    result = quern("run", "--detach", "-l", "bash", "-c", "echo hello; exit 3")
    name = result.stdout.decode().strip()
    assert result.returncode == 0 and name in fake.runs
    attached = quern("attach", name)
    assert (attached.returncode, attached.stdout) == (3, b"hello\n")
