# SPDX-License-Identifier: Apache-2.0
"""Statement 1: `accepted` first, `finished` once, only late output, notes and `closed` behind it, seq without
holes, whatever program, worker, client or network do. (Record.check, which every test of this suite goes
through, holds each list against it; here are the ways to break it.)"""
import random
import uuid

import pytest

from cases import both_modes, each_language
from record import accepted, finished, out, started

ENDINGS = ["hello", "error", "exit3", "die", "crash", "garbage", "empty", "recursion", "background_child", "double_fork",
           "syntax", "output_then_error"]


@pytest.mark.parametrize("key", ENDINGS)
@both_modes
@each_language(*ENDINGS)
def test_every_ending_has_one_first_and_one_last_event(client, lang, mode, key):
    record = lang.run(client, key, mode)
    assert record.names()[0] == "accepted" and record.names()[-1] == "finished"
    assert record.names().count("accepted") == record.names().count("finished") == 1
    client.barrier()
    assert client.record(record.run).check().names().count("finished") == 1


def test_a_queued_run_that_is_interrupted_has_only_the_two(own_daemon):
    client = own_daemon("--limit", "runs=1").client()
    first = client.start_sh("read x")
    client.wait_event(first, "started")
    queued = client.start_sh("echo never")
    assert client.request("interrupt", run=queued)["delivered"] in (True, False)
    assert client.collect(queued).tale() == [accepted(), finished("aborted", None)]
    client.input(first, "\n")
    assert client.collect(first).status == "ok"


@each_language("sleep", "hello")
def test_a_queued_query_that_is_interrupted_has_only_the_two_and_the_rest_goes_on(client, lang):
    first = lang.start(client, "sleep")
    client.wait_output(first, "ready\n")
    second, third = lang.start(client, "hello"), lang.start(client, "hello")
    client.request("interrupt", run=second)
    record = client.collect(second)
    assert record.names() == ["accepted", "finished"] and record.status == "aborted"
    client.request("interrupt", run=first)
    assert client.collect(first).status == "interrupted"
    assert client.collect(third).stdout == lang.stdout("hello")


def test_late_output_and_closed_follow_finished_and_nothing_else(client, fifo):
    run = client.start_sh(f"cat '{fifo}' & echo hi", background="keep")
    assert client.collect(run).finished["open"] is True
    fifo.write_text("late one\n")
    record = client.collect(run, last="closed")
    after = record.events[record.names().index("finished") + 1:]
    assert b"".join(e.body for e in after if e["ev"] == "stdout") == b"late one\n"
    assert after[-1]["ev"] == "closed"


def test_seq_has_no_hole_among_fifty_runs_that_shout_at_once(client):
    runs = [client.start_sh("i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo $i; echo $i >&2; done") for _ in range(50)]
    expected = b"".join(b"%d\n" % i for i in range(1, 201))
    for run in runs:
        record = client.collect(run)
        assert record.stdout == record.stderr == expected


def test_a_run_ends_once_though_everything_ends_it_at_once(client):
    for _ in range(20):
        run = client.start_sh("echo ready; sleep 100", limits={"wall_ms": 100})
        client.wait_output(run, "ready\n")
        for op, keys in [("interrupt", {}), ("signal", {"signal": "KILL"}), ("interrupt", {"grace_ms": 0}),
                         ("signal", {"signal": "TERM"})]:
            client.send(op, run=run, **keys)
        record = client.collect(run)
        assert record.status in ("interrupted", "killed", "timeout") and record.exit != 0
        client.barrier()
        assert client.counts[run, "finished"] == 1


@each_language("sleep")
def test_a_query_ends_once_though_everything_ends_it_at_once(client, lang):
    for _ in range(5):
        run = lang.start(client, "sleep", ctx=f"{client.ctx}-{uuid.uuid4()}"[-60:])
        client.wait_output(run, "ready\n")
        ops = [("interrupt", {}), ("signal", {"signal": "KILL"}), ("signal", {"signal": "INT"}), ("interrupt", {"grace_ms": 0})]
        random.Random(run).shuffle(ops)
        for op, keys in ops:
            client.send(op, run=run, **keys)
        assert client.collect(run).status in ("interrupted", "killed")
        client.barrier()
        assert client.counts[run, "finished"] == 1


def test_a_run_whose_client_went_away_before_it_began_still_ends(connect, daemon):
    gone, other = daemon.client(), connect()
    run = gone.start_sh("echo hi")
    gone.close()
    assert other.request("wait", run=run)["state"] == "finished"
    other.attach(run)
    assert other.collect(run).tale() == [accepted(), started("exec"), out("hi\n"), finished()]
