# SPDX-License-Identifier: Apache-2.0
"""input, interrupt, signal: what reaches a running program, and each refusal."""
import pytest

from cases import each_language
from daemon import eventually
from record import accepted, finished, started

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_input_for_an_unknown_run_is_refused(client):
    assert client.refusal("input", b"x", run=NOBODY, eof=False) == "unknown-run"


def test_input_reaches_the_program_as_written(client):
    data = bytes(range(256)) * 1000
    run = client.start_sh("cat")
    client.input(run, data[:100000])
    client.input(run, data[100000:], eof=True)
    assert client.collect(run).stdout == data


def test_input_of_several_mib_flows_while_output_flows_back(client):
    data = b"0123456789abcdef" * 65536 * 8
    run = client.start_sh("cat")
    client.input(run, data, eof=True)
    assert client.collect(run).stdout == data


def test_eof_alone_ends_the_input(client):
    run = client.start_sh("wc -c")
    client.input(run, eof=True)
    assert client.collect(run).stdout.strip() == b"0"


def test_input_after_eof_is_refused(client):
    run = client.start_sh("cat; read x; sleep 0; exec sleep 100")
    client.input(run, "a", eof=True)
    reply = client.ask("input", b"b", run=run, eof=False)
    assert not reply["ok"]
    client.request("signal", run=run, signal="KILL")
    client.collect(run)


def test_input_after_the_end_is_not_found(client):
    run = client.sh("true").run
    assert client.refusal("input", b"x", run=run, eof=False) == "not-found"


def test_input_where_there_is_none_is_unsupported(client):
    run = client.start_sh("echo ready; exec sleep 100", stdin="none")
    client.wait_output(run, "ready\n")
    assert client.refusal("input", b"x", run=run, eof=False) == "unsupported"
    client.request("signal", run=run, signal="KILL")
    client.collect(run)


def test_input_for_a_prompt_that_never_was_is_not_found(client):
    run = client.start_sh("read x; echo $x")
    assert client.refusal("input", b"x\n", run=run, eof=False, prompt_id=1_000_000) == "not-found"
    client.input(run, "y\n")
    assert client.collect(run).stdout == b"y\n"


def test_input_of_another_client_reaches_the_run(connect):
    first, second = connect(), connect()
    run = first.start_sh("read x; echo $x")
    second.input(run, "from another\n")
    assert first.collect(run).stdout == b"from another\n"


def test_interrupt_of_an_unknown_run_is_refused(client):
    assert client.refusal("interrupt", run=NOBODY) == "unknown-run"


def test_interrupt_of_a_finished_run_delivers_nothing(client):
    run = client.sh("true").run
    assert client.request("interrupt", run=run)["delivered"] is False
    assert client.record(run).check().status == "ok"


def test_interrupt_ends_a_batch_run_and_says_so(client):
    run = client.start_sh("echo ready; sleep 100")
    client.wait_output(run, "ready\n")
    assert client.request("interrupt", run=run)["delivered"] is True
    record = client.collect(run)
    assert record.status == "interrupted" and record.exit != 0 and record.finished["cause"]


def test_a_program_may_end_in_its_own_way_when_interrupted(client):
    run = client.start_sh("trap 'echo tidy; exit 4' INT; echo ready; read x; sleep 100")
    client.wait_output(run, "ready\n")
    client.request("interrupt", run=run)
    record = client.collect(run)
    assert record.stdout == b"ready\ntidy\n" and (record.status, record.exit) == ("interrupted", 4)


def test_signal_to_an_unknown_run_is_refused(client):
    assert client.refusal("signal", run=NOBODY, signal="INT") == "unknown-run"


@pytest.mark.parametrize("signal", ["", "SIGINT", "int", "SEGV", "9", "NONE"])
def test_a_signal_of_no_known_name_is_refused(client, signal):
    run = client.start_sh("read x")
    assert client.refusal("signal", run=run, signal=signal) == "bad-request"
    client.input(run, "\n")
    assert client.collect(run).status == "ok"


def test_signal_to_a_finished_run_delivers_nothing(client):
    run = client.sh("true").run
    assert client.request("signal", run=run, signal="TERM")["delivered"] is False


@pytest.mark.parametrize("name, number", [("TERM", 15), ("KILL", 9), ("HUP", 1), ("USR1", 10), ("USR2", 12), ("QUIT", 3)])
def test_a_program_that_dies_of_a_signal_by_request_was_killed(client, name, number):
    run = client.start_sh(["sleep", "100"])
    client.wait_event(run, "started")
    assert client.request("signal", run=run, signal=name)["delivered"] is True
    assert client.collect(run).tale() == [accepted(), started("exec"), finished("killed", None, signal=number)]


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "USR1", "USR2", "QUIT"])
def test_a_signal_reaches_the_trap_of_the_program(client, name):
    run = client.start_sh(f"trap 'echo got {name}; exit 0' {name}; echo ready; read x; while :; do sleep 0.02; done")
    client.wait_output(run, "ready\n")
    client.request("signal", run=run, signal=name)
    record = client.collect(run)
    assert record.stdout == f"ready\ngot {name}\n".encode() and record.exit == 0


def test_a_stopped_program_goes_on_when_it_is_continued(client):
    run = client.start_sh("echo ready; while read x; do echo $x; done")
    pid = client.wait_event(run, "started")["pid"]
    client.wait_output(run, "ready\n")
    client.request("signal", run=run, signal="STOP")
    eventually(lambda: open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] == "T", "the program stopped")
    client.input(run, "held\n")
    client.request("signal", run=run, signal="CONT")
    client.wait_output(run, "held\n")
    client.input(run, eof=True)
    assert client.collect(run).status == "ok"


@each_language("deaf")
def test_kill_of_a_query_takes_its_context_with_it(client, lang):
    run = lang.start(client, "deaf")
    client.wait_output(run, "ready\n")
    client.request("signal", run=run, signal="KILL")
    record = client.collect(run)
    assert (record.status, record.finished["context"]) == ("killed", "lost") and record.exit is None
    assert lang.run(client, "hello").stdout == lang.stdout("hello")
