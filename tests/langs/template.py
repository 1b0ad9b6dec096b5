# SPDX-License-Identifier: Apache-2.0
"""A worker's template, as the daemon keeps one: it forks warm workers, which come up in milliseconds.

Role: tests of a worker that takes long to start get theirs from here (Worker(template=...)); what is
tested is then what the daemon's contexts are. A worker is forked twice and so has no parent; the
process of the tests adopts it, as the daemon does, and learns how it ended.
"""
import ctypes
import os
import select
import socket
import subprocess

from harness import ENVIRONMENT, SECONDS, frames, request, spawn

_SET_CHILD_SUBREAPER = 36


class Adopted:
    """The part of subprocess.Popen that a Worker uses, of a process that is ours by adoption."""

    def __init__(self, pid):
        self.pid, self.returncode = pid, None

    def poll(self):
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout=SECONDS):
        if self.poll() is None:
            pidfd = os.pidfd_open(self.pid)
            try:
                if not select.select([pidfd], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired(f"worker {self.pid}", timeout)
            finally:
                os.close(pidfd)
        return self.poll()


class Template:
    def __init__(self, argv):
        assert ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
        self.socket, theirs = socket.socketpair()
        self.replies, write = os.pipe()
        nothing = os.open(os.devnull, os.O_RDWR)
        self.child = spawn(argv, [nothing, nothing, nothing, theirs.fileno(), write], ENVIRONMENT, None)
        for fd in (nothing, write):
            os.close(fd)
        theirs.close()
        self.ready, = frames(self.replies, "ready")

    def ask(self, fds, env=None, cwd=None):
        """What the template says to a request for a worker with these descriptors as its 0 to 4."""
        variables = b"".join(f"{name}={value}".encode() + b"\0" for name, value in {**ENVIRONMENT, **(env or {})}.items())
        socket.send_fds(self.socket, [request("fork", cwd=str(cwd or ""), env=variables)], fds)
        return frames(self.replies, "done")

    def fork(self, fds, env=None, cwd=None):
        kind, attributes, _ = self.ask(fds, env, cwd)[0]
        assert kind == "forked", kind
        return Adopted(int(attributes["pid"]))

    def close(self):
        """The exit status of the template: it goes when nobody asks any more."""
        self.socket.close()
        try:
            return self.child.wait(SECONDS)
        finally:
            self.child.kill()
            self.child.wait()
            os.close(self.replies)
