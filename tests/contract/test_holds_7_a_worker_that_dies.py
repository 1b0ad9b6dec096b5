# SPDX-License-Identifier: Apache-2.0
"""Statement 7: a worker that dies takes down its own run only, soon and truthfully, and the next query starts a
fresh interpreter with a higher generation."""
import os
import time

import pytest

from cases import each_language

pytestmark = pytest.mark.conformance


def generation(client, lang):
    return next(c["gen"] for c in client.request("status")["contexts"] if (c["lang"], c["ctx"]) == (lang.name, client.ctx))


def goes_on(client, lang, before):
    """The next query works in a fresh interpreter of a higher generation."""
    assert lang.run(client, "state_missing").stdout == lang.stdout("state_missing")
    assert generation(client, lang) > before


@each_language("sleep", "state1", "state_missing")
def test_kill_9_of_a_worker_ends_its_query_as_crashed(client, lang, bench):
    lang.run(client, "state1")
    before = generation(client, lang)
    run = lang.start(client, "sleep")
    client.wait_output(run, "ready\n")
    begin = time.monotonic()
    os.kill(client.events[run][1]["pid"], 9)
    record = client.collect(run)
    bench("from kill -9 of a worker to finished", time.monotonic() - begin, "(wanted: 100)")
    assert record.one("error")["kind"] == "context-lost"
    assert (record.status, record.finished["signal"], record.finished["context"]) == ("crashed", 9, "lost")
    assert record.names()[-2:] == ["error", "finished"] and record.exit is None
    goes_on(client, lang, before)


@pytest.mark.parametrize("key, status, exit, signal", [("die", "error", 3, None), ("crash", "crashed", None, 11)])
@each_language("die", "crash", "state_missing")
def test_a_worker_that_ends_itself_ends_its_query(client, lang, key, status, exit, signal, bench):
    lang.run(client, "state1")
    before = generation(client, lang)
    begin = time.monotonic()
    record = lang.run(client, key)
    bench(f"{key} to finished", time.monotonic() - begin, "(wanted: 100)")
    assert record.one("error")["kind"] == "context-lost"
    assert (record.status, record.exit, record.finished.get("signal")) == (status, exit, signal)
    assert record.finished["context"] == "lost"
    goes_on(client, lang, before)


@each_language("garbage", "state1", "state2", "state3")
def test_rubbish_on_the_reply_descriptor_ends_soon(client, lang, bench):
    lang.run(client, "state1")
    begin = time.monotonic()
    record = lang.run(client, "garbage")
    bench("rubbish to finished", time.monotonic() - begin, "(wanted: 100)")
    if record.finished["context"] == "kept":
        lang.run(client, "state2")
        assert lang.run(client, "state3").stdout == lang.stdout("state3")
    else:
        assert record.status != "ok" and record.one("error")["kind"] == "context-lost"
        assert lang.run(client, "state_missing").stdout == lang.stdout("state_missing")


@each_language("oom", "state_missing")
def test_a_memory_kill_ends_the_query_as_memory(client, lang):
    lang.run(client, "state1")
    record = lang.run(client, "oom", limits={"memory": 200 * 1024 * 1024})
    assert record.status == "memory" and record.exit != 0
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("sleep", "hello")
def test_queries_queued_behind_a_lost_one_end_aborted(client, lang):
    run = lang.start(client, "sleep")
    queued = [lang.start(client, "hello") for _ in range(3)]
    client.wait_output(run, "ready\n")
    os.kill(client.events[run][1]["pid"], 9)
    assert client.collect(run).status == "crashed"
    for other in queued:
        record = client.collect(other)
        assert record.names() == ["accepted", "finished"] and record.status == "aborted" and record.exit is None
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("sleep", "gate")
def test_other_contexts_and_runs_do_not_notice(client, lang, fifo):
    other = lang.start(client, "gate", words={"path": fifo}, ctx=client.ctx + "-other")
    batch = client.start_sh("read x; echo $x")
    client.wait_output(other, "ready\n")
    run = lang.start(client, "sleep")
    client.wait_output(run, "ready\n")
    os.kill(client.events[run][1]["pid"], 9)
    client.collect(run)
    fifo.write_text("go")
    client.input(batch, "fine\n")
    assert client.collect(other).status == "ok" and client.collect(batch).stdout == b"fine\n"


@each_language("state1", "state_missing")
def test_a_worker_killed_while_idle_is_replaced(client, lang):
    pid = lang.run(client, "state1").one("started")["pid"]
    before = generation(client, lang)
    os.kill(pid, 9)
    client.until(lambda: client.barrier() and any(e["state"] == "lost" for e in client.contexts), "the lost event")
    goes_on(client, lang, before)


@each_language("die", "hello")
def test_a_context_may_be_lost_again_and_again(client, lang):
    gens = []
    for _ in range(10):
        assert lang.run(client, "die").exit == 3
        assert lang.run(client, "hello").stdout == lang.stdout("hello")
        gens.append(generation(client, lang))
    assert gens == sorted(set(gens))


@each_language("sleep", "hello")
def test_killing_the_worker_of_a_query_and_of_its_successor_at_once_ends_both(client, lang):
    for _ in range(5):
        run = lang.start(client, "sleep")
        client.wait_output(run, "ready\n")
        os.kill(client.events[run][1]["pid"], 9)
        after = lang.start(client, "hello")
        assert client.collect(run).status == "crashed"
        assert client.collect(after).status in ("ok", "aborted")
