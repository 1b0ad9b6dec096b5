# SPDX-License-Identifier: Apache-2.0
"""Each op with each code that it can give, where no other file has it; the table stands in PROTOCOL.md.

`KEYS` has every key of every op: a test for each that must be there, and for each value it cannot have.
"""
import os
from pathlib import Path

import pytest

from cases import LANGUAGES, each_language
from daemon import eventually

RUN, LANG = "no-such-run", LANGUAGES[0].name
NO_TEXT, NO_NUMBER, NO_BOOL, NO_MAP, NO_LIST = (7, [], {}, True), ("1", [], 1.5, True), (1, "yes", []), ([], "x", 3), ({}, "x", 3)
NO_PATH = (7, [], {}, "", "a\0b")
NO_RUN = (7, "", "x" * 65, "é", [])
LIMITS = ([], "x", {"wall_ms": "1"}, {"wall_ms": 0}, {"cpu_ms": -1}, {"memory": 0}, {"output": "x"}, {"processes": 0}, {"fsize": []})
ENV = ([], "A=B", {"A": 1}, {"": "x"}, {"A=B": "x"}, {"A": "a\0b"})
STEP = (7, {}, [], [1], "a\0b", ["a\0b"])

# op -> (a request that is good as far as its head goes, {key: values that are wrong}); * = it must be there
KEYS = {
    "hello": ({"protocol": 1}, {"protocol*": NO_NUMBER, "client": NO_TEXT}),
    "run": ({"mode": "batch", "exec": "true"}, {
        "mode*": NO_TEXT + ("other",), "lang": NO_TEXT, "boot": NO_TEXT, "ctx": NO_TEXT + ("",), "build": STEP, "exec": STEP,
        "clean": STEP, "file": (7, [], "a\0b"), "files": NO_LIST + ([7], [{}], [{"path": "a"}], [{"path": "", "size": 0}],
                                                                    [{"path": "a", "size": -1}], [{"path": "a", "size": 0, "mode": 0o10000}]),
        "command": ("x", 7, [1], ["a\0b"]), "argv": ("x", 7, [1], ["a\0b"]), "env": ENV, "cwd": (7, [], "a\0b"), "stdin": NO_TEXT + ("x",),
        "merge": NO_BOOL, "tty": ([], "x", {"rows": 0}, {"cols": 65536}, {"term": 7}), "limits": LIMITS,
        "background": NO_TEXT + ("x",), "silent": NO_BOOL, "stop_on_error": NO_BOOL, "lease_ms": NO_NUMBER + (-1, 10**12 + 1),
        "window": NO_NUMBER + (65535, 67108865), "overflow": NO_TEXT + ("x",), "keep_ms": NO_NUMBER + (-1,),
        "meta": NO_MAP + ({"x": "y" * 70000},)}),
    "input": ({"run": RUN}, {"run*": NO_RUN, "eof": NO_BOOL, "prompt_id": ("1", [], 1.5)}),
    "resize": ({"run": RUN, "rows": 1, "cols": 1}, {"run*": NO_RUN, "rows*": NO_NUMBER + (0, 65536), "cols*": NO_NUMBER + (0, 65536)}),
    "interrupt": ({"run": RUN}, {"run*": NO_RUN, "grace_ms": NO_NUMBER + (-1, 600001)}),
    "signal": ({"run": RUN, "signal": "INT"}, {"run*": NO_RUN, "signal*": NO_TEXT + ("", "SIGINT", "WINCH", "int")}),
    "attach": ({"run": RUN}, {"run*": NO_RUN, "after": NO_NUMBER + (-2,), "tail": NO_NUMBER + (-1,), "window": NO_NUMBER + (1,)}),
    "detach": ({"run": RUN}, {"run*": NO_RUN}),
    "output": ({"run": RUN, "stream": "stdout"}, {"run*": NO_RUN, "stream*": NO_TEXT + ("stdin",), "from": NO_NUMBER, "length": NO_NUMBER + (-1,)}),
    "wait": ({"run": RUN}, {"run*": NO_RUN, "timeout_ms": NO_NUMBER + (-1,)}),
    "forget": ({"run": RUN}, {"run*": NO_RUN}),
    "open": ({"lang": LANG}, {"lang*": NO_TEXT + ("",), "ctx": NO_TEXT + ("",), "env": ENV, "cwd": (7, [], "a\0b"), "limits": LIMITS,
                              "idle_ms": NO_NUMBER + (-1,)}),
    "reset": ({"lang": LANG, "ctx": RUN}, {"lang*": NO_TEXT + ("",), "ctx": NO_TEXT + ("",)}),
    "close": ({"lang": LANG, "ctx": RUN}, {"lang*": NO_TEXT + ("",), "ctx": NO_TEXT + ("",)}),
    "complete": ({"lang": LANG, "cursor": 0}, {"lang*": NO_TEXT + ("",), "ctx": NO_TEXT + ("",), "cursor*": NO_NUMBER + (-1, 1)}),
    "inspect": ({"lang": LANG, "cursor": 0}, {"lang*": NO_TEXT + ("",), "ctx": NO_TEXT + ("",), "cursor*": NO_NUMBER + (-1, 1),
                                              "detail": NO_NUMBER + (-1, 2)}),
    "check": ({"lang": LANG}, {"lang*": NO_TEXT + ("",), "ctx": NO_TEXT + ("",)}),
    "put": ({"path": "/nowhere/at/all", "mkdirs": False}, {
        "path*": NO_PATH, "offset": NO_NUMBER + (-1,), "truncate": NO_BOOL, "mode": NO_NUMBER + (-1, 0o10000), "mkdirs": NO_BOOL,
        "atomic": NO_BOOL}),
    "get": ({"path": "/nowhere"}, {"path*": NO_PATH, "offset": NO_NUMBER + (-1,), "length": NO_NUMBER + (-1,)}),
    "list": ({"path": "/nowhere"}, {"path*": NO_PATH, "after": (7, [], "a\0b"), "limit": NO_NUMBER + (0, -1)}),
    "stat": ({"path": "/nowhere"}, {"path*": NO_PATH, "sha256": NO_BOOL}),
    "move": ({"path": "/nowhere/a", "to": "/nowhere/b"}, {"path*": NO_PATH, "to*": NO_PATH}),
    "remove": ({"path": "/nowhere"}, {"path*": NO_PATH, "recursive": NO_BOOL}),
    "shutdown": ({}, {"grace_ms": NO_NUMBER + (-1, 600001)}),
}
GOOD = {"hello": None, "run": None, "open": None, "reset": "unknown-context", "close": "unknown-context",
        "complete": None, "inspect": None, "check": None}  # the rest: unknown-run, or not-found


