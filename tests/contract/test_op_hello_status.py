# SPDX-License-Identifier: Apache-2.0
"""hello, status, shutdown: what the daemon says of itself."""
import time
import uuid

import pytest

from cases import FOLDERS, LANGUAGES, LEFT_OUT, each_language
from client import PATIENCE
from daemon import eventually

LIMITS = {"runs", "queue", "body", "input", "journal", "journal_total", "finished", "wall_ms", "cpu_ms", "memory",
          "output", "processes", "fsize"}


def hello(client, **keys):
    return client.ask("hello", **{"protocol": 1, "client": "contract/1", **keys})


def test_hello_names_the_protocol_the_daemon_and_this_start_of_it(daemon, client):
    reply = hello(client)
    assert reply["ok"] and reply["protocol"] == 1
    name, _, version = reply["daemon"].partition("/")
    assert name == "quernd" and version
    assert str(uuid.UUID(reply["boot"])) == reply["boot"].lower()
    assert reply["pid"] == daemon.pid


def test_hello_lists_every_language_with_its_modes(client):
    told = {language["name"]: language for language in hello(client)["languages"]}
    for language in LANGUAGES:
        entry = told[language.name]
        assert entry["title"] and isinstance(entry["title"], str) and isinstance(entry["version"], str)
        assert {"query", "batch"} <= set(entry["modes"]) <= {"query", "batch", "tty"}
        assert entry["context"] in ("kept", "fresh")


def test_no_language_that_has_cases_is_left_out(client):
    """A suite that leaves a language out passes no less; so the leaving out is itself a failure."""
    told = {language["name"] for language in hello(client)["languages"]}
    missing = {folder.name for folder in FOLDERS} - (told - set(LEFT_OUT))
    assert not missing, f"not tested, for what their adapters need is not here: {missing}. tools/deps and tools/build bring it."


@each_language("hello")
def test_hello_tells_a_real_version_of_the_language(client, lang):
    def version():
        return next(told["version"] for told in hello(client)["languages"] if told["name"] == lang.name)
    eventually(lambda: any(char.isdigit() for char in version()), "a version")


def test_hello_does_not_wait_for_versions_that_nobody_wants(own_daemon):
    client = own_daemon().client()
    names = [language["name"] for language in hello(client, versions=False)["languages"]]
    assert {language["version"] for language in hello(client, versions=False)["languages"]} == {""}
    told = hello(client)["languages"]
    assert [language["name"] for language in told] == names and any(language["version"] for language in told)
    assert hello(client, versions=False)["languages"] == told


def test_hello_tells_every_limit_as_a_number(client):
    limits = hello(client)["limits"]
    assert LIMITS <= limits.keys()
    assert all(limits[name] is None or isinstance(limits[name], int) for name in LIMITS)
    assert limits["body"] == 64 * 1024 * 1024 and limits["input"] == 64 * 1024 * 1024
    assert limits["journal"] == 256 * 1024 * 1024


def test_hello_tells_features_as_words(client):
    features = hello(client)["features"]
    assert features and all(isinstance(word, str) for word in features)


def test_limits_of_the_command_line_stand_in_hello(own_daemon):
    client = own_daemon("--limit", "runs=7", "--limit", "queue=9", "--limit", "wall_ms=123456").client()
    limits = hello(client)["limits"]
    assert (limits["runs"], limits["queue"], limits["wall_ms"]) == (7, 9, 123456)


@pytest.mark.parametrize("protocol", [0, 2, 99, -1])
def test_hello_of_another_protocol_is_unsupported_and_tells_which_are_spoken(client, protocol):
    reply = hello(client, protocol=protocol)
    assert not reply["ok"] and reply["code"] == "unsupported" and reply["protocols"] == [1]


def test_hello_may_be_said_again_and_need_not_be_said_first(client):
    assert client.sh("true").status == "ok"
    assert hello(client)["ok"] and hello(client)["ok"]


def test_status_tells_time_and_memory(daemon, client):
    first = client.request("status")
    assert first["uptime_ms"] >= 0 and isinstance(first["counters"], dict)
    assert 0.3 * daemon.rss() < first["rss"] < 3 * daemon.rss()
    assert client.request("status")["uptime_ms"] >= first["uptime_ms"]


def test_status_lists_a_run_while_it_runs_and_after(client):
    run = client.start_sh("echo hi; read x")
    pid = client.wait_event(run, "started")["pid"]
    client.wait_output(run, "hi\n")
    told = client.status_of(run)
    assert (told["mode"], told["pid"]) == ("batch", pid) and told["state"] in ("running", "waiting-input")
    assert told["seq"] >= 2
    client.input(run, eof=True)
    client.collect(run)
    assert client.status_of(run)["state"] == "finished"


def test_status_tells_how_old_a_run_is_and_what_it_wrote(client):
    run = client.start_sh("echo hi; echo no >&2; read x")
    client.wait_output(run, "hi\n")
    eventually(lambda: client.status_of(run)["bytes"] == {"stdout": 3, "stderr": 3}, "both streams counted")
    young = client.status_of(run)["age_ms"]
    client.input(run, eof=True)
    client.collect(run)
    end = client.status_of(run)
    assert 0 <= young <= end["age_ms"] == client.status_of(run)["age_ms"]
    assert end["bytes"] == {"stdout": 3, "stderr": 3} and "usage" not in end


