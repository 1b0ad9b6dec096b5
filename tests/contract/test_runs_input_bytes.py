# SPDX-License-Identifier: Apache-2.0
"""Input arrives as it was sent, whatever the bytes are and however many come in one message."""
import hashlib
import random

import pytest

MB = 1_000_000
RANDOM = random.Random(7).randbytes(MB)  # with NUL bytes, and no UTF-8


def test_a_megabyte_in_one_message_arrives_whole(client):
    run = client.start_sh("cat | sha256sum")
    client.input(run, RANDOM, eof=True)
    assert client.collect(run).stdout.split()[0].decode() == hashlib.sha256(RANDOM).hexdigest()


def test_a_megabyte_for_one_who_waits_arrives_whole(client):
    run = client.start_sh("sha256sum")
    asked = client.wait_event(run, "waiting-input")
    client.input(run, RANDOM, eof=True, prompt_id=asked["prompt_id"])
    assert client.collect(run).stdout.split()[0].decode() == hashlib.sha256(RANDOM).hexdigest()


@pytest.mark.parametrize("lang, code", [
    ("python", "import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())"), ("bash", "sha256sum")])
def test_a_megabyte_for_a_query_arrives_whole(client, lang, code):
    run = client.start(code, mode="query", lang=lang)
    client.input(run, RANDOM, eof=True)
    assert client.collect(run).stdout.split()[0].decode() == hashlib.sha256(RANDOM).hexdigest()


@pytest.mark.parametrize("line", [b"x" * 5000, b"a\0b\0\0c", b"\xff\xfe \xc3 caf\xe9", "\u4e16\u754c \U0001f600".encode() * 500],
                         ids=["5000 characters", "NUL bytes", "no UTF-8", "wide characters"])
def test_lines_of_any_bytes_arrive_as_they_are(client, line):
    code = "import os, sys; print(os.fsencode(sys.stdin.readline()).hex())"
    run = client.start(code, mode="query", lang="python")
    client.wait_event(run, "waiting-input")
    client.input(run, line + b"\n")
    assert bytes.fromhex(client.collect(run).stdout.decode()) == line + b"\n"
    run = client.start_sh("head -n 1")
    client.wait_event(run, "waiting-input")
    client.input(run, line + b"\n")
    assert client.collect(run).stdout == line + b"\n"


def test_bytes_of_a_line_that_come_in_pieces_are_one_line(client):
    run = client.start_sh("read -r x; echo \"[$x]\"")
    client.wait_event(run, "waiting-input")
    for n, piece in enumerate((b"A", b"d", b"a"), start=2):
        client.input(run, piece)
        client.wait_event(run, "waiting-input", n)  # it has read all, and waits for the rest of its line
    client.input(run, b"\n")
    assert client.collect(run).stdout == b"[Ada]\n"
