# SPDX-License-Identifier: Apache-2.0
"""What quern says when it cannot go on: one sentence that helps."""
import json
import socket

import pytest


@pytest.mark.parametrize("args,words", [
    (["rnu"], 'there is no command "rnu"; did you mean "run"?'),
    (["frobnicate"], 'there is no command "frobnicate"; see quern --help.'),
    (["--batch", "run"], "the command comes first, its options behind it: quern run --batch …; see quern --help."),
    (["run"], "there is nothing to run; give -c CODE, a FILE, or - for stdin; see quern run --help."),
    (["run", "-c", "x"], "say with -l which language this is; quern langs lists them."),
    (["run", "-l", "bash", "-c", "x", "--limit", "wal=3"], 'there is no limit "wal"; did you mean "wall"?'),
    (["run", "-l", "bash", "-c", "x", "--limit", "wall=soon"], '"soon" is no duration; write 500ms, 10s, 2m or 1h.'),
    (["run", "-l", "bash", "-c", "x", "--limit", "memory=lots"], '"lots" is no size; write 1000000, 512K, 64M or 2G.'),
    (["run", "-l", "bash", "-c", "x", "--env", "NOVALUE"], '"NOVALUE" is no variable; write NAME=VALUE.'),
    (["run", "no-such-file.py"], "no-such-file.py cannot be opened: No such file or directory."),
    (["run", "-l", "bash", "-c", "x", "--exec", "y"], "--build, --exec and --clean are for programs; add --batch."),
    (["run", "-l", "bash", "-c", "x", "--wat"], 'there is no option "--wat"; see quern run --help. Options of the program stand behind --'),
    (["signal", "some-run"], "SIGNAL is required; see quern signal --help."),
    (["ps", "surplus"], '"surplus" is not expected here; see quern ps --help.'),
    (["ps"], "no daemon is running at tcp://127.0.0.1:7837; start quernd, or say with --endpoint where one listens."),
    (["ps", "--endpoint", "carrier-pigeon://x"], '"carrier-pigeon://x" is no endpoint to connect to: Protocol not supported.'),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_a_wrong_use_is_one_sentence_and_125(quern, args, words):
    if args == ["ps"]:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", 7837)) == 0:
                pytest.fail("somebody listens on the default port of this machine; end that daemon first")
    result = quern(*args)
    assert (result.returncode, result.stdout) == (125, b"")
    assert result.stderr.decode() == f"quern: {words}\n"


@pytest.mark.parametrize("endpoint", ["ipc:///no/such/socket", "tcp://127.0.0.1:1"])
def test_an_endpoint_where_nobody_listens_is_told_at_once(quern, endpoint):
    result = quern("run", "-l", "bash", "-c", "true", "--endpoint", endpoint)
    assert result.returncode == 125
    assert result.stderr.decode() == f"quern: nobody listens at {endpoint}; start one with: quernd --endpoint {endpoint}\n"


def test_somebody_who_listens_but_says_nothing_is_told(quern):
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        result = quern("ps", "--endpoint", endpoint)
    assert result.returncode == 125 and b"does not answer" in result.stderr


def test_an_unknown_language_is_told_in_the_daemons_words(quern):
    result = quern("run", "-l", "pyton", "-c", "x")
    assert result.returncode == 125 and result.stderr.startswith(b"quern: ") and b"pyton" in result.stderr


def test_an_unknown_run_is_told(quern, fake):
    result = quern("attach", "nobody")
    assert (result.returncode, result.stderr) == (125, b'quern: There is no run "nobody".\n')


def test_with_json_a_wrong_use_is_an_object_too(quern):
    result = quern("signal", "--json", "some-run")
    assert json.loads(result.stdout) == {"error": {"message": "SIGNAL is required; see quern signal --help.", "exit": 125}}
    assert quern("run", "-l", "bash", "--", "--json").stdout == b""


def test_with_json_a_failure_is_an_object_too(quern):
    result = quern("ps", "--json", "--endpoint", "ipc:///no/such/socket")
    assert json.loads(result.stdout)["error"]["exit"] == 125 and result.stderr.startswith(b"quern: nobody listens")


@pytest.mark.parametrize("command", [
    "run", "repl", "langs", "status", "ps", "interrupt", "signal", "attach", "wait", "output", "forget", "open", "reset", "close",
    "complete", "inspect", "check", "put", "get", "ls", "stat", "rm", "mv", "shutdown"])
def test_every_command_has_help_with_an_example(quern, command):
    result = quern(command, "--help")
    assert result.returncode == 0 and b"Example" in result.stdout and f"quern {command}".encode() in result.stdout
    assert b"--json" in result.stdout and b"--endpoint" in result.stdout
    assert command.encode() in quern("--help").stdout


def test_version_is_one_line(quern):
    result = quern("--version")
    assert result.returncode == 0 and result.stdout.startswith(b"quern ") and result.stdout.count(b"\n") == 1
