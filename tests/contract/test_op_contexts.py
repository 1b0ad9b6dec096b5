# SPDX-License-Identifier: Apache-2.0
"""open, reset, close: the life of a context, and the context events that tell of it."""
from cases import each_language
from daemon import LANGS, alive, eventually, marked


def generation(client, lang):
    return next((c["gen"] for c in client.request("status")["contexts"]
                 if (c["lang"], c["ctx"]) == (lang.name, client.ctx)), None)


def open_context(client, lang, **keys):
    client.used.add((lang.name, client.ctx))
    return client.request("open", lang=lang.name, ctx=client.ctx, **keys)


def test_contexts_of_an_unknown_language_are_refused(client):
    for op in ("open", "reset", "close"):
        assert client.refusal(op, lang="klingon", ctx="main") == "unknown-language"


@each_language("hello")
def test_reset_and_close_of_a_context_that_there_is_not_are_refused(client, lang):
    for op in ("reset", "close"):
        assert client.refusal(op, lang=lang.name, ctx="never-made") == "unknown-context"


@each_language("state1")
def test_open_makes_a_context_that_queries_then_use(client, lang):
    reply = open_context(client, lang)
    assert reply["gen"] >= 1 and alive(reply["pid"])
    record = lang.run(client, "state1")
    assert record.one("started")["pid"] == reply["pid"] and generation(client, lang) == reply["gen"]


@each_language("hello")
def test_open_of_an_open_context_keeps_it(client, lang):
    first = open_context(client, lang)
    second = client.ask("open", lang=lang.name, ctx=client.ctx)
    assert second.get("code") == "exists" or (second["gen"], second["pid"]) == (first["gen"], first["pid"])
    assert alive(first["pid"])


@each_language("env_print", "cwd_file")
def test_open_sets_the_environment_and_the_directory(client, lang, tmp_path):
    open_context(client, lang, env={"GREETING": "good day"}, cwd=str(tmp_path))
    assert lang.run(client, "env_print").stdout == b"good day\n"
    assert lang.run(client, "cwd_file").stdout == f"{tmp_path}\n".encode()
    assert (tmp_path / "made-here.txt").read_text() == "made"


@each_language("env_print")
def test_values_other_than_those_of_the_open_context_are_refused(client, lang, tmp_path):
    open_context(client, lang, env={"GREETING": "good day"})
    code = lang.code("env_print")
    assert client.refusal("run", code.encode(), mode="query", lang=lang.name, ctx=client.ctx,
                          env={"GREETING": "good night"}) == "bad-request"
    assert client.refusal("run", code.encode(), mode="query", lang=lang.name, ctx=client.ctx,
                          cwd=str(tmp_path)) == "bad-request"
    assert lang.run(client, "env_print", env={"GREETING": "good day"}).stdout == b"good day\n"


@each_language("state1", "state_missing")
def test_reset_starts_afresh_with_a_higher_generation(client, lang):
    before = lang.run(client, "state1").one("started")["pid"]
    first = generation(client, lang)
    reply = client.request("reset", lang=lang.name, ctx=client.ctx)
    assert reply["gen"] > first
    eventually(lambda: not alive(before), "the old interpreter gone")
    assert lang.run(client, "state_missing").stdout == lang.stdout("state_missing")


@each_language("state1", "state3")
def test_close_removes_the_context_and_the_next_query_makes_a_new_one(client, lang):
    before = lang.run(client, "state1").one("started")["pid"]
    first = generation(client, lang)
    client.request("close", lang=lang.name, ctx=client.ctx)
    assert generation(client, lang) is None
    eventually(lambda: not alive(before), "the old interpreter gone")
    assert lang.run(client, "state_missing").stdout == lang.stdout("state_missing")
    assert generation(client, lang) > first


