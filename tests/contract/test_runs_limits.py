# SPDX-License-Identifier: Apache-2.0
"""The limits of a run: wall, cpu and output interrupt and then kill; memory kills; the rest makes the
program's own call fail."""
import sys
from pathlib import Path

import pytest

from cases import both_modes, each_language
from daemon import eventually, marked

MIB = 1024 * 1024

# The limit, the case that goes beyond it, how much it may, and the status that it comes to.
BEYOND = [("wall_ms", "sleep", 400, "timeout"), ("cpu_ms", "loop", 300, "timeout"), ("output", "flood", 300000, "output-limit"),
          ("memory", "oom", 200 * MIB, "memory"), ("processes", "bomb", 20, "killed")]
# What `hello` calls the mechanism, and what `finished` does.
WORDS = {"timer": "a timer", "sampling": "by sampling", "counted": "counted"}


def mechanisms(client):
    """{limit: what enforces it here}."""
    said = [word.removeprefix("limits.").partition("=") for word in client.request("hello", protocol=1, client="contract/1")["features"]
            if word.startswith("limits.")]
    return {name: mechanism for name, _, mechanism in said}


def limited(client, lang, key, mode="query", **limits):
    return lang.run(client, key, mode, limits=limits)


def test_wall_time_ends_a_program_with_a_timeout(client):
    record = client.sh("echo ready; sleep 100", limits={"wall_ms": 300})
    assert record.status == "timeout" and record.exit != 0 and "wall" in record.finished["cause"]
    assert record.finished["usage"]["wall_ms"] >= 300


def test_wall_time_counts_waits_for_input(client):
    assert client.sh("read x", limits={"wall_ms": 300}).status == "timeout"


def test_wall_time_kills_a_program_that_does_not_hear_the_interrupt(client):
    record = client.sh("trap '' INT TERM HUP; echo ready; while :; do :; done", limits={"wall_ms": 300})
    assert record.status == "timeout" and record.finished.get("signal") == 9 and record.exit is None


def test_cpu_time_ends_a_program_with_a_timeout(client):
    record = client.sh("while :; do :; done", limits={"cpu_ms": 300})
    assert record.status == "timeout" and "cpu" in record.finished["cause"].lower()


def test_cpu_time_does_not_count_sleep(client):
    assert client.sh("sleep 0.6; echo done", limits={"cpu_ms": 300}).stdout == b"done\n"


def test_cpu_time_of_children_counts(client):
    assert client.sh("sh -c 'while :; do :; done'; true", limits={"cpu_ms": 300}).status == "timeout"


def test_output_beyond_its_limit_ends_the_program(client):
    record = client.sh("yes", limits={"output": 100000})
    assert record.status == "output-limit" and record.exit != 0
    assert 100000 <= len(record.stdout) <= 100000 + 4 * MIB


def test_output_of_both_streams_counts_as_one(client):
    record = client.sh("while :; do echo out; echo err >&2; done", limits={"output": 20000})
    assert record.status == "output-limit" and len(record.stdout) + len(record.stderr) >= 20000


def test_output_below_its_limit_is_let_through(client):
    record = client.sh("head -c 100000 /dev/zero", limits={"output": 100000})
    assert record.status == "ok" and len(record.stdout) == 100000


def test_memory_beyond_its_limit_kills_the_program(client):
    record = client.sh([sys.executable, "-c", "held = []\nwhile True: held.append(b'x' * 4000000)"], limits={"memory": 100 * MIB})
    assert record.status == "memory" and record.exit is None and record.finished["signal"] == 9
    assert "memory" in record.finished["cause"]


def test_memory_of_all_its_processes_counts(client):
    hold = "import os, signal\nfor i in range(4): os.fork()\nheld = b'x' * 20000000\nprint('up', flush=True); signal.pause()"
    assert client.sh([sys.executable, "-c", hold], limits={"memory": 150 * MIB}).status == "memory"


def test_a_file_beyond_its_size_makes_the_programs_own_write_fail(client, tmp_path):
    record = client.sh("head -c 3000000 /dev/zero > big; echo code $?", cwd=str(tmp_path), limits={"fsize": MIB})
    assert record.stdout.startswith(b"code ") and record.stdout != b"code 0\n"
    assert (tmp_path / "big").stat().st_size <= MIB


def test_a_timeout_leaves_no_process(client):
    mark = f"LIMITED={client.ctx}"
    record = client.sh("sleep 100 & sleep 100 & (setsid sleep 100 &) ; sleep 100", env={"LIMITED": client.ctx},
                       limits={"wall_ms": 300})
    assert record.status == "timeout"
    eventually(lambda: not marked(mark), "no process left")