@pytest.mark.parametrize("op", [op for op in KEYS if op != "shutdown"])
def test_the_requests_that_are_made_wrong_here_are_otherwise_good(client, op):
    client.used.add((LANG, "main"))
    reply = client.ask(op, **KEYS[op][0])
    expected = GOOD.get(op, "unknown-run" if "run" in KEYS[op][0] else "not-found")
    assert reply.get("code") in (expected, "busy" if expected is None else expected), reply


MISSING = [(op, key[:-1]) for op, (_, keys) in KEYS.items() for key in keys if key.endswith("*")]


@pytest.mark.parametrize("op, key", MISSING, ids=str)
def test_a_key_that_must_be_there_is_missed(client, op, key):
    for keys in ({k: v for k, v in KEYS[op][0].items() if k != key}, {**KEYS[op][0], key: None}):
        reply = client.ask(op, **keys)
        assert reply.get("code") == "bad-request" and f"`{key}`" in reply["message"], reply


@pytest.mark.parametrize("op, key", [(op, key.rstrip("*")) for op, (_, keys) in KEYS.items() for key in keys], ids=str)
def test_a_value_that_a_key_cannot_have_is_refused(client, op, key):
    good, keys = KEYS[op]
    for value in keys.get(key, ()) or keys[f"{key}*"]:
        reply = client.ask(op, **{**good, key: value})
        assert reply.get("code") == "bad-request", f"{key}={value!r}: {reply}"


NAMED = [op for op, (good, _) in KEYS.items() if "run" in good]


