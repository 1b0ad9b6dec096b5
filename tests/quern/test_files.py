# SPDX-License-Identifier: Apache-2.0
"""put, get, ls, stat, rm, mv: files where the programs run. The work dir of the daemon is tmp_path."""
import hashlib
import json
import os
import signal

import pytest

from conftest import QUERN, until


def told(result):
    assert result.returncode == 0, result
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("size", [0, 1, 4 * 2**20, 4 * 2**20 + 1, 9_000_001])
def test_a_file_of_any_size_goes_there_and_back(quern, daemon, tmp_path, size):
    data = os.urandom(size)
    (quern.cwd / "here").write_bytes(data)
    assert told(quern("put", "here", "in/there", "--json")) == [{"path": "in/there", "size": size}]
    assert (tmp_path / "in/there").read_bytes() == data
    assert quern("get", "in/there", "back").returncode == 0
    assert (quern.cwd / "back").read_bytes() == data
    assert sorted(path.name for path in quern.cwd.iterdir()) == ["back", "here"]


def test_what_was_longer_before_is_not_any_more(quern, daemon, tmp_path):
    (tmp_path / "there").write_bytes(bytes(10_000))
    (quern.cwd / "there").write_bytes(bytes(20_000))
    assert quern("put", "-", "there", input=b"short").returncode == 0
    assert (tmp_path / "there").read_bytes() == b"short"
    assert quern("get", "there").returncode == 0
    assert (quern.cwd / "there").read_bytes() == b"short"


def test_stdin_and_stdout_serve_as_files(quern, daemon, tmp_path):
    data = os.urandom(5_000_000)
    assert quern("put", "-", "piped", input=data).returncode == 0
    result = quern("get", "piped", "-")
    assert (result.returncode, result.stdout, result.stderr) == (0, data, b"")
    pieces = told(quern("get", "piped", "-", "--json"))
    assert [piece["offset"] for piece in pieces] == [0, 4 * 2**20] and pieces[-1]["eof"]


