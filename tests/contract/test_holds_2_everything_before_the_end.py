# SPDX-License-Identifier: Apache-2.0
"""Statement 2: all that a program wrote before it ended stands before `finished`, in order; and the end is the
end of the program, not of its pipes."""
import os
import re
import time

import pytest

from cases import both_modes, each_language
from daemon import alive, eventually, marked
from record import accepted, finished, out, started

NUMBERS = b"".join(b"%d\n" % i for i in range(1, 20001))


@both_modes
@each_language("count")
def test_every_line_stands_before_finished(client, lang, mode):
    assert lang.run(client, "count", mode, words={"n": 20000}).stdout == NUMBERS


@pytest.mark.parametrize("size", [1, 4095, 4096, 65535, 65536, 65537, 262144, 262145, 1048576, 10_000_000])
def test_output_of_any_size_is_whole(client, size):
    assert len(client.sh(f"head -c {size} /dev/zero").stdout) == size


def test_the_last_words_of_a_thousand_short_programs_are_never_lost(client):
    for batch in range(20):
        runs = [client.start_sh(["printf", f"last words of {batch}.{n}"]) for n in range(50)]
        for n, run in enumerate(runs):
            assert client.collect(run).tale() == [accepted(), started("exec"), out(f"last words of {batch}.{n}"), finished()]


def test_the_words_of_a_program_that_kills_itself_are_delivered_first(client):
    record = client.sh("seq 1 10000; kill -9 $$")
    assert record.tale() == [accepted(), started("exec"), out(b"".join(b"%d\n" % i for i in range(1, 10001))),
                             finished("crashed", None, signal=9)]


@each_language("flood")
def test_the_words_of_an_interrupted_program_are_delivered_in_whole_before_finished(client, lang):
    run = lang.start(client, "flood")
    client.wait_event(run, "stdout", 5)
    client.request("interrupt", run=run)
    assert client.collect(run).status == "interrupted"


def test_a_child_in_the_background_does_not_delay_finished(client, bench):
    run = client.start_sh("sleep 600 & echo hi")
    client.wait_output(run, "hi\n")
    begin = time.monotonic()
    record = client.collect(run)
    bench("from hi to finished beside a sleeping child", time.monotonic() - begin, "(wanted: 50)")
    assert record.tale() == [accepted(), started("exec"), out("hi\n"), finished()]


@pytest.mark.parametrize("script", [
    "sleep 600 & echo hi", "(sleep 600 &) ; echo hi", "setsid sleep 600 & echo hi",
    "(setsid sh -c 'sleep 600 & sleep 600' &); echo hi",
    "nohup sleep 600 >/dev/null 2>&1 & echo hi", "trap '' TERM INT HUP; sleep 600 & echo hi",
], ids=str)
def test_what_a_program_left_running_is_ended(client, script):
    record = client.sh(script, env={"TREE": client.ctx})
    assert record.stdout == b"hi\n" and record.status == "ok" and not record.finished.get("open")
    eventually(lambda: not marked(f"TREE={client.ctx}"), "nothing left")


@each_language("background_child")
@pytest.mark.parametrize("key", ["background_child", "double_fork"])
def test_what_a_languages_program_left_running_is_ended(client, lang, key):
    record = lang.run(client, key, "batch", env={"TREE": client.ctx})
    assert record.stdout == lang.stdout(key)
    eventually(lambda: not marked(f"TREE={client.ctx}"), "nothing left")


def test_what_leftovers_had_written_stands_before_finished(client, fifo):
    script = f"sh -c 'echo from the child; echo x > \"{fifo}\"; exec sleep 600' & cat '{fifo}' > /dev/null; echo hi"
    record = client.sh(script)
    assert sorted(record.stdout.splitlines()) == [b"from the child", b"hi"] and not record.finished.get("open")


def test_a_kept_child_lives_on_and_closed_comes_when_it_ends(client, fifo, bench):
    run = client.start_sh(f"sh -c 'cat \"{fifo}\"; echo end' & echo hi", background="keep", env={"TREE": client.ctx})
    client.wait_output(run, "hi\n")
    begin = time.monotonic()
    record = client.collect(run)
    bench("from hi to finished beside a kept child", time.monotonic() - begin, "(wanted: 50)")
    assert record.tale()[:4] == [accepted(), started("exec"), out("hi\n"), finished(open=True)]
    assert marked(f"TREE={client.ctx}") and client.counts[run, "closed"] == 0
    fifo.write_text("still here\n")
    record = client.collect(run, last="closed")
    tale = [event for event in record.tale() if event[0] != "note"]
    assert tale == [accepted(), started("exec"), out("hi\n"), finished(open=True), out("still here\nend\n", late=True),
                    ("closed", {})]
    eventually(lambda: not marked(f"TREE={client.ctx}"), "the child gone")


def test_a_kept_child_that_holds_no_output_leaves_the_run_closed_at_once(client, fifo):
    child = f"sh -c 'echo let go > \"{fifo}\"; exec sleep 600' >/dev/null 2>&1 & echo $!; cat '{fifo}' >/dev/null"
    record = client.sh(child, background="keep")
    pid = int(record.stdout)
    assert not record.finished.get("open") and alive(pid)
    os.kill(pid, 9)


def test_held_output_is_noted_with_who_holds_it(client, fifo):
    run = client.start_sh(f"cat '{fifo}' & echo hi", background="keep")
    note = client.wait_event(run, "note")
    assert note["kind"] == "held-open" and re.search(r"\w+ \(\d+\)", note["text"])
    fifo.write_text("")
    client.collect(run, last="closed")


def test_a_program_that_closes_its_output_and_lives_on_is_not_finished(client):
    run = client.start_sh("echo hi; exec >&- 2>&-; read x; exit 5")
    client.wait_output(run, "hi\n")
    assert client.request("wait", run=run, timeout_ms=100)["state"] in ("running", "waiting-input")
    client.input(run, "\n")
    assert client.collect(run).tale()[-1] == finished("error", 5)


@each_language("background_child")
def test_a_child_of_a_query_delays_nothing_and_goes_with_its_context(client, lang):
    record = lang.run(client, "background_child", env={"TREE": client.ctx})
    assert record.status == "ok" and record.stdout == lang.stdout("background_child")
    assert lang.run(client, "hello").stdout == lang.stdout("hello")
    client.request("close", lang=lang.name, ctx=client.ctx)
    eventually(lambda: not marked(f"TREE={client.ctx}"), "nothing left")


@each_language("double_fork")
def test_a_daemon_made_by_a_query_goes_with_its_context(client, lang):
    lang.run(client, "double_fork", env={"TREE": client.ctx})
    client.request("close", lang=lang.name, ctx=client.ctx)
    eventually(lambda: not marked(f"TREE={client.ctx}"), "nothing left")
