# SPDX-License-Identifier: Apache-2.0
"""A private quernd for tests.

Role: starts the daemon in a directory of its own, knows when it serves (--ready-fd), reads what the
kernel says of it (memory, descriptors, children) and stops it. Stopping asserts what must be true
of any daemon: it ends by itself, leaves no process, and its log has no sanitizer report.
All its programs inherit one marked variable, so leftovers are found wherever they fled to.
Owned by the fixture that started it.
"""
import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from client import PATIENCE, Client

REPO = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("QUERND_BIN", REPO / "build/release/bin/quernd")).resolve()
LANGS = Path(os.environ.get("CONTRACT_LANGS", REPO / "langs")).resolve()
REPORTS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "MemorySanitizer", "runtime error:")


def eventually(true, what, timeout=None):
    """Waits for a state of the machine that announces itself to nobody."""
    deadline = time.monotonic() + (PATIENCE if timeout is None else timeout)
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.005)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def marked(mark):
    """pids of the living processes whose first environment holds the mark."""
    found, mark = [], mark.encode()
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if mark in Path("/proc", entry, "environ").read_bytes():
                    found.append(int(entry))
    return found


def alive(pid):
    """True while the process exists and is more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def program_of(pid):
    with contextlib.suppress(OSError):
        return os.path.basename(os.readlink(f"/proc/{pid}/exe"))


def clean_environment():
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("QUERND_", "QUERN_"))}
    # The interpreter that runs the tests comes first, so that programs see no wrapper of another one.
    return {**kept, "PATH": f"{os.path.dirname(sys.executable)}:{kept.get('PATH', os.defpath)}"}


class Daemon:
    """prefix: commands that start the daemon in surroundings of their own and may be its parents; or a function that
    makes them of this. owner: a uid that everything here belongs to. repo: where the prefix shows the sources instead.
    state: False for no --state-dir."""

    def __init__(self, *args, env=None, tcp=False, work=None, state=None, langs=LANGS, prefix=(), owner=None, repo=REPO,
                 **popen):
        self.dir = Path(tempfile.mkdtemp(prefix="qc-"))
        self.mark = f"CONTRACT_MARK={uuid.uuid4()}"
        self.work = Path(work or self.dir / "work")
        self.state = self.dir / "state" if state is None else state and Path(state)
        self.log_path = self.dir / "log"
        self.ipc = f"ipc://{self.dir}/socket"
        self.tcp = f"tcp://127.0.0.1:{free_port()}" if tcp else None
        self.args, self.langs, self.owner, self.repo, self.popen = args, langs, owner, repo, popen
        self.prefix = prefix(self) if callable(prefix) else prefix
        self.env = {**clean_environment(), "CONTRACT_MARK": self.mark.partition("=")[2], **(env or {})}
        self.process = None

    def command(self, announce):
        command = [str(BINARY), "--endpoint", self.ipc]
        command += ["--endpoint", self.tcp] if self.tcp else []
        command += ["--langs", str(self.langs), "--work-dir", str(self.work)]
        command += ["--state-dir", str(self.state)] if self.state else []
        command += ["--ready-fd", str(announce), *self.args]
        return [*self.prefix, *(word.replace(str(REPO), str(self.repo)) for word in command)]

    def start(self):
        for made in (self.work, self.state):
            if made and made.parent == self.dir:
                made.mkdir(exist_ok=True)
        if self.owner is not None:
            for owned in (self.dir, *self.dir.iterdir()):
                os.chown(owned, self.owner, self.owner)
        ready, announce = os.pipe()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(announce), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.env, pass_fds=[announce], **self.popen)
        os.close(announce)
        try:
            came, _, _ = select.select([ready], [], [], PATIENCE)
            word = os.read(ready, 1) if came else b""
        finally:
            os.close(ready)
        if word != b"\n":
            if came:  # it goes, and says why only now
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(PATIENCE)
            told = self.log()
            self.process.kill()
            self.discard()
            raise AssertionError(f"quernd does not serve; its log:\n{told}")
        return self

    @property
    def pid(self):
        if not self.prefix:
            return self.process.pid
        return min((pid for pid in marked(self.mark) if program_of(pid) == BINARY.name), default=self.process.pid)

    def client(self, **keys):
        return Client(self.ipc, **keys)

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def running(self):
        return self.process is not None and self.process.poll() is None

    # What the kernel says -------------------------------------------------------------------

    def memory(self, what, pid=None):
        """Bytes that /proc names so: VmRSS (resident now), VmHWM and VmPeak (resident and reserved, at most so far)."""
        line = next(l for l in Path(f"/proc/{pid or self.pid}/status").read_text().splitlines() if l.startswith(what + ":"))
        return int(line.split()[1]) * 1024

    def rss(self):
        return self.memory("VmRSS")

    def rss_of_children(self):
        return sum(self.memory("VmRSS", pid) for pid, state in self.children().items() if state != "Z")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def processor_time(self):
        """The seconds of a processor that its threads have had."""
        return sum(int(part.read_text().split()[0]) for part in Path(f"/proc/{self.pid}/task").glob("*/schedstat")) / 1e9

    def children(self):
        """{pid: state} of the direct children, zombies among them."""
        found = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError):
                    fields = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
                    if int(fields[1]) == self.pid:
                        found[int(entry)] = fields[0]
        return found

    def zombies(self):
        return [pid for pid, state in self.children().items() if state == "Z"]

    def programs(self):
        """pids of everything that this daemon started and that still lives."""
        known = {self.pid, self.process.pid}
        return [pid for pid in marked(self.mark) if pid not in known]

    # The end ----------------------------------------------------------------------------------

    def reports(self):
        return [line for line in self.log().splitlines() if any(word in line for word in REPORTS)]

    def stop(self):
        """Asks it to go and asserts that it went well."""
        try:
            if self.running():
                os.kill(self.pid, signal.SIGTERM)
            code = self.process.wait(PATIENCE)
            assert not self.reports(), f"the log has a sanitizer report:\n{self.log()}"
            assert code == 0, f"quernd ended with {code}; its log ends:\n{self.log()[-3000:]}"
            eventually(lambda: not self.programs(), "every program gone after the daemon went")
        finally:
            self.discard()

    def discard(self):
        """Removes whatever is left, without a word."""
        for pid in [self.pid, self.process.pid] * self.running() + self.programs():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
