# SPDX-License-Identifier: Apache-2.0
"""run: what is taken, what is refused, and what a name means."""
import uuid

import pytest

from cases import LANGUAGES, both_modes, each_language
from record import accepted, finished, out, started


def test_a_run_is_named_by_its_request(client):
    name = f"my run {uuid.uuid4()}"
    assert client.sh("echo hi", id=name).tale() == [accepted(), started("exec"), out("hi\n"), finished()]


def test_an_unknown_language_is_refused(client):
    assert client.refusal("run", b"1", mode="query", lang="klingon") == "unknown-language"
    assert client.refusal("run", b"1", mode="batch", lang="klingon") == "unknown-language"


@pytest.mark.parametrize("lang", ["", "../python", "py thon", "Python\0", "x" * 5000], ids=ascii)
def test_a_strange_name_of_a_language_is_refused(client, lang):
    assert client.refusal("run", b"1", mode="query", lang=lang) in ("unknown-language", "bad-request")


@pytest.mark.parametrize("mode", ["", "Query", "service", "x" * 5000], ids=ascii)
def test_an_unknown_mode_is_refused(client, mode):
    assert client.refusal("run", b"1", mode=mode, lang=LANGUAGES[0].name) in ("bad-request", "unsupported")


def test_a_run_without_a_language_needs_its_commands(client):
    assert client.refusal("run", b"1", mode="query") == "bad-request"
    assert client.refusal("run", b"1", mode="batch") == "bad-request"
    assert client.refusal("run", b"1", mode="batch", exec="*") == "bad-request"
    assert client.refusal("run", b"1", mode="batch", exec="true", build="*") == "bad-request"


@pytest.mark.parametrize("code", [b"\xff", b"a\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\0", b"a\0b", b"1\n\xf8\x88\x80\x80\x80"],
                         ids=lambda code: code.hex())
@each_language("hello")
def test_query_code_that_is_no_utf8_or_holds_a_nul_is_refused(client, lang, code):
    assert client.refusal("run", code, mode="query", lang=lang.name, ctx=client.ctx) == "bad-request"
    client.used.add((lang.name, client.ctx))
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("hello")
def test_a_run_meant_for_another_boot_is_not_run(client, lang):
    assert client.refusal("run", mode="batch", exec="true", boot=str(uuid.uuid4())) == "not-found"
    boot = client.request("ping")["boot"]
    assert client.sh("true", boot=boot).status == "ok"
    assert lang.run(client, "hello", boot=boot).status == "ok"


def test_the_same_request_again_is_told_to_be_the_same(client):
    run = client.start_sh("echo hi; read x")
    client.wait_output(run, "hi\n")
    reply = client.ask("run", id=run, mode="batch", exec="echo hi; read x")
    client.replies.pop(run)
    client.send("run", id=run, mode="batch", exec="echo hi; read x")
    reply = client.reply(run)
    assert (reply["ok"], reply["code"], reply["same"]) == (False, "exists", True)
    assert reply["state"] in ("running", "waiting-input")
    client.input(run, eof=True)
    assert client.collect(run).stdout == b"hi\n"


@pytest.mark.parametrize("body, keys", [
    (b"", {"exec": "echo other"}), (b"other", {"exec": "echo hi"}), (b"", {"exec": "echo hi", "env": {"A": "1"}}),
    (b"", {"exec": ["echo", "hi"]}),
], ids=str)
def test_another_request_under_the_name_of_a_run_is_told_to_be_another(client, body, keys):
    run = client.sh("echo hi").run
    client.replies.pop(run)
    client.send("run", body, id=run, mode="batch", **keys)
    reply = client.reply(run)
    assert (reply["ok"], reply["code"], reply["same"], reply["state"]) == (False, "exists", False, "finished")


def test_a_name_is_shared_by_all_clients(connect):
    first, second = connect(), connect()
    run = first.sh("echo hi").run
    second.send("run", id=run, mode="batch", exec="echo hi")
    reply = second.reply(run)
    assert (reply["ok"], reply["code"], reply["same"]) == (False, "exists", True)


def test_a_name_never_serves_twice_in_one_boot(client):
    run = client.sh("echo hi").run
    client.request("forget", run=run)
    client.replies.pop(run)
    client.send("run", id=run, mode="batch", exec="echo hi")
    assert client.reply(run)["code"] == "exists"


def test_a_refused_run_leaves_no_trace(client):
    id = str(uuid.uuid4())
    client.send("run", b"1", id=id, mode="query", lang="klingon")
    assert client.reply(id)["code"] == "unknown-language"
    assert client.refusal("attach", run=id) == "unknown-run"
    assert client.status_of(id) is None