@pytest.mark.parametrize("op", NAMED)
def test_a_run_that_was_forgotten_is_unknown_and_told_so(client, op):
    run = client.sh("true").run
    client.request("forget", run=run)
    reply = client.ask(op, **{**KEYS[op][0], "run": run})
    assert reply["code"] == "unknown-run" and "any more" in reply["message"]


# While it ends -------------------------------------------------------------------------------

@each_language("hello")
def test_a_daemon_that_is_ending_starts_nothing_and_answers_the_rest(own_daemon, tmp_path, lang):
    client = own_daemon().client()
    lang.run(client, "hello", ctx="main")
    run = client.start_sh("trap '' TERM; echo ready; while :; do sleep 1; done")
    client.wait_output(run, "ready\n")
    client.request("shutdown", grace_ms=600000)
    assert client.refusal("run", mode="batch", exec="true") == "closing"
    assert client.refusal("run", mode="query", lang=lang.name) == "closing"
    assert client.refusal("open", lang=lang.name, ctx="other") == "closing"
    for op, keys in (("complete", {"cursor": 0}), ("inspect", {"cursor": 0}), ("check", {})):
        assert client.refusal(op, lang=lang.name, **keys) == "closing"
    assert client.request("put", b"x", path=f"{tmp_path}/late")["size"] == 1
    assert client.request("output", run=run, stream="stdout").body == b"ready\n"
    assert client.request("wait", run=run, timeout_ms=0)["state"] == "running"
    client.request("shutdown", grace_ms=0)
    assert client.collect(run).status == "killed"


# What stands in no other file ----------------------------------------------------------------

@each_language("hello")
def test_contexts_beyond_the_limit_are_refused(own_daemon, lang):
    client = own_daemon("--limit", "contexts=1").client()
    client.request("open", lang=lang.name, ctx="a")
    assert client.refusal("open", lang=lang.name, ctx="b") == "limit"
    assert client.refusal("run", b"1", mode="query", lang=lang.name, ctx="b") == "limit"
    assert client.request("open", lang=lang.name, ctx="a")["gen"] == 1
    reset = client.send("reset", lang=lang.name, ctx="a")
    other = client.send("open", lang=lang.name, ctx="b")  # takes the place of the one that is just ending
    assert client.reply(other)["ok"] and client.reply(reset)["code"] == "limit"


def test_a_language_without_a_mode_says_so(own_daemon, tmp_path):
    for name, table in (("program", '[[batch.exec]]\nrun = ["cat", "{main}"]\n'),
                        ("worker", '[query]\nworker = ["/no/such/worker"]\n')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "adapter.toml").write_text(f'name = "{name}"\n{table}')
    client = own_daemon(langs=tmp_path).client()
    assert client.refusal("run", b"1", mode="query", lang="program") == "unsupported"
    assert client.refusal("open", lang="program") == "unsupported"
    assert client.refusal("run", b"1", mode="batch", lang="worker") == "unsupported"
    assert client.refusal("run", b"1", mode="query", lang="worker", merge=True) == "unsupported"
    reply = client.ask("open", lang="worker")
    assert reply["code"] == "io" and "/no/such/worker" in reply["message"]
    record = client.query("worker", "1")
    assert record.status == "error" and record.one("error")["kind"] == "context-lost"


@each_language("hello")
def test_settings_other_than_those_of_an_open_context_are_refused(client, lang):
    client.used.add((lang.name, client.ctx))
    keys = {"lang": lang.name, "ctx": client.ctx}
    client.request("open", **keys, limits={"wall_ms": 60000}, idle_ms=600000)
    assert client.request("open", **keys, limits={"wall_ms": 60000}, idle_ms=600000)["gen"] == client.request("open", **keys)["gen"]
    for other in ({"limits": {"wall_ms": 1}}, {"idle_ms": 5}, {"cwd": "/"}, {"env": {"A": "B"}}):
        assert client.refusal("open", **keys, **other) == "bad-request"


