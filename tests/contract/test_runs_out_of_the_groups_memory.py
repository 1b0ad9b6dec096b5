# SPDX-License-Identifier: Apache-2.0
"""A daemon whose control group has a bound of memory, as a container's: what the kernel kills for it is told as that.

Needs root, and the memory controller of cgroup v1 or v2: without them these tests fail.
"""
import os
from pathlib import Path

import pytest

from daemon import eventually

MIB = 2**20
BOUND = 256 * MIB  # room for a daemon with sanitizers
HOG = f"x = bytearray({4 * BOUND})"
ROOTS = {"memory.limit_in_bytes": Path("/sys/fs/cgroup/memory"), "memory.max": Path("/sys/fs/cgroup")}


@pytest.fixture
def group():
    """A folder of the controller, bounded; its members are moved out at the end by their own."""
    bound, root = next(((file, root) for file, root in ROOTS.items() if (root / "cgroup.procs").exists()), (None, None))
    if os.geteuid() != 0 or root is None:
        pytest.fail("these tests need root and the memory controller of control groups, to make a group with a bound")
    if bound == "memory.max":
        (root / "cgroup.subtree_control").write_text("+memory")
    made = root / f"quern-test-{os.getpid()}"
    made.mkdir()
    (made / bound).write_text(str(BOUND))
    yield made
    eventually(lambda: not (made / "cgroup.procs").read_text(), "no member left")
    made.rmdir()


@pytest.fixture
def client(group, own_daemon):
    daemon = own_daemon(prefix=["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "member"])
    yield daemon.client()
    daemon.stop()


def by_the_kernel(record):
    return "kernel" in record.finished["cause"] and f"{BOUND} bytes (memory, by cgroup)" in record.finished["cause"]


def test_a_program_that_the_kernel_kills_for_memory_is_told_so(client):
    record = client.sh(["python3", "-c", HOG])
    assert record.status == "memory" and record.finished["signal"] == 9 and by_the_kernel(record), record.finished
    assert client.sh("echo hi").stdout == b"hi\n"


def test_a_context_that_is_lost_so_is_told_so_and_another_is_there(client):
    record = client.query("python", HOG)
    assert record.status == "memory" and record.finished["context"] == "lost" and by_the_kernel(record), record.finished
    assert record.one("error")["kind"] == "limit"
    assert client.query("python", "print(1)").stdout == b"1\n"


def test_a_build_that_ends_so_is_no_bad_build(client):
    record = client.run("print(1)", mode="batch", lang="python", build=["python3", "-c", HOG])
    assert record.status == "memory" and by_the_kernel(record), record.finished


def test_a_program_that_only_lost_one_of_its_own_keeps_its_status(client):
    record = client.sh(f"python3 -c '{HOG}'; exit 3")
    assert record.status == "error" and record.exit == 3 and "Meanwhile the kernel killed a process here" in record.finished["cause"]
    assert by_the_kernel(record)
    assert client.sh(f"python3 -c '{HOG}'; true").finished["cause"] == "It ended by itself."


def test_a_kill_of_somebody_else_is_not_taken_for_it(client):
    client.sh(["python3", "-c", HOG])
    record = client.sh("kill -KILL $$")
    assert record.status == "crashed" and "kernel" not in record.finished["cause"]
