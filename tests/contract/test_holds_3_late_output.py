# SPDX-License-Identifier: Apache-2.0
"""Statement 3: what comes after the end is late output of that run, and it never opens a run again."""
from cases import each_language


@each_language("child_output", "hello")
def test_output_between_two_queries_belongs_to_the_query_before(client, lang, fifo):
    run = lang.start(client, "child_output", words={"path": fifo})
    assert client.collect(run).stdout == lang.stdout("child_output")
    fifo.write_text("late one\n")
    client.wait_output(run, "late one\n")
    record = client.record(run).check()
    late = [e for e in record.events if e.get("late")]
    assert b"".join(e.body for e in late) == b"late one\n"
    assert record.names().index("finished") < record.events.index(late[0])
    nxt = lang.run(client, "hello")
    assert nxt.stdout == lang.stdout("hello")


@each_language("child_output", "hello")
def test_the_query_before_is_the_latest_one(client, lang, fifo):
    first = lang.start(client, "child_output", words={"path": fifo})
    client.collect(first)
    second = lang.run(client, "hello").run
    fifo.write_text("late one\n")
    client.wait_output(second, "late one\n")
    assert [e.body for e in client.events[second] if e.get("late")] == [b"late one\n"]
    assert not [e for e in client.events[first] if e.get("late")]
    client.record(second).check()


@each_language("child_output")
def test_late_output_is_in_the_journal_for_whoever_attaches_later(connect, lang, fifo):
    first, second = connect(), connect()
    run = lang.start(first, "child_output", words={"path": fifo})
    first.collect(run)
    fifo.write_text("late one\n")
    first.wait_output(run, "late one\n")
    second.attach(run)
    second.wait_output(run, "late one\n")
    record = second.record(run).check()
    assert [e.body for e in record.events if e.get("late")] == [b"late one\n"]


def test_late_output_counts_on_from_the_offsets_before(client, fifo):
    run = client.start_sh(f"cat '{fifo}' & echo hi", background="keep")
    client.collect(run)
    fifo.write_text("late\n")
    record = client.collect(run, last="closed")
    offsets = [(e["off"], e.body, e.get("late", False)) for e in record.of("stdout")]
    assert offsets == [(0, b"hi\n", False), (3, b"late\n", True)]
    reply = client.request("output", run=run, stream="stdout", length=100, **{"from": 0})
    assert reply.body == b"hi\nlate\n"


def test_late_output_does_not_open_the_run_again(client, fifo):
    run = client.start_sh(f"cat '{fifo}' & echo hi", background="keep")
    client.collect(run)
    with fifo.open() as gate:
        gate.write(b"late\n")
        client.wait_output(run, "late\n")
        assert client.request("wait", run=run, timeout_ms=0)["state"] == "finished"
        assert client.status_of(run)["state"] == "finished"
        assert client.refusal("input", b"x", run=run, eof=False) == "not-found"
        assert client.request("interrupt", run=run)["delivered"] in (True, False)
    assert client.collect(run, last="closed").names().count("finished") == 1
