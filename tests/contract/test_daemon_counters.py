# SPDX-License-Identifier: Apache-2.0
"""What the daemon says of itself while it runs: its counters, and its log with ids."""
import json
import re

from client import PATIENCE
from daemon import eventually


def counters(client):
    return client.request("status")["counters"]


def test_every_number_moves_with_what_it_counts(own_daemon):
    daemon = own_daemon("--limit", "runs=1")
    client = daemon.client()
    fresh = counters(client)
    assert (fresh["runs"], fresh["finished"], fresh["events"], fresh["rejected"]) == (0, 0, 0, 0)
    assert fresh["runs.batch"] == fresh["finished.crashed"] == fresh["rejected.busy"] == 0
    client.sh("echo out; echo error >&2")
    client.sh("exit 3")
    client.query("bash", "echo hi")
    client.ask("forget", run="nothing")
    client.ask("no-such-op")
    held = client.start_sh("cat")
    client.wait_event(held, "started")
    queued = client.start_sh("true")
    now = counters(client)
    assert (now["runs"], now["runs.batch"], now["runs.query"]) == (5, 4, 1)
    assert (now["finished"], now["finished.ok"], now["finished.error"]) == (3, 2, 1)
    assert (now["running"], now["waiting"]) == (1, 1)
    assert (now["rejected"], now["rejected.unknown-run"], now["rejected.unknown-op"]) == (2, 1, 1)
    assert (now["stdout_bytes"], now["stderr_bytes"]) == (len("out\nhi\n"), len("error\n"))
    assert now["events"] == sum(len(events) for events in client.events.values())
    assert (now["contexts"], now["contexts_started"], now["contexts_lost"]) == (1, 1, 0)
    assert (now["connections"], now["connections_met"]) == (1, 1)
    assert now["journal_bytes"] > 0 and now["requests"] > now["runs"] + now["rejected"]
    client.input(held, eof=True)
    client.collect(held), client.collect(queued)


def test_sums_are_those_of_their_kinds(client):
    now = counters(client)
    for kind in ("runs", "finished", "rejected"):
        assert now[kind] == sum(value for name, value in now.items() if name.startswith(kind + "."))


def test_a_lost_context_is_counted_and_a_closed_one_is_not(own_daemon):
    client = own_daemon().client()
    client.query("bash", "echo hi", ctx="a")
    client.query("bash", "kill -9 $$", ctx="b")
    client.request("close", lang="bash", ctx="a")
    now = counters(client)
    assert (now["contexts"], now["contexts_started"], now["contexts_lost"]) == (0, 2, 1)


def test_connections_that_went_are_not_counted_as_there(own_daemon):
    daemon = own_daemon()
    first, second = daemon.client(), daemon.client()
    for client in (first, second):
        client.request("ping")
    assert (counters(first)["connections"], counters(first)["connections_met"]) == (2, 2)


def test_what_is_spilled_and_dropped_is_counted(own_daemon):
    daemon = own_daemon("--limit", "journal=4194304")
    client = daemon.client()
    run = client.start_sh("head -c 40000000 /dev/zero", overflow="drop")
    client.request("detach", run=run)
    client.until(lambda: client.request("wait", run=run, timeout_ms=1000)["state"] == "finished", "the end")
    now = counters(client)
    assert now["stdout_bytes"] == 40_000_000
    assert now["spilled_bytes"] > 4_000_000 and 0 < now["spilled"] <= 5 * 2**20
    assert 20_000_000 < now["dropped_bytes"] < 41_000_000


def test_what_is_acknowledged_is_not_dropped(own_daemon):
    client = own_daemon("--limit", "journal=4194304").client()
    assert client.sh("head -c 40000000 /dev/zero").status == "ok"
    assert counters(client)["dropped_bytes"] == 0


# The log -------------------------------------------------------------------------------------------


def entries(daemon):
    return [json.loads(line) for line in daemon.log().splitlines()]


def test_a_json_log_has_ids_as_keys(own_daemon):
    daemon = own_daemon("--log-format", "json", "--log-level", "debug")
    client = daemon.client()
    conn = client.request("ping")["conn"]
    run = client.query("bash", "echo hi", ctx="here").run
    lost = client.query("bash", "kill -9 $$", ctx="here").run

    def ends(name):
        return [entry["status"] for entry in entries(daemon) if entry.get("run") == name and "status" in entry]

    # An end is told before it is logged.
    eventually(lambda: ends(run) and ends(lost), "both ends are logged")
    of_run = [entry for entry in entries(daemon) if entry.get("run") == run]
    assert [entry["message"] for entry in of_run] == ["run accepted", "run finished"]
    assert {"conn": conn, "mode": "query", "lang": "bash", "ctx": "here"}.items() <= of_run[0].items()
    assert of_run[1]["status"] == "ok"
    eventually(lambda: any(entry["message"].startswith("context lost") for entry in entries(daemon)), "the loss is logged")
    ctx = [entry for entry in entries(daemon) if entry.get("ctx") == "here" and "run" not in entry]
    assert [entry["message"].partition(":")[0] for entry in ctx] == ["context ready", "context lost"]
    assert ctx[1]["level"] == "info" and ctx[1]["gen"] == "1"
    assert ends(lost) == ["crashed"]
    for entry in entries(daemon):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry["time"])
        assert entry["level"] in ("debug", "info", "warning", "error")


def test_a_text_log_has_the_same_on_one_line(own_daemon):
    daemon = own_daemon("--log-level", "debug")
    client = daemon.client()
    run = client.sh("true").run

    def ends():
        return [line for line in daemon.log().splitlines(keepends=True) if "run finished" in line and line[-1] == "\n"]

    eventually(ends, "the run's end is logged")
    [line] = ends()
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z debug: run finished run={run} status=ok\n", line)


def test_a_clients_name_cannot_begin_a_line_of_the_log(own_daemon):
    daemon = own_daemon("--log-level", "debug")
    client = daemon.client()
    client.query("bash", "true", ctx="here\n2026-01-01T00:00:00.000Z error: forged\x1fgen=7")
    assert "forged" in daemon.log()
    assert not [line for line in daemon.log().splitlines() if line.startswith("2026-01-01T00:00:00.000Z") or " gen=7" in line]


def test_a_quiet_daemon_logs_only_what_went_wrong(own_daemon):
    daemon = own_daemon("--log-level", "warn")
    client = daemon.client()
    client.sh("exit 3")
    client.query("bash", "true")
    daemon.process.terminate()
    assert daemon.process.wait(PATIENCE) == 0 and daemon.log() == ""
