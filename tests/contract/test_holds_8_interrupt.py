# SPDX-License-Identifier: Apache-2.0
"""Statement 8: interrupt ends what runs, the whole tree, at the latest after its grace, and keeps the context
wherever the language can."""
import time

import pytest

from cases import both_modes, each_language, LANGUAGES
from daemon import eventually, marked

pytestmark = pytest.mark.conformance

# Where the interrupt itself must be the end and keep the context. Shorter than a test's patience, for by nature a child
# of a shell may lose an interrupt between its fork and its exec.
LONG_GRACE = 30_000
KEYS = ["loop", "sleep", "sleep_child", "backtracking", "flood", "caught"]
HAVE = [(lang, key) for lang in LANGUAGES for key in KEYS if key in lang]
have = pytest.mark.parametrize("lang, key", HAVE, ids=lambda v: getattr(v, "name", v))


def interrupted(client, run, grace_ms=LONG_GRACE):
    """Interrupts a run that has begun and gives its record and how long it took."""
    client.wait_output(run, "ready\n")
    begin = time.monotonic()
    assert client.request("interrupt", run=run, grace_ms=grace_ms)["delivered"] is True
    record = client.collect(run)
    return record, time.monotonic() - begin


@have
def test_interrupt_ends_a_query_and_keeps_its_context(client, lang, key, bench):
    lang.run(client, "state1", env={"TREE": client.ctx})
    record, took = interrupted(client, lang.start(client, key))
    bench("interrupt", took, "(wanted: 200)")
    assert record.status == "interrupted"
    assert record.exit != 0 or key == "sleep_child"  # its child hears the interrupt; the program may then end well
    assert record.finished["context"] == "kept"
    lang.run(client, "state2")
    assert lang.run(client, "state3").stdout == lang.stdout("state3")
    eventually(lambda: len(marked(f"TREE={client.ctx}")) <= 1, "only the interpreter left")


@have
def test_interrupt_ends_a_program_with_its_whole_tree(client, lang, key, bench):
    record, took = interrupted(client, lang.start(client, key, "batch", env={"TREE": client.ctx}))
    bench("interrupt", took, "(wanted: 200)")
    assert record.status == "interrupted"
    assert record.exit != 0 or key == "sleep_child"  # its child hears the interrupt; the program may then end well
    eventually(lambda: not marked(f"TREE={client.ctx}"), "nothing left")


@both_modes
@each_language("deaf", "hello")
def test_interrupt_of_a_program_that_ignores_it_ends_with_the_grace(client, lang, mode, bench):
    record, took = interrupted(client, lang.start(client, "deaf", mode, env={"TREE": client.ctx}), grace_ms=300)
    bench("interrupt with a grace of 300 ms", took)
    assert record.status == "interrupted" and record.exit != 0 and took >= 0.3
    if mode == "batch":
        assert record.exit is None and record.finished["signal"] == 9
    else:
        assert record.finished["context"] in ("kept", "lost")
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@pytest.mark.parametrize("loop", [
    "while :; do /bin/true; done", "while :; do (:); done", "for i in $(seq 100000); do /bin/true; done",
    "while :; do true | cat; done", "while :; do x=$(/bin/true); done", "while read x; do /bin/true; done < <(yes)",
    "f() { /bin/true; }; while :; do for i in 1 2 3; do f; done; done", "trap 'echo bye' EXIT; while :; do (:); done",
])
def test_interrupt_of_a_shells_loop_over_short_commands_keeps_its_context(client, loop, bench):
    client.query("bash", "kept=5; say() { echo $kept; }")
    times = []
    for _ in range(10):
        record, took = interrupted(client, client.start_query("bash", f"echo ready; {loop}"), grace_ms=2000)
        times.append(took)
        assert record.status == "interrupted" and record.finished["context"] == "kept"
        assert record.stdout == b"ready\n" and record.stderr == b""
        assert client.query("bash", "say").stdout == b"5\n"
    bench("interrupt", times, "(wanted: 200)")


def test_interrupt_ends_a_shells_loop_over_commands_that_take_no_notice(client):
    run = client.start_query("bash", "while :; do (trap '' INT; echo ready; sleep 0.05); done")
    record, _ = interrupted(client, run)
    assert record.status == "interrupted" and record.finished["context"] == "kept"


CATCHES = """import subprocess
while True:
    try:
        subprocess.run(["sh", "-c", "trap '' INT; echo ready; sleep 100"])
    except KeyboardInterrupt as error:
        caught = error
    else:
        raise caught"""


@pytest.mark.parametrize("lang, code", [
    ("bash", "(trap '' INT; echo ready; sleep 100)"), ("bash", "(trap '' INT; echo ready; while :; do /bin/true; done) | cat"),
    ("bash", "echo ready; x=$(trap '' INT; sleep 100)"), ("python", CATCHES),
])
def test_the_end_of_the_grace_kills_those_below_first_and_keeps_the_context(client, lang, code):
    client.query(lang, "kept=5", env={"TREE": client.ctx})
    run = client.start_query(lang, code)
    client.wait_output(run, "ready\n")
    client.request("interrupt", run=run, grace_ms=300)
    record = client.collect(run)
    assert record.status == "interrupted" and record.finished["context"] == "kept"
    assert client.query(lang, "print(kept)" if lang == "python" else "echo $kept").stdout == b"5\n"
    eventually(lambda: len(marked(f"TREE={client.ctx}")) <= 1, "only the interpreter left")


