# SPDX-License-Identifier: Apache-2.0
"""raw_input, input and getpass, which tell the daemon that somebody is asked.

One object of the session's. Where a snippet has put a sys.stdin of its own, Python's functions serve it.
"""
from __future__ import absolute_import
import __builtin__
import sys

from .source import FUTURES
from .wire import utf8

_raw_input = __builtin__.raw_input


class Questions(object):
    def __init__(self, session):
        self.wire = session.wire
        self.streams = session.streams
        self.allowed = True  # by the run
        self.tells = True  # not so in a child that a snippet forked

    def install(self):
        def raw_input(prompt=""):
            """raw_input([prompt]) -> string: a line of standard input, without its newline."""
            if sys.stdin is not self.streams.stdin:
                return _raw_input(prompt)
            return self.ask(prompt, False)

        def input(prompt=""):
            """input([prompt]) -> value: eval(raw_input(prompt))."""
            caller = sys._getframe(1)
            line = __builtin__.raw_input(prompt).lstrip(" \t")
            code = compile(line, "<string>", "eval", caller.f_code.co_flags & FUTURES, True)
            return eval(code, caller.f_globals, caller.f_locals)

        def getpass(prompt="Password: ", stream=None):
            """Ask for a password, without echo."""
            return self.ask(prompt, True)

        import getpass as module
        module.getpass = getpass
        __builtin__.raw_input = raw_input
        __builtin__.input = input

    def ask(self, prompt, password):
        if not self.allowed:
            raise RuntimeError("this run has no input: it was started with stdin \"none\", so nobody can be asked")
        if not isinstance(prompt, basestring):
            prompt = str(prompt)
        if getattr(sys.stdout, "softspace", 0):
            sys.stdout.softspace = 0
            sys.stdout.write(" ")
        sys.stdout.write(prompt)
        self.streams.flush()
        try:
            if self.tells:
                self.wire.send("prompt", {"password": int(password)}, [("prompt", utf8(prompt))])
            line = self.streams.stdin.readline()
        finally:
            self.close()
        if not line:
            raise EOFError("EOF when reading a line")
        return line[:-1] if line.endswith("\n") else line

    def close(self):
        """Tells that the read has ended. Once more at the end of a run, for an interrupt may come between any two steps."""
        if self.tells and self.wire.prompted:
            self.wire.send("taken")
