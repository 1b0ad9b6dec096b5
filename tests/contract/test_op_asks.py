# SPDX-License-Identifier: Apache-2.0
"""complete, inspect, check: what is asked of code without running it."""
import os
import signal
import textwrap
import time
from pathlib import Path

import pytest

from cases import LANGUAGES, each_language
from client import PATIENCE
from daemon import eventually

pytestmark = pytest.mark.conformance

ASKS = ("complete", "inspect", "check")
each_ask = pytest.mark.parametrize("op", ASKS)


def keys_of(op, code, lang, ctx):
    keys = {"lang": getattr(lang, "name", lang), "ctx": ctx}
    return keys if op == "check" else {**keys, "cursor": len(code.encode())}


def send(client, op, code, lang, ctx=None):
    return client.send(op, code.encode(), **keys_of(op, code, lang, ctx or client.ctx))


def ask(client, op, code, lang, ctx=None):
    return client.reply(send(client, op, code, lang, ctx))


def told(client, op, code, lang, ctx=None):
    """The answer; who is told to ask again later, on a machine that is busy, does so."""
    deadline = time.monotonic() + PATIENCE
    while (reply := ask(client, op, code, lang, ctx)).get("code") == "busy" and time.monotonic() < deadline:
        pass
    assert reply["ok"], reply
    return reply


def texts(reply):
    return [match["text"] for match in reply["matches"]]


def context(client, lang):
    return next((c for c in client.request("status")["contexts"] if (c["lang"], c["ctx"]) == (lang.name, client.ctx)), None)


def test_the_daemon_says_that_it_can_be_asked(client):
    assert {*ASKS, "merge"} <= set(client.request("hello", protocol=1)["features"])


# Without a context ---------------------------------------------------------------------------

@each_language("complete_known")
def test_complete_without_a_context_tells_what_the_language_knows(client, lang):
    case = lang.case("complete_known")
    reply = told(client, "complete", case["code"], lang)
    assert case["match"] in texts(reply) and reply["fresh"] is True
    assert (reply["start"], reply["end"]) == (0, len(case["code"])) and context(client, lang) is None


@each_language("inspect_known")
def test_inspect_without_a_context_tells_what_the_language_knows(client, lang):
    reply = told(client, "inspect", lang.code("inspect_known"), lang)
    assert reply["found"] and lang.case("inspect_known")["has"] in reply["data"]["text/plain"]
    assert reply["fresh"] is True and context(client, lang) is None


@each_language("inspect_known")
def test_what_is_nowhere_is_not_found(client, lang):
    reply = told(client, "inspect", "no_such_name_anywhere", lang)
    assert (reply["found"], reply["data"]) == (False, {})


@each_language("check_complete", "check_incomplete", "check_invalid")
@pytest.mark.parametrize("state", ["complete", "incomplete", "invalid"])
def test_check_without_a_context_says_whether_the_code_is_whole(client, lang, state):
    case = lang.case(f"check_{state}")
    reply = told(client, "check", case["code"], lang)
    assert (reply["state"], reply["indent"]) == (state, case.get("indent", ""))
    assert context(client, lang) is None


@each_language("check_complete")
def test_no_code_is_complete(client, lang):
    assert told(client, "check", "", lang)["state"] == "complete"


# With one ------------------------------------------------------------------------------------

@each_language("complete_own")
def test_complete_knows_the_names_of_its_context_and_of_no_other(client, lang):
    case = lang.case("complete_own")
    lang.run(client, "complete_own", ctx=client.ctx)
    reply = told(client, "complete", case["ask"], lang)
    assert case["match"] in texts(reply) and "fresh" not in reply
    start = case["ask"].encode()[reply["start"]:reply["end"]]
    assert reply["end"] == len(case["ask"]) and case["match"].encode().startswith(start)
    assert case["match"] not in texts(told(client, "complete", case["ask"], lang, "never-made"))


@each_language("inspect_own")
def test_inspect_knows_the_names_of_its_context(client, lang):
    case = lang.case("inspect_own")
    lang.run(client, "inspect_own")
    reply = told(client, "inspect", case["ask"], lang)
    assert case["has"] in reply["data"]["text/plain"] and "fresh" not in reply


@each_language("check_incomplete", "state1")
def test_check_is_answered_by_an_idle_context(client, lang):
    lang.run(client, "state1")
    reply = told(client, "check", lang.code("check_incomplete"), lang)
    assert reply["state"] == "incomplete"


