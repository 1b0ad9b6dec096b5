# SPDX-License-Identifier: Apache-2.0
"""Cut connections, daemons that are started anew, and acknowledgements."""
import re
import signal
import subprocess
import threading
import uuid

from fake_quernd import FakeDaemon


def test_what_was_shown_is_acknowledged(quern, fake):
    quern("run", "-l", "bash", "-c", "head -c 3000000 /dev/zero")
    acks = [h["seq"] for h, _ in fake.requests if h["op"] == "ack"]
    assert len(acks) >= 10 and acks == sorted(acks)


def test_a_quiet_run_is_acknowledged_too(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "echo hi; read line", stdin=subprocess.PIPE)
    assert process.stdout.readline() == b"hi\n"
    fake.await_requests("ack")
    process.communicate(b"\n", timeout=60)
    assert process.returncode == 0


def test_the_daemon_is_pinged_while_a_run_is_silent(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "read line", stdin=subprocess.PIPE)
    fake.await_requests("ping", count=2)
    process.communicate(b"\n", timeout=60)
    assert process.returncode == 0


def test_after_another_connection_it_attaches_behind_what_it_has_shown(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "echo one; read line; echo two; exit 3", stdin=subprocess.PIPE)
    assert process.stdout.readline() == b"one\n"
    fake.conn_of = {peer: str(uuid.uuid4()) for peer in fake.conn_of}
    fake.await_requests("attach")
    out, err = process.communicate(b"\n", timeout=60)
    assert (process.returncode, out, err) == (3, b"two\n", b"")
    (attach,) = fake.heads("attach")
    assert attach["after"] == 2


def test_a_daemon_started_anew_is_told(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "echo one; sleep 60")
    assert process.stdout.readline() == b"one\n"
    fake.boot = str(uuid.uuid4())
    _, err = process.communicate(timeout=60)
    assert process.returncode == 125 and b"was started anew, and what it ran before is gone" in err


# What has arrived before the cut may be read after it: that must not make it look like a silent daemon.
def test_a_daemon_that_has_gone_is_told(quern):
    quern.endpoint = f"ipc://{quern.link}/gone"
    daemon = FakeDaemon(quern.endpoint)
    thread = threading.Thread(target=daemon.serve, daemon=True)
    thread.start()
    process = quern.start("run", "-l", "bash", "-c", "echo one; exec sleep 60")
    assert process.stdout.readline() == b"one\n"
    process.send_signal(signal.SIGSTOP)
    for run in daemon.runs.values():
        run.emit("stdout", b"two\n", off=4)
    daemon.over.set()
    thread.join(60)
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 125 and b"two\n" in out
    assert err.decode() == (f"quern: the connection to the daemon at {quern.endpoint} is lost, and nobody listens there any more; "
                            "is quernd still running?\n")


def test_a_daemon_that_is_there_and_silent_is_told(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "echo one; exec sleep 120")
    assert process.stdout.readline() == b"one\n"
    fake.handlers["ping"] = lambda *_: True
    _, err = process.communicate(timeout=180)
    assert process.returncode == 125
    assert re.fullmatch(rf"quern: the daemon at {re.escape(quern.endpoint)} has not answered for \d+ s\.\n", err.decode())


def test_output_that_nobody_takes_for_long_does_not_lose_the_connection(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "head -c 1000000 /dev/zero; read line; echo", stdin=subprocess.PIPE)
    fake.await_requests("ping", count=4)  # every 5 s: longer than a daemon's silence is borne
    out, err = process.communicate(b"\n", timeout=60)
    assert (process.returncode, len(out), err) == (0, 1_000_001, b"")
