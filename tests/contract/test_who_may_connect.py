# SPDX-License-Identifier: Apache-2.0
"""Who may, at the door: CURVE keys, and whoever comes without the right ones."""
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading

import pytest
import zmq

from daemon import BINARY, LANGS, clean_environment, eventually, free_port
from keys import GREETING, Keys, connect, outcome, raw, wait_for_log

WHOLE_GREETING = 64


def start(tmp_path, *args):
    return subprocess.run([str(BINARY), "--endpoint", f"ipc://{tmp_path}/s", "--langs", str(LANGS), "--work-dir", str(tmp_path),
                           "--state-dir", str(tmp_path), *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, env=clean_environment())


def refused_start(tmp_path, *args):
    """The one sentence of a daemon that would not start."""
    result = start(tmp_path, *args)
    assert result.returncode == 2 and result.stdout == "", result
    (line,) = result.stderr.strip().splitlines()
    return line


# With the right key ---------------------------------------------------------------------------------------------


def test_an_authorized_key_gets_in_over_tcp_and_ipc(locked, keys):
    for endpoint in (locked.tcp, locked.ipc):
        client = connect(locked, keys, keys.ada, endpoint)
        assert client.sh("echo hi").stdout == b"hi\n"
        client.close()


def test_much_output_comes_whole_through_the_encryption(locked, keys):
    client = connect(locked, keys, keys.ada)
    assert len(client.sh("head -c 20000000 /dev/zero", timeout=100).stdout) == 20_000_000
    client.close()


def test_hello_says_that_keys_are_wanted(locked, keys, client):
    with contextlib.closing(connect(locked, keys, keys.ada)) as known:
        assert "curve" in known.request("hello", protocol=1, client="contract/1")["features"]
    assert "curve" not in client.request("hello", protocol=1, client="contract/1")["features"]


def test_the_log_says_whose_key_a_connection_has(locked, keys):
    with contextlib.closing(connect(locked, keys, keys.ada)) as client:
        client.barrier()
        wait_for_log(locked, "the key of client number 1")


def test_the_daemons_own_key_gets_in_and_so_does_the_healthcheck(locked, keys):
    assert outcome(locked.tcp, keys.daemon_itself) == "in"
    ends = ["--endpoint", locked.tcp, "--endpoint", locked.ipc]
    assert subprocess.run([str(BINARY), "healthcheck", *ends, *keys.args], timeout=60, env=clean_environment()).returncode == 0


def test_the_key_files_can_be_named_in_a_file(own_daemon, keys, tmp_path):
    config = tmp_path / "quernd.toml"
    config.write_text(f'curve_secret_key = "{keys.secret_file}"\nauthorized_keys = "{keys.authorized_file}"\n')
    daemon = own_daemon("--config", str(config), tcp=True)
    assert outcome(daemon.tcp) == "out" and outcome(daemon.tcp, keys.of(keys.ada)) == "in"


# Without it -----------------------------------------------------------------------------------------------------


def test_a_key_that_is_not_authorized_gets_nothing(locked, keys):
    assert outcome(locked.tcp, keys.of(keys.eve)) == "out"
    assert outcome(locked.ipc, keys.of(keys.eve)) == "out"


def test_no_key_gets_nothing(locked):
    assert outcome(locked.tcp) == "out"
    assert outcome(locked.ipc) == "out"


def test_one_who_takes_another_for_the_daemon_gets_nothing(locked, keys):
    other, _ = zmq.curve_keypair()
    assert outcome(locked.tcp, (other, *keys.ada)) == "out"


def test_one_who_knows_only_the_public_half_gets_nothing(locked, keys):
    _, other = zmq.curve_keypair()
    assert outcome(locked.tcp, (keys.daemon, keys.ada[0], other)) == "out"


@pytest.mark.parametrize("bytes_sent", [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    bytes(4096), b"\xff" * 4096, b"\x01\x00", b"\x7f" * 100,
    GREETING + b"\x04\x05READY" + b"\x00\x05hello",
    GREETING[:10] + b"\x01" + bytes(53), GREETING[:10] + b"\x00\x05hello" + bytes(53),
    GREETING[:12] + b"CURVE".ljust(20, b"\0") + bytes(32) + b"\x04\xc8\x05HELLO" + bytes(194),
    GREETING[:12] + b"CURVE".ljust(20, b"\0") + bytes(32) + b"\x04\x05READY",
    GREETING[:12] + b"PLAIN".ljust(20, b"\0") + bytes(32) + b"\x04\x0a\x05HELLO\x01a\x01b",
], ids=["http", "tls", "zeros", "ones", "zmtp1", "rubbish", "null", "zmtp2-early", "zmtp1-late", "bad-hello", "no-hello", "plain"])
def test_plain_text_and_rubbish_get_no_byte_beyond_the_greeting(locked, keys, bytes_sent):
    heard = raw(locked.tcp, bytes_sent, half_close=True)
    assert len(heard) <= WHOLE_GREETING
    assert heard[:10] in (b"", b"\xff" + bytes(7) + b"\x01\x7f"), heard
    assert heard[12:32].rstrip(b"\0") in (b"", b"CURVE"), heard
    assert outcome(locked.tcp, keys.of(keys.ada)) == "in"


def test_one_who_connects_and_says_nothing_is_cut_off(locked):
    assert len(raw(locked.tcp)) <= WHOLE_GREETING


def attempts(daemon, keys, count, together=250):
    """So many connections that come to nothing, many of them open at once. Gives what any of them heard beyond the greeting."""
    host, _, port = daemon.tcp.removeprefix("tcp://").rpartition(":")
    lies = [b"", GREETING, GREETING[:10], b"GET / HTTP/1.0\r\n\r\n", bytes(64),
            GREETING[:12] + b"CURVE".ljust(20, b"\0") + bytes(32) + b"\x04\xc8\x05HELLO" + bytes(194)]
    too_much = b""
    for first in range(0, count, together):
        with contextlib.ExitStack() as batch:
            streams = []
            for n in range(first, min(first + together, count)):
                stream = batch.enter_context(socket.create_connection((host, int(port)), 60))
                stream.setblocking(False)
                with contextlib.suppress(OSError):
                    stream.send(lies[n % len(lies)])
                streams.append(stream)
            for stream in streams:
                with contextlib.suppress(OSError):
                    too_much += stream.recv(65536)[WHOLE_GREETING:]
    return too_much


class Pinging:
    """An authorized client that goes on pinging in a thread of its own, and tells what became of it."""

    def __init__(self, daemon, keys):
        self.client, self.over, self.answers, self.failure = connect(daemon, keys, keys.ada), threading.Event(), 0, None
        self.client.barrier()
        self.thread = threading.Thread(target=self.ping)

    def ping(self):
        try:
            while not self.over.is_set():
                self.client.request("ping")
                self.answers += 1
        except AssertionError as failure:
            self.failure = failure

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.client.close()


def test_a_thousand_attempts_disturb_nobody(locked, keys):
    with Pinging(locked, keys) as known:
        assert attempts(locked, keys, 1000) == b""
    assert known.failure is None and known.answers > 0
    with contextlib.closing(connect(locked, keys, keys.ada)) as client:
        assert client.sh("echo hi").stdout == b"hi\n"


@pytest.mark.release
def test_ten_thousand_attempts_leave_neither_memory_nor_descriptors(locked, keys):
    attempts(locked, keys, 500)  # what is made once and kept
    before, open_before = locked.rss(), locked.descriptors()
    with Pinging(locked, keys) as known:
        assert attempts(locked, keys, 10_000) == b""
        grown = locked.rss() - before
    assert known.failure is None and known.answers > 0
    assert grown < 16 << 20, f"it grew by {grown} bytes"
    eventually(lambda: locked.descriptors() <= open_before + 1, "the descriptors of those who went", 60)


def test_many_logins_with_wrong_keys_are_logged_in_few_lines_and_disturb_nobody(locked, keys):
    with Pinging(locked, keys) as known:
        for _ in range(60):
            assert outcome(locked.tcp, keys.of(keys.eve)) == "out"
    assert known.failure is None and known.answers > 0
    wait_for_log(locked, "refused a login from 127.0.0.1")
    assert keys.eve[0].decode() in locked.log()
    # One every ten seconds, however slow this machine is: 60 attempts do not take ten minutes.
    assert locked.log().count("refused a login") < 60


# The file of authorized keys ------------------------------------------------------------------------------------


def test_a_key_that_is_added_gets_in_without_a_restart(locked, keys):
    assert outcome(locked.tcp, keys.of(keys.eve)) == "out"
    keys.authorize(keys.ada, keys.eve)
    assert outcome(locked.tcp, keys.of(keys.eve)) == "in"


def test_a_key_that_is_removed_stays_out_and_its_connection_stands(locked, keys):
    with contextlib.closing(connect(locked, keys, keys.ada)) as standing:
        standing.barrier()
        keys.authorize(keys.eve)
        assert outcome(locked.tcp, keys.of(keys.ada)) == "out"
        standing.barrier()
    assert outcome(locked.tcp, keys.of(keys.eve)) == "in"


def test_keys_of_the_same_length_that_take_each_others_place_are_told_apart(locked, keys):
    for _ in range(10):
        keys.authorize(keys.eve)
        assert outcome(locked.tcp, keys.of(keys.ada)) == "out"
        keys.authorize(keys.ada)
        assert outcome(locked.tcp, keys.of(keys.ada)) == "in"


@pytest.mark.parametrize("spoil, said", [
    (lambda file: file.unlink(), "cannot be read"),
    (lambda file: file.chmod(0o622), "chmod 600"),
    (lambda file: Keys.write(file, b"what is this\n"), "line 1"),
], ids=["gone", "loose", "rubbish"])
def test_while_the_file_cannot_be_used_nobody_new_gets_in(locked, keys, spoil, said):
    with contextlib.closing(connect(locked, keys, keys.ada)) as standing:
        standing.barrier()
        spoil(keys.authorized_file)
        assert outcome(locked.tcp, keys.of(keys.ada)) == "out"
        wait_for_log(locked, said)
        standing.barrier()
    keys.authorize(keys.ada)
    assert outcome(locked.tcp, keys.of(keys.ada)) == "in"


# Refused at the start -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601])
def test_a_secret_key_that_others_can_read_is_refused(tmp_path, keys, mode):
    keys.secret_file.chmod(mode)
    line = refused_start(tmp_path, *keys.args)
    assert f"chmod 600 {keys.secret_file}" in line and f"{mode:04o}" in line


@pytest.mark.parametrize("group, mode, good", [(54322, 0o440, True), (54322, 0o460, False), (54323, 0o444, False)])
def test_a_secret_key_of_root_may_be_lent_to_the_group_of_a_daemon_that_is_not(keys, group, mode, good):
    """As a cluster mounts it; the daemon is started where that user can see it."""
    if os.geteuid() != 0:
        pytest.fail("this test needs root, to start the daemon as another user")
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        for name, content in (("daemon.key", keys.secret_file), ("authorized-keys", keys.authorized_file), ("quernd", BINARY)):
            shutil.copy(content, f"{place}/{name}")
            os.chmod(f"{place}/{name}", 0o755 if name == "quernd" else mode if name == "daemon.key" else 0o644)
        os.chown(f"{place}/daemon.key", 0, group)
        os.mkdir(f"{place}/langs")
        said = subprocess.run(["setpriv", "--reuid=54321", "--regid=54322", "--clear-groups", f"{place}/quernd", "--check-config", "--langs",
                               f"{place}/langs", "--curve-secret-key", f"{place}/daemon.key", "--authorized-keys",
                               f"{place}/authorized-keys"], cwd=place, capture_output=True, text=True)
    assert said.returncode == (0 if good else 2), said
    assert good or "can be read by others" in said.stderr, said


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_authorized_keys_that_others_can_change_are_refused(tmp_path, keys, mode):
    keys.authorized_file.chmod(mode)
    assert f"chmod 600 {keys.authorized_file}" in refused_start(tmp_path, *keys.args)


def test_authorized_keys_that_others_can_only_read_serve(own_daemon, keys):
    keys.authorized_file.chmod(0o644)
    daemon = own_daemon(*keys.args, tcp=True)
    assert outcome(daemon.tcp, keys.of(keys.ada)) == "in"


def test_a_key_file_of_somebody_else_is_refused(tmp_path, keys):
    if os.geteuid() != 0:
        pytest.fail("this test needs root, to give a file to another user")
    os.chown(keys.authorized_file, 61234, 61234)
    assert "61234" in refused_start(tmp_path, *keys.args)


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"short\n", b"x" * 41 + b"\n", b"x" * 40 + b" a name\n",
                                     (b"x" * 40 + b"\n") * 2], ids=["empty", "comment", "short", "long", "named", "two"])
