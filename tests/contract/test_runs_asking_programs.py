# SPDX-License-Identifier: Apache-2.0
"""Programs of any language, with no adapter, are told to wait when they ask, however they read; and only then."""
import shutil

import pytest

from programs import ASKING, SILENT


@pytest.fixture(scope="module")
def caches(tmp_path_factory):
    """Where compilers keep what they need again: Go's library is built but once."""
    return {"GOCACHE": str(tmp_path_factory.mktemp("go"))}


def start(client, program, caches):
    needs, file, code, build, execute = program
    if not shutil.which(needs, path="/usr/bin:/bin"):
        pytest.skip(f"no {needs} here")
    return client.start(code or " ", mode="batch", file=file, build=build, exec=execute, env=caches)


@pytest.mark.watchdog(180)
@pytest.mark.parametrize("name", ASKING)
def test_a_program_that_asks_is_told_to_wait(client, name, caches, bench):
    run = start(client, ASKING[name], caches)
    client.until(lambda: client.counts[run, "waiting-input"] or client.counts[run, "finished"], "a question or the end", timeout=150)
    asked = client.record(run).one("waiting-input")
    assert (asked["prompt"], asked["source"], asked["password"]) == ("name? ", "read", False)
    said = [event for event in client.events[run] if event["ev"] == "stdout"][-1]
    bench("from the question to waiting-input", (asked["t"] - said["t"]) / 1e6, "(wanted: 100)")
    client.input(run, "Ada\n", eof=True, prompt_id=asked["prompt_id"])
    record = client.collect(run)
    assert record.status == "ok" and b"Ada" in record.stdout
    assert len(record.of("waiting-input")) == 1 and record.one("input-taken")["outcome"] == "answered"


@pytest.mark.watchdog(180)
@pytest.mark.parametrize("name", SILENT)
def test_a_program_that_asks_nothing_is_not_told_to_wait(client, name, caches):
    record = client.collect(start(client, SILENT[name], caches), timeout=150)
    assert record.status == "ok" and not record.of("waiting-input")


def test_a_program_with_unread_input_is_not_told_to_wait(client):
    run = client.start_sh("sleep 0.8")
    client.input(run, "unread\n")
    assert not client.collect(run).of("waiting-input")
