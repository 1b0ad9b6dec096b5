# SPDX-License-Identifier: Apache-2.0
"""Every key of a batch run: steps, files, what a program is given, and what is kept of it."""
import hashlib
import json
import os
import stat
import sys
import time

import pytest

from cases import each_language
from daemon import eventually
from record import accepted, err, finished, out, started, told

pytestmark = pytest.mark.conformance


def test_a_string_is_a_command_for_the_shell_and_an_array_is_argv(client):
    assert client.sh("echo a b | tr a-z A-Z").stdout == b"A B\n"
    assert client.sh(["echo", "a b | tr a-z A-Z", "$HOME"]).stdout == b"a b | tr a-z A-Z $HOME\n"


def test_the_three_steps_run_in_order_and_tell_their_phases(client):
    record = client.sh("echo executing", build="echo building", clean="echo cleaning >&2; exit 5")
    assert record.tale() == [
        accepted(), started("build"), out("building\n"), told("build-finished", exit=0),
        started("exec"), out("executing\n"),
        started("clean"), err("cleaning\n"), told("clean-finished", exit=5), finished()]


def test_steps_that_were_not_asked_for_are_not_told(client):
    assert client.sh("true").names() == ["accepted", "started", "finished"]
    assert client.run(mode="batch", exec="", build="echo only").tale() == [
        accepted(), started("build"), out("only\n"), told("build-finished", exit=0), finished()]


def test_a_failed_build_ends_the_run_without_running_the_program(client):
    record = client.sh("echo never", build="echo no >&2; exit 7")
    assert record.tale()[:4] == [accepted(), started("build"), err("no\n"), told("build-finished", exit=7)]
    assert record.status == "build-failed" and record.exit == 7 and b"never" not in record.stdout


def test_the_clean_step_runs_after_a_program_that_failed(client):
    record = client.sh("exit 3", clean="echo cleaning")
    assert record.tale() == [accepted(), started("exec"), started("clean"), out("cleaning\n"),
                             told("clean-finished", exit=0), finished("error", 3)]


def test_files_left_by_the_build_are_there_for_the_program(client):
    assert client.sh("cat made", build="echo built > made").stdout == b"built\n"


def test_a_program_that_is_not_there_is_an_exec_error(client):
    record = client.sh(["/no/such/program", "x"])
    error = record.one("error")
    assert (error["kind"], error["name"]) == ("runtime", "ExecError")
    assert "exec" in error["message"] and "No such file or directory" in error["message"]
    assert (record.status, record.exit) == ("error", 127) and record.finished["error"]


def test_a_build_tool_that_is_not_there_is_told_with_its_step(client):
    record = client.sh("true", build=["no-such-compiler"])
    error = record.one("error")
    assert error["name"] == "ExecError" and "build" in error["message"]
    assert record.status in ("error", "build-failed") and record.exit == 127


def test_a_program_without_the_right_to_be_run_is_an_exec_error(client, tmp_path):
    (tmp_path / "text").write_text("no program")
    record = client.sh([str(tmp_path / "text")])
    assert record.one("error")["name"] == "ExecError" and "denied" in record.one("error")["message"]


@pytest.mark.parametrize("code", [0, 1, 3, 42, 126, 127, 255])
def test_the_exit_code_is_told_as_it_is(client, code):
    assert client.sh(f"exit {code}").tale() == [accepted(), started("exec"), finished("error" if code else "ok", code)]


@pytest.mark.parametrize("number", [11, 6, 9, 15, 8])
def test_a_program_that_dies_of_a_signal_nobody_sent_has_crashed(client, number):
    assert client.sh(f"exec sh -c 'kill -{number} $$'").tale() == [
        accepted(), started("exec"), finished("crashed", None, signal=number)]


@each_language("hello")
def test_the_code_is_saved_and_run_by_the_adapter(client, lang):
    assert lang.run(client, "hello", "batch").tale() == [
        accepted(), started("exec"), ("stdout", {}, lang.stdout("hello", "batch")), finished()]


@each_language("unbuildable", "hello")
def test_the_adapter_builds_what_it_then_runs(client, lang):
    assert lang.run(client, "hello", "batch", build="*").tale() == [
        accepted(), started("build"), told("build-finished", exit=0),
        started("exec"), ("stdout", {}, lang.stdout("hello", "batch")), finished()]


