# SPDX-License-Identifier: Apache-2.0
"""A worker forked ahead of time: it waits for the descriptors, directory and environment of a context.

Two forks of a warm interpreter take most of the time that a context takes to start. Until then it is no
child of the daemon's, whose children are all contexts else: the process between the two forks waits too.
Both go when the template does, whose ends of a socket and a pipe then close.
"""
import array
import os
import sys
from _signal import SIGKILL
from _socket import SCM_RIGHTS, SOL_SOCKET
from socket import CMSG_LEN, MSG_CMSG_CLOEXEC, socketpair

FDS = 5
TOLD = 199  # above what a session keeps
PR_SET_PDEATHSIG = 1
try:  # before the fork
    from ctypes import CDLL
    prctl = CDLL(None).prctl
except (ImportError, OSError, AttributeError):  # a small Python, or a small C library
    prctl = None


class Spare:
    def __init__(self, make_session, channel):
        self.near, far = socketpair()
        let_go, self.hold = os.pipe()
        try:
            self.between = os.fork()
        except OSError:
            for end in (self.near, far):
                end.close()
            os.close(let_go)
            os.close(self.hold)
            raise
        if self.between == 0:
            try:
                self.near.close()
                os.close(self.hold)
                if os.fork():
                    far.close()
                    os.read(let_go, 1)
                    os._exit(0)
                os.close(let_go)
                channel.detach()
                os.closerange(3, 5)  # the template's own
                become(far)
                worker(make_session)
            finally:
                os._exit(70)
        far.close()
        os.close(let_go)

    def begin(self, parts, fds):
        """What the worker tells: its pid, or 0 and what failed; nothing when it has died."""
        words = [parts.get("cwd", b""), parts.get("env", b"")]
        told = b""
        try:
            self.near.sendmsg([b"!"], [(SOL_SOCKET, SCM_RIGHTS, array.array("i", fds))])
            self.near.sendall(b"".join(b"%d " % len(word) for word in words) + b"\n" + b"".join(words))
        except OSError:
            pass  # it is told by its silence
        os.close(self.hold)
        os.waitpid(self.between, 0)  # only then is the worker the daemon's
        try:
            while not told.endswith(b"\n") and (chunk := self.near.recv(4096)):
                told += chunk
            self.near.send(b"!")
        except OSError:
            pass
        self.near.close()
        return told.decode("utf-8", "replace").strip()


def become(far):
    """Waits until the template has sent what makes this a context's worker; tells its pid, or what failed."""
    _, extra, _, _ = far.recvmsg(1, CMSG_LEN(FDS * 4), MSG_CMSG_CLOEXEC)
    if not extra:
        os._exit(0)
    fds = array.array("i")
    fds.frombytes(extra[0][2])
    stream = far.makefile("rb")
    cwd, env = [stream.read(int(size)) for size in stream.readline().split()]
    stream.close()
    os.dup2(far.fileno(), TOLD, inheritable=False)
    far.close()
    try:
        os.setsid()
        # High first, so that none is overwritten before its turn; worker() closes what is left over.
        for target, fd in enumerate(fds):
            os.dup2(fd, 100 + target, inheritable=False)
        for target in range(FDS):
            os.dup2(100 + target, target)
        os.environ.clear()
        for item in env.split(b"\0"):
            if item:
                name, _, value = item.partition(b"=")
                os.environb[name] = value
        if cwd:
            os.chdir(os.fsdecode(cwd))
    except BaseException as error:
        os.write(TOLD, f"0 {error}\n".encode())
        os._exit(1)
    os.write(TOLD, b"%d\n" % os.getpid())


def worker(make_session):
    import random
    import time
    random.seed()
    time.tzset()
    high = [os.dup2(fd, 190 + fd, inheritable=False) for fd in (3, 4)]
    os.closerange(3, 190)
    sys.path[1:1] = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    session = make_session(*high)
    if not os.read(TOLD, 1):  # adopted by the daemon, from here on
        os._exit(0)
    os.close(TOLD)
    if prctl:
        prctl(PR_SET_PDEATHSIG, SIGKILL)
    session.ready()
    session.serve()
