# SPDX-License-Identifier: Apache-2.0
"""Transport: what the daemon answers to frames that are right, wrong, or no frames of ours at all."""
import msgpack
import pytest

HEAD_LIMIT = 1024 * 1024
RUN = "5d1f7b7e-0000-4000-8000-000000000000"  # a name that no run has


def pack(**keys):
    return msgpack.packb(keys)


def complaint(client, *frames):
    """The one failing reply to a message that has no id to be found by."""
    client.replies.pop("", None)
    client.send_frames(*frames)
    reply = client.reply("")
    assert reply["ok"] is False and " " in reply["message"]
    return reply["code"]


def test_a_request_gets_exactly_one_reply_that_carries_its_id(client):
    ids = [client.send("ping") for _ in range(50)]
    for id in ids:
        assert client.reply(id)["ok"] is True
    client.barrier()
    assert all(len(client.replies[id]) == 1 for id in ids)


def test_replies_come_in_the_order_of_the_requests(client):
    ids = [client.send("ping") for _ in range(50)]
    client.reply(ids[-1])
    assert [id for kind, id in client.order if kind == "re"] == ids


@pytest.mark.parametrize("frames", [
    [b""], [pack(op="ping", id="one-frame")], [b"junk"],
], ids=["empty", "head-alone", "junk"])
def test_a_message_of_one_frame_gets_a_failing_reply(client, frames):
    client.send_frames(*frames)
    client.until(lambda: client.replies, "a reply")
    (reply,), = client.replies.values()
    assert reply["re"] in ("", "one-frame") and reply["ok"] is False and reply["code"] == "bad-request"


@pytest.mark.parametrize("extra", [1, 2, 100])
def test_a_message_of_too_many_frames_gets_a_failing_reply(client, extra):
    client.send_frames(pack(op="ping", id="many"), b"", *[b"x"] * extra)
    client.until(lambda: client.replies, "a reply")
    (reply,), = client.replies.values()
    assert reply["re"] in ("", "many") and reply["ok"] is False and reply["code"] == "bad-request"
    assert client.request("ping")["ok"]


@pytest.mark.parametrize("head", [
    b"", b"\xc1", b"\x81", b"\xdf\xff\xff\xff\xff", b"\xdd\xff\xff\xff\xff", b"\x81\xa2op", b"\xdb\x7f\xff\xff\xff",
    b"{\"op\": \"ping\"}", msgpack.packb(["op", "ping"]), msgpack.packb("ping"), msgpack.packb(None), msgpack.packb(7),
    b"\x91" * 5000 + b"\x90", b"\x81\xa2op" * 3000 + b"\x80",
], ids=lambda head: head[:8].hex() or "empty")
def test_a_head_that_is_no_map_gets_bad_request_with_an_empty_re(client, head):
    assert complaint(client, head, b"") == "bad-request"


def test_a_head_without_op_gets_bad_request_with_its_id(client):
    client.send_frames(pack(id="no-op"), b"")
    assert client.reply("no-op")["code"] == "bad-request"


@pytest.mark.parametrize("op", [7, None, ["ping"], {"a": 1}, True, 1.5], ids=str)
def test_an_op_that_is_no_string_gets_bad_request(client, op):
    client.send_frames(pack(id="odd-op", op=op), b"")
    assert client.reply("odd-op")["code"] == "bad-request"


@pytest.mark.parametrize("op", ["", "pong", "PING", "ping ", "händewaschen", "x" * 5000])
def test_an_unknown_op_gets_unknown_op(client, op):
    assert client.refusal(op) == "unknown-op"


def test_a_request_without_an_id_gets_a_failing_reply_with_an_empty_re(client):
    assert complaint(client, pack(op="ping"), b"") == "bad-request"


@pytest.mark.parametrize("id", [7, None, [], {}, True, b"binary"], ids=str)
def test_an_id_that_is_no_string_gets_a_failing_reply_with_an_empty_re(client, id):
    assert complaint(client, pack(op="ping", id=id), b"") == "bad-request"


