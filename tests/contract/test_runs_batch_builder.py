# SPDX-License-Identifier: Apache-2.0
"""Languages whose compiler is kept between builds: what it builds is told as ever, and all else is built as ever."""
import os
import signal

import pytest

from cases import LANGUAGES
from daemon import alive, eventually
from record import accepted, finished, out, started, told

BOUND = {"memory": 1 << 40}  # by which the command builds, whatever is kept
WITH_BUILDER = [language for language in LANGUAGES
                if any("builder" in rule for rule in language.manifest["batch"].get("build", []))]

pytestmark = [pytest.mark.conformance, pytest.mark.parametrize("lang", WITH_BUILDER, ids=lambda language: language.name)]


def build_pid(record):
    return record.of("started")[0]["pid"]


@pytest.fixture
def builder(client, lang):
    """The pid of the builder, which has come up."""
    pids = []

    def same_twice():
        pids.append(build_pid(lang.run(client, "hello", "batch", build="*")))
        return pids[-1] in pids[:-1]

    eventually(same_twice, "a builder comes up")
    return pids[-1]


def test_other_code_is_built_and_told_as_by_the_command(client, lang, builder):
    for text in ("one", "another"):
        code = lang.code("hello", "batch").replace("hello", text)
        record = client.run(code, mode="batch", lang=lang.name, build="*")
        assert record.tale() == [accepted(), started("build"), told("build-finished", exit=0),
                                 started("exec"), out(lang.stdout("hello", "batch").replace(b"hello", text.encode())), finished()]
        assert build_pid(record) == builder
        assert client.run(code, mode="batch", lang=lang.name).tale() == [accepted(), started("exec"), record.tale()[4], finished()]


def test_what_does_not_compile_is_told_in_the_compilers_own_words(client, lang, builder):
    ordinary = lang.run(client, "unbuildable", "batch", build="*", limits=BOUND)
    record = lang.run(client, "unbuildable", "batch", build="*")
    assert builder not in (build_pid(ordinary), build_pid(record))
    assert record.stderr == ordinary.stderr and record.status == ordinary.status == "build-failed"
    assert [name for name in record.names() if name != "stderr"] == ["accepted", "started", "build-finished", "finished"]
    assert lang.run(client, "unbuildable", "batch").stderr == ordinary.stderr
    assert build_pid(lang.run(client, "hello", "batch", build="*")) == builder


def test_what_it_leaves_is_what_the_command_leaves(client, lang, builder, tmp_path):
    def left(folder, **keys):
        folder.mkdir()
        record = lang.run(client, "hello", "batch", build="*", exec="", cwd=str(folder), **keys)
        files = {str(path.relative_to(folder)): (path.stat().st_mode, path.stat().st_uid, path.is_file() and path.read_bytes())
                 for path in folder.rglob("*")}
        return build_pid(record) == builder, files

    assert left(tmp_path / "kept") == (True, files := left(tmp_path / "ordinary", limits=BOUND)[1]) and len(files) > 1


def test_limits_that_a_kept_compiler_would_escape_have_the_command_build(client, lang, builder):
    for limits in (BOUND, {"cpu_ms": 600_000}, {"processes": 1000}, {"fsize": 1 << 40}):
        assert build_pid(lang.run(client, "hello", "batch", build="*", limits=limits)) != builder
    assert build_pid(lang.run(client, "hello", "batch", build="*", limits={"wall_ms": 600_000})) == builder


@pytest.mark.parametrize("build", ["*", ""])
def test_a_run_whose_time_is_over_ends_with_the_builder_that_builds_for_it(client, lang, builder, build):
    os.kill(builder, signal.SIGSTOP)
    record = lang.run(client, "hello", "batch", build=build, limits={"wall_ms": 100})
    assert record.tale() == [accepted(), finished("timeout", None)]
    assert not alive(builder)
    assert lang.run(client, "hello", "batch").stdout == lang.stdout("hello", "batch")


def test_a_builder_that_hangs_delays_a_run_and_no_more(client, lang, builder):
    os.kill(builder, signal.SIGSTOP)
    record = lang.run(client, "hello", "batch", build="*")
    assert record.status == "ok" and build_pid(record) != builder and not alive(builder)


def test_a_run_that_is_interrupted_ends_whoever_builds(client, lang, builder):
    os.kill(builder, signal.SIGSTOP)
    run = lang.start(client, "hello", "batch")
    client.request("interrupt", run=run)
    assert client.collect(run).status == "interrupted"
