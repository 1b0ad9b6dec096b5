# SPDX-License-Identifier: Apache-2.0
"""The command line of quernd: options, variables, refusals, and its log."""
import json

import pytest

from cases import each_language
from daemon import LANGS, free_port
from quernd import quernd


def test_version_is_told_and_agrees_with_hello(client):
    result = quernd("--version")
    version = client.request("hello", protocol=1, client="contract/1")["daemon"].partition("/")[2]
    assert result.returncode == 0 and version in result.stdout and len(result.stdout.splitlines()) == 1


def test_help_names_every_option():
    result = quernd("--help")
    assert result.returncode == 0
    for option in ("--endpoint", "--langs", "--work-dir", "--state-dir", "--warm", "--limit", "--log-level", "--log-format",
                   "--ready-fd", "--curve-secret-key",
                   "--authorized-keys", "--user", "--insecure", "--config", "--check-config", "healthcheck", "--version", "--help"):
        assert option in result.stdout


@pytest.mark.parametrize("args", [
    ["--no-such-option"], ["surplus"], ["--endpoint"], ["--limit", "wall_ms"], ["--limit", "wall_ms=soon"],
    ["--limit", "wall_ms=-1"], ["--limit", "colour=7"], ["--log-level", "shouting"], ["--log-format", "xml"],
    ["--warm", "python=many"], ["--ready-fd", "x"], ["--endpoint", "carrier-pigeon://x"], ["--endpoint", "tcp://127.0.0.1"],
], ids=lambda args: " ".join(args))
def test_a_wrong_use_ends_with_2_and_one_sentence(args, tmp_path):
    result = quernd("--langs", str(LANGS), "--work-dir", str(tmp_path), "--state-dir", str(tmp_path), *args)
    assert result.returncode == 2, result
    assert len(result.stderr.strip().splitlines()) == 1 and " " in result.stderr.strip()


def test_a_wrong_variable_ends_with_2_and_one_sentence(tmp_path):
    result = quernd("--langs", str(LANGS), "--work-dir", str(tmp_path), "--state-dir", str(tmp_path),
                    env={"QUERND_LOG_LEVEL": "shouting"})
    assert result.returncode == 2 and len(result.stderr.strip().splitlines()) == 1


def test_a_directory_of_languages_that_is_not_there_is_told(tmp_path):
    result = quernd("--endpoint", f"ipc://{tmp_path}/s", "--langs", str(tmp_path / "nowhere"), "--work-dir", str(tmp_path),
                    "--state-dir", str(tmp_path))
    assert result.returncode not in (0, -6, -11) and "nowhere" in result.stderr


def test_an_open_endpoint_without_encryption_is_refused(tmp_path):
    result = quernd("--endpoint", f"tcp://0.0.0.0:{free_port()}", "--langs", str(LANGS), "--work-dir", str(tmp_path),
                    "--state-dir", str(tmp_path))
    assert result.returncode not in (0, -6, -11) and "--insecure" in result.stderr


def test_a_taken_endpoint_is_told(daemon, tmp_path):
    result = quernd("--endpoint", daemon.tcp, "--langs", str(LANGS), "--work-dir", str(tmp_path), "--state-dir", str(tmp_path))
    assert result.returncode not in (0, -6, -11) and daemon.tcp.rpartition(":")[2] in result.stderr


def test_variables_set_what_options_set(own_daemon):
    client = own_daemon(env={"QUERND_LIMIT": "wall_ms=300"}).client()
    assert client.sh("sleep 100").status == "timeout"


def test_an_option_wins_over_its_variable(own_daemon):
    client = own_daemon("--limit", "wall_ms=20000", env={"QUERND_LIMIT": "wall_ms=300"}).client()
    assert client.sh("sleep 0.6; echo done").stdout == b"done\n"


def test_a_stale_socket_file_does_not_keep_the_daemon_from_starting(own_daemon):
    daemon = own_daemon()
    daemon.process.kill()
    daemon.process.wait()
    daemon.start()
    assert daemon.client().sh("echo hi").stdout == b"hi\n"


def test_the_json_log_is_one_object_a_line(own_daemon):
    daemon = own_daemon("--log-format", "json", "--log-level", "debug")
    daemon.client().sh("echo hi")
    lines = daemon.log().splitlines()
    assert lines and all(isinstance(json.loads(line), dict) for line in lines)


@each_language("hello")
def test_the_log_holds_neither_code_nor_output_nor_input(own_daemon, lang):
    daemon = own_daemon("--log-level", "debug")
    client = daemon.client()
    run = client.start_sh("echo s3cret-code; cat", env={"S": "s3cret-env"})
    client.input(run, "s3cret-input\n", eof=True)
    assert client.collect(run).stdout == b"s3cret-code\ns3cret-input\n"
    client.query(lang, "s3cret_snippet")
    client.sh("s3cret-program")
    assert run in daemon.log() and "s3cret" not in daemon.log()


@each_language("hello")
def test_a_warm_language_answers(own_daemon, lang):
    daemon = own_daemon("--warm", f"{lang.name}=2")
    client = daemon.client()
    for n in range(4):
        assert lang.run(client, "hello", ctx=f"c{n}").stdout == lang.stdout("hello")


@each_language("env_print", "cwd_file")
def test_a_warm_language_still_obeys_env_and_cwd(own_daemon, lang, tmp_path):
    client = own_daemon("--warm", lang.name).client()
    assert lang.run(client, "env_print", env={"GREETING": "good day"}, cwd=str(tmp_path)).stdout == b"good day\n"
    assert lang.run(client, "cwd_file").stdout == f"{tmp_path}\n".encode()


def test_the_daemon_starts_where_its_directories_do_not_exist_yet(own_daemon, tmp_path):
    daemon = own_daemon(work=tmp_path / "a/work", state=tmp_path / "b/state")
    assert daemon.client().sh("pwd").stdout == f"{tmp_path}/a/work\n".encode()