@each_language("unbuildable")
def test_a_program_that_does_not_compile_fails_its_build_in_the_compilers_words(client, lang):
    record = lang.run(client, "unbuildable", "batch", build="*")
    assert record.status == "build-failed" and record.exit == 1 and record.stdout == b""
    assert lang.case("unbuildable")["stderr_has"].encode() in record.stderr
    assert record.one("build-finished")["exit"] == 1 and len(record.of("started")) == 1


@each_language("stderr")
def test_a_program_that_writes_to_stderr(client, lang):
    assert lang.run(client, "stderr", "batch").tale() == [
        accepted(), started("exec"), ("stderr", {}, lang.stderr("stderr", "batch")), finished()]


@each_language("batch_error")
def test_a_program_that_fails_has_its_exit_code_and_its_own_words(client, lang):
    record = lang.run(client, "error", "batch")
    assert (record.status, record.exit) == ("error", 1)
    assert lang.case("batch_error").get("stderr_has", "").encode() in record.stderr


@each_language("exit3")
def test_a_program_that_exits_3(client, lang):
    assert lang.run(client, "exit3", "batch").tale() == [accepted(), started("exec"), finished("error", 3)]


@each_language("crash")
def test_a_program_that_crashes(client, lang):
    assert lang.run(client, "crash", "batch").tale() == [
        accepted(), started("exec"), finished("crashed", None, signal=11)]


@each_language("argv_print")
def test_argv_gives_the_program_extra_arguments(client, lang):
    assert lang.run(client, "argv_print", "batch", argv=lang.case("argv_print")["arguments"]).stdout == lang.stdout("argv_print")


def test_argv_follows_the_arguments_of_an_explicit_program(client):
    assert client.sh(["printf", "<%s>", "a"], argv=["b c", "*"]).stdout == b"<a><b c><*>"


@each_language("env_print")
def test_env_reaches_the_program(client, lang):
    assert lang.run(client, "env_print", "batch", env={"GREETING": "grüß\ngott"}).stdout == "grüß\ngott\n".encode()
    assert lang.run(client, "env_print", "batch").stdout == b"unset\n"


def test_env_is_merged_over_the_daemons_own(own_daemon):
    client = own_daemon(env={"FROM_DAEMON": "one", "BOTH": "daemon"}).client()
    assert client.sh('echo $FROM_DAEMON $BOTH "$OWN"', env={"BOTH": "run", "OWN": ""}).stdout == b"one run \n"


@each_language("cwd_file")
def test_code_without_a_cwd_runs_in_a_private_directory_that_goes_with_the_run(client, lang):
    record = lang.run(client, "cwd_file", "batch")
    cwd = record.one("accepted")["cwd"]
    assert record.stdout == f"{cwd}\n".encode()
    client.request("forget", run=record.run)
    eventually(lambda: not os.path.exists(cwd), "the private directory gone")


@each_language("cwd_file")
def test_two_runs_have_two_private_directories(client, lang):
    runs = [lang.run(client, "cwd_file", "batch") for _ in range(2)]
    assert len({record.one("accepted")["cwd"] for record in runs}) == 2


def test_a_run_without_code_works_in_the_work_dir(daemon, client):
    record = client.sh("pwd")
    assert record.stdout.strip().decode() == str(daemon.work) == record.one("accepted")["cwd"]


@each_language("cwd_file")
def test_a_cwd_is_used_and_stays(client, lang, tmp_path):
    record = lang.run(client, "cwd_file", "batch", cwd=str(tmp_path))
    assert record.stdout == f"{tmp_path}\n".encode() and record.one("accepted")["cwd"] == str(tmp_path)
    client.request("forget", run=record.run)
    assert (tmp_path / "made-here.txt").read_text() == "made"


def test_a_relative_cwd_is_relative_to_the_work_dir(daemon, client):
    (daemon.work / "inner").mkdir(exist_ok=True)
    assert client.sh("pwd", cwd="inner").stdout.strip().decode() == str(daemon.work / "inner")


def test_files_follow_the_code_and_keep_bytes_and_modes(client):
    data = bytes(range(256)) * 10
    record = client.run("the code", contents=[data, b"#!/bin/sh\necho ran\n", b""], mode="batch", file="code.txt",
                        files=[{"path": "data.bin", "size": len(data)}, {"path": "sub/tool", "size": 19, "mode": 0o755},
                               {"path": "empty", "size": 0}],
                        exec="cat code.txt; echo; sha256sum < data.bin; ./sub/tool; wc -c < empty; stat -c %a data.bin sub/tool")
    expected = f"the code\n{hashlib.sha256(data).hexdigest()}  -\nran\n0\n644\n755\n"
    assert record.stdout.decode() == expected


