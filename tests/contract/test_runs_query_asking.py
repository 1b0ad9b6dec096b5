# SPDX-License-Identifier: Apache-2.0
"""A query that reads its input in whatever way is told of like one that asks by its language's own function."""
import time

import pytest

from cases import each_language

pytestmark = pytest.mark.conformance

# What reads past the language's own prompt function, by language.
READS = {
    "python": ["import sys; print('name? ', end='', flush=True); print(sys.stdin.readline().strip())",
               "import os; print('name? ', end='', flush=True); print(os.read(0, 99).decode().strip())",
               "import subprocess; print('name? ', end='', flush=True); print(subprocess.check_output('cat').decode().strip())",
               "import select, sys; print('name? ', end='', flush=True); select.select([0], [], []); print(input())"],
    "bash": ["printf 'name? '; head -n 1", "printf 'name? '; cat", "printf 'name? '; x=$(cat); echo \"$x\"",
             "printf 'name? '; (IFS= read -r -N 4 x; printf %s \"$x\")"],
}
CASES = [(lang, code) for lang, codes in READS.items() for code in codes]


@pytest.mark.parametrize("lang, code", CASES, ids=str)
def test_a_query_that_reads_is_told_to_wait_with_its_question(client, lang, code):
    run = client.start(code, mode="query", lang=lang)
    asked = client.wait_event(run, "waiting-input")
    assert (asked["prompt"], asked["password"]) == ("name? ", False)
    client.input(run, "Ada\n", eof=True, prompt_id=asked["prompt_id"])
    record = client.collect(run)
    assert record.status == "ok" and b"Ada" in record.stdout
    assert record.one("input-taken")["outcome"] == "answered"
    assert client.collect(client.start("1" if lang == "python" else "true", mode="query", lang=lang)).finished["context"] == "kept"


@each_language("ask_once")
def test_a_question_is_told_once_whoever_noticed_it(client, lang):
    for n in range(3):
        run = lang.start(client, "ask_once")
        asked = client.wait_event(run, "waiting-input")
        assert asked["source"] in lang.case("ask")["sources"]
        time.sleep(0.3)  # nothing tells that no second question comes; a read is seen much sooner
        client.barrier()
        client.input(run, f"{n}\n", prompt_id=asked["prompt_id"])
        record = client.collect(run)
        assert record.stdout.endswith(f"[{n}]\n".encode()) and len(record.of("waiting-input")) == 1


@pytest.mark.parametrize("mode, code", [
    ("query", "printf 'name? '; timeout 0.3 cat; echo late; sleep 0.7; printf 'age? '; head -n 1"),
    ("batch", "printf 'name? '; timeout 0.3 cat; echo late; sleep 0.7; printf 'age? '; head -n 1")])
def test_a_read_that_ends_by_itself_closes_its_prompt(client, mode, code):
    run = client.start(code, mode=mode, lang="bash")
    first = client.wait_event(run, "waiting-input")
    taken = client.wait_event(run, "input-taken")
    assert (taken["prompt_id"], taken["outcome"]) == (first["prompt_id"], "ended")
    second = client.wait_event(run, "waiting-input", 2)
    assert second["prompt"] == "age? "
    client.input(run, "36\n", prompt_id=second["prompt_id"])
    assert client.collect(run).stdout.endswith(b"36\n")


@pytest.mark.parametrize("lang, code", [
    ("python", "import sys; sys.stdin.readline()"), ("python", "import os; os.read(0, 1)"), ("bash", "cat"), ("bash", "head -n 1")])
def test_a_query_that_reads_can_be_interrupted_and_keeps_its_context(client, lang, code):
    run = client.start(code, mode="query", lang=lang)
    client.wait_event(run, "waiting-input")
    client.request("interrupt", run=run)
    record = client.collect(run)
    assert record.status == "interrupted" and record.finished["context"] == "kept"
    assert record.one("input-taken")["outcome"] == "interrupted"


@pytest.mark.parametrize("lang, code", [
    ("python", "import time; print('ready', end='', flush=True); time.sleep(0.7)"),
    ("python", "import asyncio; print('ready', end='', flush=True); await asyncio.sleep(0.7)"),
    ("python", "import subprocess; subprocess.run(['sleep', '0.7'])"),
    ("bash", "printf ready; sleep 0.7"), ("bash", "sleep 0.7 | cat"), ("bash", "cat < /dev/null; sleep 0.7 & wait")])
def test_a_query_that_does_not_read_is_not_told_to_wait(client, lang, code):
    assert not client.collect(client.start(code, mode="query", lang=lang)).of("waiting-input")


def test_a_query_without_an_input_is_not_told_to_wait(client):
    record = client.collect(client.start("cat; sleep 0.5; cat", mode="query", lang="bash", stdin="none"))
    assert not record.of("waiting-input") and record.status == "ok"
