# SPDX-License-Identifier: Apache-2.0
"""langs, status, ps, interrupt, signal, wait, output, forget, reset, close, shutdown."""
import json


def lines(result):
    assert result.returncode == 0, result
    return [json.loads(line) for line in result.stdout.splitlines()]


def started(quern, command):
    result = quern("run", "--detach", "--batch", "--exec", command)
    assert result.returncode == 0, result
    return result.stdout.decode().strip()


def test_langs_are_listed_with_and_without_a_daemon(quern):
    table = quern("langs").stdout.decode().splitlines()
    assert table[0].split() == ["NAME", "TITLE", "VERSION", "MODES", "CONTEXT"]
    assert {"bash", "python"} <= {line.split()[0] for line in table[1:]}
    assert {"bash", "python"} <= {language["name"] for language in lines(quern("langs", "--json"))}


def test_ps_lists_runs_and_status_tells_of_the_daemon(quern, daemon):
    name = started(quern, "sleep 60")
    assert name in quern("ps").stdout.decode()
    assert [run["run"] for run in lines(quern("ps", "--json"))] == [name]
    status = quern("status").stdout.decode()
    assert status.startswith("quernd/") and name in status
    assert lines(quern("status", "--json"))[0]["uptime_ms"] >= 0


def test_a_run_is_interrupted_and_waited_for(quern, daemon):
    name = started(quern, "sleep 60")
    assert quern("wait", name, "--timeout", "100ms").returncode == 75
    assert quern("interrupt", name).returncode == 0
    waited = quern("wait", name)
    assert waited.returncode == 130 and waited.stdout.startswith(b"finished interrupted")
    assert quern("interrupt", name).returncode != 0


def test_a_signal_is_sent_by_any_of_its_names(quern, daemon):
    name = started(quern, "trap 'exit 9' USR1; echo ready; while :; do sleep 0.05; done")
    attached = quern.start("attach", name)
    assert attached.stdout.readline() == b"ready\n"
    assert quern("output", name).stdout == b"ready\n"
    assert quern("signal", name, "sigusr1").returncode == 0
    assert attached.wait(60) == 9
    assert quern("wait", name).returncode == 9


def test_output_is_read_from_where_one_likes(quern, daemon):
    name = started(quern, "echo hello; echo bad >&2; exit 2")
    assert quern("wait", name).returncode == 2
    assert quern("output", name).stdout == b"hello\n"
    assert quern("output", name, "--from", "-3").stdout == b"lo\n"
    assert quern("output", name, "--stderr").stdout == b"bad\n"
    assert lines(quern("output", name, "--json"))[0]["text"] == "hello\n"
    assert quern("forget", name).returncode == 0
    assert quern("output", name).returncode == 125


def test_a_context_is_kept_until_it_is_reset(quern, daemon):
    assert quern("run", "-l", "python", "-c", "x = 41").returncode == 0
    assert quern("run", "-l", "python", "-c", "x + 1").stdout == b"42\n"
    assert quern("run", "-l", "python", "--ctx", "other", "-c", "x").returncode == 1
    assert quern("reset", "python").returncode == 0
    assert b"NameError" in quern("run", "-l", "python", "-c", "x").stderr
    assert quern("close", "python", "main").returncode == 0


def test_a_context_is_opened_with_settings_of_its_own(quern, daemon, tmp_path):
    assert quern("open", "bash", "work", "--env", "GREETING=hi", "--cwd", str(tmp_path)).returncode == 0
    assert quern("run", "-l", "bash", "--ctx", "work", "-c", "echo $GREETING; pwd").stdout.decode() == f"hi\n{tmp_path}\n"
    (opened,) = lines(quern("open", "--json", "bash", "other", "--limit", "wall=1m"))
    assert opened["gen"] >= 1 and opened["pid"] > 1


def test_every_command_answers_in_json(quern, daemon):
    name = started(quern, "exit 0")
    assert lines(quern("wait", name, "--json"))[0]["state"] == "finished"
    assert lines(quern("forget", name, "--json")) == [{"run": name, "forgotten": True}]
    failed = quern("forget", name, "--json")
    error = json.loads(failed.stdout)["error"]
    assert (failed.returncode, error["code"], error["exit"]) == (125, "unknown-run", 125)
    assert error["message"] in failed.stderr.decode()
    assert lines(quern("shutdown", "--json")) == [{"shutdown": True}]


def test_shutdown_ends_the_daemon(quern, daemon):
    assert quern("shutdown").returncode == 0
    assert daemon.wait(60) == 0
    assert quern("status").returncode == 125
