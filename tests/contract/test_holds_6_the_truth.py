# SPDX-License-Identifier: Apache-2.0
"""Statement 6: `finished` tells the truth: never exit 0 for a program that was killed, lost or still runs."""
import os

import pytest

from cases import both_modes, each_language
from daemon import alive
from record import accepted, finished, started


@pytest.mark.parametrize("name", ["KILL", "TERM", "INT", "HUP", "QUIT"])
def test_a_program_ended_by_request_is_never_ok(client, name):
    run = client.start_sh(["sleep", "100"])
    client.wait_event(run, "started")
    client.request("signal", run=run, signal=name)
    record = client.collect(run)
    assert record.status in ("killed", "interrupted") and record.exit is None and record.finished["signal"]


def test_a_program_killed_behind_quernds_back_crashed(client):
    run = client.start_sh(["sleep", "100"])
    os.kill(client.wait_event(run, "started")["pid"], 9)
    assert client.collect(run).tale() == [accepted(), started("exec"), finished("crashed", None, signal=9)]


def test_a_program_that_is_no_more_when_finished_comes(client):
    run = client.start_sh("echo ready; read x")
    pid = client.wait_event(run, "started")["pid"]
    assert alive(pid)
    client.input(run, "\n")
    client.collect(run)
    assert not alive(pid)


def test_a_program_that_catches_an_interrupt_and_ends_well_was_still_interrupted(client):
    run = client.start_sh("trap 'exit 0' INT; echo ready; read x; sleep 100")
    client.wait_output(run, "ready\n")
    client.request("interrupt", run=run)
    assert client.collect(run).status == "interrupted"


def test_a_program_that_ended_well_before_the_interrupt_came_is_ok(client):
    record = client.sh("true")
    client.request("interrupt", run=record.run)
    client.attach(record.run)
    assert client.collect(record.run).status == "ok"


@both_modes
@each_language("die")
def test_a_program_that_leaves_by_the_back_door_has_its_true_exit(client, lang, mode):
    record = lang.run(client, "die", mode)
    assert (record.status, record.exit) == ("error", 3)
    if mode == "query":
        assert record.one("error")["kind"] == "context-lost" and record.finished["context"] == "lost"


@both_modes
@each_language("crash")
def test_a_crash_is_a_crash(client, lang, mode):
    record = lang.run(client, "crash", mode)
    assert (record.status, record.exit, record.finished["signal"]) == ("crashed", None, 11)


@each_language("garbage", "hello")
def test_rubbish_on_the_reply_descriptor_has_a_true_ending(client, lang):
    record = lang.run(client, "garbage")
    if record.status == "ok":
        assert record.finished["context"] == "kept"
    else:
        assert record.exit != 0
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


def test_a_tree_of_processes_tells_the_exit_of_its_first(client):
    assert client.sh("(exit 9) & wait; exit 4").exit == 4
    assert client.sh("sh -c 'exit 9'").exit == 9


def test_the_signal_of_a_child_is_told_as_the_shell_tells_it(client):
    record = client.sh("sh -c 'kill -9 $$'; exit $?")
    assert (record.status, record.exit) == ("error", 137)


@each_language("sleep")
def test_a_killed_query_is_never_ok(client, lang):
    run = lang.start(client, "sleep")
    client.wait_output(run, "ready\n")
    client.request("signal", run=run, signal="KILL")
    record = client.collect(run)
    assert record.status == "killed" and record.exit is None and record.finished["context"] == "lost"


@both_modes
@each_language("loop")
def test_an_interrupted_run_is_never_ok(client, lang, mode):
    run = lang.start(client, "loop", mode)
    client.wait_output(run, "ready\n")
    client.request("interrupt", run=run)
    record = client.collect(run)
    assert record.status == "interrupted" and record.exit != 0
