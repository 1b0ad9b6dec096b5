# SPDX-License-Identifier: Apache-2.0
"""A long life: thousands of runs, hundreds of contexts, rubbish at the socket; nothing leaks, nothing slows."""
import os
import random
import re
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgpack
import pytest

from cases import each_language
from client import LONG
from daemon import eventually

MIB = 1024 * 1024


def burst(client, count, at_once=20):
    """count batch runs, some at once; gives the seconds that one took."""
    begin = time.monotonic()
    for start in range(0, count, at_once):
        runs = [client.start_sh(["echo", str(n)], keep_ms=0) for n in range(start, min(start + at_once, count))]
        for n, run in enumerate(runs, start=start):
            record = client.collect(run)
            assert record.stdout == b"%d\n" % n and record.exit == 0
            client.events.pop(run)
        client.replies.clear()
        client.order.clear()
        client.started.clear()
    return (time.monotonic() - begin) / count


@pytest.mark.release
@pytest.mark.watchdog(600)
def test_thousands_of_batch_runs_leave_no_zombie_no_descriptor_and_no_memory(own_daemon, scale, bench):
    daemon = own_daemon()
    client = daemon.client()
    first = burst(client, 1000)
    eventually(lambda: not daemon.children(), "every child reaped")
    memory, descriptors = daemon.rss(), daemon.descriptors()
    rest = burst(client, scale(1000, 9000))
    eventually(lambda: not daemon.children(), "every child reaped")
    bench("a batch run of the first thousand", first)
    bench("a batch run of the rest", rest, f"(memory grew {(daemon.rss() - memory) / MIB:.2f} MiB)")
    assert daemon.zombies() == [] and daemon.descriptors() <= descriptors + 2
    assert daemon.rss() - memory <= 8 * MIB and not daemon.programs()
    assert rest < 20 * first


@pytest.mark.release
@pytest.mark.watchdog(300)
@each_language("hello")
def test_thousands_of_queries_leave_no_descriptor_and_no_memory(own_daemon, scale, lang, bench):
    daemon = own_daemon()
    client = daemon.client()

    def queries(count):
        begin = time.monotonic()
        for _ in range(count):
            record = lang.run(client, "hello", keep_ms=0)
            assert record.stdout == lang.stdout("hello")
            client.events.pop(record.run)
            client.replies.clear()
        return (time.monotonic() - begin) / count

    # Where each query is compiled, and defines again what those before it have, a thousand take minutes on a busy machine.
    few = "unbuildable" in lang
    queries(100 if few else 500)
    memory, descriptors = daemon.rss(), daemon.descriptors()
    bench("a query", queries(300 if few else scale(1000, 10000)))
    assert daemon.descriptors() <= descriptors + 2 and daemon.rss() - memory <= 16 * MIB and len(daemon.children()) == 1


