# SPDX-License-Identifier: Apache-2.0
"""The template: a warm interpreter that runs no code and forks into workers on request.

One request on the socket, five descriptors with it, one new worker that the daemon adopts. Has one
thread, and stays as it was started.
"""
import array
import gc
import os
import sys
from _signal import SIG_IGN, SIGINT, signal
from _socket import CMSG_LEN, MSG_CMSG_CLOEXEC, SCM_RIGHTS, SOL_SOCKET, socket

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
    while True:
        request = wire.read()
        if request is None:
            os._exit(0)
        kind, _, parts = request
        fds, wire.passed = wire.passed, []
        try:
            if kind != "fork" or len(fds) != 5:
                raise ValueError(f"a template answers only fork with five descriptors, not {kind} with {len(fds)}")
            pid = fork(parts, fds, channel, make_session)
            wire.send("forked", {"pid": pid})
            status = "ok"
        except Exception as error:
            wire.send("error", {"kind": "runtime"},
                      [("name", type(error).__name__), ("message", str(error))])
            status = "error"
        finally:
            for fd in fds:
                os.close(fd)
        wire.send("done", {"status": status})


def fork(parts, fds, channel, make_session):
    """The pid of a new worker, adopted and set up; an exception tells what it could not do."""
    told, tell = os.pipe()
    middle = os.fork()
    if middle == 0:
        try:
            if os.fork():
                os._exit(0)
            become(parts, fds, tell)
            channel.detach()
            worker(make_session)
        finally:
            os._exit(70)
    os.close(tell)
    os.waitpid(middle, 0)  # only then is the worker the daemon's
    word = b""
    while chunk := os.read(told, 4096):
        word += chunk
    os.close(told)
    pid, _, trouble = word.decode("utf-8", "replace").partition(" ")
    if trouble or not pid:
        raise OSError(trouble or "the new worker died before it had begun")
    return int(pid)


def become(parts, fds, tell):
    """Descriptors, directory and environment of the new worker; tells its pid, or what failed."""
    try:
        os.setsid()
        # High first, so that none is overwritten before its turn; worker() closes what is left over.
        tell = os.dup2(tell, 110, inheritable=False)
        for target, fd in enumerate(fds):
            os.dup2(fd, 100 + target, inheritable=False)
        for target in range(5):
            os.dup2(100 + target, target)
        environment = [item.partition(b"=") for item in parts.get("env", b"").split(b"\0") if item]
        os.environ.clear()
        for name, _, value in environment:
            os.environb[name] = value
        cwd = os.fsdecode(parts.get("cwd", b""))
        if cwd:
            os.chdir(cwd)
    except BaseException as error:
        os.write(tell, f"0 {error}".encode())
        os._exit(1)
    os.write(tell, b"%d" % os.getpid())
    os.close(tell)


def worker(make_session):
    import random
    import time
    random.seed()
    time.tzset()
    high = [os.dup2(fd, 190 + fd, inheritable=False) for fd in (3, 4)]
    os.closerange(3, 190)
    sys.path[1:1] = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    session = make_session(*high)
    session.ready()
    session.serve()
