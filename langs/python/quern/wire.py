# SPDX-License-Identifier: Apache-2.0
"""Frames over two descriptors, and the gate that decides what SIGINT may do.

Owned by the session, for the life of the process. Sends a frame whole or not at all, whichever
thread asks, and never reads or writes descriptors 0, 1 and 2.
"""
import os
from _thread import allocate_lock, get_ident

__builtins__ = dict(__builtins__)  # functions below keep these, whatever a snippet does to builtins


MOST_STARTS = 16


class Gate:
    """The SIGINT handler: raises KeyboardInterrupt while armed, and never inside a frame."""

    def __init__(self):
        self.armed = False
        self.framing = False
        self.late = False

    def __call__(self, signum, frame):
        if not self.armed:
            return
        if self.framing:
            self.late = True
            return
        raise KeyboardInterrupt

    def release(self):
        self.framing = False
        if self.late:
            self.late = False
            if self.armed:
                raise KeyboardInterrupt


class Wire:
    def __init__(self, requests, replies, gate, flush):
        self.requests = requests
        self.replies = replies
        self.gate = gate
        self.flush = flush
        self.lock = allocate_lock()
        self.main = get_ident()
        self.rest = b""
        self.kept = b""
        self.prompted = False  # the last prompt is not closed yet
        self.starts = {}  # headers without their last size, parsed

    def take(self, size):
        return os.read(self.requests, size)

    def _fill(self, size):
        """Make `rest` at least `size` bytes long; False at end of file."""
        chunks, have = [self.rest], len(self.rest)
        while have < size:
            chunk = self.take(max(65536, size - have))
            if not chunk:
                return False
            chunks.append(chunk)
            have += len(chunk)
        self.rest = b"".join(chunks)
        return True

    def read(self):
        """The next request as (kind, attributes, parts), or None at end of file."""
        self.rest = self.rest or self.take(65536)
        while (end := self.rest.find(b"\n")) < 0:
            if not self._fill(len(self.rest) + 1):
                return None
        kind, attributes, sizes = self._parse(self.rest[:end])
        at = end + 1
        whole = at + sum([size for _, size in sizes])
        if len(self.rest) < whole and not self._fill(whole):
            return None
        parts = {}
        for name, size in sizes:
            parts[name] = self.rest[at:at + size]
            at += size
        self.rest = self.rest[at:]
        return kind, attributes, parts

    def _parse(self, line):
        """A header's kind, attributes and sizes. Most differ from one before in their last size alone."""
        start, _, last = line.rpartition(b":")
        if (known := self.starts.get(start)) and last.isdigit():
            kind, attributes, sizes, name = known
            return kind, attributes, [*sizes, (name, int(last))]
        kind, *words = line.decode("utf-8", "replace").split(" ")
        attributes, sizes = {}, []
        for word in words:
            name, colon, count = word.rpartition(":")
            if colon and count.isdigit():
                sizes.append((name, int(count)))
            else:
                key, _, value = word.partition("=")
                attributes[key] = value
        if sizes and last.isdigit() and len(self.starts) < MOST_STARTS:
            self.starts[start] = kind, attributes, sizes[:-1], sizes[-1][0]
        return kind, attributes, sizes

    def keep(self, kind, attributes=(), parts=()):
        """Like send, but with the next frame, which must follow at once: both then are one message to the daemon."""
        self.kept += self._frame(kind, attributes, parts)

    def send(self, kind, attributes=(), parts=(), flushed=False):
        """`attributes` is a mapping; `parts` pairs of (name, str or bytes), in order."""
        frame = self._frame(kind, attributes, parts)
        if not flushed:
            self.flush()
        if get_ident() != self.main:
            with self.lock:
                self._write(frame)
                self.prompted = kind == "prompt" or self.prompted and kind != "taken"
            return
        self.gate.framing = True
        try:
            with self.lock:
                kept, self.kept = self.kept, b""
                self._write(kept + frame)
                self.prompted = kind == "prompt" or self.prompted and kind != "taken"
        finally:
            self.gate.release()

    @staticmethod
    def _frame(kind, attributes, parts):
        words, bodies = [kind], []
        for key, value in dict(attributes).items():
            words.append(f"{key}={value}")
        for name, body in parts:
            if isinstance(body, str):
                body = body.encode("utf-8", "backslashreplace")
            words.append(f"{name}:{len(body)}")
            bodies.append(body)
        return b"".join([" ".join(words).encode(), b"\n", *bodies])

    def _write(self, frame):
        written = os.write(self.replies, frame)
        if written < len(frame):
            rest = memoryview(frame)[written:]
            while rest:
                rest = rest[os.write(self.replies, rest):]
