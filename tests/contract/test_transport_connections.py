# SPDX-License-Identifier: Apache-2.0
"""Transport: endpoints, connections, many clients, and what a cut does to them."""
import os
import stat
import time

import pytest

from client import Client
from record import accepted, finished, out, started


def test_ipc_and_tcp_serve_alike(daemon, connect):
    over_ipc, over_tcp = connect(daemon.ipc), connect(daemon.tcp)
    told = [accepted(), started("exec"), out("hi\n"), finished()]
    assert over_ipc.sh("echo hi").tale() == told
    assert over_tcp.sh("echo hi").tale() == told


def test_a_run_begun_over_ipc_can_be_attached_over_tcp(daemon, connect):
    over_ipc, over_tcp = connect(daemon.ipc), connect(daemon.tcp)
    run = over_ipc.sh("echo hi").run
    over_tcp.attach(run)
    assert over_tcp.collect(run).stdout == b"hi\n"


def test_a_socket_on_which_a_daemon_serves_is_not_taken_away(daemon, own_daemon, connect):
    with pytest.raises(AssertionError, match="a daemon serves there; end what listens there"):
        own_daemon("--endpoint", daemon.ipc)
    assert connect(daemon.ipc).sh("echo hi").stdout == b"hi\n"


def test_a_socket_that_a_dead_daemon_has_left_behind_is_taken(own_daemon, connect):
    dead = own_daemon()
    dead.process.kill()
    dead.process.wait()
    assert os.path.exists(dead.ipc.removeprefix("ipc://"))
    own_daemon("--endpoint", dead.ipc)
    assert connect(dead.ipc).sh("echo hi").stdout == b"hi\n"


def test_the_socket_file_of_an_ipc_endpoint_has_mode_0600(daemon):
    mode = os.stat(daemon.ipc.removeprefix("ipc://")).st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


def test_ping_tells_the_connection_and_the_boot(client):
    first, second = client.request("ping"), client.request("ping")
    assert (first["conn"], first["boot"]) == (second["conn"], second["boot"])


def test_hello_and_ping_agree_on_connection_and_boot(client):
    hello, ping = client.request("hello", protocol=1, client="contract/1"), client.request("ping")
    assert (hello["conn"], hello["boot"]) == (ping["conn"], ping["boot"])


def test_each_connection_has_its_own_name_and_all_share_the_boot(connect):
    pings = [connect().request("ping") for _ in range(10)]
    assert len({ping["conn"] for ping in pings}) == 10
    assert len({ping["boot"] for ping in pings}) == 1


def test_another_life_of_the_daemon_has_another_boot(own_daemon):
    assert own_daemon().client().request("ping")["boot"] != own_daemon().client().request("ping")["boot"]


def test_a_cut_shows_as_another_connection_in_the_same_boot(daemon, connect, proxy_to):
    proxy = proxy_to(daemon.tcp)
    client = connect(proxy.endpoint)
    before = client.request("ping")
    proxy.cut()
    after = client.after_cut(before["conn"])
    assert after["boot"] == before["boot"] and after["conn"] != before["conn"]


def test_a_reconnected_client_gets_nothing_until_it_attaches_again(daemon, connect, proxy_to):
    proxy = proxy_to(daemon.tcp)
    client = connect(proxy.endpoint)
    run = client.start_sh("echo one; read x; echo two; read x")
    client.wait_output(run, "one\n")
    conn = client.request("ping")["conn"]
    proxy.cut()
    client.after_cut(conn)
    seen = len(client.events[run])
    client.input(run, "go\n")
    watcher = connect()
    watcher.attach(run)
    watcher.wait_output(run, "two\n")
    client.barrier()
    assert len(client.events[run]) == seen
    client.request("attach", run=run, after=client.events[run][-1]["seq"])
    client.wait_output(run, "two\n")
    client.input(run, eof=True)
    assert client.collect(run).stdout == b"one\ntwo\n"


def test_a_client_cut_without_a_word_notices_by_ping_and_misses_nothing(daemon, connect, proxy_to):
    proxy = proxy_to(daemon.tcp)
    client = Client(proxy.endpoint)
    run = client.start_sh("i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; done; read x")
    client.wait_event(run, "stdout")
    proxy.freeze()
    silent = client.send("ping")
    deadline = time.monotonic() + 1
    while client.pump(deadline):
        pass
    assert silent not in client.replies
    events, after = client.record(run).events, client.events[run][-1]["seq"]
    client.close()
    again = connect()
    again.request("attach", run=run, after=after)
    again.input(run, eof=True)
    again.wait_event(run, "finished")
    again.events[run][:0] = events
    assert again.collect(run).stdout == b"".join(b"%d\n" % i for i in range(1, 3001))


def test_fifty_clients_at_once_each_get_their_own_events(connect):
    clients = [connect() for _ in range(50)]
    runs = [client.start_sh(f"echo {n}; echo {n} >&2") for n, client in enumerate(clients)]
    for n, (client, run) in enumerate(zip(clients, runs)):
        record = client.collect(run)
        assert (record.stdout, record.stderr) == (b"%d\n" % n, b"%d\n" % n)
        assert set(client.events) == {run}


def test_requests_of_one_connection_take_effect_in_the_order_sent(client):
    run = "ordered-" + client.ctx[:40]
    ids = [client.send("run", id=run, mode="batch", exec="cat"),
           client.send("input", b"one ", run=run, eof=False), client.send("input", b"two ", run=run, eof=False),
           client.send("input", b"three\n", run=run, eof=True), client.send("wait", run=run)]
    assert all(client.reply(id)["ok"] for id in ids)
    assert client.collect(run).stdout == b"one two three\n"


def test_the_reply_to_run_comes_before_the_first_event(client):
    runs = [client.start_sh("echo hi") for _ in range(20)]
    for run in runs:
        client.collect(run)
        assert client.order.index(("re", run)) < client.order.index((run, "accepted"))


def test_the_reply_to_attach_comes_before_the_first_event(connect):
    first, second = connect(), connect()
    run = first.sh("echo hi").run
    id = second.send("attach", run=run)
    second.collect(run)
    assert second.order.index(("re", id)) < second.order.index((run, "accepted"))


def test_a_client_that_vanishes_disturbs_nobody_and_its_run_goes_on(daemon, connect):
    gone, other = Client(daemon.tcp), connect()
    run = gone.start_sh("read x; echo survived")
    gone.wait_event(run, "started")
    gone.close()
    other.attach(run)
    other.input(run, "go\n")
    assert other.collect(run).stdout == b"survived\n"


def test_requests_are_answered_while_other_clients_come_and_go(daemon):
    """A send to a client that has just left must not eat the signal that tells of another's request."""
    for _ in range(150):
        leaving = daemon.client()
        leaving.start_sh("for i in 1 2 3 4 5 6 7 8 9; do echo x; done; echo y")
        leaving.close()
        staying = daemon.client()
        assert staying.request("ping")["boot"]
        staying.close()
