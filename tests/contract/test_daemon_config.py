# SPDX-License-Identifier: Apache-2.0
"""Where the daemon's settings come from, and how mistakes in them are told."""
import pytest

from daemon import LANGS
from quernd import quernd


@pytest.fixture
def check(tmp_path):
    """--check-config of a file with this text."""
    def run(text, *args, env=None):
        file = tmp_path / "quernd.toml"
        file.write_text(text)
        return quernd("--langs", LANGS, "--check-config", "--config", file, *args, env=env, cwd=tmp_path)
    return run


WHOLE = """\
endpoints = ["ipc:///tmp/a.sock",
             "tcp://127.0.0.1:7000"]
work_dir = "work"
state_dir = "state"
log_level = "debug"
log_format = "json"
ready_fd = 1
insecure = true
warm = ["bash=2"]

[limits]
runs = 8
memory = 2_000_000_000
wall_ms = 60_000
"""


def test_a_file_may_say_everything_and_is_ok(check, tmp_path):
    result = check(WHOLE)
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[-1] == "ok"
    file = tmp_path / "quernd.toml"
    assert f"endpoints = ipc:///tmp/a.sock, tcp://127.0.0.1:7000 ({file}:1)" in lines
    assert f"limits.memory = 2000000000 ({file}:13)" in lines
    assert f"warm = bash=2 ({file}:9)" in lines


def test_checking_makes_nothing(check, tmp_path):
    assert check(WHOLE).returncode == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["quernd.toml"]


def test_warm_may_be_a_table(check, tmp_path):
    result = check("[warm]\nbash = 3\n")
    assert f"warm = bash=3 ({tmp_path}/quernd.toml:2)" in result.stdout


def test_a_later_source_wins_and_is_named(check, tmp_path):
    text = 'log_level = "warn"\nendpoints = ["ipc:///file"]\n[limits]\nruns = 1\nqueue = 2\n'
    env = {"QUERND_LOG_LEVEL": "error", "QUERND_LIMIT": "runs=3,contexts=4", "QUERND_ENDPOINT": "ipc:///a,ipc:///b"}
    lines = check(text, "--limit", "runs=5", "--endpoint", "ipc:///flag", env=env).stdout.splitlines()
    file = tmp_path / "quernd.toml"
    assert lines == ["endpoints = ipc:///flag (--endpoint)", f"langs = {LANGS} (--langs)",
                     "limits.contexts = 4 (QUERND_LIMIT)", f"limits.queue = 2 ({file}:5)", "limits.runs = 5 (--limit)",
                     "log_level = error (QUERND_LOG_LEVEL)", "ok"]


@pytest.mark.parametrize("text, line, told", [
    ('log_lvel = "info"\n', 1, "there is no key `log_lvel`; did you mean `log_level`?"),
    ('\nendpoint = ["ipc:///x"]\n', 2, "there is no key `endpoint`; did you mean `endpoints`?"),
    ("work-dir = '/'\n", 1, "there is no key `work-dir`; did you mean `work_dir`?"),
    ("config = 'x'\n", 1, "there is no key `config`; known are `endpoints`, `langs`"),
    ("[limits]\nruns = 3\nmemry = 5\n", 3, "there is no limit `memry`; did you mean `memory`?"),
    ("[limits]\nruns = 'many'\n", 2, "`limits.runs` must be a whole number."),
    ("[limits]\nruns = 0\n", 2, "limit `runs` must be a whole number from 1 to 10^15."),
    ("limits = 5\n", 1, "`limits` must be a table of whole numbers."),
    ("endpoints = 'ipc:///x'\n", 1, "`endpoints` must be an array of strings."),
    ("endpoints = ['ipc:///x',\n'carrier-pigeon://x']\n", 2, "`carrier-pigeon://x` is no endpoint"),
    ("endpoints = ['ipc:///x',\n5]\n", 2, "an element of `endpoints` must be a string."),
    ("work_dir = 5\n", 1, "`work_dir` must be a string."),
    ("insecure = 'yes'\n", 1, "`insecure` must be true or false."),
    ("ready_fd = 'x'\n", 1, "`ready_fd` must be a whole number."),
    ("ready_fd = -1\n", 1, "`-1` is no number of a descriptor."),
    ("log_level = 'shouting'\n", 1, "`shouting` is not known here; known are `debug`, `info`, `warn`, `error`, `off`."),
    ("warm = ['bash=many']\n", 1, "it must be LANG or LANG=N with N up to 64, not `bash=many`."),
    ("[warm]\nbash = 'x'\n", 2, "`warm.bash` must be a whole number."),
    ("log_level = 'info'\nb = = 2\n", 2, ""),
    ("work_dir = \"a\\u0000b\"\n", 1, "must not hold a NUL"),
], ids=lambda value: value.strip().splitlines()[-1] if isinstance(value, str) and value.strip() else None)
def test_a_mistake_in_the_file_is_told_with_its_line(check, tmp_path, text, line, told):
    result = check(text)
    assert result.returncode == 2 and result.stdout == ""
    [sentence] = [said for said in result.stderr.splitlines() if f"quernd.toml:{line}:" in said]
    assert sentence.startswith(f"quernd: {tmp_path}/quernd.toml:{line}: ") and told in sentence


