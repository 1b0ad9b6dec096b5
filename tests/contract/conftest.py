# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the contract suite: daemons, clients, the watchdog, and the bench lines.

One daemon serves all tests that neither break nor limit it, with warm interpreters where they can
be forked; a test that does starts its own, whose contexts start cold. Should the shared one die,
the test that killed it fails and the next test gets a fresh one.
"""
import contextlib
import faulthandler
import os
import signal
import statistics
import sys

import pytest

from cases import LANGUAGES, Language
from client import Client
from daemon import BINARY, Daemon, eventually
from keys import Keys
from proxy import Proxy

WATCHDOG_S = 300
CORE = {"bash", "c", "cpp", "python"}  # as tools/deps always brings them


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="also run what takes minutes, at full size")
    parser.addoption("--languages", choices=["all", "core", "others"], default="all",
                     help="core: all tests, but of the languages only those that every machine has; others: the other ones'")


def pytest_configure(config):
    config.bench_lines = []
    if not os.access(BINARY, os.X_OK):
        raise pytest.UsageError(f"There is no daemon to test at {BINARY}: build it, or name one in QUERND_BIN.")


def is_other(item):
    """Whether a test is of a language that not every machine has; one that is of no language is with the core."""
    language = getattr(item, "callspec", None) and item.callspec.params.get("lang")
    return isinstance(language, Language) and language.name not in CORE


def pytest_collection_modifyitems(config, items):
    languages, long = config.getoption("--languages"), config.getoption("--long")

    def wanted(item):
        other = is_other(item)
        if languages != "all" and other != (languages == "others"):
            return False
        if languages == "others" and not item.get_closest_marker("conformance"):
            return long
        return long or not item.get_closest_marker("long")

    out = [item for item in items if not wanted(item)]
    items[:] = [item for item in items if wanted(item)]
    config.hook.pytest_deselected(items=out)


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):  # one of several processes: the first one tells
        session.config.workeroutput["bench_lines"] = session.config.bench_lines


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    node.config.bench_lines.extend(getattr(node, "workeroutput", {}).get("bench_lines", []))


def pytest_terminal_summary(terminalreporter, config):
    if config.bench_lines:
        terminalreporter.section("bench")
        for line in config.bench_lines:
            terminalreporter.write_line(line)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    marker = item.get_closest_marker("watchdog")
    seconds = marker.args[0] if marker else WATCHDOG_S
    # Should even the alarm find no way through, the process says where it hangs and ends.
    faulthandler.dump_traceback_later(2 * seconds, exit=True, file=sys.__stderr__)

    def bark(*_):
        faulthandler.dump_traceback(file=sys.__stderr__)
        pytest.fail(f"this test hung for {seconds} s")

    previous = signal.signal(signal.SIGALRM, bark)
    signal.alarm(seconds)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)
    faulthandler.cancel_dump_traceback_later()


class Shared:
    """The session's daemon, replaced when it died."""

    def __init__(self):
        self.daemon = None

    def get(self):
        if self.daemon is not None and not self.daemon.running():
            self.daemon.discard()
            self.daemon = None
        if self.daemon is None:
            self.daemon = Daemon(*(word for language in LANGUAGES for word in language.warm), tcp=True).start()
        return self.daemon


@pytest.fixture(scope="session")
def shared():
    holder = Shared()
    yield holder
    if holder.daemon is not None:
        holder.daemon.stop()


@pytest.fixture
def daemon(shared):
    found = shared.get()
    yield found
    assert found.running(), f"the daemon died in this test; its log ends:\n{found.log()[-3000:]}"
    assert not found.reports(), f"the log has a sanitizer report:\n{found.log()[-6000:]}"


@pytest.fixture
def connect(daemon, proxy_to):
    """Makes clients of the shared daemon that clean up behind themselves, before any proxy goes."""
    with contextlib.ExitStack() as stack:
        def make(endpoint=None, **keys):
            client = Client(endpoint or daemon.ipc, **keys)
            stack.callback(lambda: client.leave() if daemon.running() else client.close())
            return client
        yield make


@pytest.fixture
def client(connect):
    return connect()


@pytest.fixture
def own_daemon():
    """Starts daemons of this test's own; each is stopped, and judged, at the end."""
    with contextlib.ExitStack() as stack:
        def make(*args, **keys):
            daemon = Daemon(*args, **keys)
            daemon.start()
            stack.callback(lambda: daemon.stop() if daemon.running() else daemon.discard())
            return daemon
        yield make


@pytest.fixture
def proxy_to():
    with contextlib.ExitStack() as stack:
        def make(endpoint):
            proxy = Proxy(endpoint)
            stack.callback(proxy.close)
            return proxy
        yield make


@pytest.fixture
def keys(tmp_path):
    return Keys(tmp_path)


@pytest.fixture
def locked(own_daemon, keys):
    return own_daemon(*keys.args, tcp=True)


@pytest.fixture
def scale(request):
    """scale(normal, full): how much of it, by --long."""
    return lambda normal, full: full if request.config.getoption("--long") else normal


@pytest.fixture
def bench(request):
    """bench(what, seconds): keeps a line for the end of the session."""
    def note(what, seconds, more=""):
        values = seconds if isinstance(seconds, list) else [seconds]
        text = f"{statistics.median(values) * 1000:.2f} ms"
        if len(values) > 1:
            text += f" (median of {len(values)}; min {min(values) * 1000:.2f}, max {max(values) * 1000:.2f})"
        request.config.bench_lines.append(f"{request.node.name}: {what}: {text}{' ' + more if more else ''}")
    return note


class Gate:
    """A named pipe on which programs wait for the test, so that order never hangs on time."""

    def __init__(self, path):
        self.path = path
        os.mkfifo(path)

    def __str__(self):
        return str(self.path)

    def open(self):
        """The writing end, once a program reads; nobody reading in time is a failure, not a hang."""
        ends = []

        def opened():
            with contextlib.suppress(OSError):  # ENXIO: nobody reads yet
                ends.append(os.open(self.path, os.O_WRONLY | os.O_NONBLOCK))
            return ends

        eventually(opened, f"a program that reads {self.path}")
        return os.fdopen(ends[0], "wb", buffering=0)

    def write_text(self, text):
        with self.open() as end:
            end.write(text.encode())


@pytest.fixture
def fifo(tmp_path):
    gate = Gate(tmp_path / "gate")
    yield gate
    # Whoever still waits there is let go.
    os.close(os.open(gate.path, os.O_RDWR | os.O_NONBLOCK))
