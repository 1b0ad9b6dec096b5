# SPDX-License-Identifier: Apache-2.0
"""The client `quern`, told where a container's daemon is."""
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds after which something that had to come counts as missing


def program():
    return Path(os.environ.get("QUERN_BIN", ROOT / "build/release/bin/quern"))


class Failed(Exception):
    """A finished sentence: what an image did not do."""


class Client:
    def __init__(self, endpoint, *keys):
        self.endpoint = endpoint
        self.env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "dumb", "QUERN_ENDPOINT": endpoint}
        self.keys = keys

    def _words(self, command, args):
        behind = args.index("--") if "--" in args else len(args)
        return [str(program()), command, *map(str, args[:behind]), *map(str, self.keys), *map(str, args[behind:])]

    def start(self, command, *args, **streams):
        return subprocess.Popen(self._words(command, list(args)), env=self.env, text=True, **streams)

    def try_to(self, command, *args, given=None):
        """Its exit code, stdout and stderr."""
        streams = {"stdin": subprocess.DEVNULL} if given is None else {"input": given}
        done = subprocess.run(self._words(command, list(args)), env=self.env, text=True, capture_output=True, timeout=PATIENCE,
                              **streams)
        return done.returncode, done.stdout, done.stderr

    def __call__(self, command, *args, given=None):
        code, out, err = self.try_to(command, *args, given=given)
        if code != 0:
            raise Failed(f"quern {command} exited with {code}: {err.strip() or out.strip()}")
        return out

    def languages(self):
        return [json.loads(line) for line in self("langs", "--json").splitlines()]

class Terminal:
    """`quern tty` with a terminal of 80x24 around it."""

    def __init__(self, client, *args):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = client.start("tty", *args, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        self.shown = ""

    def type(self, text):
        os.write(self.ours, text.encode())

    def look(self, seconds):
        """Takes in what is there within so long; False at the end."""
        if not select.select([self.ours], [], [], seconds)[0]:
            return self.process.poll() is None
        try:
            got = os.read(self.ours, 65536)
        except OSError:  # how a terminal tells that nobody holds the other end
            return False
        self.shown += got.decode(errors="replace")
        return bool(got)

    def until(self, seen, what):
        end = time.monotonic() + PATIENCE
        while not seen(self.shown):
            if time.monotonic() > end or not self.look(0.2):
                raise Failed(f"the terminal never showed {what}, but: {self.shown!r}")

    def end(self):
        """Its exit code, when it has ended."""
        end = time.monotonic() + PATIENCE
        while self.look(0.1) and time.monotonic() < end:
            pass
        return self.process.wait(PATIENCE)

    def close(self):
        os.close(self.ours)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
