# SPDX-License-Identifier: Apache-2.0
"""Much through a terminal: not a byte is lost where the program is to be held back."""
import pytest

MB = 1_000_000


@pytest.mark.release
@pytest.mark.watchdog(300)
def test_a_hundred_megabytes_through_a_terminal_arrive_whole(client):
    run = client.start(mode="tty", command=["/bin/sh", "-c", "stty raw; head -c 100000000 /dev/zero | tr '\\0' x"], overflow="block")
    record = client.collect(run, timeout=240)
    assert record.stdout == b"x" * (100 * MB) and record.finished["bytes"]["stdout"] == 100 * MB


def test_what_two_clients_read_of_a_terminal_is_the_same(connect):
    first, second = connect(), connect()
    run = first.start(mode="tty", command=["/bin/sh", "-c", "read x; seq 1 100000"], overflow="block")
    second.attach(run)
    second.input(run, b"\n")
    records = [each.collect(run, timeout=120) for each in (first, second)]
    assert records[0].stdout == records[1].stdout and records[0].stdout.endswith(b"99999\r\n100000\r\n")
