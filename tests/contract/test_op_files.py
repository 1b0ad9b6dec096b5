# SPDX-License-Identifier: Apache-2.0
"""put, get, list, stat, move, remove: what they do, what they refuse, and in which order."""
import hashlib
import os
import socket
import time
import uuid

import pytest

from daemon import eventually

MIB = 1024 * 1024

as_root = os.geteuid() == 0
not_as_root = pytest.mark.skipif(as_root, reason="nothing is unreadable for root")


def put(client, path, content=b"", **keys):
    return client.request("put", content, path=str(path), **keys)["size"]


def get(client, path, **keys):
    return client.request("get", path=str(path), **keys).body


def names(client, path, **keys):
    return [e["name"] for e in client.request("list", path=str(path), **keys)["entries"]]


def stat(client, path, **keys):
    reply = client.request("stat", path=str(path), **keys)
    return {k: v for k, v in reply.items() if k not in ("re", "ok")}


def endless(tmp_path):
    """The path of a file whose sum takes hours."""
    with open(tmp_path / "endless", "wb") as file:
        file.truncate(1 << 42)
    return str(tmp_path / "endless")


def mode_of(path):
    return path.stat().st_mode & 0o7777


# put ------------------------------------------------------------------------------------------


def test_a_put_file_can_be_got_back_whole(client, tmp_path):
    content = bytes(range(256)) * 5
    assert put(client, tmp_path / "a", content) == 1280
    reply = client.request("get", path=str(tmp_path / "a"))
    assert (reply.body, reply["size"], reply["eof"]) == (content, 1280, True)
    assert (tmp_path / "a").read_bytes() == content and mode_of(tmp_path / "a") == 0o644


def test_relative_paths_start_at_the_work_dir(client, daemon):
    put(client, "some/where/a", b"here")
    assert (daemon.work / "some/where/a").read_bytes() == b"here"
    assert get(client, "some/../some/where/./a") == b"here"
    client.request("remove", path="some", recursive=True)
    assert not (daemon.work / "some").exists()


def test_put_makes_directories_unless_told_not_to(client, tmp_path):
    assert client.refusal("put", b"x", path=f"{tmp_path}/b/c", mkdirs=False) == "not-found"
    assert not (tmp_path / "b").exists()
    put(client, tmp_path / "b/c/../d/e", b"x")
    assert (tmp_path / "b/d/e").read_bytes() == b"x" and (tmp_path / "b/c").is_dir()


@pytest.mark.parametrize("atomic", [False, True])
def test_the_mode_is_that_asked_for_else_that_of_the_old_file(client, tmp_path, atomic):
    path = tmp_path / "a"
    put(client, path, b"1", mode=0o4751, atomic=atomic)
    assert mode_of(path) == 0o4751
    path.chmod(0o700)
    put(client, path, b"2", atomic=atomic)
    assert (path.read_bytes(), mode_of(path)) == (b"2", 0o700)
    put(client, path, b"3", mode=0o640, atomic=atomic)
    assert mode_of(path) == 0o640


def test_offset_and_truncate_say_what_stays(client, tmp_path):
    path = tmp_path / "a"
    put(client, path, b"0123456789")
    assert put(client, path, b"AB", offset=4) == 10 and path.read_bytes() == b"0123AB6789"
    assert put(client, path, b"CD", offset=2, truncate=True) == 4 and path.read_bytes() == b"01CD"
    assert put(client, path, b"E", truncate=False) == 4 and path.read_bytes() == b"E1CD"
    assert put(client, path, b"F") == 1 and path.read_bytes() == b"F"
    assert put(client, path) == 0 and path.read_bytes() == b""


def test_a_file_may_have_holes(client, tmp_path):
    path = tmp_path / "sparse"
    assert put(client, path, b"end", offset=1 << 40) == (1 << 40) + 3
    assert path.stat().st_blocks < 1000
    assert get(client, path, offset=(1 << 40) - 1) == b"\0end"
    assert client.refusal("put", b"x", path=str(path), offset=2**63 - 1) == "bad-request"
    assert client.refusal("put", b"x", path=str(path), offset=2**64 - 1) == "bad-request"