def test_a_secret_key_file_that_is_none_is_refused_without_being_quoted(tmp_path, keys, content):
    keys.write(keys.secret_file, content)
    line = refused_start(tmp_path, *keys.args)
    assert str(keys.secret_file) in line and "quern keygen" in line and "xxxxx" not in line


def test_key_files_that_are_not_there_are_told(tmp_path, keys):
    keys.secret_file.unlink()
    assert str(keys.secret_file) in refused_start(tmp_path, *keys.args)
    directory = tmp_path / "directory"
    directory.mkdir(mode=0o700)
    assert str(directory) in refused_start(tmp_path, "--curve-secret-key", directory, "--authorized-keys", keys.authorized_file)


def test_one_of_the_two_options_alone_is_refused(tmp_path, keys):
    for args in (keys.args[:2], keys.args[2:]):
        result = start(tmp_path, *args)
        assert result.returncode == 2 and len(result.stderr.strip().splitlines()) == 1
        assert "--curve-secret-key" in result.stderr and "--authorized-keys" in result.stderr


def test_with_keys_an_endpoint_that_others_can_reach_serves(keys, own_daemon):
    if os.geteuid() != 0:
        pytest.fail("this test needs root, for a network of its own")
    port = free_port()
    # In a network namespace nobody else is there to reach it.
    daemon = own_daemon(*keys.args, "--endpoint", f"tcp://0.0.0.0:{port}", prefix=["unshare", "--net"])
    assert outcome(daemon.ipc, keys.of(keys.ada)) == "in" and f"0.0.0.0:{port}" in daemon.log()


def test_without_keys_it_is_refused_and_the_way_out_is_told(tmp_path):
    line = refused_start(tmp_path, "--endpoint", f"tcp://0.0.0.0:{free_port()}")
    assert all(way in line for way in ("--curve-secret-key", "--authorized-keys", "--insecure"))


def test_variables_name_the_key_files_too(own_daemon, keys):
    daemon = own_daemon(tcp=True, env={"QUERND_CURVE_SECRET_KEY": str(keys.secret_file),
                                       "QUERND_AUTHORIZED_KEYS": str(keys.authorized_file)})
    assert outcome(daemon.tcp) == "out" and outcome(daemon.tcp, keys.of(keys.ada)) == "in"
