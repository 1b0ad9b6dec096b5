# SPDX-License-Identifier: Apache-2.0
"""The daemon as process 1 of a pid namespace, as in a container, and below a small init.

Made by unshare(1), which needs root: without it these tests fail.
"""
import os
import signal

import pytest

from client import PATIENCE
from daemon import eventually

NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
# As docker run --init: process 1 is another, which hands TERM on and takes over the exit code.
INIT = [*NAMESPACE, "sh", "-c",
        """trap 'kill -TERM $child' TERM; "$@" & child=$!; wait $child; code=$?
           while kill -0 $child 2>/dev/null; do wait $child; code=$?; done; exit $code""",
        "init"]
PLACES = [pytest.param(NAMESPACE, id="as-process-1"), pytest.param(INIT, id="below-an-init")]


def test_it_is_process_1(own_daemon):
    daemon = own_daemon(prefix=NAMESPACE)
    assert daemon.client().request("hello", protocol=1, client="contract/1")["pid"] == 1


@pytest.mark.parametrize("prefix", PLACES)
def test_orphans_are_reaped_and_no_status_is_stolen(own_daemon, prefix):
    daemon = own_daemon(prefix=prefix)
    client = daemon.client()
    # Each leaves orphans behind that end with other codes than its own, in its session and out of it.
    script = "for n in 1 2 3; do (sh -c 'exit 9' & setsid sh -c 'exit 8' &) ; done; exit {}"
    runs = [(client.start_sh(script.format(n % 7), background="keep"), n % 7) for n in range(60)]
    for run, code in runs:
        assert client.collect(run).exit == code
    eventually(lambda: not daemon.zombies(), "no zombie left below the daemon")


@pytest.mark.parametrize("prefix", PLACES)
def test_an_orphan_that_outlives_its_run_and_session_is_reaped_when_it_ends(own_daemon, prefix, fifo):
    daemon = own_daemon(prefix=prefix)
    client = daemon.client()
    # It closes all it was given and empties its environment: nobody can prove whose it is.
    orphan = f"exec setsid -f env -i sh -c 'exec 1>&- 2>&-; read line < {fifo}'"
    assert client.sh(orphan, background="keep").status == "ok"
    gate = fifo.open()
    assert len(daemon.children()) >= 1
    gate.write(b"go\n")
    eventually(lambda: not daemon.children(), "the orphan has ended and is reaped")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_every_run_with_its_finished(own_daemon, number):
    daemon = own_daemon("--limit", "runs=3", prefix=NAMESPACE)
    client = daemon.client()
    polite = client.start_sh("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done")
    deaf = client.start_sh("trap '' TERM INT HUP; echo ready; while :; do sleep 100; done")
    query = client.start_query("bash", "echo ready; sleep 100")
    for run in (polite, deaf, query):
        client.wait_output(run, "ready\n")
    queued = client.start_sh("echo never")
    os.kill(daemon.pid, number)
    ended = {run: client.collect(run) for run in (polite, deaf, query, queued)}
    assert [ended[run].status for run in (polite, deaf, query, queued)] == ["killed", "killed", "killed", "aborted"]
    assert ended[polite].stdout == b"ready\nbye\n" and ended[queued].stdout == b""
    assert ended[deaf].finished["signal"] == signal.SIGKILL
    assert daemon.process.wait(PATIENCE) == 0


def test_a_second_signal_does_not_wait_for_the_grace(own_daemon):
    daemon = own_daemon(prefix=NAMESPACE)
    client = daemon.client()
    deaf = client.start_sh("trap '' TERM INT HUP; echo ready; while :; do sleep 100; done")
    client.wait_output(deaf, "ready\n")
    client.request("shutdown", grace_ms=600_000)  # longer than any test waits
    os.kill(daemon.pid, signal.SIGTERM)
    assert client.collect(deaf).status == "killed"
    assert daemon.process.wait(PATIENCE) == 0


def test_an_init_hands_the_signal_on_and_gets_the_exit_code(own_daemon):
    daemon = own_daemon(prefix=INIT)
    client = daemon.client()
    run = client.start_sh("echo ready; sleep 100")
    client.wait_output(run, "ready\n")
    first = next(iter(open(f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/children").read().split()))
    os.kill(int(first), signal.SIGTERM)
    assert client.collect(run).status == "killed"
    assert daemon.process.wait(PATIENCE) == 0


def test_a_signal_that_came_before_the_daemon_listened_counts(own_daemon):
    """Blocked and pending when it starts, as between a container's start and its stop."""
    def stopped_already():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        os.kill(os.getpid(), signal.SIGTERM)

    daemon = own_daemon(preexec_fn=stopped_already)
    assert daemon.process.wait(PATIENCE) == 0 and "signal 15: shutting down" in daemon.log()


def test_a_parent_that_blocked_all_signals_does_not_make_it_deaf(own_daemon):
    daemon = own_daemon(preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()))
    assert daemon.client().sh("kill -s INT $$; echo deaf").finished["signal"] == signal.SIGINT
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(PATIENCE) == 0


def test_a_socket_that_cannot_be_made_is_told_with_what_to_do(own_daemon):
    with pytest.raises(AssertionError, match="the folder /nowhere/at must be there, and user [0-9]+ must be able to write it"):
        own_daemon("--endpoint", "ipc:///nowhere/at/all")


def test_a_daemon_that_cannot_serve_says_so_with_1(own_daemon, daemon):
    with pytest.raises(AssertionError, match="cannot listen on"):
        own_daemon("--endpoint", daemon.tcp, prefix=NAMESPACE)
