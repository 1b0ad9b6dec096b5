# SPDX-License-Identifier: Apache-2.0
"""Julia's manifest, run by a daemon with a stand-in for `julia` (julia_stand_in.py says what that shows and what not)."""
import re
import sys
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "contract"))
from daemon import Daemon  # noqa: E402

FOLDER = HERE.parents[1] / "langs/julia"
KINDS = {"ready", "done", "result", "display", "error", "prompt", "taken", "matches", "found", "checked"}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    place = tmp_path_factory.mktemp("bin")
    (place / "julia").symlink_to(HERE / "julia_stand_in.py")
    daemon = Daemon(env={"PATH": f"{place}:/usr/bin:/bin"}).start()
    yield daemon
    daemon.stop()


@pytest.fixture
def client(daemon):
    return daemon.client()


def batch(client, files, **keys):
    contents = [text.encode() for text in files.values()]
    told = [{"path": path, "size": len(text)} for path, text in zip(files, contents, strict=True)]
    return client.run(contents=contents, files=told, mode="batch", lang="julia", build="*", **keys)


def test_its_version_is_asked_of_the_program(client):
    told = {one["name"]: one for one in client.request("hello", protocol=1, client="test/1")["languages"]}
    assert told["julia"]["version"] == "1.10.0" and set(told["julia"]["modes"]) == {"batch", "query", "tty"}


def test_a_program_runs_with_its_arguments(client):
    record = client.collect(client.start('println(join(ARGS, "|"))\nexit(3)', mode="batch", lang="julia", argv=["a b", ""]))
    assert (record.stdout, record.exit) == (b"a b|\n", 3)


@pytest.mark.parametrize("files, stdout", [
    ({"main.jl": 'include("lib/square.jl")\nprintln(side * side)\n', "lib/square.jl": "side = 3\n"}, b"9\n"),
    ({"src/main.jl": 'println("in src")\n'}, b"in src\n"),
    ({"main.jl": 'include("made.jl")\n', "Makefile": "made.jl:\n\techo 'println(\"made\")' > made.jl\n"}, b"made\n"),
    ({"other.jl": "", "main.jl": 'println("main")\n'}, b"main\n"),
])
def test_a_program_is_found_by_the_names_of_files(client, files, stdout):
    record = batch(client, files)
    assert record.status == "ok" and record.stdout.endswith(stdout)


@pytest.mark.parametrize("main", ["main.jl", "src/main.jl"])
def test_a_project_is_instantiated_and_is_the_programs(client, tmp_path, main):
    record = batch(client, {"Project.toml": "[deps]\n", main: "println(Base.active_project())\n"}, cwd=str(tmp_path))
    assert record.status == "ok" and record.stdout.decode() == f"{tmp_path}/Project.toml\n"
    assert (tmp_path / "Manifest.toml").is_file()


def test_a_failing_program_is_an_error(client):
    record = client.collect(client.start('println("before")\nerror("no")', mode="batch", lang="julia"))
    assert (record.status, record.exit, record.stdout) == ("error", 1, b"before\n") and b"LoadError: no" in record.stderr


def test_a_context_is_kept_by_the_worker_of_the_manifest(client):
    def query(code, **keys):
        return client.collect(client.start(code, mode="query", lang="julia", **keys))
    assert query("x = 6;").names() == ["accepted", "started", "finished"]
    record = query('println("out")\nx * 7')
    assert record.names() == ["accepted", "started", "stdout", "result", "finished"] and record.results == [("text/plain", b"42")]
    assert query('error("no")').one("error")["name"] == "ErrorException"
    record = query("exit(3)")
    assert (record.exit, record.finished["context"]) == (3, "kept")
    assert query('join(ARGS, "|")', argv=["a", "b c"]).results == [("text/plain", b"a|b c")]
    assert query("x").results == [("text/plain", b"6")]


def test_a_context_is_asked_and_interrupted(client):
    run = client.start('print("name? ")\nx = readline()\nprintln(x)', mode="query", lang="julia")
    asked = client.wait_event(run, "waiting-input")
    client.input(run, "Ada\n", prompt_id=asked["prompt_id"])
    assert asked["source"] == "asked" and client.collect(run).stdout == b"name? Ada\n"
    run = client.start('println("ready")\nsleep(100)', mode="query", lang="julia")
    client.wait_output(run, "ready\n")
    client.request("interrupt", run=run, grace_ms=30000)
    record = client.collect(run)
    assert (record.status, record.finished["context"]) == ("interrupted", "kept")


def test_the_worker_sends_no_frame_that_the_contract_does_not_know():
    sent = {kind for path in (FOLDER / "worker").glob("*.jl") for kind in re.findall(r'\bsend\("(\w+)"', path.read_text())}
    assert sent == KINDS


def test_every_file_of_the_worker_is_included_once():
    included = re.findall(r'^include\("(.*)"\)$', (FOLDER / "worker/worker.jl").read_text(), re.M)
    assert sorted([*included, "worker.jl"]) == sorted(path.name for path in (FOLDER / "worker").glob("*.jl"))


def test_the_manifest_says_how_it_was_tested_and_the_cases_wait():
    assert "stand-in" in tomllib.loads((FOLDER / "adapter.toml").read_text())["gaps"]["tested"]
    waiting = tomllib.loads((FOLDER / "cases/waiting.toml").read_text())
    assert not (FOLDER / "cases/cases.toml").exists() and {"hello", "value", "loop", "redefine3", "project_package"} <= waiting.keys()
