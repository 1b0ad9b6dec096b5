# SPDX-License-Identifier: Apache-2.0
"""Statement 4: the journal keeps events for whoever attaches, replay and live join without a seam, and acks
are cumulative credit of their own attachment."""
import hashlib

from cases import both_modes, each_language
from daemon import eventually

NOBODY = "00000000-0000-4000-8000-000000000000"
KIB, MIB = 1024, 1024 * 1024
SMALL = 64 * KIB


def numbers(count):
    return b"".join(b"%d\n" % i for i in range(1, count + 1))


def stall(client, run):
    """Takes events until the window is spent, and gives how many bytes came.

    Order, not time: once the journal is well ahead of what came, a ping's answer shows that all that was
    allowed has been sent."""
    client.wait_event(run, "stdout")

    def ahead():
        client.barrier()
        return client.status_of(run)["seq"] > client.events[run][-1]["seq"] + 1

    eventually(ahead, "the journal ahead of this client")
    before = -1
    while before != len(client.events[run]):
        before = len(client.events[run])
        client.barrier()
    return sum(len(e.body) for e in client.events[run])


def test_a_client_that_acks_nothing_gets_its_window_and_no_more(connect):
    client = connect(acks=False)
    run = client.start_sh("while :; do echo 0123456789012345678901234567890123456789; done", window=SMALL)
    assert stall(client, run) <= SMALL + 256 * KIB
    client.request("signal", run=run, signal="KILL")


def test_an_ack_gives_credit_for_more(connect):
    client = connect(acks=False)
    run = client.start_sh("seq 1 200000", window=SMALL)
    stall(client, run)
    client.acks = True
    client.pay()
    assert client.collect(run).stdout == numbers(200000)


def test_an_ack_that_comes_with_another_request_gives_credit_too(connect):
    client = connect(acks=False)
    run = client.start_sh("seq 1 200000", window=SMALL)
    stall(client, run)
    while client.events[run][-1]["ev"] != "finished":
        client.request("ping", acks={run: client.events[run][-1]["seq"]})
    assert client.collect(run).stdout == numbers(200000)


def test_an_ack_counts_although_the_request_it_comes_with_is_refused(connect):
    client = connect(acks=False)
    run = client.start_sh("seq 1 200000", window=SMALL)
    seen = stall(client, run)
    acks = {run: client.events[run][-1]["seq"], NOBODY: 3}
    assert client.refusal("forget", run=NOBODY, acks=acks) == "unknown-run"
    assert stall(client, run) > seen
    for bad in ([run], {run: -1}, {"": 0}):
        assert client.refusal("ping", acks=bad) == "bad-request"
    client.request("signal", run=run, signal="KILL")


def test_acks_are_cumulative_and_going_back_does_nothing(connect):
    client = connect(acks=False)
    run = client.start_sh("seq 1 200000", window=SMALL)
    stall(client, run)
    seen = len(client.events[run])
    last = client.events[run][-1]["seq"]
    client.ack(run, last)
    for seq in (0, last, 1, 0):
        client.ack(run, seq)
    client.until(lambda: len(client.events[run]) > seen, "more events")
    client.acks = True
    client.pay()
    assert client.collect(run).stdout == numbers(200000)


def test_an_ack_moves_only_its_own_attachment(connect):
    slow, quick = connect(acks=False), connect()
    run = slow.start_sh("seq 1 300000", window=SMALL)
    quick.attach(run)
    assert quick.collect(run).stdout == numbers(300000)
    assert sum(len(e.body) for e in slow.events[run]) <= SMALL + 256 * KIB
    slow.acks = True
    slow.pay()
    assert slow.collect(run).stdout == numbers(300000)


def test_the_window_of_an_attachment_is_its_own(connect):
    first, second = connect(acks=False), connect(acks=False)
    run = first.start_sh("while :; do echo 0123456789012345678901234567890123456789; done", window=SMALL)
    second.attach(run, window=1 * MIB)
    assert stall(first, run) <= SMALL + 256 * KIB
    assert SMALL + 256 * KIB < stall(second, run) <= 1 * MIB + 256 * KIB
    first.request("signal", run=run, signal="KILL")


