# SPDX-License-Identifier: Apache-2.0
"""Drives one worker over its descriptors, as the daemon does, without the daemon.

A Worker owns a child process in a session of its own and six pipe ends, and leaves nothing behind
when closed. It reads a reply only after what the output pipes held before it, so `events` is the
order that a client of the daemon would see: ("stdout", text), ("result", attributes, parts), …
"""
import array
import contextlib
import ctypes
import fcntl
import os
import random
import re
import select
import signal
import subprocess
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "langs"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
SECONDS = 60
_SET_DEATH_SIGNAL = 1


def manifest(language):
    return tomllib.loads((ROOT / language / "adapter.toml").read_text())


def query(language):
    """What the manifest says of its worker."""
    return manifest(language)["query"]


def command(language):
    return [word.replace("{dir}", str(ROOT / language)) for word in query(language)["worker"]]


def variables(language):
    return manifest(language).get("env", {}) if language else {}


class Died(Exception):
    pass


def request(kind, attributes=None, **parts):
    """One frame as bytes; parts are str or bytes."""
    words, bodies = [kind], []
    words += [f"{key}={value}" for key, value in (attributes or {}).items()]
    for name, body in parts.items():
        body = body.encode() if isinstance(body, str) else body
        words.append(f"{name}:{len(body)}")
        bodies.append(body)
    return " ".join(words).encode() + b"\n" + b"".join(bodies)


def parse(buffer):
    """(event, rest) of the first frame in the buffer, or (None, buffer)."""
    line, newline, rest = buffer.partition(b"\n")
    if not newline:
        assert len(buffer) < 65536, f"no frame: {buffer[:80]!r}"
        return None, buffer
    kind, *words = line.decode().split(" ")
    assert kind.isalpha(), f"no frame: {line[:80]!r}"
    attributes, sizes = {}, []
    for word in words:
        name, colon, count = word.rpartition(":")
        if colon and count.isdigit():
            sizes.append((name, int(count)))
        else:
            key, equals, value = word.partition("=")
            assert equals, f"neither part nor attribute: {word!r} in {line!r}"
            attributes[key] = value
    if len(rest) < sum(size for _, size in sizes):
        return None, buffer
    parts = []
    for name, size in sizes:
        parts.append((name, rest[:size]))
        rest = rest[size:]
    return (kind, attributes, parts), rest


def frames(fd, last, seconds=60):
    """All frames on that descriptor up to one of that kind."""
    found, buffer, end = [], b"", time.monotonic() + seconds
    while not found or found[-1][0] != last:
        event, buffer = parse(buffer)
        if event:
            found.append(event)
            continue
        assert select.select([fd], [], [], max(0, end - time.monotonic()))[0], f"no {last} within {seconds} s: {found!r}"
        data = os.read(fd, 1 << 20)
        assert data, f"no {last}, and no more comes: {found!r}"
        buffer += data
    assert not buffer, f"more than was to come: {buffer!r}"
    return found


class Answer:
    """All that one request yielded."""

    def __init__(self, events):
        self.events = events
        self.done = events[-1][1] if events and events[-1][0] == "done" else None

    def text(self, stream):
        return b"".join(event[1] for event in self.events if event[0] == stream).decode("utf-8", "replace")

    @property
    def out(self):
        return self.text("stdout")

    @property
    def err(self):
        return self.text("stderr")

    def frames(self, kind):
        return [event for event in self.events if event[0] == kind]

    def part(self, kind, name):
        """The text of that part in the first frame of that kind, or None."""
        for _, _, parts in self.frames(kind):
            for known, body in parts:
                if known == name:
                    return body.decode("utf-8", "replace")
        return None

    @property
    def value(self):
        return self.part("result", "text/plain")

    @property
    def error(self):
        """(name, message) or None."""
        return (self.part("error", "name"), self.part("error", "message")) if self.frames("error") else None

    @property
    def shape(self):
        """The events with neighbours of one stream joined: what order tests compare."""
        shape = []
        for event in self.events:
            if event[0] in ("stdout", "stderr"):
                if shape and shape[-1][0] == event[0]:
                    shape[-1] = (event[0], shape[-1][1] + event[1].decode())
                else:
                    shape.append((event[0], event[1].decode()))
            else:
                shape.append(event[0])
        return shape


def statuses(answers):
    return {answer.done["status"] for answer in answers}


