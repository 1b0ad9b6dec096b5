# SPDX-License-Identifier: Apache-2.0
"""quern metrics: the daemon's counters as Prometheus reads them."""
import json
import re

SAMPLE = re.compile(r'(quern_[a-z_]+)(?:\{([a-z]+)="([^"]*)"\})? (\d+)')


def test_every_line_is_a_sample_of_a_family_that_was_introduced(quern, daemon):
    assert quern("run", "--batch", "--exec", "echo hi").returncode == 0
    result = quern("metrics")
    assert result.returncode == 0, result
    types, values = {}, {}
    for line in result.stdout.decode().splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in types
            types[name] = kind
        elif not line.startswith("# HELP "):
            name, label, value, number = SAMPLE.fullmatch(line).groups() if "version" not in line else ("quern_info", 0, 0, 1)
            assert name in types and (types[name] == "counter") == name.endswith("_total")
            values[name, value] = int(number)
    assert "untyped" not in types.values()  # each counter of the daemon has its line in the table
    assert values["quern_runs_total", "batch"] == 1 and values["quern_runs_total", "query"] == 0
    assert values["quern_finished_total", "ok"] == 1 and values["quern_stdout_bytes_total", None] == 3


def test_as_json_they_are_the_counters_of_status(quern, daemon):
    assert quern("run", "--batch", "--exec", "true").returncode == 0
    counters = json.loads(quern("metrics", "--json").stdout)
    assert counters["runs.batch"] == 1 and counters.keys() == json.loads(quern("status", "--json").stdout)["counters"].keys()
