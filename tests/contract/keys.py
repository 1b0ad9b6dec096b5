# SPDX-License-Identifier: Apache-2.0
"""Key files of a test, and what a connection that is not let in gets to see.

Role: makes the daemon's key, those of clients and the file of authorized ones, in the format that
README.md gives. `outcome()` waits for what ZeroMQ itself says of a connection, so that no test takes
silence for a refusal.
"""
import contextlib
import os
import socket
import time

import zmq
import zmq.utils.monitor

from client import PATIENCE, Client

# Signature, version 3.0, mechanism, as-server, filler: what a client without keys greets with.
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" + bytes(31)
FAILED = (zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH)


class Keys:
    def __init__(self, folder):
        self.secret_file, self.authorized_file = folder / "daemon.key", folder / "authorized-keys"
        public, secret = zmq.curve_keypair()
        self.daemon = public
        self.write(self.secret_file, b"# the daemon's\n" + secret + b"\n")
        self.ada, self.eve = zmq.curve_keypair(), zmq.curve_keypair()
        self.authorize(self.ada)
        self.daemon_itself = (public, public, secret)

    @staticmethod
    def write(path, content, mode=0o600):
        """In one move, as an editor does, so that nobody reads half of it."""
        beside = path.with_name(path.name + ".new")
        beside.write_bytes(content)
        beside.chmod(mode)
        os.replace(beside, path)

    def authorize(self, *pairs):
        lines = [b"%s client number %d\n" % (public, n) for n, (public, _) in enumerate(pairs, 1)]
        self.write(self.authorized_file, b"# who may\n\n" + b"".join(lines))

    @property
    def args(self):
        return ["--curve-secret-key", str(self.secret_file), "--authorized-keys", str(self.authorized_file)]

    def of(self, pair):
        """What a client that holds this pair needs."""
        return (self.daemon, *pair)


def connect(daemon, keys, pair, endpoint=None):
    return Client(endpoint or daemon.tcp, keys=keys.of(pair))


def outcome(endpoint, keys=None):
    """"in", or "out" once the daemon has ended this connection's handshake; it must have said nothing."""
    client = Client(endpoint, keys=keys, monitored=FAILED | zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED)
    client.socket.sndtimeo = 0  # one who was refused already would wait for room for ever
    ping = None
    try:
        with contextlib.suppress(zmq.Again):
            ping = client.send("ping")
        assert client.monitor.poll(PATIENCE * 1000), "the daemon neither lets the connection in nor ends it"
        event = zmq.utils.monitor.recv_monitor_message(client.monitor)["event"]
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            client.reply(ping)
            return "in"
        assert not client.socket.poll(0), f"an answer came to one who was not let in: {client.socket.recv_multipart()}"
        return "out"
    finally:
        client.socket.disable_monitor()
        client.monitor.close(0)
        client.close()


def raw(endpoint, *pieces, half_close=False):
    """Everything that the daemon says to these bytes until it hangs up."""
    host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
    heard = b""
    with socket.create_connection((host, int(port)), PATIENCE) as stream:
        stream.settimeout(3 * PATIENCE)
        try:
            for piece in pieces:
                stream.sendall(piece)
            if half_close:
                stream.shutdown(socket.SHUT_WR)
            while more := stream.recv(65536):
                heard += more
        except TimeoutError:
            raise AssertionError(f"the daemon does not hang up; it said {heard}") from None
        except OSError:
            pass  # it has hung up before it had read everything
    return heard


def wait_for_log(daemon, text, count=1):
    deadline = time.monotonic() + PATIENCE
    while daemon.log().count(text) < count:
        assert time.monotonic() < deadline, f"the log never said {text!r}:\n{daemon.log()}"
        time.sleep(0.01)
