# SPDX-License-Identifier: Apache-2.0
"""The user's sys.stdin, sys.stdout and sys.stderr, on the real descriptors 0, 1 and 2.

Made once by the session and mended before a snippet where the last one broke them. Output is line
buffered, and what is usually a progress mark goes out at once. Never raises for odd characters.
"""
import io
import os
import sys

__builtins__ = dict(__builtins__)

_write = io.TextIOWrapper.write
_flush = io.TextIOWrapper.flush
# print(x, end="") writes x, then ""; without a newline nothing else would tell that the line is done.
_marks = frozenset(["", " ", ", ", "\t", ".", "#", "*", "-", "=", "+"])


class Output(io.TextIOWrapper):
    other = None  # while both are one: what that one holds back goes out before this one's text

    def write(self, text):
        if self.other is not None:
            _flush(self.other)
        count = _write(self, text)
        if text in _marks:
            _flush(self)
        return count


class InputBytes(io.FileIO):
    """fd 0 unbuffered: shows pending output before it waits, remembers that it was read."""

    used = False

    def readinto(self, buffer):
        self.before()
        return super().readinto(buffer)

    def readall(self):
        self.before()
        return super().readall()

    def read(self, size=-1):
        self.before()
        return super().read(size)


def _output(fd, name):
    raw = io.FileIO(fd, "wb", closefd=False)
    raw.name = name
    stream = Output(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=True)
    stream.mode = "w"
    return stream


class Streams:
    def __init__(self):
        self.stdin = io.TextIOWrapper(self._input(), "utf-8", "surrogateescape")
        self.stdin.mode = "r"
        self.out = _output(1, "<stdout>")
        self.err = _output(2, "<stderr>")
        # For a snippet that closes 0, 1 or 2: close-on-exec copies, out of the way of user files.
        self.spare = [os.dup2(fd, 195 + fd, inheritable=False) for fd in range(3)]
        self.merged = None  # (device, inode) of what 2 has become for this run
        self.install()

    def install(self):
        sys.stdin = sys.__stdin__ = self.stdin
        sys.stdout = sys.__stdout__ = self.out
        sys.stderr = sys.__stderr__ = self.err

    def _input(self):
        raw = InputBytes(0, "rb", closefd=False)
        raw.name = "<stdin>"
        raw.before = self._before_read
        self.raw = raw
        return io.BufferedReader(raw)

    def _before_read(self):
        self.raw.used = True
        self.flush()

    def flush(self):
        streams = self.out, self.err
        theirs = getattr(sys, "stdout", None), getattr(sys, "stderr", None)
        if theirs[0] is not self.out or theirs[1] is not self.err:
            streams = theirs + streams
        for stream in streams:
            try:
                stream.flush()
            except (Exception, RecursionError):
                pass  # closed, replaced or broken by the snippet: its own doing, and mend() follows

    def mend(self):
        """After a snippet, for the next: descriptors and streams that the last one closed come back."""
        for fd in range(3):
            try:
                os.get_inheritable(fd)  # of all questions the quickest
            except OSError:
                os.dup2(self.spare[fd], fd)
        if self.out.closed:
            self.out = _output(1, "<stdout>")
        if self.err.closed:
            self.err = _output(2, "<stderr>")
        for name, own in (("stdout", self.out), ("stderr", self.err), ("stdin", self.stdin)):
            theirs = getattr(sys, name, None)
            if theirs is not own:
                if theirs is None or getattr(theirs, "closed", False):
                    setattr(sys, name, own)

    def merge(self):
        """For one run descriptor 2 is what 1 is; 198 keeps what it was."""
        os.dup2(2, 198, inheritable=False)
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
        if self.raw.used or self.stdin.closed:
            # In place, so that whoever holds on to sys.stdin reads afresh too.
            self.stdin.__init__(self._input(), "utf-8", "surrogateescape")
            self.stdin.mode = "r"
