# SPDX-License-Identifier: Apache-2.0
"""The client as a person meets it: a program with arguments, streams and an exit code.

Run with:  /usr/bin/python3 -m pytest tests/quern
QUERN_BIN and QUERND_BIN say which programs (build/release/bin otherwise). Tests named for the private
daemon use the real quernd; those about misbehaviour use fake_quernd.py, which can be told to misbehave.
"""
import os
import pathlib
import subprocess
import threading

import pytest

from fake_quernd import FakeDaemon
from patience import until
from tmux import Tmux

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUERN = pathlib.Path(os.environ.get("QUERN_BIN", ROOT / "build/release/bin/quern")).resolve()
QUERND = pathlib.Path(os.environ.get("QUERND_BIN", ROOT / "build/release/bin/quernd")).resolve()
FAKE = pathlib.Path(__file__).with_name("fake_quernd.py")


def pytest_report_header():
    return f"quern: {QUERN}\nquernd: {QUERND}"


def pytest_configure():
    for program in (QUERN, QUERND):
        if not program.exists():
            raise pytest.UsageError(f"{program} is not there; build it, or name it with QUERN_BIN and QUERND_BIN.")


class Quern:
    """Starts the client with a clean environment and a temp folder of its own."""

    def __init__(self, tmp_path):
        self.tmp = tmp_path / "tmp"
        self.tmp.mkdir()
        self.cwd = tmp_path / "cwd"
        self.cwd.mkdir()
        self.env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8",
            "TMPDIR": self.short_temp(), "QUERND_BIN": str(QUERND), "QUERND_LANGS": str(ROOT / "langs"),
            # For a build with sanitizers.
            "LSAN_OPTIONS": f"print_suppressions=0:suppressions={pathlib.Path(__file__).with_name('lsan.supp')}",
        }
        self.env |= {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        self.endpoint = None

    def short_temp(self):
        # A socket's path has 107 bytes at most, and pytest's folders are deep.
        link = pathlib.Path("/tmp") / f"q{os.getpid()}-{id(self):x}"
        link.symlink_to(self.tmp)
        self.link = link
        return str(link)

    def start(self, *args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=None, **more):
        environment = {**self.env, **(env or {})}
        if self.endpoint:
            environment["QUERN_ENDPOINT"] = self.endpoint
        return subprocess.Popen([QUERN, *args], stdin=stdin, stdout=stdout, stderr=stderr, cwd=self.cwd,
                                env=environment, **more)

    def __call__(self, *args, input=None, env=None, timeout=60):
        process = self.start(*args, env=env, stdin=subprocess.DEVNULL if input is None else subprocess.PIPE)
        try:
            out, err = process.communicate(input, timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"quern {args} hung; it said {process.communicate()}") from None
        return subprocess.CompletedProcess(args, process.returncode, out, err)

    def left_behind(self):
        return sorted(path.name for path in self.tmp.iterdir())


@pytest.fixture
def quern(tmp_path):
    client = Quern(tmp_path)
    yield client
    client.link.unlink()


@pytest.fixture
def fake(quern):
    """A misbehaving daemon in this process, which the client of this test talks to."""
    endpoint = f"ipc://{quern.link}/fake"
    daemon = FakeDaemon(endpoint)
    thread = threading.Thread(target=daemon.serve, daemon=True)
    thread.start()
    quern.endpoint = endpoint
    yield daemon
    daemon.over.set()
    thread.join(60)
    assert not thread.is_alive()


@pytest.fixture
def daemon(quern, tmp_path):
    """A real daemon that all commands of the test share."""
    quern.endpoint = f"ipc://{quern.link}/real"
    process = subprocess.Popen(
        [QUERND, "--endpoint", quern.endpoint, "--langs", ROOT / "langs", "--work-dir", tmp_path, "--state-dir",
         tmp_path / "state", "--ready-fd", "1"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert process.stdout.read(1)
    yield process
    if process.poll() is None:
        process.terminate()
        assert process.wait(60) == 0


@pytest.fixture
def scripted(fake):
    """Makes the next run emit exactly these events: [(ev, keys, body)]."""

    def script(*events):
        def on_run(peer, head, body):
            fake.reply(peer, head, run=head["id"])
            for seq, (ev, keys, data) in enumerate([("accepted", {"queued": 0, "cwd": "/", "meta": {}, "wall": 0}, b""), *events]):
                fake.send(peer, {"ev": ev, "run": head["id"], "seq": seq, "t": 0, **keys}, data)
            return True

        fake.handlers["run"] = on_run

    return script


def finished(status="ok", **keys):
    return ("finished", {"status": status, "cause": keys.pop("cause", ""), "usage": {"wall_ms": 1, "cpu_ms": 1, "max_rss": 1},
                         "bytes": {"stdout": 0, "stderr": 0}, "open": False, **keys}, b"")


@pytest.fixture
def terminal(quern):
    """Starts a program in a terminal of its own, which ends with the test."""
    opened = []

    def start(*args, **more):
        opened.append(Tmux(quern, *args, **more))
        return opened[-1]

    yield start
    for one in opened:
        one.end()
