# SPDX-License-Identifier: Apache-2.0
"""Who may send much: nobody before his handshake is over, and then whoever is let in."""
import contextlib
import hashlib
import os
import socket

import pytest

from client import PATIENCE, Client
from keys import GREETING, connect, outcome, raw

MIB = 1 << 20
ANNOUNCED = 100 * MIB
CURVE = GREETING[:12] + b"CURVE".ljust(20, b"\0") + GREETING[32:]
HELLO, WELCOME = 2 + 200, 2 + 168
BIG_COMMAND, BIG_MESSAGE = (flags + ANNOUNCED.to_bytes(8, "big") for flags in (b"\x06", b"\x02"))
READY = b"\x04\x1c\x05READY" + b"\x0bSocket-Type" + b"\0\0\0\x06DEALER"


def dial(endpoint):
    host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
    return socket.create_connection((host, int(port)), PATIENCE)


def exactly(stream, count):
    heard = b""
    while len(heard) < count:
        more = stream.recv(count - len(heard))
        assert more, f"it hung up after {heard}"
        heard += more
    return heard


def taken(stream, size, chunk=bytes(MIB)):
    """How much of so many bytes the other end, and the buffers before it, take until it hangs up."""
    sent = 0
    with contextlib.suppress(ConnectionError):
        while sent < size:
            sent += stream.send(chunk[:size - sent])
    return sent


# Before the handshake is over -----------------------------------------------------------------------------------


@pytest.mark.parametrize("announcement", [
    CURVE + BIG_COMMAND, CURVE + BIG_MESSAGE, CURVE[:11] + b"\x01" + CURVE[12:] + BIG_COMMAND,
    GREETING[:10] + b"\x01\x05" + BIG_MESSAGE, GREETING[:10] + b"\x00\x05" + b"\xff" + BIG_MESSAGE[1:] + b"\0",
    b"\xff" + ANNOUNCED.to_bytes(8, "big") + b"\0",
], ids=["command", "message", "zmtp3.1", "zmtp2", "zmtp1", "unversioned"])
def test_a_large_frame_of_one_who_is_not_in_is_not_read(locked, keys, announcement):
    with dial(locked.tcp) as stream:
        stream.sendall(announcement)
        assert taken(stream, ANNOUNCED) < ANNOUNCED / 2  # the kernel's own buffers are far smaller
    assert outcome(locked.tcp, keys.of(keys.ada)) == "in"


@contextlib.contextmanager
def half_way_in(daemon, pair):
    """A connection to the daemon that has its Welcome: of a real client, which goes no further."""
    with socket.create_server(("127.0.0.1", 0)) as middle:
        client = Client(f"tcp://127.0.0.1:{middle.getsockname()[1]}", keys=pair)
        try:
            near, _ = middle.accept()
            with near, dial(daemon.tcp) as far:
                near.sendall(CURVE[:32] + b"\1" + CURVE[33:])
                far.sendall(exactly(near, len(CURVE)))
                exactly(far, len(CURVE))
                far.sendall(exactly(near, HELLO))
                exactly(far, WELCOME)
                yield far
        finally:
            client.close()


def test_it_is_not_read_in_the_middle_of_the_handshake_either(locked, keys):
    with half_way_in(locked, keys.of(keys.eve)) as stream:
        stream.sendall(BIG_COMMAND)
        assert taken(stream, ANNOUNCED) < ANNOUNCED / 2
    assert outcome(locked.tcp, keys.of(keys.ada)) == "in"


@pytest.mark.release
def test_a_hundred_of_them_at_once_cost_no_memory(locked, keys):
    raw(locked.tcp, CURVE + BIG_COMMAND)  # what is made once and kept
    before = {what: locked.memory(what) for what in ("VmPeak", "VmHWM")}
    with contextlib.ExitStack() as all_of_them:
        streams = [all_of_them.enter_context(dial(locked.tcp)) for _ in range(100)]
        for stream in streams:
            with contextlib.suppress(ConnectionError):
                stream.sendall(CURVE + BIG_COMMAND + bytes(MIB))
        for stream in streams:
            with contextlib.suppress(ConnectionError):
                while stream.recv(65536):
                    pass
    assert locked.memory("VmPeak") - before["VmPeak"] < 5 * ANNOUNCED
    assert locked.memory("VmHWM") - before["VmHWM"] < 32 * MIB
    assert outcome(locked.tcp, keys.of(keys.ada)) == "in"


# After it -------------------------------------------------------------------------------------------------------


def test_the_largest_body_goes_both_ways_with_a_key_and_where_none_is_wanted(own_daemon, locked, keys):
    body = os.urandom(64 * MIB)
    for client in (connect(locked, keys, keys.ada), Client(own_daemon(tcp=True).tcp)):
        with contextlib.closing(client):
            # The first that is said: it waits for the end of the handshake and comes right behind it.
            assert client.request("put", body, path="large", mkdirs=False, timeout=4 * PATIENCE)["size"] == len(body)
            got = client.request("get", path="large", timeout=4 * PATIENCE).body
            assert hashlib.sha256(got).digest() == hashlib.sha256(body).digest()


def command(stream):
    flags, size = exactly(stream, 2)
    assert flags == 4
    return exactly(stream, size)


def test_a_large_message_that_comes_with_the_last_word_of_the_handshake_is_taken(own_daemon):
    head, body = b"\x82\xa2op\xa4ping\xa2id\xa5large", bytes(3 * MIB)
    with dial(own_daemon(tcp=True).tcp) as stream:
        stream.sendall(GREETING)
        exactly(stream, len(GREETING))
        assert command(stream).startswith(b"\x05READY")
        stream.sendall(READY + b"\x01" + bytes([len(head)]) + head + b"\x02" + len(body).to_bytes(8, "big") + body)
        flags, size = exactly(stream, 2)
        assert flags == 1 and b"large" in exactly(stream, size) and exactly(stream, 2) == b"\0\0"
        stream.sendall(b"\x04\x0c\x04PING\0\0quern")
        assert command(stream) == b"\x04PONGquern"
