# SPDX-License-Identifier: Apache-2.0
"""The worker: one interpreter, one namespace, one request at a time until end of file on fd 3.

Holds the user's __main__ module, runs snippets in it, and answers by langs/WORKER.md. Never lets a
snippet's failure, exit or interrupt end it, and never prints a word of its own.
"""
from __future__ import absolute_import
import __builtin__
import _ast
import linecache
import os
import signal
import sys
import thread
import time

from . import failure, rich, source, surroundings
from .ask import Questions
from .streams import Streams, lift
from .wire import Gate, Wire, utf8

LAST_WORDS_S = 1.0  # what exit functions of snippets may take, so that closing a context is quick
# Without these the worker itself does not work. A snippet may replace them, but not by what cannot be called.
_vital = [pair for pair in vars(__builtin__).items() if callable(pair[1])]


class Session(object):
    def __init__(self, requests, replies, bootstrap):
        self.bootstrap = bootstrap  # kept: a module that is collected takes its names along
        self.gate = Gate()
        self.streams = Streams()
        self.wire = Wire(requests, replies, self.gate, self.streams.flush)
        self.pid = os.getpid()
        self.main = type(sys)("__main__")
        self.names = self.main.__dict__
        self.names["__builtins__"] = __builtin__
        self.count = 0
        self.sources = {}
        self.futures = 0
        self.shown = [None, None, None]  # _, __ and ___ as the worker has set them
        self.trace = self.profile = None
        self.traceparent = surroundings.TraceParent()
        self.compiling = False
        self.questions = Questions(self)
        signal.signal(signal.SIGINT, self.gate)
        sys.argv = [""]
        sys.modules["__main__"] = self.main
        rich.connect(self.wire.send)
        __builtin__.display = rich.display
        surroundings.watch_forks(self.orphan)
        os.system = surroundings.system

    # -- the loop

    def serve(self):
        while True:
            request = self.wire.read()
            if request is None:
                self.leave()
            kind, attributes, parts = request
            if kind == "run":
                self.wire.send("done", self.run(attributes, parts))
            elif kind in ("complete", "inspect", "check"):
                try:
                    self.look(kind, attributes, parts)
                    self.wire.send("done", {"status": "ok"})
                except Exception as error:  # of what does not like to be looked at
                    name = type(error).__name__
                    self.refuse(name, "%s while answering %s" % (name, kind))
            else:
                self.refuse("UnknownRequest", "this worker does not know the request %r" % kind)

    def ready(self):
        version = "%d.%d.%d" % sys.version_info[:3]
        self.wire.send("ready", {"version": version}, [("title", "Python " + version)])

    def refuse(self, name, message):
        self.wire.send("error", {"kind": "runtime"}, [("name", name), ("message", message)])
        self.wire.send("done", {"status": "error"})

    def leave(self):
        """The daemon is done with us: the user's exit functions get a moment, threads get none."""
        def enough():
            time.sleep(LAST_WORDS_S)
            os._exit(0)
        try:
            thread.start_new_thread(enough, ())
            if hasattr(sys, "exitfunc"):
                sys.exitfunc()
            self.streams.end_line()
            self.streams.flush()
        finally:
            os._exit(0)

    # -- one snippet

    def run(self, attributes, parts):
        """Run it and send what it yields; returns the attributes of `done`."""
        self.prepare(attributes, parts)
        found = None
        try:
            try:
                self.gate.armed = True
                self.execute(parts.get("code", b""), attributes.get("silent") == "1")
                self.streams.flush()
            finally:
                self.gate.armed = False
        except:  # whatever a snippet raises: old classes derive from nothing
            self.gate.armed = False
            found = sys.exc_info()
        self.recover()
        if os.getpid() != self.pid:
            self.end_child(found)
        self.questions.close()
        done = self.conclude(found) if found else {"status": "ok"}
        found = None
        sys.exc_clear()
        self.streams.flush()
        self.streams.part()
        self.traceparent.end()
        return done

    def prepare(self, attributes, parts):
        if signal.getsignal(signal.SIGINT) is not self.gate:
            signal.signal(signal.SIGINT, self.gate)
        self.gate.late = False
        self.streams.mend()
        if attributes.get("merge") == "1":
            self.streams.merge()
        self.traceparent.begin(parts.get("traceparent"))
        self.questions.allowed = attributes.get("stdin") != "none"
        if parts.get("argv"):
            sys.argv = [""] + parts["argv"].split("\0")[:-1]
        sys.modules["__main__"] = self.main
        self.names.setdefault("__name__", "__main__")
        if self.trace or self.profile:
            sys.settrace(self.trace)
            sys.setprofile(self.profile)

    def recover(self, vital=_vital, known=vars(__builtin__), callable=callable):
        """What a snippet may set and must not hit the worker itself."""
        for name, value in vital:
            if known.get(name) is not value and not callable(known.get(name)):
                known[name] = value
        self.trace, self.profile = sys.gettrace(), sys.getprofile()
        sys.settrace(None)
        sys.setprofile(None)
        if sys.getrecursionlimit() < 1000:
            sys.setrecursionlimit(1000)
        self.streams.end_line()
        self.streams.forget_input()

    def execute(self, code, silent):
        self.compiling = True
        self.count += 1
        name = "<cell %d>" % self.count
        self.sources[name] = len(code), None, [line + "\n" for line in code.splitlines()], name
        linecache.cache[name] = self.sources[name]
        tree = source.compiled(code, name, "exec", self.futures | _ast.PyCF_ONLY_AST)
        last = tree.body.pop() if tree.body and type(tree.body[-1]) is _ast.Expr else None
        steps = compile(tree, name, "exec", self.futures, True)
        self.futures |= steps.co_flags & source.FUTURES
        if last:
            value = compile(_ast.Expression(last.value), name, "eval", self.futures, True)
        self.compiling = False
        eval(steps, self.names)
        if last:
            value = eval(value, self.names)
            if value is not None and not silent and not source.hidden(code, last.lineno):
                self.show(value)

    def show(self, value):
        parts = rich.render(value)
        self.streams.end_line()
        self.wire.send("result", (), parts)
        names = self.names
        if names.get("_") is self.shown[0]:  # else the snippet has a `_` of its own
            self.shown = [value] + self.shown[:2]
            names["_"], names["__"], names["___"] = self.shown

    # -- how it ended

    def conclude(self, found):
        kind, error, trace = found
        if isinstance(error, SystemExit):
            return self.exited(error.code)
        linecache.cache.update(self.sources)
        sys.last_type, sys.last_value, sys.last_traceback = found
        try:
            try:
                self.gate.armed = True  # an exception's own __str__ may never return
                attributes, parts = failure.describe(kind, error, trace, self.sources, self.compiling)
            finally:
                self.gate.armed = False
        except:  # whatever it raises
            self.gate.armed = False
            name = failure.name_of(kind)
            attributes = {"kind": "compile" if self.compiling else "runtime"}
            parts = [("name", name), ("message", name + " (its own description failed)"), ("traceback", name)]
        self.wire.send("error", attributes, parts)
        return {"status": "interrupted" if isinstance(error, KeyboardInterrupt) else "error"}

    @staticmethod
    def exited(code):
        if code is None:
            code = 0
        elif not isinstance(code, (int, long)):
            try:
                sys.stderr.write(utf8(code) + "\n")
            except Exception:
                pass  # a text that fails, or no stderr: the exit is told all the same
            code = 1
        return {"status": "error" if code else "ok", "exit": int(code)}

    # -- children that a snippet forks

    def orphan(self):
        """In such a child: it is nobody's worker. Its end_child() follows when its code is through."""
        rich.connect(None)
        self.questions.tells = False
        for fd in (self.wire.requests, self.wire.replies):
            try:
                os.close(fd)
            except OSError:
                continue  # closed by the snippet: just as well

    def end_child(self, found):
        status = 0
        try:
            if found and isinstance(found[1], SystemExit):
                status = self.exited(found[1].code)["exit"]
            elif found:
                status = 1
                _, parts = failure.describe(found[0], found[1], found[2], self.sources, self.compiling)
                sys.stderr.write("".join([text + "\n" for name, text in parts if name == "traceback"]))
            self.streams.flush()
        finally:
            os._exit(status & 0xFF)

    # -- what needs no running

    def look(self, kind, attributes, parts):
        code = parts.get("code", b"")
        cursor = min(int(attributes.get("cursor", len(code))), len(code))
        if kind == "check":
            state, indent = source.check(code, self.futures)
            self.wire.send("checked", {"state": state}, [("indent", indent)])
        elif kind == "complete":
            from .complete import complete
            start, items = complete(code[:cursor], self.names)
            body = "\n".join("%s\t%s" % item for item in items)
            self.wire.send("matches", {"start": cursor - len(start), "end": cursor}, [("items", body)])
        else:
            from .inspection import describe
            found = describe(code, cursor, self.names, attributes.get("detail") == "1")
            if found:
                self.wire.send("found", (), found)


def main(bootstrap):
    # High, so that a snippet's own first file is 3, as everywhere.
    high = [lift(fd, 190 + fd) for fd in (3, 4)]
    os.close(3)
    os.close(4)
    session = Session(high[0], high[1], bootstrap)
    session.ready()
    surroundings.add_site()
    session.questions.install()
    session.serve()
