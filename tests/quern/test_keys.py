# SPDX-License-Identifier: Apache-2.0
"""quern keygen, and talking to a daemon that lets in only whom it knows."""
import json
import os
import signal
import stat
import subprocess

import pytest

from conftest import QUERND, ROOT

Z85 = set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#")


def is_key(text):
    return len(text) == 40 and set(text) <= Z85


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def keygen(quern, name):
    made = quern("keygen", "--out", name)
    assert (made.returncode, made.stderr) == (0, b"")
    return made.stdout.decode().strip()


def test_keygen_makes_two_files_for_their_owner_alone_and_prints_the_public_key(quern):
    (quern.cwd / "keys").mkdir()
    old = os.umask(0)
    try:
        key = keygen(quern, "keys/laptop")
    finally:
        os.umask(old)
    secret, public = quern.cwd / "keys/laptop", quern.cwd / "keys/laptop.pub"
    assert is_key(key) and public.read_text() == f"{key} laptop\n"
    (line,) = [line for line in secret.read_text().splitlines() if not line.startswith("#")]
    assert is_key(line) and line != key
    assert (mode(secret), mode(public)) == (0o600, 0o600)


def test_each_key_is_another(quern):
    assert keygen(quern, "one") != keygen(quern, "two")


def test_keygen_as_json(quern):
    made = quern("keygen", "--json", "--out", "laptop")
    told = json.loads(made.stdout)
    assert is_key(told["public"]) and (told["secret_file"], told["public_file"]) == ("laptop", "laptop.pub")


@pytest.mark.parametrize("there", ["laptop", "laptop.pub"])
def test_keygen_never_writes_over_a_file(quern, there):
    (quern.cwd / there).write_text("mine")
    made = quern("keygen", "--out", "laptop")
    assert made.returncode == 125 and made.stdout == b"" and len(made.stderr.splitlines()) == 1
    assert there.encode() in made.stderr and (quern.cwd / there).read_text() == "mine"
    assert sorted(path.name for path in quern.cwd.iterdir()) == [there]


@pytest.mark.parametrize("out", ["nowhere/laptop", "", ".", "/"])
def test_keygen_where_nothing_can_be_made_is_told(quern, out):
    made = quern("keygen", "--out", out)
    assert made.returncode == 125 and len(made.stderr.splitlines()) == 1 and not list(quern.cwd.iterdir())


@pytest.fixture
def locked(quern):
    """A daemon that knows the key `ada`, and has the key `daemon`; both are in quern's folder."""
    for name in ("daemon", "ada", "eve"):
        keygen(quern, name)
    authorized = quern.cwd / "authorized-keys"
    authorized.write_bytes((quern.cwd / "ada.pub").read_bytes())
    authorized.chmod(0o600)
    quern.endpoint = f"ipc://{quern.link}/locked"
    ready, announce = os.pipe()
    process = subprocess.Popen(
        [QUERND, "--endpoint", quern.endpoint, "--langs", ROOT / "langs", "--work-dir", quern.cwd, "--state-dir", quern.tmp,
         "--curve-secret-key", quern.cwd / "daemon", "--authorized-keys", authorized, "--ready-fd", str(announce)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=quern.env, pass_fds=[announce])
    os.close(announce)
    if os.read(ready, 1) != b"\n":
        raise AssertionError(f"quernd does not serve: {process.communicate(timeout=60)[0]}")
    os.close(ready)
    yield process
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    quern.endpoint = None


RUN = ("run", "-l", "bash", "-c", "echo in")


def failed(result):
    assert (result.returncode, result.stdout) == (125, b""), result
    (line,) = result.stderr.decode().splitlines()
    return line


def test_with_both_keys_it_gets_in(quern, locked):
    for server in ("daemon.pub", (quern.cwd / "daemon.pub").read_text().split()[0]):
        result = quern(*RUN, "--server-key", server, "--secret-key", "ada")
        assert (result.returncode, result.stdout, result.stderr) == (0, b"in\n", b"")


def test_variables_say_the_keys_too(quern, locked):
    result = quern(*RUN, env={"QUERN_SERVER_KEY": "daemon.pub", "QUERN_SECRET_KEY": "ada"})
    assert (result.returncode, result.stdout, result.stderr) == (0, b"in\n", b"")


def test_a_key_that_the_daemon_does_not_know_is_told_with_what_to_add_where(quern, locked):
    line = failed(quern(*RUN, "--server-key", "daemon.pub", "--secret-key", "eve"))
    assert (quern.cwd / "eve.pub").read_text().split()[0] in line and "authorized keys" in line


def test_another_key_than_the_daemons_is_told(quern, locked):
    assert "--server-key" in failed(quern(*RUN, "--server-key", "ada.pub", "--secret-key", "ada"))


def test_that_the_daemon_wants_keys_is_told(quern, locked):
    line = failed(quern(*RUN))
    assert "--server-key" in line and "--secret-key" in line


def test_keys_for_a_daemon_without_any_are_told(quern, fake):
    for name in ("daemon", "ada"):
        keygen(quern, name)
    assert "--server-key" in failed(quern(*RUN, "--server-key", "daemon.pub", "--secret-key", "ada"))


def test_one_key_without_the_other_is_told(quern, locked):
    for args in (("--server-key", "daemon.pub"), ("--secret-key", "ada")):
        line = failed(quern(*RUN, *args))
        assert "--server-key" in line and "--secret-key" in line


def test_a_secret_key_that_others_can_read_is_refused(quern, locked):
    (quern.cwd / "ada").chmod(0o640)
    assert "chmod 600 ada" in failed(quern(*RUN, "--server-key", "daemon.pub", "--secret-key", "ada"))


@pytest.mark.parametrize("server, secret", [("nowhere", "ada"), ("daemon", "nowhere"), ("daemon.pub", "ada.pub"), (".", "ada"),
                                            ("two", "ada")])
def test_key_files_that_are_none_are_told(quern, server, secret):
    quern.endpoint = f"ipc://{quern.link}/nobody"
    for name in ("daemon", "ada"):
        keygen(quern, name)
    (quern.cwd / "two").write_text((quern.cwd / "ada.pub").read_text() * 2)
    line = failed(quern(*RUN, "--server-key", server, "--secret-key", secret))
    assert (secret if secret != "ada" else server) in line


def test_whoever_names_a_daemons_key_gets_no_other_daemon(quern):
    for name in ("daemon", "ada"):
        keygen(quern, name)
    environment = {"QUERN_SERVER_KEY": "daemon.pub", "QUERN_SECRET_KEY": "ada", "QUERN_ENDPOINT": ""}
    assert "no daemon is running" in failed(quern(*RUN, env=environment))


def test_the_private_daemon_needs_no_keys_whatever_those_of_another_are(quern):
    keygen(quern, "daemon")
    environment = {"QUERND_CURVE_SECRET_KEY": str(quern.cwd / "daemon"), "QUERND_AUTHORIZED_KEYS": "/nowhere"}
    result = quern(*RUN, env=environment)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"in\n", b"")
