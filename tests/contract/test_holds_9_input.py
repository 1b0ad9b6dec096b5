# SPDX-License-Identifier: Apache-2.0
"""Statement 9: at most one prompt is open a run, each closed by exactly one `input-taken`; input goes to its run
alone, is kept before a prompt, refused behind one, and discarded at the end."""
import pytest

from cases import both_modes, each_language

pytestmark = pytest.mark.conformance

MIB = 1024 * 1024


@both_modes
@each_language("ask")
def test_a_dialogue_of_prompts_and_answers_and_eof(client, lang, mode):
    run, case = lang.start(client, "ask", mode), lang.case("ask", mode)
    for n, text in enumerate(["Ada\n", "36\n", None], start=1):
        asked = client.wait_event(run, "waiting-input", n)
        assert asked["source"] in case["sources"]
        if "prompts" in case:
            assert asked["prompt"] == case["prompts"][n - 1] and asked["password"] is False
        client.input(run, text or b"", eof=text is None, prompt_id=asked["prompt_id"])
        taken = client.wait_event(run, "input-taken", n)
        assert (taken["prompt_id"], taken["outcome"]) == (asked["prompt_id"], "eof" if text is None else "answered")
    record = client.collect(run)
    assert record.status == "ok" and b"[Ada|36]" in record.stdout and b"[eof]" in record.stdout
    order = [name for name in record.names() if name in ("waiting-input", "input-taken")]
    assert order == ["waiting-input", "input-taken"] * 3


@both_modes
@each_language("ask")
def test_input_before_a_prompt_is_kept_for_it(client, lang, mode):
    run = lang.start(client, "ask", mode)
    client.input(run, "Ada\n36\n", eof=True)
    record = client.collect(run)
    assert b"[Ada|36]" in record.stdout and b"[eof]" in record.stdout and record.status == "ok"


@each_language("ask", "gate")
def test_input_for_a_queued_query_waits_for_it(client, lang, fifo):
    first = lang.start(client, "gate", words={"path": fifo})
    client.wait_output(first, "ready\n")
    second = lang.start(client, "ask")
    client.input(second, "Ada\n36\n", eof=True)
    fifo.write_text("go")
    assert client.collect(first).status == "ok"
    assert b"[Ada|36]" in client.collect(second).stdout


@each_language("ask_once")
def test_input_for_a_closed_prompt_is_not_found(client, lang):
    run = lang.start(client, "ask")
    first = client.wait_event(run, "waiting-input")
    client.input(run, "Ada\n", prompt_id=first["prompt_id"])
    client.wait_event(run, "waiting-input", 2)
    assert client.refusal("input", b"Eve\n", run=run, eof=False, prompt_id=first["prompt_id"]) == "not-found"
    client.input(run, "36\n", eof=True)
    assert b"[Ada|36]" in client.collect(run).stdout


@each_language("ask_once")
def test_of_two_answers_to_one_prompt_one_is_taken(connect, lang):
    one, two = connect(), connect()
    run = lang.start(one, "ask_once")
    prompt = one.wait_event(run, "waiting-input")["prompt_id"]
    replies = [one.send("input", b"one\n", run=run, eof=False, prompt_id=prompt),
               two.send("input", b"two\n", run=run, eof=False, prompt_id=prompt)]
    answers = [one.reply(replies[0]), two.reply(replies[1])]
    assert sorted(answer["ok"] for answer in answers) == [False, True]
    assert [answer["code"] for answer in answers if not answer["ok"]] == ["not-found"]
    assert one.collect(run).stdout.strip().endswith((b"[one]", b"[two]"))


@each_language("ask_once")
def test_a_prompt_that_is_open_when_the_program_is_killed_is_closed_first(client, lang):
    run = lang.start(client, "ask_once")
    client.wait_event(run, "waiting-input")
    client.request("signal", run=run, signal="KILL")
    record = client.collect(run)
    assert record.one("input-taken")["outcome"] in ("ended", "interrupted") and record.status == "killed"


def test_a_program_that_sleeps_is_not_said_to_wait_for_input(client):
    assert not client.sh("sleep 0.5; cat < /dev/null; sleep 0.2").of("waiting-input")


@each_language("password")
def test_a_password_is_asked_as_one(client, lang):
    run = lang.start(client, "password")
    asked = client.wait_event(run, "waiting-input")
    assert asked["password"] is True and asked["prompt"] == lang.case("password")["prompt"] and asked["source"] == "asked"
    client.input(run, "hunter2\n", prompt_id=asked["prompt_id"])
    record = client.collect(run)
    assert b"[7]" in record.stdout and b"hunter2" not in record.stdout + record.stderr


@each_language("read_all", "read_line")
def test_eof_ends_this_querys_input_only(client, lang):
    run = lang.start(client, "read_all")
    client.input(run, "12345", eof=True)
    assert client.collect(run).stdout.strip() == b"5"
    run = lang.start(client, "read_line")
    client.input(run, "afresh\n")
    assert client.collect(run).stdout.endswith(b"[afresh]\n")


@each_language("read_line", "hello")
def test_what_is_unread_at_the_end_is_discarded(client, lang):
    run = lang.start(client, "read_line")
    client.input(run, "read\nunread\nunread too\n" + "x" * 100000 + "\n")
    assert client.collect(run).stdout.endswith(b"[read]\n")
    again = lang.start(client, "read_line")
    client.input(again, "mine\n")
    assert client.collect(again).stdout.endswith(b"[mine]\n")


@each_language("hello", "read_line")
def test_input_for_a_query_that_reads_nothing_does_not_reach_the_next(client, lang):
    run = lang.start(client, "hello")
    client.ask("input", b"not for you\n", run=run, eof=False)
    client.collect(run)
    again = lang.start(client, "read_line")
    client.input(again, "mine\n")
    assert client.collect(again).stdout.endswith(b"[mine]\n")


@each_language("hello")
def test_input_after_the_end_of_a_query_is_not_found(client, lang):
    run = lang.run(client, "hello").run
    assert client.refusal("input", b"x", run=run, eof=False) == "not-found"


@each_language("sleep")
def test_input_for_a_query_without_an_input_is_unsupported(client, lang):
    run = lang.start(client, "sleep", stdin="none")
    client.wait_output(run, "ready\n")
    assert client.refusal("input", b"x", run=run, eof=False) == "unsupported"
    client.request("interrupt", run=run)
    client.collect(run)


def test_unread_input_beyond_its_limit_is_refused_and_not_taken(own_daemon, fifo):
    client = own_daemon("--limit", f"input={MIB}").client()
    run = client.start_sh(f"cat '{fifo}' > /dev/null; wc -c")
    client.wait_event(run, "started")
    taken, refusal = 0, None
    while refusal is None and taken < 4 * MIB:
        reply = client.ask("input", b"x" * 100000, run=run, eof=False)
        if reply["ok"]:
            taken += 100000
        else:
            refusal = reply["code"]
    assert refusal == "limit" and MIB - 100000 <= taken <= MIB + 200000
    fifo.write_text("go")
    client.input(run, eof=True)
    assert int(client.collect(run).stdout) == taken


@each_language("ask", "ask_once")
def test_two_queries_at_once_each_have_their_own_input(client, lang):
    one = lang.start(client, "ask")
    two = lang.start(client, "ask", ctx=client.ctx + "-two")
    for run in (one, two):
        client.wait_event(run, "waiting-input")
    client.input(two, "Eve\n2\n", eof=True)
    client.input(one, "Ada\n1\n", eof=True)
    assert b"[Ada|1]" in client.collect(one).stdout and b"[Eve|2]" in client.collect(two).stdout
