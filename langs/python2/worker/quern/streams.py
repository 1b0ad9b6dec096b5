# SPDX-License-Identifier: Apache-2.0
"""The user's sys.stdin, sys.stdout and sys.stderr, on the real descriptors 0, 1 and 2.

Made once by the session and mended before a snippet where the last one broke them. They take and
give bytes, as in any Python 2; what is Unicode is written as UTF-8, whatever the locale says.
"""
from __future__ import absolute_import
import fcntl
import io
import os
import sys


def lift(fd, target):
    """A copy of the descriptor that no program of a snippet's inherits."""
    os.dup2(fd, target)
    fcntl.fcntl(target, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return target


class Output(io.BufferedWriter):
    encoding = "UTF-8"
    errors = "strict"
    newlines = None
    mode = "w"
    softspace = 0
    other = None  # while both are one: what that one holds back goes out before this one's text

    def __init__(self, fd, name, held):
        self.held = held  # what has no newline yet may wait
        raw = io.FileIO(fd, "wb", closefd=False)
        raw.name = name
        io.BufferedWriter.__init__(self, raw)

    def write(self, text):
        if self.other is not None:
            io.BufferedWriter.flush(self.other)
        if isinstance(text, unicode):
            text = text.encode("utf-8")
        elif not isinstance(text, (bytes, bytearray, buffer, memoryview)):
            raise TypeError("expected a character buffer object")
        io.BufferedWriter.write(self, text)
        if text[-1:] == b"\n":
            self.softspace = 0  # as `print` does next, which an interrupt may come before
        # Without a newline a single character is mostly a progress mark.
        if not self.held or len(text) < 2 or b"\n" in bytes(text):
            io.BufferedWriter.flush(self)

    def writelines(self, lines):
        for line in lines:
            self.write(line)


class InputBytes(io.FileIO):
    """fd 0 unbuffered: shows pending output before it waits, remembers that it was read, and that it ended."""

    used = ended = False

    def readinto(self, room):
        if self._begin():
            return 0
        count = io.FileIO.readinto(self, room)
        self.ended = count == 0
        return count

    def readall(self):
        if self._begin():
            return b""
        data = io.FileIO.readall(self)
        self.ended = True
        return data

    def read(self, size=-1):
        if size < 0:
            return self.readall()
        room = bytearray(size)
        return bytes(room[:self.readinto(room)])

    def _begin(self):
        self.used = True
        self.before()
        return self.ended


class Input(io.BufferedReader):
    encoding = "UTF-8"
    errors = newlines = None
    mode = "r"
    softspace = 0

    def __init__(self, before):
        raw = InputBytes(0, "rb", closefd=False)
        raw.name = "<stdin>"
        raw.before = before
        io.BufferedReader.__init__(self, raw)
        self.bytes = raw

    def xreadlines(self):
        return self


class Streams(object):
    def __init__(self):
        self.ofc = sys.stdout, sys.stderr  # kept, for what is printed by C code
        self.stdin = Input(self.flush)
        self.out = Output(1, "<stdout>", True)
        self.err = Output(2, "<stderr>", False)
        # For a snippet that closes 0, 1 or 2: copies out of the way of user files.
        self.spare = [lift(fd, 195 + fd) for fd in range(3)]
        self.merged = None  # (device, inode) of what 2 has become for this run
        sys.stdin = sys.__stdin__ = self.stdin
        sys.stdout = sys.__stdout__ = self.out
        sys.stderr = sys.__stderr__ = self.err

    def flush(self):
        streams = (self.out, self.err) + self.ofc
        theirs = getattr(sys, "stdout", None), getattr(sys, "stderr", None)
        if theirs[0] is not self.out or theirs[1] is not self.err:
            streams = theirs + streams
        for stream in streams:
            try:
                stream.flush()
            except Exception:
                pass  # closed, replaced or broken by the snippet: its own doing, and mend() follows

    def end_line(self):
        """`print x,` leaves a line open; as at Python's own prompt it ends with the snippet."""
        try:
            if sys.stdout.softspace:
                sys.stdout.softspace = 0
                sys.stdout.write("\n")
        except Exception:
            pass  # as in flush()

    def mend(self):
        """Before a snippet: descriptors and streams that the last one closed come back."""
        for fd in range(3):
            try:
                os.fstat(fd)
            except OSError:
                os.dup2(self.spare[fd], fd)
        if self.out.closed:
            self.out = Output(1, "<stdout>", True)
        if self.err.closed:
            self.err = Output(2, "<stderr>", False)
        for name, own in (("stdout", self.out), ("stderr", self.err), ("stdin", self.stdin)):
            theirs = getattr(sys, name, None)
            if theirs is not own and (theirs is None or getattr(theirs, "closed", False)):
                setattr(sys, name, own)

    def merge(self):
        """For one run descriptor 2 is what 1 is; 198 keeps what it was."""
        lift(2, 198)
        os.dup2(1, 2)
        self.merged = os.fstat(2)[1:3]
        self.out.other, self.err.other = self.err, self.out

    def part(self):
        """After such a run: unless the snippet has itself put something else there."""
        if self.merged is None:
            return
        self.flush()
        try:
            if os.fstat(2)[1:3] == self.merged:
                os.dup2(198, 2)
        except OSError:
            os.dup2(198, 2)  # it was closed
        os.close(198)
        self.merged = self.out.other = self.err.other = None

    def forget_input(self):
        """After a snippet: what was read ahead of fd 0 belonged to that run."""
        if self.stdin.bytes.used or self.stdin.closed:
            # In place, so that whoever holds on to sys.stdin reads afresh too.
            self.stdin.__init__(self.flush)