@pytest.mark.parametrize("id", ["", "x" * 65, "tab\t", "nul\0", "del\x7f", "größe"], ids=ascii)
def test_an_id_outside_1_to_64_printable_ascii_gets_bad_request(client, id):
    client.send_frames(pack(op="ping", id=id), b"")
    client.until(lambda: client.replies, "a reply")
    (reply,), = client.replies.values()
    assert reply["re"] in ("", id) and reply["ok"] is False and reply["code"] == "bad-request"


@pytest.mark.parametrize("id", ["x", "x" * 64, "a b", "~!@#$%^&*()", "6e0f"])
def test_an_id_of_1_to_64_printable_ascii_is_good(client, id):
    assert client.request("ping", id=id)["re"] == id


def test_an_id_of_printable_ascii_after_a_broken_key_is_still_answered(client):
    client.send_frames(pack(id="kept", op="wait", run=7, timeout_ms=0), b"")
    assert client.reply("kept")["code"] == "bad-request"


def test_keys_that_nobody_knows_are_ignored(client):
    reply = client.request("ping", colour="blue", depth={"a": [1, 2, {"b": None}]}, big=2**63)
    assert reply["ok"] is True


def test_keys_of_a_map_that_are_no_strings_do_not_hurt(client):
    client.send_frames(msgpack.packb({1: 2, None: 3, "op": "ping", "id": "mixed"}), b"")
    client.until(lambda: client.replies, "a reply")
    (reply,), = client.replies.values()
    assert reply["ok"] is True or reply["code"] == "bad-request"


@pytest.mark.parametrize("op, keys", [
    ("hello", {}), ("run", {}), ("input", {}), ("interrupt", {}), ("signal", {"run": RUN}), ("signal", {"signal": "INT"}),
    ("attach", {}), ("detach", {}), ("output", {}), ("output", {"run": RUN}), ("wait", {}), ("forget", {}),
    ("open", {}), ("reset", {}), ("close", {}),
], ids=str)
def test_a_missing_key_gets_bad_request(client, op, keys):
    assert client.refusal(op, **keys) == "bad-request"


@pytest.mark.parametrize("op, keys", [
    ("hello", {"protocol": "1"}), ("hello", {"protocol": 1, "client": 7}),
    ("run", {"mode": 7}), ("run", {"mode": "batch", "exec": 7}), ("run", {"mode": "batch", "exec": [1]}),
    ("run", {"mode": "batch", "exec": "true", "env": []}), ("run", {"mode": "batch", "exec": "true", "env": {"A": 1}}),
    ("run", {"mode": "batch", "exec": "true", "argv": "a b"}), ("run", {"mode": "batch", "exec": "true", "cwd": 1}),
    ("run", {"mode": "batch", "exec": "true", "merge": "yes"}), ("run", {"mode": "batch", "exec": "true", "stdin": "sure"}),
    ("run", {"mode": "batch", "exec": "true", "limits": []}),
    ("run", {"mode": "batch", "exec": "true", "limits": {"wall_ms": "long"}}),
    ("run", {"mode": "batch", "exec": "true", "window": "big"}), ("run", {"mode": "batch", "exec": "true", "meta": 1}),
    ("run", {"mode": "batch", "exec": "true", "overflow": "explode"}),
    ("run", {"mode": "batch", "exec": "true", "background": "drop"}),
    ("run", {"mode": "batch", "exec": "true", "files": {}}),
    ("run", {"mode": "batch", "exec": "true", "files": [{"path": "a"}]}),
    ("run", {"mode": "batch", "exec": "true", "keep_ms": "x"}),
    ("run", {"mode": "query", "lang": 3}), ("run", {"mode": "query", "lang": "python", "ctx": 3}),
    ("run", {"mode": "query", "lang": "python", "silent": 3}),
    ("input", {"run": 7}), ("input", {"run": RUN, "eof": "yes"}), ("interrupt", {"run": RUN, "grace_ms": "x"}),
    ("interrupt", {"run": None}), ("signal", {"run": RUN, "signal": 9}), ("attach", {"run": RUN, "after": "x"}),
    ("attach", {"run": 1}), ("detach", {"run": []}), ("output", {"run": RUN, "stream": 1}),
    ("output", {"run": RUN, "stream": "stdout", "from": "x"}), ("wait", {"run": RUN, "timeout_ms": "x"}),
    ("forget", {"run": 1.5}), ("open", {"lang": 1, "ctx": "a"}), ("open", {"lang": "python", "ctx": 1}),
    ("reset", {"lang": "python", "ctx": []}), ("close", {"lang": "python", "ctx": {}}), ("shutdown", {"grace_ms": "now"}),
], ids=str)
def test_a_key_of_the_wrong_type_gets_bad_request(client, op, keys):
    assert client.refusal(op, **keys) == "bad-request"