def test_every_mistake_is_told_in_the_order_of_lines_and_sources(check):
    result = check("work_dirr = 'x'\nlog_format = 'xml'\naaa = 1\n", "--limit", "colour=1", env={"QUERND_WARM": "bash=x"})
    said = result.stderr.splitlines()
    assert result.returncode == 2 and len(said) == 5
    for line, place in zip(said, ["toml:1", "toml:3", "toml:2", "QUERND_WARM", "--limit"]):
        assert place in line


def test_a_wrong_value_is_a_mistake_also_where_another_source_overrides_it(check):
    assert check("log_level = 'loud'\n", "--log-level", "info").returncode == 2


def test_a_file_that_is_not_there_ends_with_2_and_one_sentence(tmp_path):
    for args, env in ((["--config", tmp_path / "none.toml"], {}), ([], {"QUERND_CONFIG": str(tmp_path / "none.toml")})):
        result = quernd("--langs", LANGS, *args, env=env)
        assert result.returncode == 2
        assert result.stderr == f"quernd: the config file `{tmp_path}/none.toml` cannot be read: No such file or directory.\n"


def test_a_directory_is_no_file(tmp_path):
    result = quernd("--langs", LANGS, "--config", tmp_path)
    assert result.returncode == 2 and "Is a directory" in result.stderr


def test_a_warm_language_that_is_not_there_is_a_mistake(check):
    result = check("warm = ['bsh']\n")
    assert result.returncode == 2 and "bash" in result.stderr and len(result.stderr.splitlines()) == 1


def test_the_daemon_does_not_start_with_a_mistake(tmp_path):
    (tmp_path / "quernd.toml").write_text("colour = 'red'\n")
    result = quernd("--langs", LANGS, "--config", tmp_path / "quernd.toml", "--endpoint", f"ipc://{tmp_path}/s")
    assert result.returncode == 2 and "quernd.toml:1: there is no key `colour`" in result.stderr


def test_the_daemon_serves_by_its_file(own_daemon, tmp_path):
    (tmp_path / "quernd.toml").write_text("[limits]\nwall_ms = 300\n")
    client = own_daemon("--config", str(tmp_path / "quernd.toml")).client()
    assert client.sh("sleep 100").status == "timeout"


def test_a_nearly_known_variable_is_warned_of(own_daemon):
    daemon = own_daemon(env={"QUERND_LOG_LEVL": "debug", "QUERND_SERVICE_HOST": "10.0.0.1", "QUERND_PORT": "tcp://10.0.0.1"})
    warnings = [line for line in daemon.log().splitlines() if " warning: " in line]
    assert len(warnings) == 1 and "QUERND_LOG_LEVEL" in warnings[0]