@each_language("state1", "state2", "state3", "complete_known", "check_invalid", "inspect_known")
def test_questions_between_runs_change_nothing(client, lang):
    for key in ("state1", "state2"):
        run = lang.start(client, key)
        asked = [send(client, op, lang.code(f"{op}_known" if op != "check" else "check_invalid"), lang) for op in ASKS]
        assert client.collect(run).tale()[-1][1]["status"] == "ok"
        for id in asked:
            reply = client.reply(id)
            assert reply["ok"] or reply["code"] == "busy"
    record = lang.run(client, "state3")
    assert record.stdout == lang.stdout("state3")


@each_language("hello", "gate", "complete_known")
def test_questions_count_as_no_runs(client, lang, fifo):
    lang.run(client, "hello")
    asked = [send(client, "complete", lang.code("complete_known"), lang) for _ in range(20)]
    runs = [lang.start(client, "gate", words={"path": fifo}), *(lang.start(client, "hello") for _ in range(2))]
    assert [client.wait_event(run, "accepted")["queued"] for run in runs] == [0, 1, 2]
    client.wait_output(runs[0], "ready\n")
    fifo.write_text("go\n")
    assert client.collect(runs[0]).stdout == lang.stdout("gate")
    for run in runs[1:]:
        assert client.collect(run).stdout == lang.stdout("hello")
    assert all(client.reply(id)["ok"] or client.reply(id)["code"] == "busy" for id in asked)


# With one that is at work --------------------------------------------------------------------

@each_language("gate", "check_incomplete", "complete_known", "complete_own", "inspect_own")
def test_a_busy_context_is_answered_for_where_that_can_be(client, lang, fifo):
    lang.run(client, "complete_own")
    lang.run(client, "inspect_own")
    run = lang.start(client, "gate", words={"path": fifo})
    client.wait_output(run, "ready\n")
    reply = told(client, "check", lang.code("check_incomplete"), lang)
    assert (reply["state"], reply["fresh"]) == ("incomplete", True)
    reply = told(client, "complete", lang.code("complete_known"), lang)
    assert lang.case("complete_known")["match"] in texts(reply) and reply["fresh"] is True
    reply = ask(client, "complete", lang.case("complete_own")["ask"], lang)
    assert reply.get("code") == "busy" or lang.case("complete_own")["match"] not in texts(reply)
    assert ask(client, "inspect", lang.case("inspect_own")["ask"], lang).get("code") == "busy"
    assert not client.counts[run, "finished"]
    fifo.write_text("go\n")
    assert client.collect(run).stdout == lang.stdout("gate")


@each_language("sleep", "check_complete")
def test_a_run_is_interrupted_while_questions_wait_for_it(client, lang):
    run = lang.start(client, "sleep")
    client.wait_output(run, "ready\n")
    asked = [send(client, op, lang.code("check_complete"), lang) for op in ASKS]
    client.request("interrupt", run=run)
    assert client.collect(run).status == "interrupted"
    assert all(client.reply(id)["ok"] or client.reply(id)["code"] == "busy" for id in asked)


# An interpreter that does not come back ------------------------------------------------------

def stuck(client, lang):
    """A context whose interpreter is asked and cannot answer: (its pid, the question's id)."""
    pid = lang.run(client, "state1").one("started")["pid"]
    os.kill(pid, signal.SIGSTOP)
    # Each thread stops when it comes to it.
    stats = [path / "stat" for path in Path(f"/proc/{pid}/task").iterdir()]
    eventually(lambda: all(stat.read_text().rpartition(")")[2].split()[0] == "T" for stat in stats), "all of it stopped")
    id = send(client, "complete", lang.code("complete_known"), lang)
    eventually(lambda: context(client, lang)["state"] == "busy", "the question put")
    return pid, id


@each_language("state1", "hello", "complete_known")
def test_an_interpreter_that_dies_of_a_question_loses_its_context_and_says_so(client, lang):
    pid, id = stuck(client, lang)
    gen = context(client, lang)["gen"]
    queued = lang.start(client, "hello")
    os.kill(pid, signal.SIGKILL)
    reply = client.reply(id)
    assert reply["code"] == "internal" and "signal 9" in reply["message"]
    assert client.collect(queued).status == "aborted"
    client.until(lambda: any(e["state"] == "lost" and e["gen"] == gen for e in client.contexts), "the lost event")
    assert lang.run(client, "hello").stdout == lang.stdout("hello") and context(client, lang)["gen"] > gen