def answers(worker, *lines):
    """For run(then=…): types the next line at each prompt, and interrupts where there is none left."""
    left = iter(lines)

    def answer(event):
        if event[0] == "prompt":
            line = next(left, None)
            worker.interrupt() if line is None else worker.type(line)
    return answer


class Worker:
    def __init__(self, language=None, argv=None, env=None, cwd=None, ready=True, template=None):
        started = time.perf_counter()
        self.urged = language and query(language).get("urge")
        ends = [os.pipe() for _ in range(5)]  # stdin, stdout, stderr, requests, replies
        self.stdin, self.requests = ends[0][1], ends[3][1]
        self.stdout, self.stderr, self.replies = ends[1][0], ends[2][0], ends[4][0]
        self.stdin_read = ends[0][0]  # kept, so that the pipe outlives its end of file
        theirs = [ends[0][0], ends[1][1], ends[2][1], ends[3][0], ends[4][1]]
        if template:
            self.child = template.fork(theirs, env, cwd)
        else:
            self.child = spawn(argv or command(language), theirs, {**ENVIRONMENT, **variables(language), **(env or {})}, cwd)
        for fd in theirs[1:]:
            os.close(fd)
        self._begin()
        if ready:
            answer = self.wait("ready", seconds=60)
            self.ready = answer.events[-1]
            self.start_ms = (time.perf_counter() - started) * 1000

    def _begin(self):
        for fd in (self.stdout, self.stderr):
            os.set_blocking(fd, False)
        self.buffer = b""
        self.id = 0
        self.open = [self.stdout, self.stderr]

    # -- reading as the daemon reads

    def _drain(self, events):
        for fd, name in ((self.stdout, "stdout"), (self.stderr, "stderr")):
            while fd in self.open:
                try:
                    data = os.read(fd, 65536)
                except BlockingIOError:
                    break
                if not data:
                    self.open.remove(fd)
                    break
                events.append((name, data))

    def wait(self, last="done", seconds=SECONDS, then=None, nudge=None):
        """Everything up to a frame of that kind; `then(event)` may answer prompts.

        `nudge()` is called once after 0.1 s, and then every 2 s."""
        events, end, nudge_at = [], time.monotonic() + seconds, time.monotonic() + 0.1
        while True:
            event, self.buffer = parse(self.buffer)
            if event:
                self._drain(events)
                events.append(event)
                if then:
                    then(event)
                if event[0] == last:
                    return Answer(events)
                continue
            left = end - time.monotonic()
            assert left > 0, f"no {last} within {seconds} s; so far {events!r}"
            if nudge and time.monotonic() >= nudge_at:
                nudge()
                nudge_at = time.monotonic() + 2
            if nudge:
                left = max(0, min(left, nudge_at - time.monotonic()))
            readable = select.select([self.replies, *self.open], [], [], left)[0]
            if self.replies in readable:
                data = os.read(self.replies, 1 << 20)
                if not data:
                    self._drain(events)
                    raise Died(f"the worker is gone: {events!r}")
                self.buffer += data
            elif readable:
                self._drain(events)

    def read_output(self, text):
        """Everything on stdout until that text is among it: what runs has come so far."""
        seen, end = "", time.monotonic() + SECONDS
        while text not in seen:
            left = end - time.monotonic()
            assert left > 0, f"no {text!r} on stdout, only {seen!r}"
            if select.select([self.stdout], [], [], left)[0]:
                data = os.read(self.stdout, 65536)
                assert data, f"no {text!r} on stdout, which was closed behind {seen!r}"
                seen += data.decode()
        return seen

    # -- asking

    def send(self, frame):
        view = memoryview(frame)
        while view:
            view = view[os.write(self.requests, view):]

    def start(self, code, argv=(), traceparent=None, **attributes):
        self.id += 1
        more = {"argv": b"".join(word.encode() + b"\0" for word in argv)} if argv else {}
        more |= {"traceparent": traceparent} if traceparent else {}
        self.send(request("run", {"id": self.id, "stdin": "ask", **attributes}, **more, code=code))

    def run(self, code, argv=(), then=None, seconds=SECONDS, **attributes):
        self.start(code, argv, **attributes)
        return self.wait(then=then, seconds=seconds)

    def complete(self, code, cursor=None):
        """(start, end, {text: type})"""
        code = code.encode()
        self.send(request("complete", {"cursor": len(code) if cursor is None else cursor}, code=code))
        answer = self.wait()
        (_, attributes, _), = answer.frames("matches")
        items = dict(line.split("\t") for line in answer.part("matches", "items").split("\n") if line)
        return int(attributes["start"]), int(attributes["end"]), items

    def inspect(self, code, detail=0):
        code = code.encode()
        self.send(request("inspect", {"cursor": len(code), "detail": detail}, code=code))
        return self.wait().part("found", "text/plain")

    def check(self, code):
        self.send(request("check", code=code))
        answer = self.wait()
        (_, attributes, parts), = answer.frames("checked")
        return attributes["state"], dict(parts).get("indent", b"").decode()

    def type(self, text):
        os.write(self.stdin, text.encode())

    def end_input(self):
        """End of file for this run; then a fresh writer, as the daemon does."""
        os.close(self.stdin)
        while select.select([self.stdin_read], [], [], 0)[0] and _unread(self.stdin_read):
            time.sleep(0.001)
        self.stdin = None

    def fresh_input(self):
        self.stdin = os.open(f"/proc/self/fd/{self.stdin_read}", os.O_WRONLY)

    def interrupt(self):
        self.signal()
        if self.urged is True:
            self.urge()

    def signal(self):
        if self.urged != "instead" or not self._spared():
            os.killpg(self.pid, signal.SIGINT)
            return
        os.kill(self.pid, signal.SIGRTMAX)
        for pid in _group(self.pid):
            if pid != self.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)

    def _spared(self):
        """Whether SIGRTMAX stands for SIGINT now: there is a handler, and it has children or computes."""
        proc = Path(f"/proc/{self.pid}")
        caught = re.search(r"^SigCgt:\s*(\w+)", (proc / "status").read_text(), re.MULTILINE)
        state = (proc / "stat").read_text().rpartition(")")[2].split()[0]
        busy = state != "S" or (proc / f"task/{self.pid}/children").read_text()
        return busy and int(caught[1], 16) >> (signal.SIGRTMAX - 1) & 1

    def urge(self):
        os.kill(self.pid, signal.SIGURG)

    def interrupted(self, code):
        """Interrupts the snippet when it should run, and again should it not have begun by then, which does nothing."""
        self.start(code)
        return self.wait(nudge=self.interrupt)

    def interrupted_at_random(self, code, within, times=200):
        """Runs it often, interrupts it within so many seconds, and once more when it has ended; the answers.

        `code` may make each run's of its number. However the interrupt falls, a run has one end, and one error at most.
        On a busy machine a snippet begins late: so the time grows as long as interrupts come before the snippet, and
        shrinks when they come behind it."""
        generator = random.Random(7)
        answers, longest = [], within
        for number in range(times):
            self.start(code(number) if callable(code) else code)
            time.sleep(generator.random() * longest)
            behind = bool(select.select([self.replies], [], [], 0)[0])
            self.interrupt()
            answer = self.wait()
            answers.append(answer)
            assert len(answer.frames("done")) == 1 and len(answer.frames("error")) <= 1
            if behind:
                longest = max(within, longest / 1.5)
            elif answer.done["status"] != "interrupted":
                longest = min(1, longest * 1.2)
            self.interrupt()
        return answers

    @property
    def pid(self):
        return self.child.pid

    @property
    def rss_mb(self):
        for line in open(f"/proc/{self.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024

    # -- the end

    def close(self, seconds=SECONDS):
        """End of file on requests; the exit status of the worker."""
        if self.requests is not None:
            os.close(self.requests)
            self.requests = None
        try:
            return self.child.wait(seconds)
        finally:
            self.kill()

    def kill(self):
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # ended by itself
        self.child.wait()
        for name in ("stdin", "requests", "stdout", "stderr", "replies", "stdin_read"):
            fd = getattr(self, name)
            if fd is not None:
                os.close(fd)
                setattr(self, name, None)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.kill()


def spawn(argv, fds, environment, cwd):
    def place():
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 60) for fd in fds]
        for target, fd in enumerate(high):
            os.dup2(fd, target)
        os.closerange(5, 60)
        os.closerange(65, 1024)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # As the daemon has it: a loop must not go on when the tests were killed.
        prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()
    return subprocess.Popen(argv, preexec_fn=place, close_fds=False, env=environment, cwd=cwd,
                            start_new_session=True)


def _group(number):
    """The pids of a process group."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[2]) == number:
                yield int(stat.parent.name)


def _unread(fd):
    count = array.array("i", [0])
    fcntl.ioctl(fd, 0x541B, count)  # FIONREAD
    return count[0]
