# SPDX-License-Identifier: Apache-2.0
"""Terminals: what the program has for one, its size, its end, and who may ask for one."""
import pytest

PLAIN = ["/bin/sh", "-c"]


def start(client, script, **keys):
    return client.start(mode="tty", command=[*PLAIN, script], **keys)


def screen(client, script, **keys):
    run = start(client, script, **keys)
    return client.collect(run)


def test_hello_tells_that_there_are_terminals(client):
    hello = client.request("hello", protocol=1, client="test/1")
    assert "tty" in hello["features"]
    assert any("tty" in entry["modes"] for entry in hello["languages"])


def test_a_program_has_its_terminal_for_all_three_and_as_the_controlling_one(client):
    record = screen(client, "test -t 0 && test -t 1 && test -t 2 && echo terminal > /dev/tty; tty >&2")
    assert record.status == "ok" and record.stdout.startswith(b"terminal\r\n/dev/pts/") and not record.stderr


def test_a_program_leads_a_session_of_its_own_in_the_foreground(client):
    record = screen(client, "read a b c d pgrp session tty tpgid rest < /proc/self/stat; set -- $$ $pgrp $session $tpgid;"
                            "test $1 = $3 && test $2 = $4 && echo leads")
    assert record.stdout == b"leads\r\n"


def test_a_terminal_has_the_size_and_the_name_that_were_asked_for(client):
    record = screen(client, "stty size; echo $TERM $COLUMNS.", tty={"rows": 40, "cols": 132, "term": "vt100"})
    assert record.stdout == b"40 132\r\nvt100 .\r\n"


def test_a_terminal_is_24_lines_of_80_columns_unless_told(client):
    assert screen(client, "stty size; echo $TERM").stdout == b"24 80\r\nxterm-256color\r\n"


def test_a_resize_reaches_the_program_and_every_client(client):
    run = start(client, "trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done")
    client.wait_output(run, "ready")
    client.request("resize", run=run, rows=30, cols=100)
    record = client.collect(run)
    assert record.stdout.endswith(b"30 100\r\n")
    assert (record.one("resized")["rows"], record.one("resized")["cols"]) == (30, 100)
    assert client.refusal("resize", run=run, rows=30, cols=100) == "not-found"


def test_a_run_without_a_terminal_is_not_resized(client):
    run = client.start_sh("read x")
    client.wait_event(run, "started")
    reply = client.ask("resize", run=run, rows=30, cols=100)
    assert not reply["ok"] and reply["code"] == "unsupported" and "no terminal" in reply["message"]
    client.input(run, eof=True)
    client.collect(run)
    assert client.refusal("resize", run="nobody", rows=1, cols=1) == "unknown-run"


@pytest.mark.parametrize("script, status, exit, signal", [
    ("exit 0", "ok", 0, None), ("exit 7", "error", 7, None), ("kill -SEGV $$", "crashed", None, 11),
])
def test_the_end_is_told_as_it_was(client, script, status, exit, signal):
    record = screen(client, script)
    assert (record.status, record.finished["exit"], record.finished["signal"]) == (status, exit, signal)


def test_a_signal_that_a_client_sent_ends_it_killed(client):
    run = start(client, "echo ready; exec sleep 600")
    client.wait_output(run, "ready")
    assert client.request("signal", run=run, signal="KILL")["delivered"]
    assert client.collect(run).status == "killed"


def test_a_limit_ends_even_a_shell_that_minds_no_interrupt(client):
    run = client.start(mode="tty", command=["bash", "--norc", "-i"], limits={"wall_ms": 300})
    record = client.collect(run)
    assert record.status == "timeout" and "wall_ms" in record.finished["cause"]


def test_a_terminal_that_everyone_has_left_ends_with_its_lease(connect):
    first, second = connect(), connect()
    run = start(first, "echo ready; exec sleep 600", lease_ms=100)
    first.wait_output(run, "ready")
    first.request("detach", run=run)
    assert second.request("wait", run=run, timeout_ms=30000)["finished"]["status"] == "killed"


def test_what_a_program_wrote_last_is_told_before_its_end(client):
    for _ in range(10):
        assert screen(client, "stty raw; head -c 5000 /dev/zero | tr '\\0' x").stdout == b"x" * 5000


def test_a_program_that_is_not_there_is_told(client):
    record = client.collect(client.start(mode="tty", command=["no-such-program"]))
    assert record.status == "error" and record.exit == 127 and "no-such-program" in record.one("error")["message"]


def test_usage_and_sizes_are_told(client):
    finished = screen(client, "echo 12345").finished
    assert finished["bytes"] == {"stdout": 7, "stderr": 0} and finished["usage"]["max_rss"] > 0


def test_a_language_without_a_program_for_a_terminal_says_so(own_daemon, tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/adapter.toml").write_text('name = "plain"\n[[batch.exec]]\nrun = ["true"]\n')
    client = own_daemon(langs=tmp_path).client()
    [language] = client.request("hello", protocol=1, client="t/1")["languages"]
    assert language["modes"] == ["batch"]
    reply = client.ask("run", mode="tty", lang="plain")
    assert reply["code"] == "unsupported" and "`command`" in reply["message"]


@pytest.mark.parametrize("body, keys, code", [
    (b"echo hi", {}, "bad-request"), (b"", {"stdin": "none"}, "unsupported"), (b"", {"lang": "klingon"}, "unknown-language"),
], ids=str)
def test_what_a_terminal_cannot_have_is_refused(client, body, keys, code):
    assert client.refusal("run", body, mode="tty", command=["true"], **keys) == code
