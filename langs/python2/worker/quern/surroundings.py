# SPDX-License-Identifier: Apache-2.0
"""What the worker sees to in the process around a snippet: paths, forks, waiting, TRACEPARENT."""
from __future__ import absolute_import
import os
import sys
import thread
import time

_environment = os.environ  # whatever a snippet makes of the name
YEARS_S = 1e9
MOMENTS, MOMENT_S = 25, 0.01


class TraceParent(object):
    """TRACEPARENT is of one run: afterwards it is as before, unless the snippet has set its own."""

    def __init__(self):
        self.traced = None  # as the run has it, and as it was before

    def begin(self, given):
        if given and b"\0" not in given:
            self.traced = given, _environment.get("TRACEPARENT")
            _environment["TRACEPARENT"] = given

    def end(self):
        if self.traced is None:
            return
        now, before = self.traced
        self.traced = None
        if _environment.get("TRACEPARENT") != now:
            return
        if before is None:
            del _environment["TRACEPARENT"]
        else:
            _environment["TRACEPARENT"] = before


def watch_forks(orphan):
    """`orphan` is called in every child that Python code forks, before anything else there."""
    def watched(real):
        def fork():
            found = real()
            if not (found if isinstance(found, int) else found[0]):
                orphan()
            return found
        fork.__name__, fork.__doc__ = real.__name__, real.__doc__
        return fork
    os.fork = watched(os.fork)
    os.forkpty = watched(os.forkpty)


def system(command):
    """Execute the command (a string) in a subshell."""
    # The C library's ignores SIGINT while it waits: the child would die of an interrupt, and the code go on.
    from subprocess import Popen
    try:
        child = Popen(command, shell=True)
    except OSError:
        return -1
    try:
        code = child.wait()
    except KeyboardInterrupt:
        for _ in range(MOMENTS):  # for the child, which hears the interrupt too
            if child.poll() is not None:
                break
            time.sleep(MOMENT_S)
        raise KeyboardInterrupt
    return -code if code < 0 else code << 8


def add_site():
    """What -E and -S have left out: PYTHONPATH, site-packages and their .pth files; and waits that can be interrupted."""
    sys.path[:0] = [entry for entry in _environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    if _environment.get("PYTHONDONTWRITEBYTECODE"):
        sys.dont_write_bytecode = True
    import site
    assert site
    sys.path.insert(0, "")
    _let_waits_be_interrupted()


def _let_waits_be_interrupted():
    """A wait without a timeout hears no signal in this Python, one with any timeout does: so there always is one."""
    import threading
    condition = threading.Condition().__class__
    main, real = thread.get_ident(), condition.wait

    def wait(self, timeout=None):
        if timeout is None and thread.get_ident() == main:
            timeout = YEARS_S
        return real(self, timeout)
    condition.wait = wait