def test_a_head_of_almost_1_mib_is_taken(client):
    assert client.request("ping", padding="x" * (HEAD_LIMIT - 200))["ok"]


def test_a_head_over_1_mib_gets_a_failing_reply(client):
    client.send("ping", id="fat", padding="x" * (HEAD_LIMIT + 10))
    client.until(lambda: client.replies, "a reply")
    (reply,), = client.replies.values()
    assert reply["re"] in ("", "fat") and reply["ok"] is False and reply["code"] in ("bad-request", "limit")
    assert client.request("ping")["ok"]


def test_a_body_over_the_limit_gets_a_failing_reply_and_the_connection_stays(own_daemon):
    client = own_daemon("--limit", "body=1048576").client()
    conn = client.request("ping")["conn"]
    assert client.refusal("ping", b"x" * (1048576 + 1)) in ("bad-request", "limit")
    assert client.request("ping")["conn"] == conn
    assert client.sh("cat > got; wc -c < got", stdin="none", files=[{"path": "f", "size": 1000000}],
                     contents=[b"x" * 1000000]).status == "ok"


def test_a_frame_over_twice_the_limit_closes_the_connection_and_no_other(own_daemon):
    daemon = own_daemon("--limit", "body=1048576")
    guilty, other = daemon.client(), daemon.client()
    conn, others = guilty.request("ping")["conn"], other.request("ping")["conn"]
    guilty.send("ping", b"x" * (2 * 1048576 + 4096))
    guilty.after_cut(conn)
    assert other.request("ping")["conn"] == others


def test_bad_messages_disturb_neither_other_clients_nor_their_runs(connect):
    good, bad = connect(), connect()
    run = good.start_sh("i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo $i; done")
    for junk in [(b"",), (b"\xc1", b""), (pack(op="ping"), b"", b""), (b"x" * 100000, b""), (pack(op=1, id="a"), b"")] * 40:
        bad.send_frames(*junk)
    assert good.collect(run).stdout == b"".join(b"%d\n" % i for i in range(1, 2001))
    bad.until(lambda: sum(map(len, bad.replies.values())) == 200, "200 failing replies")
    assert not any(reply["ok"] for replies in bad.replies.values() for reply in replies)


@pytest.mark.parametrize("op", ["complete", "inspect", "check", "put", "get", "list", "stat", "move", "remove", "resize"])
def test_an_op_of_the_protocol_is_answered_even_where_it_is_not_supported(client, op):
    reply = client.ask(op, b"1", run=RUN, lang="python", ctx=client.ctx, cursor=0, path="nothing-here", to="elsewhere",
                       rows=24, cols=80)
    assert reply["ok"] or reply["code"] in ("unsupported", "unknown-run", "unknown-context", "not-found", "busy", "io",
                                             "bad-request", "unknown-op")
