# SPDX-License-Identifier: Apache-2.0
"""The limits of a run: wall, cpu and output interrupt and then kill; memory kills; the rest makes the
program's own call fail."""
import sys

import pytest

from cases import each_language
from daemon import eventually, marked

MIB = 1024 * 1024


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


def test_a_limit_that_cannot_be_enforced_is_refused_not_ignored(client):
    assert client.refusal("run", mode="batch", exec="true", limits={"processes": 30}) == "unsupported"


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


@each_language("oom", "hello")
def test_memory_beyond_its_limit_ends_a_query_and_the_next_works(client, lang):
    record = limited(client, lang, "oom", memory=200 * MIB)
    assert record.status == "memory" and record.exit != 0
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("oom")
def test_memory_beyond_its_limit_ends_a_languages_program(client, lang):
    assert limited(client, lang, "oom", "batch", memory=200 * MIB).status == "memory"


@each_language("deaf", "hello")
def test_wall_time_ends_a_query_that_hears_no_interrupt(client, lang):
    record = limited(client, lang, "deaf", wall_ms=300)
    assert record.status == "timeout" and record.exit != 0
    assert lang.run(client, "hello").stdout == lang.stdout("hello")