def test_permissions_go_along_unless_others_are_named(quern, daemon, tmp_path):
    script = quern.cwd / "script"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o750)
    assert quern("put", "script", "a").returncode == 0 and (tmp_path / "a").stat().st_mode & 0o777 == 0o750
    assert quern("put", "script", "b", "--mode", "600").returncode == 0 and (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    assert quern("get", "a", "c").returncode == 0 and (quern.cwd / "c").stat().st_mode & 0o777 == 0o750
    assert quern("put", "script", "d", "--mode", "rwx").stderr == b'quern: "rwx" is no mode; write it in octal, as 644 or 755.\n'


def test_a_folder_as_the_target_keeps_the_name(quern, daemon, tmp_path):
    (quern.cwd / "data.csv").write_text("1,2\n")
    assert quern("put", "data.csv", "inputs/").returncode == 0
    assert (tmp_path / "inputs/data.csv").read_text() == "1,2\n"
    (quern.cwd / "out").mkdir()
    assert quern("get", "inputs/data.csv", "out").returncode == 0
    assert (quern.cwd / "out/data.csv").read_text() == "1,2\n"
    assert quern("put", "-", "inputs/", input=b"").stderr == b"quern: stdin has no name; say under which one it is to be put.\n"


def test_an_atomic_put_is_one(quern, daemon, tmp_path):
    (tmp_path / "config").write_text("old")
    before = (tmp_path / "config").stat().st_ino
    assert quern("put", "-", "config", "--atomic", input=b"new").returncode == 0
    assert (tmp_path / "config").read_text() == "new" and (tmp_path / "config").stat().st_ino != before


def test_a_get_that_fails_leaves_nothing(quern, daemon, tmp_path):
    result = quern("get", "nothing-there")
    assert result.returncode == 125 and b"nothing-there" in result.stderr
    assert list(quern.cwd.iterdir()) == []
    (quern.cwd / "kept").write_text("old")
    (tmp_path / "folder").mkdir()
    assert quern("get", "folder", "kept").returncode == 125
    assert (quern.cwd / "kept").read_text() == "old" and len(list(quern.cwd.iterdir())) == 1


def test_a_device_is_written_as_it_is(quern, daemon, tmp_path):
    (tmp_path / "x").write_text("x")
    assert quern("get", "x", "/dev/null").returncode == 0
    assert os.path.exists("/dev/null") and not os.path.isfile("/dev/null")


def test_a_folder_is_listed(quern, daemon, tmp_path):
    folder = tmp_path / "listed"
    folder.mkdir()
    (folder / "b.txt").write_text("12345")
    (folder / "b.txt").chmod(0o640)
    (folder / "a\nb").write_text("")
    (folder / "sub").mkdir(mode=0o755)
    (folder / "link").symlink_to("b.txt")
    rows = [line.split() for line in quern("ls", "listed").stdout.decode().splitlines()]
    assert rows[0] == ["MODE", "SIZE", "CHANGED", "NAME"]
    assert [row[-1] for row in rows[1:]] == ["a?b", "b.txt", "link", "sub"]
    assert (rows[2][0], rows[2][1]) == ("-rw-r-----", "5")
    assert rows[3][0][0] == "l" and rows[4][0][0] == "d"
    entries = told(quern("ls", "listed", "--json"))
    assert [entry["name"] for entry in entries] == ["a\nb", "b.txt", "link", "sub"] and entries[1]["size"] == 5


def test_a_folder_of_thousands_is_listed_whole(quern, daemon, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(2500):
        (folder / f"{n:05}").touch()
    assert [entry["name"] for entry in told(quern("ls", "many", "--json"))] == [f"{n:05}" for n in range(2500)]


def test_stat_tells_size_and_digest(quern, daemon, tmp_path):
    (tmp_path / "x").write_bytes(b"hello")
    digest = hashlib.sha256(b"hello").hexdigest()
    (status,) = told(quern("stat", "x", "--sha256", "--json"))
    assert (status["path"], status["type"], status["size"], status["sha256"]) == ("x", "file", 5, digest)
    text = quern("stat", "x", "--sha256").stdout.decode()
    assert "5 bytes" in text and f"sha256 {digest}" in text
    assert "sha256" not in quern("stat", "x").stdout.decode()


def test_files_are_moved_and_removed(quern, daemon, tmp_path):
    (tmp_path / "a").write_text("a")
    assert told(quern("mv", "a", "b", "--json")) == [{"path": "a", "to": "b"}]
    assert (tmp_path / "b").read_text() == "a" and not (tmp_path / "a").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").touch()
    assert quern("rm", "full").returncode == 125 and (tmp_path / "full/x").exists()
    assert told(quern("rm", "-r", "full", "b", "--json")) == [{"path": "full", "removed": True}, {"path": "b", "removed": True}]
    assert not (tmp_path / "full").exists() and not (tmp_path / "b").exists()


def test_a_long_transfer_shows_a_bar_on_a_terminal(quern, fake, terminal):
    # The daemon takes the first two pieces and never answers to the third.
    def put(peer, head, body):
        if head.get("offset", 0) < 8 << 20:
            fake.reply(peer, head, size=len(body))
        return True

    fake.handlers["put"] = put
    (quern.cwd / "big").write_bytes(bytes(16 << 20))
    seen = terminal(QUERN, "put", "big", "big", columns=70)
    fake.await_requests("put", count=3)
    assert until(lambda: seen.rows()[0].rstrip() == "big  ████████████░░░░░░░░░░░░  50%  8.0 MiB of 16.0 MiB")
    seen.press("C-c")
    seen.expect_left(130)
    assert seen.rows()[0].rstrip().endswith("quern: stopped waiting.")


def test_ctrl_c_ends_a_transfer(quern, fake):
    # The daemon takes the first piece and never answers to the second.
    def put(peer, head, body):
        if head.get("offset", 0) == 0:
            fake.reply(peer, head, size=len(body))
        return True

    fake.handlers["put"] = put
    (quern.cwd / "big").write_bytes(bytes(10_000_000))
    process = quern.start("put", "big", "big")
    fake.await_requests("put", count=2)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == (b"", b"quern: stopped waiting.\n") and process.returncode == 130
