# SPDX-License-Identifier: Apache-2.0
"""Statement 5: a journal is in memory up to 1 MiB beyond its windows, then on disk up to its limit, then
`overflow` decides; and the slowest attachment of one run slows no other."""
import hashlib
import subprocess
import time
from pathlib import Path

import pytest

from cases import both_modes, each_language
from client import LONG
from daemon import eventually

MIB = 1024 * 1024
SMALL = "journal=4194304"  # 4 MiB
TINY = "journal=1048576"


def digest_of_seq(count):
    program = subprocess.Popen(["seq", "1", str(count)], stdout=subprocess.PIPE)
    digest = hashlib.sha256()
    while chunk := program.stdout.read(MIB):
        digest.update(chunk)
    program.wait()
    return digest.hexdigest()


def still(client, run):
    """Waits until the run's program is stuck in its write for want of room, and gives the journal's last seq.

    It is stuck, and not just waiting for its turn, when it sleeps, and neither its processor time nor the journal has
    moved over many answers of the daemon."""
    seen = []

    def quiet():
        told = client.status_of(run)
        fields = Path(f"/proc/{told['pid']}/stat").read_text().rpartition(")")[2].split()
        seen.append((told["seq"], fields[0], fields[11], fields[12]))
        return len(seen) >= 40 and len(set(seen[-40:])) == 1 and seen[-1][1] == "S"

    eventually(quiet, "the journal at rest", LONG)
    return seen[-1][0]


def size_of(client, run):
    return client.request("output", run=run, stream="stdout", length=0)["size"]


def test_block_stops_the_program_when_the_journal_is_full_and_loses_nothing(own_daemon):
    daemon = own_daemon("--limit", SMALL)
    client, watcher = daemon.client(acks=False), daemon.client()
    run = client.start_sh("seq 1 5000000")
    eventually(lambda: size_of(watcher, run) >= 4 * MIB, "the journal's limit reached", LONG)
    still(watcher, run)
    assert watcher.request("wait", run=run, timeout_ms=0)["state"] == "running"
    assert size_of(watcher, run) <= 16 * MIB
    client.acks = True
    client.pay()
    record = client.collect(run, timeout=LONG)
    assert hashlib.sha256(record.stdout).hexdigest() == digest_of_seq(5000000) and not record.of("gap")


def test_drop_lets_the_program_run_on_and_one_gap_tells_what_is_gone(own_daemon):
    daemon = own_daemon("--limit", SMALL)
    client, later = daemon.client(acks=False), daemon.client()
    run = client.start_sh("seq 1 3000000; echo end >&2", overflow="drop")
    assert later.request("wait", run=run)["state"] == "finished"
    later.attach(run)
    record = later.collect(run)
    gaps = record.of("gap")
    assert gaps and sum(gap["bytes"] for gap in gaps) > MIB
    last = record.of("stdout")[-1]
    assert last["off"] + len(last.body) == record.finished["bytes"]["stdout"]
    assert last.body.endswith(b"2999999\n3000000\n") and record.stderr == b"end\n"
    assert len(record.stdout) >= MIB
    assert record.finished["status"] == "ok" and record.one("started") and record.one("accepted")


def test_with_drop_a_slow_client_hears_of_the_gap_itself(own_daemon):
    daemon = own_daemon("--limit", SMALL)
    client, watcher = daemon.client(acks=False), daemon.client()
    run = client.start_sh("seq 1 3000000", overflow="drop", window=65536)
    assert watcher.request("wait", run=run)["state"] == "finished"
    client.acks = True
    client.pay()
    record = client.collect(run)
    assert len(record.of("gap")) >= 1 and record.status == "ok"
    assert record.of("stdout")[-1].body.endswith(b"3000000\n")


def test_the_total_of_all_journals_is_bounded_too(own_daemon):
    daemon = own_daemon("--limit", "journal_total=8388608")
    client, watcher = daemon.client(acks=False), daemon.client()
    runs = [client.start_sh("seq 1 3000000") for _ in range(4)]
    for run in runs:
        still(watcher, run)
    assert sum(size_of(watcher, run) for run in runs) <= 8 * MIB + 4 * 8 * MIB
    client.acks = True
    client.pay()
    for run in runs:
        assert hashlib.sha256(client.collect(run, timeout=LONG).stdout).hexdigest() == digest_of_seq(3000000)