def test_default_limits_come_from_the_command_line(own_daemon):
    client = own_daemon("--limit", "wall_ms=300").client()
    assert client.sh("sleep 100").status == "timeout"
    assert client.sh("sleep 0.6; echo done", limits={"wall_ms": 20000}).stdout == b"done\n"


@each_language("sleep", "loop", "state1", "state2", "state3")
@pytest.mark.parametrize("key", ["sleep", "loop"])
def test_wall_time_ends_a_query_and_keeps_its_context(client, lang, key):
    lang.run(client, "state1")
    record = limited(client, lang, key, wall_ms=500)
    assert record.status == "timeout" and record.exit != 0
    assert record.finished["context"] == "kept"
    lang.run(client, "state2")
    assert lang.run(client, "state3").stdout == lang.stdout("state3")


@each_language("loop")
def test_cpu_time_ends_a_query(client, lang):
    record = limited(client, lang, "loop", cpu_ms=300)
    assert record.status == "timeout" and "cpu" in record.finished["cause"].lower()


@each_language("loop", "hello")
def test_cpu_time_of_a_query_counts_from_its_start(client, lang):
    limited(client, lang, "loop", cpu_ms=1500)
    assert limited(client, lang, "hello", cpu_ms=1400).status == "ok"


@each_language("sleep", "hello")
def test_wall_time_of_a_query_counts_from_its_start_not_from_its_queueing(client, lang):
    first = lang.start(client, "sleep", limits={"wall_ms": 3500})
    second = lang.start(client, "hello", limits={"wall_ms": 3000})
    assert client.collect(first).status == "timeout"
    assert client.collect(second).status == "ok"


@each_language("flood", "state1", "state2", "state3")
def test_output_beyond_its_limit_ends_a_query(client, lang):
    lang.run(client, "state1")
    record = limited(client, lang, "flood", output=500000)
    assert record.status == "output-limit" and len(record.stdout) >= 500000
    if record.finished["context"] == "kept":
        lang.run(client, "state2")
        assert lang.run(client, "state3").stdout == lang.stdout("state3")


@pytest.mark.conformance
@each_language("oom", "hello")
def test_memory_beyond_its_limit_ends_a_query_and_the_next_works(client, lang):
    record = limited(client, lang, "oom", memory=200 * MIB)
    assert record.status == "memory" and record.exit != 0
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@pytest.mark.conformance
@each_language("oom")
def test_memory_beyond_its_limit_ends_a_languages_program(client, lang):
    assert limited(client, lang, "oom", "batch", memory=200 * MIB).status == "memory"


@each_language("deaf", "hello")
def test_wall_time_ends_a_query_that_hears_no_interrupt(client, lang):
    record = limited(client, lang, "deaf", wall_ms=300)
    assert record.status == "timeout" and record.exit != 0
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


def sampling(own_daemon, *arguments):
    """A client of a daemon that has no way but sampling."""
    client = own_daemon("--no-cgroups", *arguments).client()
    assert mechanisms(client)["processes"] == "sampling"
    return client


@pytest.fixture
def bounded(client):
    """A client of a daemon that bounds processes by a cgroup."""
    if mechanisms(client)["processes"] != "cgroup":
        pytest.skip("no cgroups can be made here")
    return client


def test_hello_says_of_every_limit_what_enforces_it(client):
    assert set(mechanisms(client)) == {"wall", "cpu", "memory", "output", "processes", "fsize"}
    assert mechanisms(client)["fsize"] == "rlimit"


@each_language("sleep", "loop", "flood", "oom", "bomb", "hello")
@both_modes
@pytest.mark.parametrize("limit, key, most, status", BEYOND, ids=[limit for limit, *_ in BEYOND])
def test_a_limit_ends_who_goes_beyond_it_and_says_how(client, own_daemon, lang, mode, limit, key, most, status):
    if limit == "processes":
        client = sampling(own_daemon)
    record = limited(client, lang, key, mode, **{limit: most})
    assert record.status == status and record.exit != 0
    said = WORDS[mechanisms(client)[limit.removesuffix("_ms")]]
    assert f"limit of {most}" in record.finished["cause"] and f"({limit}, {said})" in record.finished["cause"]
    if limit in ("memory", "processes"):
        assert record.exit is None and record.finished["signal"] == 9
    if mode == "query" and record.finished["context"] == "lost":
        assert [(e["kind"], e["name"]) for e in record.of("error")] == [("limit", "LimitExceeded")]
    assert lang.run(client, "hello", mode).stdout == lang.stdout("hello", mode)