def test_links_to_files_are_followed(client, tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "link").symlink_to("a")
    put(client, tmp_path / "link", b"new")
    put(client, tmp_path / "link", b"newer", atomic=True)
    assert (tmp_path / "a").read_bytes() == b"newer" and (tmp_path / "link").is_symlink()
    assert get(client, tmp_path / "link") == b"newer"
    (tmp_path / "dangling").symlink_to("made")
    put(client, tmp_path / "dangling", b"x")
    assert (tmp_path / "made").read_bytes() == b"x"


def test_atomic_replaces_the_file_and_leaves_nothing_beside_it(client, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with open(path, "rb") as before:
        assert put(client, path, b"new content", atomic=True) == 11
        assert before.read() == b"old"
    assert path.read_bytes() == b"new content" and os.listdir(tmp_path) == ["a"]
    assert client.refusal("put", b"x", path=str(path), atomic=True, offset=1) == "bad-request"
    assert client.refusal("put", b"x", path=str(path), atomic=True, truncate=False) == "bad-request"
    assert client.refusal("put", b"x", path=f"{tmp_path}/", atomic=True) == "bad-request"
    assert path.read_bytes() == b"new content"


def test_a_full_disk_is_io(client, tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    # A device is refused before it can say that it is full.
    assert client.refusal("put", b"x", path="/dev/full") == "bad-request"
    reply = client.ask("put", b"x", path=str(tmp_path / "a"), offset=2**63 - 2)
    assert reply["code"] == "io" and str(tmp_path / "a") in reply["message"]


# What is no regular file -----------------------------------------------------------------------


def test_only_regular_files_are_read_and_written(client, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
    (tmp_path / "dir").mkdir()
    for path in (tmp_path / "fifo", tmp_path / "socket", tmp_path / "dir", "/dev/null", "/dev/tty", "."):
        for op in ("get", "put"):
            for keys in ({}, {"atomic": True} if op == "put" else {}):
                assert client.refusal(op, path=str(path), **keys) == "bad-request", (op, path)
    assert client.refusal("list", path=str(tmp_path / "fifo")) == "bad-request"


def test_a_program_that_waits_on_a_fifo_is_not_woken_by_our_looking(client, fifo):
    run = client.start_sh(f"echo ready; cat {fifo}; echo done")
    client.wait_output(run, "ready")
    for op in ("put", "get"):
        assert client.refusal(op, path=str(fifo)) == "bad-request"
    assert client.request("wait", run=run, timeout_ms=100)["state"] == "running"
    fifo.write_text("hello\n")
    assert client.collect(run).stdout == b"ready\nhello\ndone\n"


def test_magic_links_are_not_followed(client, daemon, tmp_path):
    (tmp_path / "link").symlink_to(f"/proc/{daemon.pid}/cwd")
    for path in ("/proc/self/exe", "/proc/self/root/etc/passwd", "/proc/self/cwd/a", "/proc/self/fd/0",
                 f"/proc/{daemon.pid}/root/etc/passwd", f"{tmp_path}/link/a"):
        for op in ("get", "put"):
            reply = client.ask(op, b"", path=path)
            assert reply.get("code") == "denied" and "magic" in reply["message"], (op, path, reply)
    assert client.refusal("list", path="/proc/self/root") == "denied"
    assert client.refusal("list", path=f"{tmp_path}/link") == "denied"
    assert client.refusal("move", path=f"{tmp_path}/link/a", to=f"{tmp_path}/b") == "denied"
    assert stat(client, "/proc/self/exe")["type"] == "link"
    assert b"\nPid:\t%d\n" % daemon.pid in get(client, "/proc/self/status"), "/proc/self itself is a plain link"


def test_a_loop_of_links_is_refused(client, tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    for op in ("get", "put", "list"):
        assert client.refusal(op, path=str(tmp_path / "a")) == "bad-request"
    assert stat(client, tmp_path / "a")["type"] == "link"


@not_as_root
def test_what_the_user_may_not_do_is_denied(client, tmp_path):
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "secret").chmod(0)
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed/a").write_bytes(b"x")
    (tmp_path / "closed").chmod(0o500)
    assert client.refusal("get", path=str(tmp_path / "secret")) == "denied"
    assert client.refusal("put", path=str(tmp_path / "secret")) == "denied"
    assert client.refusal("stat", path=str(tmp_path / "secret"), sha256=True) == "denied"
    assert client.refusal("put", path=str(tmp_path / "closed/b")) == "denied"
    assert client.refusal("put", path=str(tmp_path / "closed/b/c")) == "denied"
    assert client.refusal("put", path=str(tmp_path / "closed/a"), atomic=True) == "denied"
    assert client.refusal("remove", path=str(tmp_path / "closed/a")) == "denied"
    assert client.refusal("move", path=str(tmp_path / "closed/a"), to=str(tmp_path / "a")) == "denied"
    (tmp_path / "closed").chmod(0o400)
    assert [(e["name"], e["type"]) for e in client.request("list", path=str(tmp_path / "closed"))["entries"]] \
        == [("a", "file")]
    (tmp_path / "closed").chmod(0o000)
    assert client.refusal("list", path=str(tmp_path / "closed")) == "denied"
    (tmp_path / "closed").chmod(0o700)


def test_what_the_kernel_forbids_everybody_is_denied(client):
    assert client.refusal("remove", path="/proc/version") == "denied"
    assert client.refusal("put", path="/proc/no-such-thing-here") in ("denied", "not-found")


def test_a_failure_names_the_path_and_the_reason(client, tmp_path):
    for op in ("get", "list", "stat", "remove"):
        reply = client.ask(op, path=f"{tmp_path}/a/b")
        assert reply["code"] == "not-found"
        assert f"{tmp_path}/a/b" in reply["message"] and "No such file or directory" in reply["message"]
    assert client.refusal("move", path=f"{tmp_path}/a", to=f"{tmp_path}/b") == "not-found"
    assert client.refusal("get", path=f"{tmp_path}/{'n' * 300}") == "bad-request"
    assert client.refusal("get", path="/" + "n/" * 3000) == "bad-request"
    (tmp_path / "file").write_bytes(b"")
    for op in ("get", "put", "list", "stat"):
        assert client.refusal(op, path=f"{tmp_path}/file/below") == "bad-request"
    for op in ("put", "get", "list", "stat", "move", "remove"):
        assert client.refusal(op, path="", to="x") == "bad-request"
        assert client.refusal(op, path="a\0b", to="x") == "bad-request"


def test_a_program_that_runs_cannot_be_written_to(client, tmp_path):
    path = tmp_path / "program"
    put(client, path, open("/bin/sleep", "rb").read(), mode=0o755)
    run = client.start(mode="batch", exec=[str(path), "100"])
    client.wait_event(run, "started")
    assert client.refusal("put", b"x", path=str(path)) == "busy"
    put(client, path, b"x", atomic=True)
    client.request("signal", run=run, signal="KILL")
    client.wait_event(run, "finished")


# get ------------------------------------------------------------------------------------------


def test_get_gives_a_piece_and_says_whether_it_was_the_last(client, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")

    def piece(**keys):
        reply = client.request("get", path=str(path), **keys)
        return reply.body, reply["size"], reply["eof"]

    assert piece(offset=2, length=3) == (b"234", 10, False)
    assert piece(offset=7, length=3) == (b"789", 10, True)
    assert piece(offset=7, length=2) == (b"78", 10, False)
    assert piece(offset=7, length=2**64 - 1) == (b"789", 10, True)
    assert piece(length=0) == (b"", 10, False)
    assert piece(offset=10) == (b"", 10, True)
    assert piece(offset=99) == (b"", 10, True)
    assert client.refusal("get", path=str(path), offset=2**63) == "bad-request"


def test_files_whose_size_the_system_does_not_tell_are_read_to_their_end(client):
    with open("/proc/version", "rb") as told:
        version = told.read()
    reply = client.request("get", path="/proc/version")
    assert (reply.body, reply["size"], reply["eof"]) == (version, len(version), True)
    reply = client.request("get", path="/proc/version", offset=3, length=4)
    assert (reply.body, reply["eof"]) == (version[3:7], False)
    assert get(client, "/proc/kallsyms", length=100_000, offset=5) is not None
    online = "/sys/kernel/mm/transparent_hugepage/enabled"
    if os.path.exists(online):  # says 4096
        with open(online, "rb") as told:
            text = told.read()
        reply = client.request("get", path=online)
        assert (reply.body, reply["size"], reply["eof"]) == (text, len(text), True)


def test_64_mib_go_in_and_out_whole(client, tmp_path, bench):
    content = os.urandom(MIB) * 64
    path = tmp_path / "big"
    begun = time.monotonic()
    assert put(client, path, content) == 64 * MIB
    bench("put of 64 MiB", time.monotonic() - begun)
    begun = time.monotonic()
    reply = client.request("get", path=str(path))
    bench("get of 64 MiB", time.monotonic() - begun)
    assert reply["eof"] and hashlib.sha256(reply.body).digest() == hashlib.sha256(content).digest()
    assert put(client, path, b"more", offset=64 * MIB) == 64 * MIB + 4
    reply = client.request("get", path=str(path))
    assert len(reply.body) == 64 * MIB and not reply["eof"] and reply["size"] == 64 * MIB + 4
    assert get(client, path, offset=64 * MIB) == b"more"
    assert stat(client, path, sha256=True)["sha256"] == hashlib.sha256(content + b"more").hexdigest()


# list and stat --------------------------------------------------------------------------------


def test_list_tells_types_sizes_modes_and_times_by_name(client, tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "file").chmod(0o640)
    os.utime(tmp_path / "file", ns=(0, 1_234_567_890_123_456_789))
    (tmp_path / "dir").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to("/nowhere")
    os.mkfifo(tmp_path / "pipe")
    reply = client.request("list", path=str(tmp_path))
    entries = {e["name"]: e for e in reply["entries"]}
    assert [e["name"] for e in reply["entries"]] == ["dir", "file", "link", "pipe"] and reply["more"] is False
    assert [e["type"] for e in reply["entries"]] == ["dir", "file", "link", "other"]
    assert entries["file"] == {"name": "file", "type": "file", "size": 3, "mode": 0o640,
                               "mtime": 1_234_567_890_123_456}
    assert entries["dir"]["mode"] == 0o755 and entries["link"]["size"] == len("/nowhere")
    assert stat(client, tmp_path / "file") == {k: v for k, v in entries["file"].items() if k != "name"}


def test_names_are_sorted_by_their_bytes_and_need_not_be_text(client, tmp_path):
    raw = [b"B", b"a", b"a b", b"\xc3\xa4", b"\xff\xfe"]
    for name in raw:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb"):
            pass
    assert names(client, tmp_path) == ["B", "a", "a b", "ä", b"\xff\xfe"]
    assert names(client, tmp_path, after=b"\xc3\xa4") == [b"\xff\xfe"]
    path = os.fsencode(tmp_path) + b"/\xff\xfe"
    client.request("put", b"x", path=path)
    assert client.request("get", path=path).body == b"x"
    client.request("remove", path=path)
    assert client.ask("get", path=path)["code"] == "not-found"


def test_list_goes_on_after_a_name(client, tmp_path):
    for i in range(25):
        (tmp_path / f"f{i:02}").touch()
    found, after = [], ""
    while True:
        reply = client.request("list", path=str(tmp_path), after=after, limit=10)
        found += [e["name"] for e in reply["entries"]]
        if not reply["more"]:
            break
        assert len(reply["entries"]) == 10
        after = found[-1]
    assert found == [f"f{i:02}" for i in range(25)]
    assert names(client, tmp_path, after="f24") == []
    assert client.request("list", path=str(tmp_path), limit=25)["more"] is False
    assert client.refusal("list", path=str(tmp_path), limit=0) == "bad-request"


def test_a_long_directory_comes_in_pages_that_fit_a_head(client, tmp_path):
    count = 12_000
    wanted = [f"{i:05}-" + "n" * 200 for i in range(count)]
    for name in wanted:
        (tmp_path / name).touch()
    found, after, pages = [], "", 0
    while True:
        id = client.send("list", path=str(tmp_path), after=after, limit=10**9)
        reply = client.reply(id)
        found += [e["name"] for e in reply["entries"]]
        pages += 1
        if not reply["more"]:
            break
        assert 1000 < len(reply["entries"]) <= 10_000
        after = found[-1]
    assert found == wanted and pages < 10
    assert len(names(client, tmp_path)) == 1000, "the default limit"


def test_stat_looks_at_links_themselves(client, tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("file")
    assert stat(client, tmp_path / "link", sha256=True)["type"] == "link"
    assert stat(client, tmp_path)["type"] == "dir"
    assert stat(client, "/dev/null")["type"] == "other"
    assert stat(client, ".", sha256=True)["type"] == "dir"
    full = stat(client, tmp_path / "file", sha256=True)
    assert full["sha256"] == hashlib.sha256(b"abc").hexdigest()
    assert "sha256" not in stat(client, tmp_path / "file")


# move and remove ------------------------------------------------------------------------------


def test_move_renames_and_replaces_files_only(client, tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir/inner").write_bytes(b"inner")
    (tmp_path / "empty").mkdir()
    client.request("move", path=str(tmp_path / "a"), to=str(tmp_path / "b"))
    assert not (tmp_path / "a").exists() and (tmp_path / "b").read_bytes() == b"a"
    for source, to in (("b", "empty"), ("dir", "empty"), ("dir", "b")):
        assert client.refusal("move", path=str(tmp_path / source), to=str(tmp_path / to)) == "exists"
    client.request("move", path=str(tmp_path / "dir/"), to=str(tmp_path / "empty/dir/"))
    assert (tmp_path / "empty/dir/inner").read_bytes() == b"inner"
    assert client.refusal("move", path=str(tmp_path / "empty"), to=str(tmp_path / "empty/dir/x")) == "bad-request"
    assert client.refusal("move", path=str(tmp_path / "b"), to=str(tmp_path / "no/b")) == "not-found"
    (tmp_path / "link").symlink_to("empty")
    client.request("move", path=str(tmp_path / "link"), to=str(tmp_path / "other"))
    assert os.readlink(tmp_path / "other") == "empty"


def test_move_between_file_systems_says_what_to_do_instead(client, tmp_path):
    if os.stat("/dev/shm").st_dev == tmp_path.stat().st_dev:
        pytest.skip("everything is one file system here")
    (tmp_path / "a").write_bytes(b"a")
    reply = client.ask("move", path=str(tmp_path / "a"), to=f"/dev/shm/quern-{os.getpid()}")
    assert reply["code"] == "io" and "file systems" in reply["message"]
    assert (tmp_path / "a").read_bytes() == b"a"


def test_remove_takes_files_links_and_empty_directories(client, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "dir").mkdir()
    (tmp_path / "link").symlink_to("dir")
    os.mkfifo(tmp_path / "fifo")
    for name in ("file", "link", "dir", "fifo"):
        client.request("remove", path=str(tmp_path / name))
    assert os.listdir(tmp_path) == []
    assert client.refusal("remove", path=str(tmp_path / "file")) == "not-found"


def test_remove_of_a_full_directory_needs_recursive_and_never_follows_links(client, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    tree = tmp_path / "tree"
    for i in range(30):
        (tree / f"d{i}/e").mkdir(parents=True)
        for j in range(60):
            (tree / f"d{i}/e/f{j}").touch()
    (tree / "link").symlink_to(outside)
    (tree / "d0/link").symlink_to(outside)
    assert client.refusal("remove", path=str(tree)) == "bad-request"
    client.request("remove", path=str(tree), recursive=True)
    assert not tree.exists() and (outside / "kept").exists()
    (tmp_path / "link").symlink_to(outside)
    client.request("remove", path=str(tmp_path / "link/"), recursive=True)
    assert (outside / "kept").exists() and not (tmp_path / "link").is_symlink()


def test_remove_reaches_the_bottom_of_the_deepest_tree(client, tmp_path):
    top = os.open(tmp_path, os.O_RDONLY)
    os.mkdir("deep", dir_fd=top)
    at = os.open("deep", os.O_RDONLY, dir_fd=top)
    for depth in range(2000):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    os.close(top)
    client.request("remove", path=str(tmp_path / "deep"), recursive=True)
    assert os.listdir(tmp_path) == []


def test_the_work_dir_and_what_holds_it_cannot_be_moved_or_removed(client, daemon):
    put(client, "precious", b"x")
    (daemon.dir / "way-in").symlink_to(daemon.work)
    for path in (".", "..", "/", "sub/..", str(daemon.work), str(daemon.dir), f"{daemon.work}/", "/tmp/..",
                 f"{daemon.dir}/way-in/.", "//"):
        assert client.refusal("remove", path=path, recursive=True) in ("denied", "not-found"), path
        assert client.refusal("move", path=path, to="/tmp/elsewhere") in ("denied", "not-found"), path
    assert (daemon.work / "precious").exists()
    client.request("remove", path="precious")
    (daemon.dir / "way-in").unlink()


# Order ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 48 * MIB])
def test_a_program_started_after_a_put_finds_the_file(client, tmp_path, size):
    path = tmp_path / "data"
    for i in range(3):
        client.send("put", b"%d" % i * size, path=str(path))
        record = client.sh(f"wc -c < {path}; head -c 1 {path}")
        assert record.stdout == b"%d\n%d" % (size, i)


def test_requests_of_one_connection_take_effect_in_the_order_sent(client, tmp_path):
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    sent = [client.send("put", b"1" * 8 * MIB, path=a), client.send("put", b"2", path=a),
            client.send("get", path=a), client.send("move", path=a, to=b), client.send("stat", path=a),
            client.send("list", path=str(tmp_path)), client.send("remove", path=b), client.send("get", path=b)]
    run = client.start_sh(f"ls {tmp_path}; echo 3 > {a}")
    status = client.request("status")
    replies = [client.reply(id) for id in sent]
    assert [r["ok"] for r in replies] == [True, True, True, True, False, True, True, False]
    assert replies[2].body == b"2" and [e["name"] for e in replies[5]["entries"]] == ["b"]
    assert run in [r["run"] for r in status["runs"]]
    order = [id for kind, id in client.order if kind == "re" and id in sent]
    assert order == sent
    assert client.collect(run).stdout == b""


def test_a_ping_and_an_interrupt_need_not_wait_for_files(own_daemon, tmp_path):
    client = own_daemon().client()
    run = client.start_sh("echo ready; exec sleep 100")
    client.wait_output(run, "ready")
    asked = client.send("stat", path=endless(tmp_path), sha256=True)
    behind = client.send("status")
    assert client.request("ping")["conn"]
    assert client.request("interrupt", run=run)["delivered"] is True
    assert client.collect(run).one("finished")["status"] == "interrupted"
    assert asked not in client.replies and behind not in client.replies
    client.close()


def test_another_client_is_served_while_one_waits_for_a_huge_file(own_daemon, tmp_path):
    daemon = own_daemon()
    slow, quick = daemon.client(), daemon.client()
    slow.send("stat", path=endless(tmp_path), sha256=True)
    for i in range(10):
        put(quick, tmp_path / "small", b"%d" % i)
        assert get(quick, tmp_path / "small") == b"%d" % i
    assert quick.sh("echo hello").stdout == b"hello\n"
    slow.close()
    quick.close()


def test_many_clients_work_on_files_at_once(connect, tmp_path, scale):
    clients = [connect() for _ in range(scale(8, 32))]
    content = [os.urandom(100_000 + i) for i in range(len(clients))]
    for round in range(5):
        sent = []
        for i, client in enumerate(clients):
            client.send("put", content[i], path=f"{tmp_path}/{i}/{round}")
            sent.append((client, i, client.send("get", path=f"{tmp_path}/{i}/{round}")))
        for client, i, id in sent:
            assert client.reply(id).body == content[i]
    for i, client in enumerate(clients):
        assert names(client, tmp_path / str(i)) == [str(r) for r in range(5)]


def test_what_waits_behind_files_is_bounded(own_daemon, tmp_path):
    client = own_daemon().client()
    client.send("stat", path=endless(tmp_path), sha256=True)
    body = bytes(60 * MIB)
    sent = [client.send("put", body, path=str(tmp_path / "a")) for _ in range(6)]
    client.until(lambda: any(id in client.replies for id in sent), "a refusal", 60)
    assert next(client.replies[id][0] for id in sent if id in client.replies)["code"] == "limit"
    assert client.request("ping")["conn"]
    client.close()


def test_what_was_asked_before_a_cut_is_done_all_the_same(daemon, connect, tmp_path):
    first, run = daemon.client(), str(uuid.uuid4())
    first.send("put", b"#" * 32 * MIB + b"\necho carried out\n", path=f"{tmp_path}/script")
    first.send("run", id=run, mode="batch", exec=f"sh {tmp_path}/script", lease_ms=0)
    first.request("ping")  # it has them all by now
    first.close()
    second = connect()
    second.started.append(run)
    eventually(lambda: second.status_of(run), "the run")
    assert second.request("wait", run=run)["finished"]["status"] == "ok"
    second.attach(run)
    assert second.collect(run).stdout == b"carried out\n"
