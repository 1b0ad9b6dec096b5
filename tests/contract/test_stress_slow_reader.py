# SPDX-License-Identifier: Apache-2.0
"""A client that stops reading: the daemon's memory stays, other clients do not notice, nothing is lost."""
import time

import pytest

from client import LONG

MIB = 1024 * 1024


def latencies(client, seconds):
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        client.request("ping")
        times.append(time.monotonic() - begin)
        time.sleep(0.005)  # a client that thinks, not one that hammers
    return times


@pytest.mark.release
@pytest.mark.watchdog(400)
def test_a_client_that_stops_reading_costs_little_and_loses_nothing(own_daemon, scale, bench):
    daemon = own_daemon()
    sleeper, other = daemon.client(), daemon.client()
    quiet = latencies(other, 2)
    before = daemon.rss()
    run = sleeper.start_sh(["seq", "1", "40000000"])
    sleeper.wait_event(run, "stdout")
    beside, highest, end = [], 0, time.monotonic() + scale(10, 60)
    while time.monotonic() < end:
        beside += latencies(other, 0.5)
        highest = max(highest, daemon.rss())
    bench("ping beside nothing", quiet)
    bench("ping beside a client that stopped reading", beside, f"(wanted: twice; memory grew {(highest - before) / MIB:.1f} MiB)")
    assert highest - before <= 16 * MIB
    assert sorted(beside)[len(beside) // 2] < 20 * max(0.001, sorted(quiet)[len(quiet) // 2])
    sleeper.wait_event(run, "finished", timeout=LONG)
    number = 0
    record = sleeper.record(run).check()
    for line in record.stdout.splitlines():
        number += 1
        assert int(line) == number
    assert number == 40000000 and not record.of("gap")


@pytest.mark.release
def test_yes_that_nobody_reads_costs_little(own_daemon, scale):
    daemon = own_daemon()
    sleeper, other = daemon.client(), daemon.client()
    other.request("ping")
    before = daemon.rss()
    run = sleeper.start_sh(["yes"])
    sleeper.wait_event(run, "stdout")
    latencies(other, scale(5, 60))
    assert daemon.rss() - before <= 16 * MIB
    assert other.request("interrupt", run=run)["delivered"] is True
    assert other.request("wait", run=run)["finished"]["status"] == "interrupted"


@pytest.mark.watchdog(300)
def test_sixty_clients_that_never_read_do_not_stop_the_daemon(own_daemon):
    daemon = own_daemon()
    sleepers = [daemon.client() for _ in range(60)]
    other = daemon.client()
    run = other.start_sh("seq 1 500000; read x")
    for sleeper in sleepers:
        sleeper.send("attach", run=run, window=65536)
    other.wait_output(run, "\n500000\n", timeout=LONG)
    assert other.request("ping")["ok"]
    other.input(run, "\n")
    other.collect(run)
    for sleeper in sleepers:
        sleeper.close()
