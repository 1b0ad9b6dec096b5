# SPDX-License-Identifier: Apache-2.0
"""What quern says when it cannot go on: one sentence that helps."""
import json
import socket

import pytest


def test_a_tcp_endpoint_where_nobody_listens_is_told_at_once(quern):
    result = quern("run", "-l", "bash", "-c", "true", "--endpoint", "tcp://127.0.0.1:1")
    assert result.returncode == 125
    assert result.stderr == b"quern: nobody listens at tcp://127.0.0.1:1; start one with: quernd --endpoint tcp://127.0.0.1:1\n"


def test_somebody_who_listens_but_says_nothing_is_told(quern):
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        result = quern("ps", "--endpoint", endpoint)
    assert result.returncode == 125 and b"does not answer" in result.stderr


def test_with_json_a_wrong_use_is_an_object_too(quern):
    result = quern("signal", "--json", "some-run")
    assert json.loads(result.stdout) == {"error": {"message": "SIGNAL is missing; it goes: quern signal RUN SIGNAL (see quern signal --help).", "exit": 125}}
    assert quern("run", "-l", "bash", "--", "--json").stdout == b""


def test_with_json_a_failure_is_an_object_too(quern):
    result = quern("ps", "--json", "--endpoint", "ipc:///no/such/socket")
    assert json.loads(result.stdout)["error"]["exit"] == 125 and result.stderr.startswith(b"quern: nobody listens")


COMMANDS = ["run", "repl", "tty", "ps", "top", "attach", "logs", "output", "wait", "interrupt", "signal", "forget", "langs", "status",
            "metrics", "bench", "shutdown", "open", "reset", "close", "complete", "inspect", "check", "put", "get", "ls", "stat", "rm", "mv",
            "keygen", "embed"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_its_exit_codes_and_its_json(quern, command):
    result = quern(command, "--help")
    text = result.stdout.decode()
    assert result.returncode == 0 and "Example" in text and f"quern {command}" in text
    assert "Exit codes: " in text and "125" in text and "With --json: " in text and "--json" in text
    assert ("--endpoint" in text) == (command not in ("keygen", "embed"))
    assert quern("help", command).stdout == result.stdout
    assert max(map(len, text.splitlines())) <= 80


def test_the_help_lists_every_command_once(quern):
    listed = [line.split()[0] for line in quern("--help").stdout.decode().splitlines() if line.startswith("  ")]
    assert [name for name in listed if name in COMMANDS] == listed and set(COMMANDS) == set(listed)
    assert quern().stdout == quern("help").stdout == quern("--help").stdout


def test_version_is_one_line(quern):
    result = quern("--version")
    assert result.returncode == 0 and result.stdout.startswith(b"quern ") and result.stdout.count(b"\n") == 1