@pytest.mark.release
@pytest.mark.watchdog(600)
@each_language("value")
def test_hundreds_of_contexts_and_a_thousand_queued_runs_cost_no_more_a_run(own_daemon, scale, lang, bench):
    daemon = own_daemon("--limit", "runs=4", "--limit", "queue=2000", *lang.warm)
    client = daemon.client()
    count = scale(60, 200)

    def queries(what, ctx, wanted=""):
        spent = daemon.processor_time()
        times = [timed(lambda: lang.run(client, "value", ctx=ctx(n))) for n in range(60)]
        spent = (daemon.processor_time() - spent) / 60
        bench(what, times, f"the daemon's own part {spent * 1000:.2f} ms {wanted}")
        return statistics.median(times), spent

    queries("warming up", lambda n: "main")
    # At full size more than fit here of the big ones: a quarter of the memory is enough of a crowd.
    available = int(re.search(r"^MemAvailable:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)[1]) * 1024
    count = max(20, min(count, available // 4 // daemon.rss_of_children()))
    alone, own = queries("a query with one context", lambda n: "main")
    for n in range(count):
        lang.run(client, "value", ctx=f"many-{n}")
    # What an interpreter costs that has slept while others ran is its own; what the daemon adds is the same for all.
    beside, own_beside = queries(f"a query beside {count} contexts", lambda n: "main", "(wanted: both 1.5 times)")
    crowd, own_crowd = queries(f"a query in {count} contexts in turn", lambda n: f"many-{n % count}", "(wanted: its own part 1.5 times)")
    single = timed(lambda: [client.sh(["true"]) for _ in range(100)]) / 100
    begin = time.monotonic()
    runs = [client.start_sh(["true"]) for _ in range(1000)]
    for run in runs:
        assert client.collect(run, timeout=LONG).exit == 0
    queued = (time.monotonic() - begin) / 1000
    bench("a batch run alone", single)
    bench("a batch run of a thousand queued", queued, "(wanted: 1.5 times)")
    assert max(beside, crowd) < 20 * max(0.001, alone) and max(own_beside, own_crowd) < 20 * own and queued < 20 * single
    assert len(client.request("status")["contexts"]) == count + 1


def timed(work):
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def rubbish(chance):
    """One message: bytes, broken maps, or a request with a wrong turn in it."""
    def value(depth=0):
        kinds = [None, True, chance.randint(-2**63, 2**64 - 1), chance.random() * 10**chance.randint(-5, 300),
                 "x" * chance.randint(0, 50), chance.randbytes(chance.randint(0, 50)), "python", "batch", "query", "true"]
        if depth < 3 and chance.random() < 0.3:
            return [value(depth + 1) for _ in range(chance.randint(0, 5))]
        if depth < 3 and chance.random() < 0.3:
            return {chance.choice(["run", "path", "size", "a"]): value(depth + 1) for _ in range(chance.randint(0, 5))}
        return chance.choice(kinds)

    ops = ["hello", "ping", "run", "input", "interrupt", "signal", "attach", "detach", "ack", "output", "wait", "forget",
           "open", "reset", "close", "status", "complete", "put", "get", "stat", "resize", "nothing"]
    keys = ["run", "mode", "lang", "ctx", "exec", "build", "limits", "env", "files", "after", "window", "seq", "stream",
            "from", "length", "timeout_ms", "signal", "grace_ms", "stdin", "argv", "cwd", "meta", "id"]
    head = {"op": chance.choice(ops), "id": f"r{chance.randint(0, 9999)}"}
    head.update({key: value() for key in chance.sample(keys, chance.randint(0, 8))})
    head["cwd"] = "/nonexistent-directory-of-the-contract-suite"  # whatever a wrong turn starts, it starts nowhere
    packed = bytearray(msgpack.packb(head))
    turn = chance.random()
    if turn < 0.3:
        for _ in range(chance.randint(1, 5)):
            packed[chance.randrange(len(packed))] = chance.randrange(256)
    elif turn < 0.4:
        del packed[chance.randrange(len(packed)):]
    elif turn < 0.5:
        packed = chance.randbytes(chance.randint(0, 300))
    frames = [bytes(packed), chance.randbytes(chance.choice([0, 0, 0, 10, 1000]))]
    return frames if chance.random() < 0.9 else [chance.randbytes(5) for _ in range(chance.randint(1, 6))]


@pytest.mark.watchdog(200)
def test_random_frames_at_the_socket_hurt_nobody(own_daemon, scale):
    daemon = own_daemon()
    noisy, good = daemon.client(), daemon.client()
    seed = int(os.environ.get("CONTRACT_SEED", time.time_ns() % 10**9))
    print("CONTRACT_SEED =", seed)
    chance, end = random.Random(seed), time.monotonic() + scale(5, 30)
    while time.monotonic() < end:
        for _ in range(50):
            noisy.send_frames(*rubbish(chance))
        while noisy.socket.poll(0):
            noisy.socket.recv_multipart()
        assert good.request("ping")["ok"]
    assert good.request("status")["uptime_ms"] > 0
    assert good.sh("echo still well").stdout == b"still well\n"


def test_bytes_that_are_not_even_zeromq_hurt_nobody(own_daemon):
    daemon, chance = own_daemon(tcp=True), random.Random(7)
    host, _, port = daemon.tcp.rpartition("//")[2].rpartition(":")
    good = daemon.client()
    for n in range(200):
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall([b"GET / HTTP/1.1\r\n\r\n", b"\xff" + b"\0" * 8 + b"\x7f", chance.randbytes(500), b""][n % 4])
    assert good.request("ping")["ok"] and good.sh("echo hi").stdout == b"hi\n"


@pytest.mark.watchdog(300)
def test_many_clients_in_many_threads_come_and_go(own_daemon):
    daemon = own_daemon()

    def visit(n):
        client = daemon.client()
        assert client.sh(f"echo {n}").stdout == b"%d\n" % n
        client.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(400)))
    assert daemon.client().request("status")["uptime_ms"] > 0