@pytest.mark.release
def test_a_hundred_mib_that_nobody_takes_stay_out_of_memory(own_daemon):
    daemon = own_daemon()
    client = daemon.client(acks=False)
    client.request("ping")
    before = daemon.rss()
    run = client.start_sh("seq 1 14000000")
    client.request("wait", run=run, timeout=LONG)
    assert daemon.rss() - before <= 16 * MIB
    client.acks = True
    client.pay()
    assert hashlib.sha256(client.collect(run, timeout=LONG).stdout).hexdigest() == digest_of_seq(14000000)
    assert daemon.rss() - before <= 16 * MIB


def test_the_spill_of_a_forgotten_run_leaves_the_disk(own_daemon):
    daemon = own_daemon()
    client = daemon.client()
    on_disk = lambda: sum(f.stat().st_blocks * 512 for f in daemon.state.rglob("*") if f.is_file())
    before = on_disk()
    run = client.sh("seq 1 3000000").run
    client.request("forget", run=run)
    eventually(lambda: on_disk() <= before + MIB, "the spill gone")


def test_a_run_whose_client_takes_nothing_slows_no_other(own_daemon, bench):
    daemon = own_daemon("--limit", SMALL)
    stuck, other = daemon.client(acks=False), daemon.client()
    other.sh("true")
    alone = [timed(other) for _ in range(30)]
    run = stuck.start_sh("while :; do echo 0123456789012345678901234567890123456789; done")
    still(other, run)
    # That these end at all is the proof: the stuck one never will.
    bench("a batch run alone", alone)
    bench("a batch run beside a stuck one", [timed(other) for _ in range(30)])
    assert other.request("wait", run=run, timeout_ms=0)["state"] == "running"
    other.request("signal", run=run, signal="KILL")


def timed(client):
    begin = time.monotonic()
    client.sh("true")
    return time.monotonic() - begin


def test_within_one_run_the_slowest_attachment_governs(own_daemon):
    daemon = own_daemon("--limit", SMALL)
    slow, quick = daemon.client(acks=False), daemon.client()
    run = slow.start_sh("seq 1 3000000")
    quick.attach(run)
    watcher = daemon.client()

    def held():
        quick.barrier()
        return quick.events[run] and quick.events[run][-1]["seq"] == still(watcher, run)

    eventually(held, "the quick client at the end of a journal that rests")
    assert not quick.counts[run, "finished"]
    slow.acks = True
    slow.pay()
    for client in (slow, quick):
        while not client.counts[run, "finished"]:
            slow.barrier()
            quick.barrier()
    expected = digest_of_seq(3000000)
    assert [hashlib.sha256(c.collect(run).stdout).hexdigest() for c in (slow, quick)] == [expected, expected]


def test_only_output_is_dropped_never_what_tells_of_the_run(own_daemon):
    daemon = own_daemon("--limit", SMALL)
    client = daemon.client(acks=False)
    run = client.start_sh("seq 1 2000000; read x; seq 1 2000000", overflow="drop", build="seq 1 1000000", clean="seq 1 1000000")
    client.input(run, "\n")
    later = daemon.client()
    assert later.request("wait", run=run, timeout=LONG)["state"] == "finished"
    later.attach(run)
    names = [name for name in later.collect(run).names() if name not in ("stdout", "gap", "waiting-input", "input-taken")]
    assert names == ["accepted", "started", "build-finished", "started", "started", "clean-finished", "finished"]


# The same for every language ------------------------------------------------------------------

LINES = 1_200_000  # some 8 MB


@both_modes
@each_language("count")
def test_a_languages_run_waits_for_room_and_loses_nothing(own_daemon, lang, mode):
    daemon = own_daemon("--limit", TINY)
    client, watcher = daemon.client(acks=False), daemon.client()
    run = lang.start(client, "count", mode, words={"n": LINES}, window=65536)
    client.wait_event(run, "stdout")
    still(watcher, run)
    assert watcher.request("wait", run=run, timeout_ms=0)["state"] == "running"
    client.acks = True
    client.pay()
    record = client.collect(run, timeout=LONG)
    assert hashlib.sha256(record.stdout).hexdigest() == digest_of_seq(LINES) and not record.of("gap")


@both_modes
@each_language("count")
def test_a_languages_run_that_may_drop_ends_by_itself_and_its_end_is_kept(own_daemon, lang, mode):
    daemon = own_daemon("--limit", TINY)
    client, later = daemon.client(acks=False), daemon.client()
    run = lang.start(client, "count", mode, words={"n": LINES}, overflow="drop", window=65536)
    assert later.request("wait", run=run, timeout=LONG)["state"] == "finished"
    later.attach(run)
    record = later.collect(run)
    assert record.of("gap") and record.status == "ok"
    assert record.stdout.endswith(b"%d\n" % LINES)
