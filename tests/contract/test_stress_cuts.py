# SPDX-License-Identifier: Apache-2.0
"""A network that breaks: a flood is cut a thousand times and arrives byte for byte."""
import hashlib
import random
import time

import pytest

from client import Client
from record import Record

LINES = 24_000_000  # about 200 MB of numbered lines


class Follower:
    """Follows one run through a line that breaks: pings, and attaches again when the connection changed.

    It keeps a digest in place of the bytes, and holds each event against the one before."""

    def __init__(self, endpoint):
        self.client = Client(endpoint)
        self.conn = self.client.request("ping")["conn"]
        self.last, self.off, self.digest, self.finished = -1, 0, hashlib.sha256(), None
        self.attached = 0

    def take(self, run):
        for event in self.client.events.pop(run, []):
            if event["seq"] <= self.last:
                raise AssertionError(f"seq {event['seq']} came again after {self.last}")
            assert event["seq"] == self.last + 1 and event["ev"] != "gap", f"a hole before {event}"
            self.last = event["seq"]
            if event["ev"] == "stdout":
                assert event["off"] == self.off
                self.off += len(event.body)
                self.digest.update(event.body)
            elif event["ev"] == "finished":
                self.finished = event

    def step(self, run, every=0.03):
        """Takes what comes for a moment, then asks whether the line is still the same."""
        ping = self.client.send("ping")
        until = time.monotonic() + every
        while time.monotonic() < until and self.finished is None:
            if self.client.pump(until):
                self.take(run)
        answer = self.client.replies.pop(ping, [None])[0]
        for other in [id for id in self.client.replies]:
            reply = self.client.replies.pop(other)[0]
            answer = answer or (reply if "conn" in reply else None)
        if answer and answer["conn"] != self.conn:
            self.conn = answer["conn"]
            self.attached += 1
            self.client.owed.clear()
            self.client.send("attach", run=run, after=self.last)


@pytest.mark.watchdog(1200)
def test_a_flood_cut_at_random_moments_arrives_byte_for_byte(own_daemon, proxy_to, scale, bench):
    cuts, chance = scale(100, 1000), random.Random(20)
    daemon = own_daemon(tcp=True)
    proxy = proxy_to(daemon.tcp)
    follower = Follower(proxy.endpoint)
    begin = time.monotonic()
    run = follower.client.start_sh(["seq", "1", str(LINES)])
    total, made = sum(9 * 10**n * (n + 2) for n in range(7)) + 9 * (LINES - 9_999_999), 0
    follower.take(run)
    armed_for = None
    while follower.finished is None:
        assert time.monotonic() - begin < 1100
        if armed_for != follower.conn and made < cuts:
            armed_for, made = follower.conn, made + 1
            proxy.cut_after(chance.randint(1, max(2, int(1.2 * (total - follower.off) / (cuts - made + 1)))))
        follower.step(run)
    took = time.monotonic() - begin
    bench(f"{total / 1e6:.0f} MB through {proxy.cuts} cuts", took, f"({follower.attached} times attached again)")
    assert follower.off == total and follower.finished["status"] == "ok"
    assert follower.digest.hexdigest() == expected_digest(LINES)
    assert proxy.cuts >= cuts - 1
    follower.client.close()


def expected_digest(lines, step=1_000_000):
    digest = hashlib.sha256()
    for start in range(1, lines + 1, step):
        digest.update(b"".join(b"%d\n" % i for i in range(start, min(start + step, lines + 1))))
    return digest.hexdigest()


def test_input_and_run_survive_a_cut_between_request_and_reply(daemon, connect, proxy_to):
    proxy, steady = proxy_to(daemon.tcp), connect()
    client = connect(proxy.endpoint)
    for n in range(20):
        id = f"cut-{n}-{client.ctx}"[:60]
        conn = client.request("ping")["conn"]
        client.send("run", id=id, mode="batch", exec=f"echo {n}")
        proxy.cut()
        client.after_cut(conn)
        # Not sure that it arrived: the same request again is either new or told to be the same.
        client.send("run", id=id, mode="batch", exec=f"echo {n}")
        client.barrier()
        reply = client.replies[id][-1]
        assert reply["ok"] or (reply["code"] == "exists" and reply["same"] is True)
        steady.attach(id)
        assert steady.collect(id).stdout == b"%d\n" % n


def test_a_silent_link_swallows_nothing_that_matters(daemon, proxy_to, connect):
    proxy = proxy_to(daemon.tcp)
    client = Client(proxy.endpoint)
    run = client.start_sh("seq 1 400000")
    client.wait_event(run, "stdout")
    proxy.freeze()
    while client.pump(time.monotonic() + 0.3):
        pass
    seen = client.events[run]
    client.close()
    again = connect()
    again.request("attach", run=run, after=seen[-1]["seq"])
    again.wait_event(run, "finished")
    record = Record(run, seen + again.events[run]).check()
    assert record.stdout == b"".join(b"%d\n" % i for i in range(1, 400001))
