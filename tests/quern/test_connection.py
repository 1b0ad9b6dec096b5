# SPDX-License-Identifier: Apache-2.0
"""Cut connections, daemons that are started anew, and acknowledgements."""
import threading
import time
import uuid

import zmq

from fake_quernd import FakeDaemon


def test_what_was_shown_is_acknowledged(quern, fake):
    quern("run", "-l", "bash", "-c", "head -c 3000000 /dev/zero")
    acks = [h["seq"] for h, _ in fake.requests if h["op"] == "ack"]
    assert len(acks) >= 10 and acks == sorted(acks)


def test_a_quiet_run_is_acknowledged_too(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "echo hi; sleep 1")
    assert process.stdout.readline() == b"hi\n"
    time.sleep(0.3)
    assert [h["seq"] for h, _ in fake.requests if h["op"] == "ack"]
    process.communicate(timeout=30)


def test_the_daemon_is_pinged_while_a_run_is_silent(quern, fake):
    assert quern("run", "-l", "bash", "-c", "sleep 6").returncode == 0
    assert [h for h, _ in fake.requests if h["op"] == "ping"]


def test_after_another_connection_it_attaches_behind_what_it_has_shown(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "echo one; sleep 7; echo two; exit 3")
    assert process.stdout.readline() == b"one\n"
    fake.conn_of = {peer: str(uuid.uuid4()) for peer in fake.conn_of}
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (3, b"two\n", b"")
    (attach,) = [h for h, _ in fake.requests if h["op"] == "attach"]
    assert attach["after"] == 2


def test_a_daemon_started_anew_is_told(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "echo one; sleep 60")
    assert process.stdout.readline() == b"one\n"
    fake.boot = str(uuid.uuid4())
    _, err = process.communicate(timeout=30)
    assert process.returncode == 125 and b"was started anew, and what it ran before is gone" in err


def test_a_daemon_that_has_gone_is_told(quern):
    quern.endpoint = f"ipc://{quern.link}/gone"
    daemon = FakeDaemon(quern.endpoint)
    thread = threading.Thread(target=daemon.serve, daemon=True)
    thread.start()
    process = quern.start("run", "-l", "bash", "-c", "echo one; sleep 5; echo two")
    assert process.stdout.readline() == b"one\n"
    daemon.handlers["ping"] = lambda *_: True
    daemon.runs.clear()
    daemon.over.set()
    thread.join(10)
    _, err = process.communicate(timeout=110)
    assert process.returncode == 125 and b"the connection to the daemon at" in err


def test_output_that_nobody_takes_for_long_does_not_lose_the_connection(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "head -c 1000000 /dev/zero; sleep 17; echo")
    time.sleep(17)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, len(out), err) == (0, 1_000_001, b"")