@pytest.mark.parametrize("files, contents", [
    ([{"path": "a", "size": 10}], [b"short"]), ([{"path": "a", "size": 2}, {"path": "b", "size": 9}], [b"12", b"1234"]),
    ([{"path": "a", "size": -1}], [b""]), ([{"path": "", "size": 0}], [b""]), ([{"path": "a\0b", "size": 0}], [b""]),
    ([{"path": "a", "size": 2**63}], [b"x"]), ([{"path": "a", "size": 2**64 - 1}, {"path": "b", "size": 2}], [b"x"]),
], ids=str)
def test_files_that_do_not_fit_the_body_are_refused(client, files, contents):
    assert client.refusal("run", b"".join(contents), mode="batch", exec="true", files=files) == "bad-request"


@pytest.mark.parametrize("keys", [
    {"window": 1}, {"window": -1}, {"window": 2**40}, {"keep_ms": -1}, {"limits": {"wall_ms": -1}},
    {"exec": []}, {"env": {"A=B": "1"}}, {"env": {"": "1"}}, {"env": {"A": "x\0y"}}, {"exec": ["echo", "a\0b"]},
    {"exec": "echo \0"}, {"cwd": "a\0b"},
], ids=str)
def test_values_that_no_program_could_be_given_are_refused(client, keys):
    reply = client.ask("run", **{"mode": "batch", "exec": "true", **keys})
    assert not reply["ok"] and reply["code"] in ("bad-request", "limit"), reply


def test_a_working_directory_that_is_not_there_is_told(client):
    reply = client.ask("run", mode="batch", exec="true", cwd="no/such/place", id="cwd-" + client.ctx[:40])
    if reply["ok"]:
        record = client.collect(reply["run"])
        assert record.status == "error" and "no/such/place" in record.one("error")["message"]
    else:
        assert reply["code"] in ("not-found", "io", "bad-request") and "no/such/place" in reply["message"]


def test_runs_beyond_the_limit_queue_and_beyond_the_queue_are_refused(own_daemon):
    client = own_daemon("--limit", "runs=2", "--limit", "queue=3").client()
    running = [client.start_sh("read x; echo $x") for _ in range(2)]
    for run in running:
        client.wait_event(run, "started")
    queued = [client.start_sh("echo queued") for _ in range(3)]
    assert [client.wait_event(run, "accepted")["queued"] for run in queued] == [0, 1, 2]
    assert client.refusal("run", mode="batch", exec="true") == "limit"
    assert client.request("wait", run=queued[0], timeout_ms=0)["state"] == "queued"
    for run in running:
        client.input(run, "go\n")
        assert client.collect(run).stdout == b"go\n"
    for run in queued:
        assert client.collect(run).stdout == b"queued\n"


def test_batch_runs_run_side_by_side(client):
    runs = [client.start_sh("echo ready; read x; echo $x") for _ in range(8)]
    for run in runs:
        client.wait_output(run, "ready\n")
    for n, run in enumerate(reversed(runs)):
        client.input(run, f"{n}\n")
        assert client.collect(run).stdout == b"ready\n%d\n" % n


@each_language("gate", "hello")
def test_queries_of_one_context_run_one_at_a_time_in_their_order(client, lang, fifo):
    first = lang.start(client, "gate", words={"path": fifo})
    others = [lang.start(client, "hello") for _ in range(3)]
    client.wait_output(first, "ready\n")
    assert [client.wait_event(run, "accepted")["queued"] for run in others] == [1, 2, 3]
    client.barrier()
    assert not any(client.counts[run, "started"] for run in others)
    fifo.write_text("go")
    for run in [first, *others]:
        assert client.collect(run).status == "ok"
    ends = [run for run, ev in client.order if ev == "finished"]
    assert ends == [first, *others]


@each_language("gate", "hello")
def test_queries_of_two_contexts_run_side_by_side(client, lang, fifo):
    waiting = lang.start(client, "gate", words={"path": fifo})
    client.wait_output(waiting, "ready\n")
    assert lang.run(client, "hello", ctx=client.ctx + "-b").stdout == lang.stdout("hello")
    fifo.write_text("go")
    assert client.collect(waiting).status == "ok"


@both_modes
@each_language("hello")
def test_hello(client, lang, mode):
    more, phase = ({"context": "kept"}, None) if mode == "query" else ({}, "exec")
    assert lang.run(client, "hello", mode).tale() == [
        accepted(), started(phase), ("stdout", {}, lang.stdout("hello", mode)), finished(**more)]