def test_status_measures_runs_when_it_is_asked_to(client):
    def usage():
        return next(r for r in client.request("status", usage=True)["runs"] if r["run"] == run).get("usage")

    run = client.start_sh("sleep 100 & while :; do :; done")
    client.wait_event(run, "started")
    eventually(lambda: (usage() or {}).get("cpu_ms", 0) >= 50, "processor time of the tree")
    told = usage()
    assert told["processes"] == 2 and told["rss"] > 100_000
    assert "usage" not in client.status_of(run)
    client.request("signal", run=run, signal="KILL")
    client.collect(run)
    assert usage() is None


@each_language("loop")
def test_status_measures_a_query_from_its_start(client, lang):
    run = lang.start(client, "loop")
    client.wait_event(run, "started")

    def usage():
        return next(r for r in client.request("status", usage=True)["runs"] if r["run"] == run).get("usage") or {}

    eventually(lambda: usage().get("cpu_ms", 0) >= 20, "processor time of the query")
    assert usage()["processes"] >= 1
    client.request("interrupt", run=run)
    client.collect(run)


def test_status_tells_the_daemons_own_processor_time(client):
    first = client.request("status")["cpu_ms"]
    assert 0 <= first <= client.request("status")["cpu_ms"]


def test_status_gives_the_meta_of_a_run_back(client):
    meta = {"ticket": "T-7", "depth": {"list": [1, 2.5, None, True, "ü"]}}
    run = client.start_sh("true", meta=meta)
    assert client.collect(run).one("accepted")["meta"] == meta
    assert client.status_of(run)["meta"] == meta


@each_language("hello")
def test_status_lists_contexts_with_pid_and_generation(client, lang):
    run = client.query(lang, lang.code("hello"))
    told = next(c for c in client.request("status")["contexts"] if c["ctx"] == client.ctx)
    assert told["lang"] == lang.name and told["gen"] >= 1 and told["pid"] == run.one("started")["pid"]
    assert told["rss"] > 0 and told["state"]


def test_status_of_an_idle_daemon_lists_nothing(own_daemon):
    told = own_daemon().client().request("status")
    assert told["runs"] == [] and told["contexts"] == []


def test_shutdown_ends_every_run_with_its_finished_and_leaves_nothing(own_daemon):
    daemon = own_daemon()
    client = daemon.client()
    runs = [client.start_sh("echo ready; sleep 100"), client.start_sh("trap '' TERM; echo ready; sleep 100")]
    for run in runs:
        client.wait_output(run, "ready\n")
    client.request("shutdown", grace_ms=300)
    for run in runs:
        record = client.collect(run)
        assert record.status in ("killed", "aborted") and record.exit != 0
    assert daemon.process.wait(PATIENCE) == 0
    eventually(lambda: not daemon.programs(), "every program gone")


def test_shutdown_lets_a_program_end_by_term(own_daemon):
    client = own_daemon().client()
    run = client.start_sh("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done")
    client.wait_output(run, "ready\n")
    client.request("shutdown", grace_ms=600_000)
    record = client.collect(run)
    assert record.stdout == b"ready\nbye\n" and record.status == "killed"


def test_shutdown_kills_after_its_grace(own_daemon, bench):
    daemon = own_daemon()
    client = daemon.client()
    run = client.start_sh("trap '' TERM INT HUP; echo ready; while :; do :; done")
    client.wait_output(run, "ready\n")
    begin = time.monotonic()
    client.request("shutdown", grace_ms=200)
    assert client.collect(run).finished["status"] == "killed"
    assert daemon.process.wait(PATIENCE) == 0
    bench("from shutdown with a grace of 200 ms to the end", time.monotonic() - begin)


def test_shutdown_of_queries_ends_them_and_their_contexts(own_daemon):
    for lang in LANGUAGES:
        daemon = own_daemon()
        client = daemon.client()
        run, queued = lang.start(client, "sleep"), lang.start(client, "hello")
        client.wait_output(run, "ready\n")
        client.request("shutdown", grace_ms=200)
        assert client.collect(run).status == "killed"
        assert client.collect(queued).status == "aborted"
        assert daemon.process.wait(PATIENCE) == 0


def test_a_term_signal_shuts_down_like_the_op(own_daemon):
    daemon = own_daemon()
    client = daemon.client()
    run = client.start_sh("echo ready; sleep 100")
    client.wait_output(run, "ready\n")
    daemon.process.terminate()
    assert client.collect(run).status == "killed"
    assert daemon.process.wait(PATIENCE) == 0


def test_shutdown_of_an_idle_daemon_is_quick(own_daemon, bench):
    daemon = own_daemon()
    client = daemon.client()
    begin = time.monotonic()
    client.request("shutdown", grace_ms=600_000)  # longer than any test waits
    assert daemon.process.wait(PATIENCE) == 0
    bench("shutdown of an idle daemon", time.monotonic() - begin)


def test_a_run_sent_behind_shutdown_is_refused_as_closing(own_daemon):
    client = own_daemon().client()
    run = client.start_sh("trap '' TERM; echo ready; while :; do sleep 100; done")
    client.wait_output(run, "ready\n")
    client.request("shutdown", grace_ms=600_000)
    assert client.refusal("run", mode="batch", exec="true") == "closing"
    client.request("shutdown", grace_ms=0)  # less grace hastens the end
    assert client.collect(run).status == "killed"
