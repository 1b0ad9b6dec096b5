# SPDX-License-Identifier: Apache-2.0
"""ps, top, logs, bench: what a person sees of the runs of a daemon, and what a script reads."""
import json
import re
import subprocess

import pytest

from conftest import QUERN, until

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def detached(quern, command, *options):
    result = quern("run", "--detach", "--batch", *options, "--exec", command)
    assert result.returncode == 0, result
    return result.stdout.decode().strip()


def objects(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_ps_tells_how_old_a_run_is_and_how_much_it_wrote(quern, daemon):
    name = detached(quern, "printf 0123456789; printf ab >&2", "--name", "ten")
    assert quern("wait", name).returncode == 0
    heading, row = quern("ps").stdout.decode().splitlines()
    assert heading.split() == ["RUN", "MODE", "LANG", "CTX", "STATE", "TIME", "OUTPUT", "PID", "EVENTS", "HELD"]
    assert re.match(r"ten +batch +- +- +finished +\d+ s +12 B", row)
    (run,) = objects(quern("ps", "--json"))
    assert run["bytes"] == {"stdout": 10, "stderr": 2} and run["age_ms"] >= 0


@pytest.mark.parametrize("columns,headings", [
    (120, ["RUN", "MODE", "LANG", "CTX", "STATE", "TIME", "OUTPUT", "PID", "EVENTS", "HELD"]),
    (80, ["RUN", "MODE", "LANG", "CTX", "STATE", "TIME", "OUTPUT"]),
    (40, ["RUN"]), (20, ["RUN"])])
def test_ps_fits_the_window_and_keeps_names_whole_as_long_as_it_can(quern, daemon, terminal, columns, headings):
    name = detached(quern, "sleep 100")
    assert UUID.fullmatch(name)
    seen = terminal(QUERN, "ps", columns=columns)
    assert until(lambda: "[left 0]" in [row.rstrip() for row in seen.rows()])
    heading, row = [line.rstrip() for line in seen.history()][:2]
    assert set(heading.split()) <= set(headings) | {"STATE"} and heading.split()[0] == "RUN"
    assert max(len(heading), len(row)) <= columns
    state = "  running"
    assert row.startswith(name) if columns >= 80 else row == name[:columns - len(state) - 1] + "…" + state


def test_a_table_keeps_its_columns_under_wide_characters_and_controls(quern, daemon, terminal):
    for ctx in ("数据分析", "plain", "a\x07b\x1b[31m"):
        assert quern("open", "bash", ctx).returncode == 0
    seen = terminal(QUERN, "status", columns=100)
    assert until(lambda: any("GENERATION" in row for row in seen.rows()))
    seen.expect_left()
    rows = [row.rstrip() for row in seen.rows()]
    first = next(i for i, row in enumerate(rows) if "GENERATION" in row)
    contexts = rows[first + 1:first + 4]
    assert sorted(row.split()[1] for row in contexts) == [r"a\x07b", "plain", "数据分析"]
    column = rows[first].index("GENERATION")
    for row in contexts:
        wide = sum(ord(char) > 0x2000 for char in row)
        assert row[column - wide] == "1" and row[column - wide - 1] == " "


def test_top_once_tells_what_a_busy_run_takes(quern, daemon):
    detached(quern, "while :; do :; done", "--name", "busy")
    detached(quern, "exec sleep 100", "--name", "idle")
    told = quern("top", "--once")
    lines = told.stdout.decode().splitlines()
    assert told.returncode == 0 and lines[0].startswith("quernd/") and lines[1] == ""
    assert lines[2].split() == ["RUN", "MODE", "LANG", "CTX", "STATE", "CPU", "MEMORY", "PROCESSES", "TIME", "OUTPUT", "RATE"]
    assert [line.split()[0] for line in lines[3:]] == ["busy", "idle"]
    (look,) = objects(quern("top", "--once", "--json"))
    busy, idle = look["runs"]
    assert (busy["run"], idle["run"]) == ("busy", "idle") and busy["cpu"] > idle["cpu"] and idle["processes"] == 1
    assert look["daemon"]["rss"] > 0 and look["daemon"]["running"] == 2


def test_top_says_when_nothing_runs(quern, daemon):
    assert quern("top", "--once").stdout.decode().endswith("\nNothing runs.\n")


def test_top_as_json_goes_on_until_nobody_reads(quern, daemon):
    process = quern.start("top", "--json", "--every", "100ms")
    assert [set(json.loads(process.stdout.readline())) for _ in range(3)] == 3 * [{"daemon", "runs"}]
    process.stdout.close()
    assert process.wait(60) == 141


def test_top_redraws_in_place_follows_the_window_and_leaves_with_q(quern, daemon, terminal):
    for number in range(30):
        detached(quern, "sleep 100", "--name", f"sleeper-{number:02}")
    seen = terminal(QUERN, "top", "--every", "200ms", columns=80, rows=24)
    assert until(lambda: any(row.startswith("… and ") for row in seen.rows()))
    rows = [row.rstrip() for row in seen.rows()]
    assert rows[0].startswith("quernd/") and rows[2].startswith("RUN") and len(rows) <= 24
    assert sum("sleeper" in row for row in rows) == 20 and rows[23] == "… and 10 more"
    seen.resize(50, 12)
    assert until(lambda: sum("sleeper" in row for row in seen.rows()) == 8)
    assert all(len(row.rstrip()) <= 50 for row in seen.rows())
    detached(quern, "while :; do :; done", "--name", "busy")
    assert until(lambda: seen.rows()[3].startswith("busy"))
    seen.press("q")
    seen.expect_left()
    assert not any("sleeper" in row for row in seen.rows())


def test_top_gives_the_terminal_back_when_the_daemon_goes(quern, daemon, terminal):
    seen = terminal(QUERN, "top", "--every", "100ms")
    assert until(lambda: any("Nothing runs." in row for row in seen.rows()))
    daemon.terminate()
    seen.expect_left(125)
    assert any(row.startswith("quern: the connection to the daemon") for row in seen.rows())


def test_logs_are_both_streams_in_their_order(quern, daemon):
    name = detached(quern, "for i in 1 2 3; do echo out $i; until [ -e out$i ]; do sleep 0.02; done; "
                           "echo err $i >&2; until [ -e err$i ]; do sleep 0.02; done; done; exit 4", "--cwd", str(quern.cwd))
    for i in "123":
        for word, options in (("out", ()), ("err", ("--stderr",))):
            assert until(lambda: quern("output", name, *options).stdout.endswith(f"{word} {i}\n".encode()))
            (quern.cwd / f"{word}{i}").touch()
    assert quern("wait", name).returncode == 4
    both = subprocess.run([QUERN, "logs", name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                          env=quern.env | {"QUERN_ENDPOINT": quern.endpoint})
    assert both.returncode == 0 and both.stdout == b"out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n"
    apart = quern("logs", name)
    assert (apart.stdout, apart.stderr) == (b"out 1\nout 2\nout 3\n", b"err 1\nerr 2\nerr 3\n")
    short = quern("logs", name, "--tail", "400")
    assert apart.stdout.endswith(short.stdout) and apart.stderr.endswith(short.stderr)
    assert 0 < len(short.stdout + short.stderr) < len(both.stdout)
    assert [event["ev"] for event in objects(quern("logs", name, "--json"))][:2] == ["accepted", "started"]


def test_logs_of_a_run_that_goes_on_end_with_what_there_is_and_follow_when_asked(quern, daemon):
    name = detached(quern, "echo begun; while [ ! -e go ]; do sleep 0.02; done; echo done", "--cwd", str(quern.cwd))
    assert until(lambda: quern("output", name).stdout == b"begun\n")
    assert quern("logs", name).stdout == b"begun\n"
    following = quern.start("logs", "-f", name)
    assert following.stdout.readline() == b"begun\n"
    (quern.cwd / "go").touch()
    assert following.communicate(timeout=60) == (b"done\n", b"") and following.returncode == 0


def test_following_logs_is_left_with_a_signal_and_the_run_goes_on(quern, daemon):
    name = detached(quern, "echo begun; exec sleep 100")
    following = quern.start("logs", "-f", name)
    assert following.stdout.readline() == b"begun\n"
    following.terminate()
    assert following.wait(60) == 143
    assert objects(quern("ps", "--json"))[0]["state"] == "running"


def test_bench_measures_what_it_is_asked_for(quern, daemon):
    result = quern("bench", "-l", "bash", "--time", "50ms", "--json")
    measures = objects(result)
    assert result.returncode == 0 and result.stderr == b""
    assert [(measure["what"], measure["lang"], measure["unit"]) for measure in measures] == [
        ("connection, to its answer", "", "ms"), ("round trip", "", "ms"), ("start of a context", "bash", "ms"), ("query", "bash", "ms"),
        ("batch run of `true`", "", "ms"), ("output", "", "MB/s")]
    assert all(0 < measure["min"] <= measure["median"] and measure["count"] >= 1 for measure in measures)
    assert objects(quern("ps", "--json")) == [] and json.loads(quern("status", "--json").stdout)["contexts"] == []


def test_bench_on_a_daemon_of_its_own_prints_a_table_and_says_what_it_could_not_measure(quern):
    result = quern("bench", "-l", "bash", "-l", "pyhton", "-c", "echo hi", "--time", "20ms")
    lines = result.stdout.decode().splitlines()
    assert lines[0].split() == ["WHAT", "LANG", "MIN", "MEDIAN", "UNIT", "TIMES"]
    assert lines[1].startswith("start of the daemon, to its answer") and len(lines) == 8
    assert result.returncode == 1
    assert result.stderr.decode() == ('quern: start of a context, pyhton, was not measured: There is no language "pyhton" here; '
                                      'did you mean "python"?\n')


def test_bench_shows_how_far_it_is_on_a_terminal_alone(quern, daemon, terminal):
    seen = terminal(QUERN, "bench", "-l", "bash", "--time", "300ms")
    assert until(lambda: any(row.startswith("measuring ") for row in seen.rows()))
    seen.expect_left()
    assert not any("measuring" in row for row in seen.rows()) and any(row.startswith("WHAT") for row in seen.rows())
