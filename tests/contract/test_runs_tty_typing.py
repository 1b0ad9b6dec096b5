# SPDX-License-Identifier: Apache-2.0
"""What is typed at a terminal: keys that are signals, job control, much at once, the end, passwords."""
import hashlib
import re
import shutil

import pytest

MIB = 1024 * 1024
PS1 = {"PS1": "READY> ", "HISTFILE": ""}


def start(client, script, **keys):
    return client.start(mode="tty", command=["/bin/sh", "-c", script], **keys)


class Shell:
    """An interactive bash without anybody's settings."""

    def __init__(self, client):
        self.client, self.prompts = client, 0
        self.run = client.start(mode="tty", command=["bash", "--norc", "--noprofile", "--noediting", "-i"], env=PS1)
        self.ready()

    def ready(self):
        self.prompts += 1
        self.client.until(lambda: self.client.stream(self.run).count(b"READY> ") >= self.prompts, "a prompt")

    def type(self, text):
        self.client.input(self.run, text)

    def tell(self, text):
        """What a command line prints."""
        at = len(self.client.stream(self.run))
        self.type(text + "\n")
        self.ready()
        return self.client.stream(self.run)[at:]

    def sees(self, pattern):
        self.client.until(lambda: re.search(pattern, self.client.stream(self.run)), f"{pattern!r}")

    def leave(self):
        self.type("exit\n")
        return self.client.collect(self.run)


def test_the_interrupt_key_ends_the_command_and_not_the_shell(client):
    shell = Shell(client)
    shell.type("sh -c 'echo at''work; exec sleep 600'\n")
    shell.sees(rb"atwork")
    shell.type(b"\x03")
    shell.ready()
    assert b"[130]" in shell.tell("echo [$?]")
    assert shell.leave().status == "ok"


def test_the_interrupt_op_is_that_key(client):
    shell = Shell(client)
    shell.type("sh -c 'echo at''work; exec sleep 600'\n")
    shell.sees(rb"atwork")
    assert client.request("interrupt", run=shell.run, grace_ms=0)["delivered"]
    shell.ready()
    assert b"[130]" in shell.tell("echo [$?]")
    assert shell.leave().status == "ok"


def test_a_job_is_stopped_brought_back_and_interrupted(client):
    shell = Shell(client)
    # Not by a shell that starts its commands by vfork: stopped within that, it waits for ever.
    shell.type("bash -c 'trap \"echo ba\"\"ck\" CONT; echo at\"\"work; while :; do sleep 0.05; done'\n")
    shell.sees(rb"atwork")
    shell.type(b"\x1a")
    shell.sees(rb"Stopped")
    shell.ready()
    assert b"Stopped" in shell.tell("jobs")
    shell.type("fg\n")
    shell.sees(rb"back")
    shell.type(b"\x03")
    shell.ready()
    assert b"[130]" in shell.tell("echo [$?]")
    shell.leave()


def test_a_job_in_the_background_is_ended_with_the_shell(client, tmp_path):
    shell = Shell(client)
    shell.tell(f"sh -c 'trap \"echo hung-up > {tmp_path}/left; exit\" HUP; echo up > {tmp_path}/up; while :; do sleep 0.05; done' &")
    shell.tell(f"until test -s {tmp_path}/up; do sleep 0.05; done")
    assert shell.leave().status == "ok"
    assert (tmp_path / "left").read_text() == "hung-up\n"


def test_an_interrupt_by_request_reaches_a_program_that_reads_nothing(client):
    run = start(client, "echo ready; exec sleep 600")
    client.wait_output(run, "ready")
    client.input(run, b"x\n" * 100_000)
    client.request("interrupt", run=run)
    record = client.collect(run)
    assert record.status == "interrupted" and b"^C" in record.stdout


def test_an_interrupt_that_the_program_minds_not_is_not_escalated(client):
    run = start(client, "trap 'echo caught' INT; echo ready; while :; do sleep 0.05; done")
    client.wait_output(run, "ready")
    client.request("interrupt", run=run, grace_ms=0)
    client.wait_output(run, "caught")
    client.request("interrupt", run=run, grace_ms=0)
    client.until(lambda: client.stream(run).count(b"caught") == 2, "the second")
    client.request("signal", run=run, signal="KILL")
    assert client.collect(run).status == "killed"


