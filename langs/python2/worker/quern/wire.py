# SPDX-License-Identifier: Apache-2.0
"""Frames over two descriptors, and the gate that decides what SIGINT may do.

Owned by the session, for the life of the process. Sends a frame whole or not at all, whichever
thread asks, and never reads or writes descriptors 0, 1 and 2.
"""
from __future__ import absolute_import
import errno
import os
import thread


def unbroken(call, *arguments):
    """The system call, again when a signal broke it off: this Python does not do so by itself."""
    while True:
        try:
            return call(*arguments)
        except OSError as error:
            if error.errno != errno.EINTR:
                raise


def utf8(text):
    """Any text as bytes that are UTF-8."""
    if not isinstance(text, unicode):
        text = str(text).decode("utf-8", "replace")
    return text.encode("utf-8", "replace")


class Gate(object):
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


class Wire(object):
    def __init__(self, requests, replies, gate, flush):
        self.requests = requests
        self.replies = replies
        self.gate = gate
        self.flush = flush
        self.lock = thread.allocate_lock()
        self.main = thread.get_ident()
        self.rest = b""
        self.prompted = False  # the last prompt is not closed yet

    def _fill(self, size):
        """Make `rest` at least `size` bytes long; False at end of file."""
        chunks, have = [self.rest], len(self.rest)
        while have < size:
            chunk = unbroken(os.read, self.requests, max(65536, size - have))
            if not chunk:
                return False
            chunks.append(chunk)
            have += len(chunk)
        self.rest = b"".join(chunks)
        return True

    def read(self):
        """The next request as (kind, attributes, parts), or None at end of file."""
        while True:
            end = self.rest.find(b"\n")
            if end >= 0:
                break
            if not self._fill(len(self.rest) + 1):
                return None
        words = self.rest[:end].split(b" ")
        attributes, sizes = {}, []
        for word in words[1:]:
            name, colon, count = word.rpartition(b":")
            if colon and count.isdigit():
                sizes.append((name, int(count)))
            else:
                key, _, value = word.partition(b"=")
                attributes[key] = value
        at = end + 1
        whole = at + sum([size for _, size in sizes])
        if len(self.rest) < whole and not self._fill(whole):
            return None
        parts = {}
        for name, size in sizes:
            parts[name] = self.rest[at:at + size]
            at += size
        self.rest = self.rest[at:]
        return words[0], attributes, parts

    def send(self, kind, attributes=(), parts=()):
        """`attributes` is a mapping; `parts` pairs of (name, bytes), in order."""
        words = [kind] + ["%s=%s" % pair for pair in dict(attributes).items()]
        words += ["%s:%d" % (name, len(body)) for name, body in parts]
        frame = b"".join([" ".join(words), b"\n"] + [body for _, body in parts])
        self.flush()
        if thread.get_ident() != self.main:
            with self.lock:
                self._write(frame)
            return
        self.gate.framing = True
        try:
            with self.lock:
                self._write(frame)
                self.prompted = kind == "prompt" or self.prompted and kind != "taken"
        finally:
            self.gate.release()

    def _write(self, frame):
        rest = buffer(frame)
        while rest:
            rest = buffer(rest, unbroken(os.write, self.replies, rest))