@each_language("sleep", "hello")
def test_reset_ends_the_running_query_killed_and_queued_ones_aborted_then_replies(client, lang):
    running, queued = lang.start(client, "sleep"), lang.start(client, "hello")
    client.wait_output(running, "ready\n")
    id = client.send("reset", lang=lang.name, ctx=client.ctx)
    assert client.reply(id)["ok"]
    at = client.order.index(("re", id))
    assert (running, "finished") in client.order[:at] and (queued, "finished") in client.order[:at]
    record = client.collect(running)
    assert (record.status, record.finished["context"]) == ("killed", "lost")
    assert client.collect(queued).status == "aborted"
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("sleep", "hello")
def test_close_ends_the_running_query_killed_and_queued_ones_aborted_then_replies(client, lang):
    running, queued = lang.start(client, "sleep"), lang.start(client, "hello")
    client.wait_output(running, "ready\n")
    id = client.send("close", lang=lang.name, ctx=client.ctx)
    assert client.reply(id)["ok"]
    at = client.order.index(("re", id))
    assert (running, "finished") in client.order[:at] and (queued, "finished") in client.order[:at]
    assert client.collect(running).status == "killed" and client.collect(queued).status == "aborted"


@each_language("hello")
def test_an_opened_context_ends_after_its_idle_time(client, lang):
    reply = open_context(client, lang, idle_ms=200)
    eventually(lambda: generation(client, lang) is None, "the idle context closed")
    eventually(lambda: not alive(reply["pid"]), "its interpreter gone")
    client.until(lambda: any(e["state"] == "closed" and e["ctx"] == client.ctx for e in client.contexts), "the event")


def test_the_time_that_an_interpreter_takes_to_start_is_not_idle(own_daemon, tmp_path):
    slow = tmp_path / "langs/slow"
    slow.mkdir(parents=True)
    worker = f"sleep 0.5; exec bash --noprofile --noediting --rcfile {LANGS}/bash/worker.sh -i +m"
    (slow / "adapter.toml").write_text(f'name = "slow"\n[query]\nworker = ["sh", "-c", "{worker}"]\n')
    client = own_daemon(langs=slow.parent).client()
    assert client.request("open", lang="slow", ctx="here", idle_ms=100)["pid"]
    client.until(lambda: any(e["state"] == "closed" and e["ctx"] == "here" for e in client.contexts), "its idle time is over")


@each_language("hello")
def test_context_events_go_to_every_connection_that_used_the_context(connect, lang):
    first, second, third = connect(), connect(), connect()
    lang.run(first, "hello", ctx=first.ctx)
    lang.run(second, "hello", ctx=first.ctx)
    first.request("close", lang=lang.name, ctx=first.ctx)
    for client in (first, second):
        client.until(lambda: any(e["state"] == "closed" for e in client.contexts), "the closed event")
        event = next(e for e in client.contexts if e["state"] == "closed")
        assert (event["ev"], event["lang"], event["ctx"]) == ("context", lang.name, first.ctx)
        assert "seq" not in event and "run" not in event and event["gen"] >= 1
    third.barrier()
    assert third.contexts == []


@each_language("hello")
def test_a_context_says_that_it_is_ready(client, lang):
    lang.run(client, "hello")
    client.until(lambda: any(e["state"] == "ready" for e in client.contexts), "the ready event")


@each_language("die")
def test_a_lost_context_is_told_after_the_finished_that_it_concerns(client, lang):
    run = lang.run(client, "die").run
    client.until(lambda: any(e["state"] == "lost" for e in client.contexts), "the lost event")
    kinds = client.order
    lost = [n for n, entry in enumerate(kinds) if entry == (None, "context")]
    assert lost[-1] > kinds.index((run, "finished"))
    assert next(e for e in client.contexts if e["state"] == "lost")["cause"]


@each_language("sleep_child")
def test_a_killed_context_leaves_no_process(client, lang):
    running = lang.start(client, "sleep_child", env={"TREE": client.ctx})
    client.wait_output(running, "ready\n")
    eventually(lambda: marked(f"TREE={client.ctx}"), "the child that sleeps")
    client.request("close", lang=lang.name, ctx=client.ctx)
    eventually(lambda: not marked(f"TREE={client.ctx}"), "the whole tree gone")