def test_a_megabyte_in_one_message_arrives_whole(client):
    typed = bytes(range(256)) * (MIB // 256)
    run = start(client, f"stty raw -echo; echo ready; head -c {MIB} | sha256sum")
    client.wait_output(run, "ready")
    client.input(run, typed)
    assert hashlib.sha256(typed).hexdigest().encode() in client.collect(run).stdout


def test_ten_megabytes_arrive_whole_at_a_client_that_reads(client):
    run = start(client, "stty raw; head -c 10485760 /dev/zero | tr '\\0' x")
    record = client.collect(run)
    assert record.stdout == b"x" * (10 * MIB) and not record.of("gap")


def test_the_end_of_input_ends_one_read_and_not_the_terminal(client):
    run = start(client, "cat; echo one; cat; echo two")
    client.input(run, "a\n", eof=True)
    client.wait_output(run, "one")
    client.input(run, "b\n", eof=True)
    record = client.collect(run)
    assert record.status == "ok" and record.stdout.count(b"a\r\n") == 2 and record.stdout.endswith(b"two\r\n")


def test_the_end_of_input_is_refused_where_the_program_takes_bytes_raw(client):
    run = start(client, "stty raw -echo; echo ready; head -c 1")
    client.wait_output(run, "ready")
    reply = client.ask("input", b"z", run=run, eof=True)
    assert reply["code"] == "unsupported" and "raw" in reply["message"]
    client.input(run, "k")
    assert client.collect(run).stdout.endswith(b"k")


def test_a_password_is_asked_for_with_its_question(client):
    run = start(client, "stty -echo; printf 'Password: '; read it; stty echo; echo; echo [$it]")
    asked = client.wait_event(run, "waiting-input")
    assert (asked["prompt"], asked["password"], asked["source"]) == ("Password: ", True, "terminal")
    assert client.request("wait", run=run, timeout_ms=0)["state"] == "waiting-input"
    client.input(run, "s3cret\n", prompt_id=asked["prompt_id"])
    record = client.collect(run)
    assert record.one("input-taken")["outcome"] == "answered" and b"[s3cret]" in record.stdout


def test_a_shell_that_reads_unseen_asks_for_a_password(client):
    shell = Shell(client)
    shell.type("read -s -p 'Key? ' it\n")
    asked = client.wait_event(shell.run, "waiting-input")
    assert (asked["prompt"], asked["password"], asked["source"]) == ("Key? ", True, "terminal")
    shell.type("k\n")
    shell.ready()
    assert b"[k]" in shell.tell("echo [$it]")
    assert len(shell.leave().of("waiting-input")) == 1


def test_a_password_that_nobody_gave_is_asked_for_no_more(client):
    run = start(client, "stty -echo; printf 'Password: '; sleep 0.3; stty echo; exec cat")
    client.wait_event(run, "waiting-input")
    assert client.wait_event(run, "input-taken")["outcome"] == "ended"
    client.input(run, eof=True)
    client.collect(run)


def test_a_terminal_that_shows_what_is_typed_asks_nothing(client):
    run = start(client, "printf 'Name: '; read it; stty raw -echo; printf drawn; sleep 0.5")
    client.wait_output(run, "Name: ")
    client.input(run, "Ada\n")
    assert not client.collect(run).of("waiting-input")


@pytest.mark.skipif(not shutil.which("vim", path="/usr/bin:/bin"), reason="no vim here")
def test_an_editor_asks_nothing(client, tmp_path):
    run = client.start(mode="tty", command=["vim", "-u", "NONE", str(tmp_path / "text")])
    client.wait_output(run, "text")
    client.input(run, "ihello")
    client.wait_output(run, "hello")
    client.input(run, "\x1b:wq\r")
    assert not client.collect(run).of("waiting-input")
    assert (tmp_path / "text").read_text() == "hello\n"


def test_two_clients_share_one_terminal(connect):
    first, second = connect(), connect()
    run = start(first, "read a; echo [$a]; read b; echo [$b]")
    first.wait_event(run, "started")
    second.attach(run)
    first.input(run, "one\n")
    second.wait_output(run, "[one]")
    second.input(run, "two\n")
    assert first.collect(run).stdout == second.collect(run).stdout == b"one\r\n[one]\r\ntwo\r\n[two]\r\n"


def test_who_comes_back_hears_what_it_missed(connect):
    first, second = connect(), connect()
    run = start(first, "echo before; read a; echo after")
    first.wait_output(run, "before")
    first.request("detach", run=run)
    second.attach(run)
    second.wait_output(run, "before")
    second.input(run, "\n")
    assert second.collect(run).stdout == b"before\r\n\r\nafter\r\n"
    first.attach(run)
    assert first.collect(run).stdout == b"before\r\n\r\nafter\r\n"


def test_what_nobody_takes_is_dropped_and_the_program_goes_on(own_daemon):
    client = own_daemon("--limit", "journal=4194304").client(acks=False)
    run = start(client, "stty raw; head -c 33554432 /dev/zero | tr '\\0' x; echo over", window=65536)
    reply = client.request("wait", run=run, timeout_ms=60000, timeout=90)
    assert reply["state"] == "finished" and reply["finished"]["bytes"]["stdout"] == 32 * MIB + 5
    tail = client.request("output", run=run, stream="stdout", length=5, **{"from": -5})
    assert tail.body == b"over\n"


def test_a_password_prompt_that_is_interrupted_is_over(client):
    run = start(client, "stty -echo; printf 'Password: '; read it")
    client.wait_event(run, "waiting-input")
    client.request("interrupt", run=run)
    record = client.collect(run)
    assert record.status == "interrupted" and record.one("input-taken")["outcome"] == "interrupted"


@pytest.mark.skipif(not shutil.which("python3", path="/usr/bin:/bin"), reason="no python3 here")
def test_the_password_functions_of_a_language_are_seen(client):
    code = "import getpass; print([getpass.getpass('First: '), getpass.getpass('Second: ')])"
    run = client.start(mode="tty", command=["/usr/bin/python3", "-c", code])
    for n, prompt in enumerate(("First: ", "Second: "), start=1):
        asked = client.wait_event(run, "waiting-input", n)
        assert (asked["prompt"], asked["password"]) == (prompt, True)
        client.input(run, f"s{n}\n", prompt_id=asked["prompt_id"])
    record = client.collect(run)
    assert b"['s1', 's2']" in record.stdout and len(record.of("waiting-input")) == 2


def test_keys_of_one_answer_ask_nothing_more(client):
    run = start(client, "stty -echo; printf 'Password: '; read it; stty echo; echo [$it]")
    client.wait_event(run, "waiting-input")
    for key in "secret\n":
        client.input(run, key)
    record = client.collect(run)
    assert b"[secret]" in record.stdout and len(record.of("waiting-input")) == 1
