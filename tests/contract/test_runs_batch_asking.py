# SPDX-License-Identifier: Apache-2.0
"""A batch run's program of any kind that waits for its input is told of, with its question; one that does not is not."""
import shutil

import pytest

WAITS = {
    "cat": "printf 'name? '; exec cat",
    "a shell's read": "printf 'name? '; read name; echo $name",
    "a child": "printf 'name? '; head -n 1; true",
    "a duplicate": "exec 5<&0 </dev/null; printf 'name? '; exec cat <&5",
    "both streams": "printf 'na'; sleep 0.1; printf 'me? ' >&2; exec cat",
}
NEVER = {
    "sleep": "echo ready; sleep 0.7",
    "a busy loop": "echo ready; i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done",
    "a pipeline": "echo ready; sleep 0.7 | cat",
    "unread input": "echo ready; sleep 0.7",
}


@pytest.mark.parametrize("script", WAITS.values(), ids=WAITS.keys())
def test_a_program_that_reads_is_told_to_wait_with_its_question(client, script):
    run = client.start_sh(script)
    asked = client.wait_event(run, "waiting-input")
    assert (asked["prompt"], asked["source"], asked["password"]) == ("name? ", "read", False)
    client.input(run, "Ada\n", eof=True, prompt_id=asked["prompt_id"])
    record = client.collect(run)
    assert record.status == "ok" and record.stdout.endswith(b"Ada\n")
    assert len(record.of("waiting-input")) == 1 and record.one("input-taken")["outcome"] == "answered"


@pytest.mark.parametrize("name", NEVER)
def test_a_program_that_does_not_read_is_not_told_to_wait(client, name):
    run = client.start_sh(NEVER[name])
    if name == "unread input":
        client.input(run, "unread\n")
    assert not client.collect(run).of("waiting-input")


def test_each_question_is_told_once_and_after_its_output(client):
    run = client.start_sh("for n in 1 2 3; do printf \"$n? \"; read a; echo \"[$a]\"; done")
    for n in (1, 2, 3):
        asked = client.wait_event(run, "waiting-input", n)
        assert asked["prompt"] == f"{n}? "
        client.input(run, f"{n * n}\n", prompt_id=asked["prompt_id"])
    record = client.collect(run)
    assert record.stdout == b"1? [1]\n2? [4]\n3? [9]\n"
    order = [name for name in record.names() if name in ("waiting-input", "input-taken")]
    assert order == ["waiting-input", "input-taken"] * 3


def test_a_program_that_waits_can_be_interrupted(client):
    run = client.start_sh("printf 'name? '; exec cat")
    client.wait_event(run, "waiting-input")
    client.request("interrupt", run=run)
    record = client.collect(run)
    assert record.status == "interrupted" and record.one("input-taken")["outcome"] == "interrupted"


def test_a_program_without_an_input_is_not_told_to_wait(client):
    assert not client.sh("cat; sleep 0.3; cat", stdin="none").of("waiting-input")


@pytest.mark.skipif(not shutil.which("python3", path="/usr/bin:/bin"), reason="no python3 here")
def test_an_event_loop_that_listens_to_its_input_is_told_to_wait(client):
    code = ("import select, sys; print('name? ', end='', flush=True); select.select([0], [], []);"
            "print(sys.stdin.readline())")
    run = client.start_sh(["/usr/bin/python3", "-c", code])
    assert client.wait_event(run, "waiting-input")["prompt"] == "name? "
    client.input(run, "Ada\n", eof=True)
    assert b"Ada" in client.collect(run).stdout