def test_many_small_events_count_with_their_heads(connect):
    client = connect(acks=False)
    run = client.start_sh("while :; do echo; echo >&2; done", window=SMALL)
    stall(client, run)
    assert len(client.events[run]) < 4 * SMALL / 20
    client.request("signal", run=run, signal="KILL")


def test_replay_joins_live_without_a_seam_however_often_one_attaches(connect):
    writer = connect()
    run = writer.start_sh("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo $i; done; echo end >&2")
    watchers = []
    while not writer.counts[run, "finished"] and len(watchers) < 30:
        watchers.append(connect())
        watchers[-1].attach(run)
        writer.barrier()
    for client in [writer, *watchers]:
        assert client.collect(run).stdout == numbers(20000)


def test_attaching_again_from_the_same_connection_goes_on_where_it_says(client):
    run = client.start_sh("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo $i; done")
    while not client.counts[run, "finished"]:
        client.barrier()
        client.request("detach", run=run)
        after = client.events[run][-1]["seq"] if client.events[run] else -1
        if not client.counts[run, "finished"]:
            assert client.request("attach", run=run, after=after)["next"] == after + 1
    assert client.collect(run).stdout == numbers(20000)


def test_the_journal_of_a_finished_run_is_kept_whole_beyond_memory(connect):
    first, second = connect(), connect()
    record = first.sh("seq 1 6000000")
    digest = hashlib.sha256(record.stdout).hexdigest()
    assert len(record.stdout) > 40 * MIB
    second.attach(record.run)
    again = second.collect(record.run)
    assert hashlib.sha256(again.stdout).hexdigest() == digest
    assert [e["seq"] for e in again.events] == [e["seq"] for e in record.events]


def test_losing_the_connection_does_not_touch_the_run(daemon, connect):
    gone, later = daemon.client(), connect()
    run = gone.start_sh("seq 1 300000; read x; echo end")
    gone.wait_event(run, "stdout")
    gone.close()
    later.attach(run)
    later.input(run, "\n")
    assert later.collect(run).stdout == numbers(300000) + b"end\n"


def test_a_hundred_finished_runs_are_all_still_there(connect):
    first, second = connect(), connect()
    runs = [first.sh(f"echo {n}").run for n in range(100)]
    for n, run in enumerate(runs):
        second.attach(run)
        assert second.collect(run).stdout == b"%d\n" % n


def test_more_finished_runs_than_the_limit_let_the_oldest_go(own_daemon):
    client = own_daemon("--limit", "finished=10").client()
    runs = [client.sh(f"echo {n}").run for n in range(15)]
    assert client.refusal("attach", run=runs[0]) == "unknown-run"
    client.attach(runs[-1])
    assert client.collect(runs[-1]).stdout == b"14\n"


# The same for every language ------------------------------------------------------------------

@both_modes
@each_language("count")
def test_a_languages_run_gives_its_window_and_for_acks_the_rest(connect, lang, mode):
    client = connect(acks=False)
    run = lang.start(client, "count", mode, words={"n": 200000}, window=SMALL, **({"ctx": client.ctx} if mode == "query" else {}))
    assert stall(client, run) <= SMALL + 256 * KIB
    client.acks = True
    client.pay()
    assert client.collect(run).stdout == numbers(200000)


@both_modes
@each_language("count")
def test_a_languages_run_is_replayed_to_whoever_attaches_while_it_runs_and_when_it_is_over(connect, lang, mode):
    client, second, third = connect(), connect(), connect()
    run = lang.start(client, "count", mode, words={"n": 100000}, **({"ctx": client.ctx} if mode == "query" else {}))
    client.wait_event(run, "stdout")
    second.attach(run)
    records = [client.collect(run), second.collect(run)]
    third.attach(run)
    records.append(third.collect(run))
    assert records[0].stdout == numbers(100000)
    assert records[0].tale() == records[1].tale() == records[2].tale()