def test_the_grace_is_2_seconds_unless_said(client):
    run = client.start_sh("trap '' INT; echo ready; sleep 100")
    client.wait_output(run, "ready\n")
    begin = time.monotonic()
    client.request("interrupt", run=run)
    record = client.collect(run)
    assert record.status == "interrupted" and record.finished["signal"] == 9 and time.monotonic() - begin >= 2


def test_a_second_interrupt_with_a_shorter_grace_does_not_wait_for_the_first(client):
    run = client.start_sh("trap '' INT; echo ready; sleep 100")
    client.wait_output(run, "ready\n")
    client.request("interrupt", run=run, grace_ms=LONG_GRACE)
    client.request("interrupt", run=run, grace_ms=100)
    record = client.collect(run)
    assert record.status == "interrupted" and record.finished["signal"] == 9


@pytest.mark.parametrize("script", [
    "echo ready; sleep 600; echo never", "echo ready; yes", "echo ready; yes | cat", "echo ready; sleep 100 & wait",
    "echo ready; (setsid sleep 100); echo never", "echo ready; while :; do :; done", "echo ready; exec sleep 100",
    "(trap '' INT; sleep 100) & echo ready; wait", "echo ready; sh -c 'sh -c \"sleep 100; true\"; true'; true",
], ids=str)
def test_interrupt_reaches_the_whole_tree_of_a_shell(client, script):
    record, _ = interrupted(client, client.start_sh(script, env={"TREE": client.ctx}))
    assert record.status == "interrupted" and b"never" not in record.stdout
    eventually(lambda: not marked(f"TREE={client.ctx}"), "nothing left")


def test_a_program_whose_parent_hears_the_interrupt_leaves_no_deaf_child(client):
    run = client.start_sh("(trap '' INT TERM HUP; echo ready; while :; do sleep 1; done) & wait", env={"TREE": client.ctx})
    record, _ = interrupted(client, run, grace_ms=300)
    assert record.status == "interrupted"
    eventually(lambda: not marked(f"TREE={client.ctx}"), "nothing left")


def test_interrupt_while_it_builds(client):
    run = client.start_sh("echo never", build="echo ready; sleep 100")
    record, _ = interrupted(client, run)
    assert record.status == "interrupted" and b"never" not in record.stdout


@each_language("ask_once", "state1", "state2", "state3")
def test_interrupt_of_a_query_that_waits_for_input_closes_the_prompt(client, lang, bench):
    lang.run(client, "state1")
    run = lang.start(client, "ask_once")
    client.wait_event(run, "waiting-input")
    begin = time.monotonic()
    client.request("interrupt", run=run, grace_ms=LONG_GRACE)
    record = client.collect(run)
    bench("interrupt of a prompt", time.monotonic() - begin, "(wanted: 200)")
    assert record.status == "interrupted" and record.finished["context"] == "kept"
    assert record.one("input-taken")["outcome"] == "interrupted"
    lang.run(client, "state2")
    assert lang.run(client, "state3").stdout == lang.stdout("state3")


@each_language("read_line", "state1", "state2", "state3")
def test_interrupt_of_a_query_in_a_blocked_read_ends_it(client, lang):
    lang.run(client, "state1")
    run = lang.start(client, "read_line")
    client.wait_event(run, "started")
    client.request("interrupt", run=run, grace_ms=LONG_GRACE)
    record = client.collect(run)
    assert record.status == "interrupted" and record.finished["context"] == "kept"
    lang.run(client, "state2")
    assert lang.run(client, "state3").stdout == lang.stdout("state3")


@each_language("read_line", "hello")
def test_after_an_interrupted_read_the_next_query_reads_afresh(client, lang):
    run = lang.start(client, "read_line")
    client.wait_event(run, "started")
    client.request("interrupt", run=run, grace_ms=LONG_GRACE)
    client.collect(run)
    again = lang.start(client, "read_line")
    client.input(again, "fresh\n")
    assert client.collect(again).stdout.endswith(b"[fresh]\n")


@each_language("caught")
def test_a_program_may_tidy_up_when_interrupted(client, lang):
    record, _ = interrupted(client, lang.start(client, "caught"))
    assert record.stdout == lang.stdout("caught") and record.status == "interrupted"


@each_language("sleep", "hello")
def test_an_interrupt_never_hits_the_query_behind(client, lang):
    for _ in range(20):
        run, behind = lang.start(client, "sleep"), lang.start(client, "hello")
        client.wait_output(run, "ready\n")
        client.send("interrupt", run=run, grace_ms=LONG_GRACE)
        client.send("interrupt", run=run, grace_ms=LONG_GRACE)
        assert client.collect(run).status == "interrupted"
        assert client.collect(behind).tale()[-1][1]["status"] == "ok"


@each_language("hello")
def test_interrupts_at_every_moment_of_short_queries_leave_a_sound_context(client, lang):
    for n in range(100):
        run = lang.start(client, "hello")
        if n % 3:
            client.barrier()
        client.request("interrupt", run=run, grace_ms=LONG_GRACE)
        record = client.collect(run)
        assert record.status in ("ok", "interrupted", "aborted") and record.finished.get("context") != "lost"
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("flood")
def test_interrupt_of_a_flood_that_nobody_reads(connect, lang):
    stuck, other = connect(acks=False), connect()
    run = lang.start(stuck, "flood", window=65536)
    stuck.wait_event(run, "stdout")
    other.request("interrupt", run=run, grace_ms=LONG_GRACE)
    assert other.request("wait", run=run)["finished"]["status"] == "interrupted"
    stuck.acks = True
    stuck.pay()
    assert stuck.collect(run).status == "interrupted"