@each_language("state1", "complete_known")
@pytest.mark.parametrize("op", ["close", "reset"])
def test_a_context_is_ended_under_a_question(client, lang, op):
    _, id = stuck(client, lang)
    assert client.request(op, lang=lang.name, ctx=client.ctx)["gen"] >= 1
    reply = client.reply(id)
    assert reply["code"] == "busy" and "by request" in reply["message"]


@each_language("state1", "hello", "complete_known")
def test_a_run_that_waits_for_a_question_can_be_interrupted(client, lang):
    pid, id = stuck(client, lang)
    run = lang.start(client, "hello")
    client.request("interrupt", run=run)
    assert client.collect(run).status == "aborted"
    os.kill(pid, signal.SIGCONT)
    reply = client.reply(id)
    assert reply["ok"] or reply["code"] == "busy"
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("state1", "hello", "complete_known")
def test_a_client_that_leaves_with_its_question_hurts_nobody(connect, lang):
    client, other = connect(), connect()
    pid, _ = stuck(client, lang)
    client.close()
    run = lang.start(other, "hello", ctx=client.ctx)
    os.kill(pid, signal.SIGCONT)
    assert other.collect(run).stdout == lang.stdout("hello")
    client.__init__(client.endpoint)  # so that the fixture's farewell finds a socket


@each_language("state1", "complete_known")
def test_a_daemon_that_ends_answers_what_it_was_asked(own_daemon, lang):
    client = own_daemon().client()
    _, id = stuck(client, lang)
    client.request("shutdown", grace_ms=0)
    assert client.reply(id)["code"] == "closing"


# Refusals ------------------------------------------------------------------------------------

@each_ask
def test_questions_of_an_unknown_language_are_refused(client, op):
    assert ask(client, op, "x", "klingon")["code"] == "unknown-language"


@each_ask
@pytest.mark.parametrize("code", [b"\xff", b"a\xc3", b"a\0b"], ids=lambda code: code.hex())
def test_code_in_question_that_is_no_text_is_refused(client, op, code):
    keys = {} if op == "check" else {"cursor": 0}
    assert client.refusal(op, code, lang=LANGUAGES[0].name, **keys) == "bad-request"


@pytest.mark.parametrize("cursor", [-1, 3, 2**63, "1", None], ids=str)
@pytest.mark.parametrize("op", ["complete", "inspect"])
def test_a_cursor_beyond_the_code_is_refused(client, op, cursor):
    assert client.refusal(op, b"ab", lang=LANGUAGES[0].name, cursor=cursor) == "bad-request"


def test_a_detail_that_there_is_not_is_refused(client):
    assert client.refusal("inspect", b"ab", lang=LANGUAGES[0].name, cursor=0, detail=2) == "bad-request"


# Workers that do not keep their contract -----------------------------------------------------

WORKER = r"""
import os, sys, time
requests, replies = open(3, "rb", buffering=0), open(4, "wb", buffering=0)
def say(line, body=b""):
    replies.write(line.encode() + b"\n" + body)
say("ready version=1")
while line := requests.readline():
    kind, *words = line.decode().split()
    size = sum(int(word.rpartition(":")[2]) for word in words if ":" in word)
    code = requests.read(size).decode() if size else ""
    if code == "die":
        os._exit(3)
    elif code == "hang":
        time.sleep(1000)
    elif code == "rubbish":
        say("what is this")
    elif kind == "run":
        os.write(1, code.encode())
    elif code:
        exec(code)
    say("done status=ok")
"""


@pytest.fixture
def toy(own_daemon, tmp_path):
    """A client of a daemon whose only languages have a worker that does what the test says."""
    folder = tmp_path / "langs" / "toy"
    folder.mkdir(parents=True)
    (folder / "worker.py").write_text(WORKER)
    (folder / "adapter.toml").write_text(textwrap.dedent('''
        name = "toy"
        [query]
        worker = ["python3", "{dir}/worker.py"]
        [query.can]
        complete = true
        inspect = true
        check = true
    '''))
    for name, query in (("plain", '[query]\nworker = ["python3", "{dir}/../toy/worker.py"]\n'),
                        ("broken", '[query]\nworker = ["/no/such/worker"]\n[query.can]\ncheck = true\n'
                                   'complete = true\ninspect = true\n'),
                        ("program", '[[batch.exec]]\nrun = ["cat", "{main}"]\n')):
        (tmp_path / "langs" / name).mkdir()
        (tmp_path / "langs" / name / "adapter.toml").write_text(f'name = "{name}"\n{query}')
    return own_daemon(langs=tmp_path / "langs").client()


