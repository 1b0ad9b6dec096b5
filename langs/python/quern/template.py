# SPDX-License-Identifier: Apache-2.0
"""The template: a warm interpreter that runs no code and forks into workers on request.

One request on the socket, five descriptors with it, one new worker that the daemon adopts. A spare is
always at hand, so that nobody waits for a fork. Has one thread, and stays as it was started.
"""
import array
import gc
import os
import sys
from _signal import SIG_IGN, SIGINT, signal
from _socket import CMSG_LEN, MSG_CMSG_CLOEXEC, SCM_RIGHTS, SOL_SOCKET, socket

from .spare import Spare
from .wire import Gate, Wire

WARM = ("linecache", "traceback", "ast", "inspect", "json", "asyncio", "collections", "functools",
        "dataclasses", "typing", "pathlib", "datetime", "random", "math", "subprocess", "threading",
        "quern.failure", "quern.complete")


class SocketWire(Wire):
    """Frames over the socket; keeps the descriptors that come along."""

    def __init__(self, channel, replies, gate):
        super().__init__(-1, replies, gate, lambda: None)
        self.channel = channel
        self.passed = []

    def take(self, size):
        data, extra, _, _ = self.channel.recvmsg(size, CMSG_LEN(5 * 4), MSG_CMSG_CLOEXEC)
        for level, kind, body in extra:
            if level == SOL_SOCKET and kind == SCM_RIGHTS:
                fds = array.array("i")
                fds.frombytes(body[:len(body) - len(body) % fds.itemsize])
                self.passed += fds
        return data


def main(make_session, add_site):
    signal(SIGINT, SIG_IGN)
    os.set_inheritable(3, False)
    os.set_inheritable(4, False)
    add_site({})  # a worker's own environment has its own PYTHONPATH
    for name in WARM:
        __import__(name)
    channel = socket(fileno=3)
    wire = SocketWire(channel, 4, Gate())
    version = "%d.%d.%d" % sys.version_info[:3]
    wire.send("ready", {"version": version}, [("title", "Python " + version)])
    gc.collect()
    gc.freeze()  # so that a collection in a worker does not copy every page
    spares = Spares(make_session, channel)
    while True:
        spares.refill()
        request = wire.read()
        if request is None:
            os._exit(0)
        kind, _, parts = request
        fds, wire.passed = wire.passed, []
        try:
            if kind != "fork" or len(fds) != 5:
                raise ValueError(f"a template answers only fork with five descriptors, not {kind} with {len(fds)}")
            wire.send("forked", {"pid": spares.hand_over(parts, fds)})
            status = "ok"
        except Exception as error:
            wire.send("error", {"kind": "runtime"},
                      [("name", type(error).__name__), ("message", str(error))])
            status = "error"
        finally:
            for fd in fds:
                os.close(fd)
        wire.send("done", {"status": status})


class Spares:
    """The one spare, and another when it has been handed over or has died."""

    def __init__(self, *made_of):
        self.made_of = made_of
        self.spare = None

    def refill(self):
        try:
            self.spare = self.spare or Spare(*self.made_of)
        except OSError:
            pass  # who asks next tries again, and is told

    def hand_over(self, parts, fds):
        """The pid of a new worker, adopted and set up; an exception tells what it could not do."""
        for _ in range(2):  # somebody may have killed the first
            spare, self.spare = self.spare or Spare(*self.made_of), None
            pid, _, trouble = spare.begin(parts, fds).partition(" ")
            if trouble:
                raise OSError(trouble)
            if pid:
                return int(pid)
        raise OSError("the new worker died before it had begun")
