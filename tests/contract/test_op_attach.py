# SPDX-License-Identifier: Apache-2.0
"""attach, detach, ack, output, wait, forget: who hears of a run, and what it still knows."""
import pytest

from cases import each_language
from daemon import eventually
from record import accepted, finished, out, started

NOBODY = "00000000-0000-4000-8000-000000000000"
MIB = 1024 * 1024


@pytest.mark.parametrize("op, keys", [
    ("attach", {}), ("detach", {}), ("output", {"stream": "stdout", "from": 0, "length": 1}), ("wait", {"timeout_ms": 0}),
    ("forget", {}),
], ids=str)
def test_an_unknown_run_is_told(client, op, keys):
    assert client.refusal(op, run=NOBODY, **keys) == "unknown-run"


def test_attach_to_a_finished_run_replays_it_whole(connect):
    first, second = connect(), connect()
    record = first.sh("echo one; echo two >&2; exit 3")
    reply = second.attach(record.run)
    assert (reply["next"], reply["state"]) == (0, "finished")
    again = second.collect(record.run)
    assert [dict(e) for e in again.events] == [dict(e) for e in record.events]
    assert [e.body for e in again.events] == [e.body for e in record.events]


def test_attach_replays_what_came_and_goes_on_live(connect):
    first, second = connect(), connect()
    run = first.start_sh("echo one; read x; echo two")
    first.wait_output(run, "one\n")
    assert second.attach(run)["state"] in ("running", "waiting-input")
    second.wait_output(run, "one\n")
    first.input(run, "\n")
    for client in (first, second):
        assert client.collect(run).stdout == b"one\ntwo\n"


def test_attach_after_a_seq_gives_only_what_follows(connect):
    first, second = connect(), connect()
    record = first.sh("echo one; echo two >&2")
    for after in range(len(record.events)):
        reply = second.attach(record.run, after=after)
        assert reply["next"] == after + 1
        if after + 1 < len(record.events):
            second.wait_event(record.run, "finished")
        second.request("detach", run=record.run)
        assert [dict(e) for e in second.events[record.run]] == [dict(e) for e in record.events[after + 1:]]


def test_attach_with_a_tail_gives_the_last_bytes_of_the_output(connect):
    first, second = connect(), connect()
    run = first.sh("seq 200000").run  # in pieces that are each larger than what is asked for, but for the last
    whole = first.record(run).stdout
    reply = second.attach(run, tail=1000)
    second.wait_event(run, "finished")
    record = second.record(run)
    assert reply["next"] == record.events[0]["seq"]
    assert whole.endswith(record.stdout) and 500 <= len(record.stdout) < len(whole)


def test_attach_with_after_beyond_the_end_waits_for_what_comes(connect):
    first, second = connect(), connect()
    run = first.start_sh("read x; echo two")
    first.wait_event(run, "started")
    last = first.request("wait", run=run, timeout_ms=0)
    seq = first.status_of(run)["seq"]
    second.attach(run, after=seq)
    first.input(run, "\n")
    second.wait_event(run, "finished")
    assert second.record(run).stdout == b"two\n" and last["state"] in ("running", "waiting-input")


@pytest.mark.parametrize("keys", [{"window": 1}, {"window": 2**40}, {"after": -5}, {"tail": -1}], ids=str)
def test_attach_with_impossible_numbers_is_refused(client, keys):
    run = client.sh("true").run
    assert client.refusal("attach", run=run, **keys) == "bad-request"


def test_nothing_of_a_run_follows_the_reply_to_detach(client):
    run = client.start_sh("while :; do echo y; done")
    client.wait_event(run, "stdout", 3)
    id = client.send("detach", run=run)
    assert client.reply(id)["ok"]
    for _ in range(20):
        client.barrier()
    at = client.order.index(("re", id))
    assert not [entry for entry in client.order[at:] if entry[0] == run]
    client.request("signal", run=run, signal="KILL")


def test_a_detached_run_goes_on_and_can_be_attached_again(client):
    run = client.start_sh("echo one; read x; echo two")
    client.wait_output(run, "one\n")
    client.request("detach", run=run)
    client.input(run, "\n")
    assert client.request("wait", run=run)["state"] == "finished"
    client.attach(run)
    assert client.collect(run).stdout == b"one\ntwo\n"


def test_ack_has_no_reply_whatever_it_says(client):
    run = client.sh("true").run
    for keys in ({"run": run, "seq": 0}, {"run": run, "seq": 10**9}, {"run": NOBODY, "seq": 0}, {"run": run, "seq": -1}):
        client.send("ack", id="silent-ack", **keys)
    client.barrier()
    assert "silent-ack" not in client.replies
    client.attach(run)
    assert client.collect(run).status == "ok"


@pytest.fixture
def ten(client):
    return client.sh("printf 0123456789; printf abc >&2").run