RUBBISH = [
    ("complete", "pass"), ("complete", "say('matches start=0 end=1')"), ("complete", "say('matches items:0')"),
    ("complete", "say('matches start=2 end=1 items:0')"), ("complete", "say('matches start=0 end=9999 items:0')"),
    ("complete", "say('matches start=-1 end=1 items:0')"), ("complete", "say('matches start=x end=1 items:0')"),
    ("complete", "say('matches start=0 end=1 items:2', b'\\tx')"), ("complete", "say('checked state=complete indent:0')"),
    ("inspect", "say('found')"), ("inspect", "say('found plain:1', b'x')"),
    ("inspect", "say('error message:4', b'oops')"),
    ("check", "pass"), ("check", "say('checked indent:0')"), ("check", "say('checked state=perhaps indent:0')"),
    ("check", "say('checked state=incomplete indent:5000', b' ' * 5000)"), ("check", "say('matches start=0 end=0 items:0')"),
]


@pytest.mark.parametrize("op, code", RUBBISH, ids=str)
def test_an_answer_that_cannot_be_used_is_internal_and_keeps_the_context(toy, op, code):
    toy.query("toy", "hi")
    reply = ask(toy, op, code, "toy")
    assert reply["code"] == "internal" and f"`{op}`" in reply["message"]
    assert toy.query("toy", "hi").stdout == b"hi" and toy.contexts[-1]["state"] == "ready"


@each_ask
@pytest.mark.parametrize("code", ["rubbish", "die"])
def test_an_interpreter_lost_over_a_question_is_internal(toy, op, code):
    toy.query("toy", "hi")
    assert ask(toy, op, code, "toy")["code"] == "internal"
    toy.until(lambda: any(e["state"] == "lost" for e in toy.contexts), "the lost event")
    assert toy.query("toy", "hi").stdout == b"hi"
    assert ask(toy, op, code, "toy", "none-such")["code"] == "internal"  # no context is lost of it
    assert ask(toy, op, "say('checked state=invalid indent:0'); say('found a/b:1', b'x'); "
                        "say('matches start=0 end=0 items:0')", "toy", "none-such")["ok"]


def test_what_a_worker_finds_comes_as_it_is_and_in_bounds(toy):
    reply = ask(toy, "complete", r"say('matches start=1 end=2 items:11', b'a\tb\nc d\n\xff\te')", "toy")
    assert (reply["start"], reply["end"], reply["fresh"]) == (1, 2, True)
    assert reply["matches"] == [{"text": "a", "type": "b"}, {"text": "c d"}, {"text": "\ufffd", "type": "e"}]
    many = "body = b'\\n'.join(b'name%d' % n for n in range(100000)); say(f'matches start=0 end=0 items:{len(body)}', body)"
    reply = ask(toy, "complete", many, "toy")
    assert reply["more"] is True and texts(reply)[:2] == ["name0", "name1"] and len(reply["matches"]) > 1000
    long = "say('found text/plain:5000000', b'\\xff' * 5000000)"
    assert ask(toy, "inspect", long, "toy")["data"]["text/plain"].endswith("…")


@each_ask
def test_a_language_that_cannot_says_so(toy, op):
    assert ask(toy, op, "x", "plain")["code"] == "unsupported"
    assert ask(toy, op, "x", "program")["code"] == "unsupported"


@each_ask
def test_a_worker_that_cannot_be_started_is_io(toy, op):
    reply = ask(toy, op, "x", "broken")
    assert reply["code"] == "io" and "/no/such/worker" in reply["message"]


def test_no_answer_in_time_is_busy_and_too_many_questions_are_a_limit(toy):
    asked = [send(toy, "check", "hang", "toy") for _ in range(256)]
    assert ask(toy, "check", "hang", "toy")["code"] == "limit"
    assert toy.query("toy", "hi").stdout == b"hi"  # a context is none of theirs
    for id in asked:
        assert toy.reply(id)["code"] == "busy"