def test_the_code_is_saved_under_the_name_asked_for(client, tmp_path):
    client.run("text of the code", mode="batch", exec="true", file="deep/er/name.txt", cwd=str(tmp_path))
    saved = tmp_path / "deep/er/name.txt"
    assert saved.read_text() == "text of the code" and stat.S_ISREG(saved.stat().st_mode)


@each_language("unicode")
def test_text_of_all_scripts_goes_through(client, lang):
    assert lang.run(client, "unicode", "batch").stdout == lang.stdout("unicode")


def test_merge_gives_one_stream_in_true_order(client):
    record = client.sh("for i in 1 2 3; do echo out $i; echo err $i >&2; done", merge=True)
    assert record.tale() == [accepted(), started("exec"), out("".join(f"out {i}\nerr {i}\n" for i in (1, 2, 3))), finished()]


@each_language("merge")
def test_merge_keeps_the_true_order_of_a_languages_program(client, lang):
    assert lang.run(client, "merge", "batch", merge=True).stdout == lang.stdout("merge")


def test_stdin_none_is_dev_null(client):
    assert client.sh("readlink /proc/self/fd/0; wc -c", stdin="none").stdout.split() == [b"/dev/null", b"0"]


def test_meta_is_given_back_and_traceparent_reaches_the_program(client):
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    record = client.sh("env", meta={"traceparent": parent, "n": 7})
    assert record.one("accepted")["meta"] == {"traceparent": parent, "n": 7}
    assert parent in record.stdout.decode()


def test_programs_inherit_no_settings_of_the_daemon(own_daemon):
    client = own_daemon(env={"QUERND_LOG_LEVEL": "info", "QUERN_SECRET": "s", "PLAIN": "p"}).client()
    names = {line.partition(b"=")[0] for line in client.sh("env").stdout.splitlines()}
    assert b"PLAIN" in names and not [n for n in names if n.startswith((b"QUERND_", b"QUERN_"))]


def test_programs_inherit_no_descriptor_but_their_three(client):
    assert client.sh([sys.executable, "-c", "import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:4])"]
                     ).stdout in (b"[0, 1, 2, 3]\n", b"[0, 1, 2]\n")


def test_programs_start_with_all_signals_as_usual(client):
    told_by = ("import signal; own = ('SIGKILL', 'SIGSTOP', 'SIGPIPE', 'SIGXFSZ')  # the last two Python sets for itself\n"
               "print([s.name for s in signal.Signals if s.name not in own and signal.getsignal(s) == signal.SIG_IGN],"
               " signal.pthread_sigmask(0, []))")
    assert client.sh([sys.executable, "-c", told_by]).stdout == b"[] set()\n"


def test_a_program_reads_a_closed_pipe_of_its_own_as_usual(client):
    assert client.sh(["bash", "-c", "set -o pipefail; yes | head -n 1; echo ${PIPESTATUS[0]}"]).stdout == b"y\n0\n" or \
        client.sh(["bash", "-c", "yes | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}"]).stdout == b"141\n"


def test_usage_tells_time_and_memory(client):
    usage = client.sh([sys.executable, "-c", "x = b'x' * 60000000; import time; t = time.process_time()\n"
                       "while time.process_time() - t < 0.2: pass"]).finished["usage"]
    assert usage["wall_ms"] >= 200 and usage["cpu_ms"] >= 150 and usage["max_rss"] >= 50_000_000


def test_accepted_tells_the_wall_time(client):
    before = time.time()
    wall = client.sh("true").one("accepted")["wall"] / 1e6
    assert before - 1 <= wall <= time.time() + 1


def test_a_large_environment_and_many_arguments_go_through(client):
    record = client.sh(["sh", "-c", 'echo $# ${#BIG}', "sh"], argv=[f"argument {n}" for n in range(5000)],
                       env={"BIG": "x" * 100000})
    assert json.loads("[" + record.stdout.decode().replace(" ", ",") + "]") == [5000, 100000]


def test_a_lease_ends_a_run_that_nobody_attends_to(connect):
    gone, watcher = connect(), connect()
    run = gone.start_sh("sleep 600", lease_ms=300)
    gone.wait_event(run, "started")
    gone.request("detach", run=run)
    told = watcher.request("wait", run=run)
    assert told["state"] == "finished" and told["finished"]["status"] == "killed"
    assert "lease_ms" in told["finished"]["cause"]


def test_a_lease_lets_a_run_go_on_while_somebody_is_attached(client):
    assert client.sh("sleep 1; echo done", lease_ms=100).stdout == b"done\n"