@each_language("bomb")
@both_modes
def test_a_fork_bomb_is_stopped_whole(own_daemon, lang, mode):
    client = sampling(own_daemon)
    mark = f"LIMITED={client.ctx}"
    record = lang.run(client, "bomb", mode, limits={"processes": 20}, env={"LIMITED": client.ctx})
    assert record.status == "killed" and "processes" in record.finished["cause"]
    eventually(lambda: not marked(mark), "no process left", 5)


@each_language("few")
@both_modes
def test_processes_below_their_limit_are_let_through(client, lang, mode):
    record = limited(client, lang, "few", mode, processes=4)
    assert (record.status, record.stdout) == ("ok", lang.stdout("few"))


@each_language("background_child", "few", "bomb")
def test_processes_of_a_query_count_from_its_start(own_daemon, lang):
    client = sampling(own_daemon)
    for _ in range(5):
        lang.run(client, "background_child")
    assert limited(client, lang, "few", processes=4).status == "ok"
    record = limited(client, lang, "bomb", processes=20)
    assert record.status == "killed" and "more than at its start" in record.finished["cause"]


@each_language("hold", "hello", "oom")
def test_memory_of_a_query_counts_from_its_start(client, lang):
    lang.run(client, "hold")
    assert limited(client, lang, "hello", memory=40 * MIB).status == "ok"
    record = limited(client, lang, "oom", memory=100 * MIB)
    assert record.status == "memory" and "more than at its start" in record.finished["cause"]


@each_language("write_big")
@both_modes
def test_a_write_beyond_the_limit_of_a_file_fails(client, lang, mode, tmp_path):
    record = lang.run(client, "write_big", mode, {"path": tmp_path / "big"}, limits={"fsize": MIB})
    assert (record.status, record.stdout) == ("ok", lang.stdout("write_big"))
    assert (tmp_path / "big").stat().st_size <= MIB
    if mode == "query":
        assert record.finished["context"] == "kept"


@each_language("write_big")
def test_the_limit_of_a_querys_files_ends_with_it(client, lang, tmp_path):
    lang.run(client, "write_big", words={"path": tmp_path / "first"}, limits={"fsize": MIB})
    lang.run(client, "write_big", words={"path": tmp_path / "second"})
    assert (tmp_path / "second").stat().st_size == 3000000
    lang.run(client, "write_big", words={"path": tmp_path / "third"}, limits={"fsize": 2 * MIB})
    assert MIB < (tmp_path / "third").stat().st_size <= 2 * MIB


@each_language("bomb", "write_big")
@both_modes
def test_default_limits_of_processes_and_files_hold_in_both_modes(own_daemon, lang, mode, tmp_path):
    client = sampling(own_daemon, "--limit", "processes=20", "--limit", f"fsize={MIB}")
    assert lang.run(client, "bomb", mode).status == "killed"
    lang.run(client, "write_big", mode, {"path": tmp_path / "big"})
    assert (tmp_path / "big").stat().st_size <= MIB


@each_language("thirty")
@both_modes
def test_a_cgroup_refuses_a_program_more_processes(bounded, lang, mode):
    record = limited(bounded, lang, "thirty", mode, processes=10)
    assert (record.status, record.stdout) == ("ok", b"refused\n")
    assert record.finished["cause"].endswith(" at its limit of 10 (processes, by cgroup).")
    if mode == "query":
        assert record.finished["context"] == "kept"


@each_language("thirty", "few")
def test_a_cgroup_counts_from_a_querys_start_and_lets_go_at_its_end(bounded, lang):
    assert limited(bounded, lang, "thirty", processes=10).stdout == b"refused\n"
    assert lang.run(bounded, "thirty").stdout == b"started\n"
    assert limited(bounded, lang, "few", processes=4).stdout == lang.stdout("few")
    record = limited(bounded, lang, "thirty", processes=50)
    assert record.stdout == b"started\n" and "cgroup" not in record.finished["cause"]


@each_language("bomb")
@both_modes
def test_a_fork_bomb_within_a_cgroup_never_has_more_and_ends_whole(bounded, lang, mode):
    mark = f"LIMITED={bounded.ctx}"
    record = lang.run(bounded, "bomb", mode, limits={"processes": 20, "wall_ms": 1500}, env={"LIMITED": bounded.ctx})
    assert "sampling" not in record.finished["cause"]
    if mode == "query":
        bounded.request("close", lang=lang.name, ctx=bounded.ctx)
    eventually(lambda: not marked(mark), "no process left", 5)


@each_language("thirty")
def test_no_cgroup_is_left_behind(bounded, own_daemon, lang):
    daemon = own_daemon()
    for mode in ("batch", "query"):
        limited(daemon.client(), lang, "thirty", mode, processes=10)
    places = [path for path in Path("/sys/fs/cgroup").rglob(f"quernd.*.{daemon.pid}")]
    assert places
    daemon.stop()
    assert not any(path.exists() for path in places)