def test_output_whose_spill_cannot_be_read_is_io(own_daemon):
    """The file of the journal is cut short by somebody who could: the daemon says so, and lives."""
    daemon = own_daemon()
    client = daemon.client()
    run = client.sh("head -c 8000000 /dev/zero").run

    def is_spill(fd):
        try:
            return str(daemon.state) in os.readlink(fd) and fd.stat().st_size > 1000000
        except FileNotFoundError:  # closed since it was listed
            return False

    def spills():
        return [fd for fd in Path(f"/proc/{daemon.pid}/fd").iterdir() if is_spill(fd)]

    eventually(spills, "the output in the spill")
    for fd in spills():
        os.truncate(fd, 0)
    assert client.refusal("output", run=run, stream="stdout", length=1000) == "io"
    assert client.sh("echo alive").stdout == b"alive\n"


# Options of runs -----------------------------------------------------------------------------

@each_language("hello", "sleep")
def test_a_lease_ends_a_query_whose_clients_are_gone(connect, lang):
    client, witness = connect(), connect()
    run = lang.start(client, "sleep", lease_ms=200, ctx=witness.ctx)
    client.wait_output(run, "ready\n")
    client.request("detach", run=run)
    told = witness.request("wait", run=run)["finished"]
    assert told["status"] in ("killed", "interrupted") and "lease_ms" in told["cause"]
    assert lang.run(witness, "hello").stdout == lang.stdout("hello")


@each_language("hello")
def test_a_finished_query_expires_after_keep_ms(client, lang):
    run = lang.run(client, "hello", keep_ms=50).run
    eventually(lambda: client.ask("wait", run=run, timeout_ms=0).get("code") == "unknown-run", "the run expired")
    assert lang.run(client, "hello", keep_ms=600000).stdout == lang.stdout("hello")


@each_language("hello")
def test_a_query_meant_for_another_boot_is_not_run(client, lang):
    assert client.refusal("run", b"1", mode="query", lang=lang.name, ctx=client.ctx, boot="another") == "not-found"


@each_language("error", "exit3", "gate", "hello")
@pytest.mark.parametrize("key", ["error", "exit3"])
def test_stop_on_error_ends_what_is_queued_behind_a_failure(client, lang, key, fifo):
    gate = lang.start(client, "gate", words={"path": fifo}, stop_on_error=True)
    failing = lang.start(client, key, stop_on_error=True)
    behind = [lang.start(client, "hello") for _ in range(2)]
    fifo.write_text("go\n")
    assert client.collect(gate).status == "ok"  # nothing behind it is ended by a success
    assert client.collect(failing).status == "error"
    assert [client.collect(run).status for run in behind] == ["aborted", "aborted"]
    assert lang.run(client, "hello").stdout == lang.stdout("hello")


@each_language("error", "gate", "hello")
def test_without_stop_on_error_what_is_queued_goes_on(client, lang, fifo):
    gate = lang.start(client, "gate", words={"path": fifo})
    failing, behind = lang.start(client, "error"), lang.start(client, "hello")
    fifo.write_text("go\n")
    assert client.collect(gate).status == "ok" and client.collect(failing).status == "error"
    assert client.collect(behind).stdout == lang.stdout("hello")


@each_language("gate")
def test_a_context_at_work_is_not_idle(client, lang, fifo):
    """Whatever its idle time: one that was opened later and has nothing to do comes and goes meanwhile."""
    keys = {"lang": lang.name, "idle_ms": 500}
    client.used.add((lang.name, client.ctx))
    for _ in range(20):  # on a machine that is busy, it may have ended before its run came
        gen = client.request("open", **keys, ctx=client.ctx)["gen"]
        run = lang.start(client, "gate", words={"path": fifo})
        client.wait_output(run, "ready\n")
        if any(c["ctx"] == client.ctx and c["gen"] == gen for c in client.request("status")["contexts"]):
            break
        fifo.write_text("go\n")
        client.collect(run)
        client.request("close", lang=lang.name, ctx=client.ctx)
    client.request("open", **keys, ctx=client.ctx + "x")
    client.until(lambda: any(e["state"] == "closed" and e["ctx"] == client.ctx + "x" for e in client.contexts), "the closed event")
    fifo.write_text("go\n")
    record = client.collect(run)
    assert (record.status, record.stdout) == ("ok", lang.stdout("gate"))