@pytest.mark.parametrize("stream, start, length, expected", [
    ("stdout", 0, 100, (b"0123456789", 0, 10)), ("stdout", 3, 4, (b"3456", 3, 10)), ("stdout", -3, 100, (b"789", 7, 10)),
    ("stdout", -3, 2, (b"78", 7, 10)), ("stdout", 10, 5, (b"", 10, 10)), ("stdout", 5, 0, (b"", 5, 10)),
    ("stderr", 0, 100, (b"abc", 0, 3)), ("stderr", -100, 100, (b"abc", 0, 3)),
], ids=str)
def test_output_gives_a_part_of_a_stream(client, ten, stream, start, length, expected):
    reply = client.request("output", run=ten, stream=stream, length=length, **{"from": start})
    assert (reply.body, reply["from"], reply["size"]) == expected
    assert reply["eof"] is (expected[1] + len(expected[0]) == expected[2])


def test_output_of_a_stream_that_there_is_not_is_refused(client, ten):
    assert client.refusal("output", run=ten, stream="stdin", length=1, **{"from": 0}) == "bad-request"


def test_output_of_a_running_program_is_what_came_so_far(client):
    run = client.start_sh("echo one; read x; echo two")
    client.wait_output(run, "one\n")
    reply = client.request("output", run=run, stream="stdout", length=100, **{"from": 0})
    assert (reply.body, reply["size"], reply["eof"]) == (b"one\n", 4, False)
    client.input(run, "\n")
    client.collect(run)
    reply = client.request("output", run=run, stream="stdout", length=100, **{"from": 0})
    assert (reply.body, reply["size"], reply["eof"]) == (b"one\ntwo\n", 8, True)


def test_output_of_many_mib_can_be_read_in_pieces_from_any_place(client):
    record = client.sh("seq 1 1000000")
    whole, got = record.stdout, b""
    while True:
        reply = client.request("output", run=record.run, stream="stdout", length=MIB, **{"from": len(got)})
        assert reply["from"] == len(got) and reply["size"] == len(whole) and len(reply.body) <= MIB
        got += reply.body
        if reply["eof"]:
            break
    assert got == whole
    reply = client.request("output", run=record.run, stream="stdout", length=1000, **{"from": 3000000})
    assert reply.body == whole[3000000:3001000]


def test_wait_tells_the_state_at_once_when_its_time_is_nought(client):
    run = client.start_sh("echo ready; exec sleep 100", stdin="none")
    client.wait_output(run, "ready\n")
    reply = client.request("wait", run=run, timeout_ms=0)
    assert reply["state"] == "running" and not reply.get("finished")
    client.request("signal", run=run, signal="KILL")
    client.collect(run)


def test_wait_tells_the_keys_of_finished(connect, fifo):
    first, second = connect(), connect()
    run = first.start_sh(f"read x < {fifo}; exit 3")
    id = second.send("wait", run=run)
    fifo.write_text("\n")
    ended = second.reply(id)
    event = first.collect(run).finished
    assert ended["state"] == "finished"
    for key in ("status", "cause", "exit", "signal", "usage", "bytes"):
        assert ended["finished"].get(key) == event.get(key)


@each_language("ask_once")
def test_wait_tells_the_prompt_of_a_run_that_waits_for_input(client, lang):
    run = lang.start(client, "ask_once")
    event = client.wait_event(run, "waiting-input")
    reply = client.request("wait", run=run, timeout_ms=0)
    assert reply["state"] == "waiting-input" and reply["prompt"]
    client.input(run, "x\n", prompt_id=event["prompt_id"])
    assert client.collect(run).stdout.endswith(b"[x]\n")


def test_wait_gives_up_when_its_time_is_over(client):
    run = client.start_sh("exec sleep 100", stdin="none")
    assert client.request("wait", run=run, timeout_ms=50)["state"] in ("queued", "running")
    client.request("signal", run=run, signal="KILL")
    assert client.request("wait", run=run)["state"] == "finished"


def test_other_requests_are_answered_while_a_wait_waits(client, fifo):
    run = client.start_sh(f"read x < {fifo}")
    waiting = client.send("wait", run=run)
    assert client.request("ping")["ok"]
    fifo.write_text("\n")
    assert client.reply(waiting)["state"] == "finished"


def test_forget_of_a_running_run_is_busy(client):
    run = client.start_sh("read x")
    assert client.refusal("forget", run=run) == "busy"
    client.input(run, "\n")
    client.collect(run)


def test_a_forgotten_run_is_unknown(client):
    run = client.sh("echo hi").run
    client.request("forget", run=run)
    assert client.refusal("attach", run=run) == "unknown-run"
    assert client.refusal("forget", run=run) == "unknown-run"
    assert client.refusal("wait", run=run, timeout_ms=0) == "unknown-run"
    assert client.status_of(run) is None


def test_a_finished_run_expires_after_keep_ms(client):
    run = client.sh("echo hi", keep_ms=100).run
    eventually(lambda: client.status_of(run) is None, "the run expired")
    assert client.refusal("attach", run=run) == "unknown-run"


def test_two_clients_hear_the_same(connect):
    first, second = connect(), connect()
    run = first.start_sh("read x; seq 1 20000; echo end >&2")
    second.attach(run)
    second.input(run, "\n")
    records = [client.collect(run) for client in (first, second)]
    assert [dict(e) for e in records[0].events] == [dict(e) for e in records[1].events]
    assert records[0].tale() == records[1].tale()


def test_a_run_without_output_tells_its_three_events(client):
    assert client.sh("true").tale() == [accepted(), started("exec"), finished()]
    assert client.sh("echo x").tale() == [accepted(), started("exec"), out("x\n"), finished()]
