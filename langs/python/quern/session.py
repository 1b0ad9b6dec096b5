# SPDX-License-Identifier: Apache-2.0
"""The worker: one interpreter, one namespace, one request at a time until end of file on fd 3.

Holds the user's __main__ module, runs snippets in it, and answers by langs/WORKER.md. Never lets a
snippet's failure, exit or interrupt end it, and never prints a word of its own.
"""
import atexit
import builtins
import os
import stat
import sys
from _operator import is_not
from _signal import SIG_UNBLOCK, SIGALRM, SIGINT, ITIMER_REAL, getsignal, pthread_sigmask, setitimer, signal

from . import hooks, rich
from .streams import Streams
from .wire import Gate, Wire

__builtins__ = dict(__builtins__)

ONLY_AST, TOP_LEVEL_AWAIT = 0x400, 0x2000
COROUTINE, FUTURES = 0x80, 0x1FE0000  # bits of co_flags
LAST_WORDS_S = 1.0  # what atexit functions of snippets may take, so that closing a context is quick
Module = type(sys)
_real_input = builtins.input
_statements = frozenset("assert async class def del for from global if import raise try while with".split())
_environment = os.environ  # whatever a snippet makes of the name
# Without these not even an import works. A snippet may replace them, but not by what cannot be called.
_vital = {name: value for name, value in vars(builtins).items() if callable(value)}


class Session:
    def __init__(self, requests, replies, bootstrap):
        self.bootstrap = bootstrap  # kept: the first __main__ must not be collected
        self.gate = Gate()
        self.streams = Streams()
        self.wire = Wire(requests, replies, self.gate, self.streams.flush)
        self.pid = os.getpid()
        self.main = Module("__main__")
        self.names = self.main.__dict__
        self.names["__builtins__"] = builtins
        self.count = 0
        self.sources = {}
        self.futures = 0
        self.loop = None
        self.prompts = True
        self.shown = [None, None, None]  # _, __ and ___ as the worker has set them
        self.trace = self.profile = None
        self.recursion = None
        self.builtins = ()  # as they were after the last snippet
        self.traced = None  # TRACEPARENT as the run has it, and as it was before
        self.compiling = False
        self.package = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "quern"}
        signal(SIGINT, self.gate)
        pthread_sigmask(SIG_UNBLOCK, [SIGINT])
        sys.argv = [""]
        sys.modules["__main__"] = self.main
        rich.connect(self.wire.send)
        builtins.input = self.input
        for public in (rich.display, rich.update_display, rich.clear_output):
            setattr(builtins, public.__name__, public)
        hooks.install(self.sources, self.getpass)
        os.register_at_fork(after_in_child=self.forked)

    # -- the loop

    def serve(self):
        while True:
            request = self.wire.read()
            if request is None:
                self.leave()
            kind, attributes, parts = request
            if kind == "run":
                self.wire.send("done", self.run(attributes, parts), flushed=True)
                self.tidy()
            elif kind in ("complete", "inspect", "check"):
                try:
                    self.look(kind, attributes, parts)
                    self.wire.send("done", {"status": "ok"})
                except Exception as error:  # of a library that does not like to be looked at
                    self.wire.send("error", {"kind": "runtime"}, [
                        ("name", type(error).__name__), ("message", f"{type(error).__name__} while answering {kind}")])
                    self.wire.send("done", {"status": "error"})
            else:
                self.wire.send("error", {"kind": "runtime"}, [
                    ("name", "UnknownRequest"), ("message", f"this worker does not know the request {kind!r}")])
                self.wire.send("done", {"status": "error"})

    def ready(self):
        version = "%d.%d.%d" % sys.version_info[:3]
        self.wire.send("ready", {"version": version}, [("title", "Python " + version)])

    def leave(self):
        """The daemon is done with us: the user's atexit functions get a moment, threads get none."""
        def enough(signum, frame):
            os._exit(0)
        try:
            signal(SIGALRM, enough)
            setitimer(ITIMER_REAL, LAST_WORDS_S)
            atexit._run_exitfuncs()
            self.streams.flush()
        finally:
            os._exit(0)

    # -- one snippet

    def run(self, attributes, parts):
        """Run it and send what it yields, up to the last word; returns the attributes of `done`."""
        self.prepare(attributes, parts)
        failure = None
        try:
            self.gate.armed = True
            self.execute(parts.get("code", b"").decode("utf-8", "replace"), attributes.get("silent") == "1")
            rich.show_figures()
            self.streams.flush()
            self.gate.armed = False
        except BaseException as error:
            self.gate.armed = False
            failure = error
        self.recover()
        if failure:
            self.tidy()  # what describes it may have to be imported
        if os.getpid() != self.pid:
            self.end_child(failure)
        self.close_prompt()
        done = {"status": "ok"}
        if failure:
            done = self.conclude(failure)
            self.streams.flush()
        self.flush_c()
        self.streams.part()
        self.trace_parent(None)
        return done

    def prepare(self, attributes, parts):
        if getsignal(SIGINT) is not self.gate:
            signal(SIGINT, self.gate)
        self.gate.late = False
        if attributes.get("merge") == "1":
            self.streams.merge()
        self.trace_parent(parts.get("traceparent"))
        self.prompts = attributes.get("stdin") != "none"
        if parts.get("argv"):
            sys.argv = ["", *parts["argv"].decode("utf-8", "surrogateescape").split("\0")[:-1]]
        if sys.modules.get("__main__") is not self.main:
            sys.modules["__main__"] = self.main
        if self.recursion:
            sys.setrecursionlimit(self.recursion)
            self.recursion = None
        if self.loop and not self.loop.is_closed():
            sys.modules["asyncio"].set_event_loop(self.loop)
        if self.trace or self.profile:
            sys.settrace(self.trace)
            sys.setprofile(self.profile)

    def trace_parent(self, given):
        """TRACEPARENT is of one run: afterwards it is as before, unless the snippet has set its own."""
        if given and b"\0" not in given:
            now = os.fsdecode(given)
            self.traced = now, _environment.get("TRACEPARENT")
            _environment["TRACEPARENT"] = now
        elif self.traced:
            now, before = self.traced
            self.traced = None
            if _environment.get("TRACEPARENT") != now:
                return
            if before is None:
                del _environment["TRACEPARENT"]
            else:
                _environment["TRACEPARENT"] = before

    def recover(self):
        """What a snippet may set and must not hit the worker itself; prepare() gives it back."""
        self.trace, self.profile = sys.gettrace(), sys.getprofile()
        if self.trace or self.profile:
            sys.settrace(None)
            sys.setprofile(None)
        limit = sys.getrecursionlimit()
        if limit < 1000:
            self.recursion = limit
            sys.setrecursionlimit(1000)
        self.streams.forget_input()

    def tidy(self):
        """What nobody waits for: streams, vital builtins and the worker's own modules are there for the next snippet."""
        self.streams.mend()
        known = vars(builtins)
        # By identity, for nobody knows what an `==` of the snippet's would do.
        if len(known) != len(self.builtins) or any(map(is_not, known.values(), self.builtins)):
            for name, value in _vital.items():
                if known.get(name) is not value and not callable(known.get(name)):
                    known[name] = value
            self.builtins = [*known.values()]
        for name, module in self.package.items():
            if name not in sys.modules:
                sys.modules[name] = module

    def execute(self, source, silent):
        self.compiling = True
        self.count += 1
        file = f"<cell {self.count}>"
        lines = [line + "\n" for line in source.split("\n")] if "\n" in source else [source + "\n"]
        entry = (len(source), None, lines, file)
        self.sources[file] = entry
        if linecache := sys.modules.get("linecache"):
            linecache.cache[file] = entry
        steps, shows = self.one_expression(source, file) or self.statements(source, file, lines)
        self.compiling = False
        value = None
        for step in steps:
            if step.co_flags & COROUTINE:
                value = self.wait(self.within_loop(steps))
                break
        else:
            for step in steps:
                value = eval(step, self.names)
        if value is not None and shows and not silent:
            self.show(value)

    def one_expression(self, source, file):
        """The quick way for what looks like a single expression; None when it is something else."""
        if "\n" in source or "=" in source or ";" in source or source[:1].isspace():
            return None
        if source.partition(" ")[0] in _statements:
            return None
        try:
            return (compile(source, file, "eval", TOP_LEVEL_AWAIT | self.futures, True),), True
        except SyntaxError:
            return None  # what is wrong with it, the long way tells

    def statements(self, source, file, lines):
        """The steps of any snippet, and whether the value of the last is to be shown."""
        flags = TOP_LEVEL_AWAIT | self.futures
        tree = compile(source, file, "exec", flags | ONLY_AST, True)
        last, shows, steps = None, False, []
        if tree.body and type(tree.body[-1]).__name__ == "Expr":
            last = tree.body.pop()
            shows = not self.hidden(last, lines)
        if tree.body:
            steps.append(compile(tree, file, "exec", flags, True))
            self.futures |= steps[0].co_flags & FUTURES
            flags |= self.futures
        if last:
            steps.append(compile(self.expression(last.value), file, "eval", flags, True))
        return steps, shows

    async def within_loop(self, steps):
        """All of a snippet that awaits, so that its first statements may create tasks too."""
        value = None
        for step in steps:
            value = eval(step, self.names)
            if step.co_flags & COROUTINE:
                value = await value
        return value

    @staticmethod
    def expression(node):
        from _ast import Expression
        return Expression(node)

    @staticmethod
    def hidden(node, lines):
        """Whether a `;` follows the last expression."""
        rest = lines[node.end_lineno - 1].encode()[node.end_col_offset:]
        return rest.lstrip().startswith(b";")

    def show(self, value):
        if hasattr(type(value), "_ipython_display_"):
            value._ipython_display_()
        else:
            self.wire.keep("result", (), rich.render(value))
        names = self.names
        if names.get("_") is self.shown[0]:  # else the snippet has a `_` of its own
            self.shown = [value, *self.shown[:2]]
            names["_"], names["__"], names["___"] = self.shown

    def wait(self, coroutine):
        import asyncio
        if self.loop is None or self.loop.is_closed():
            self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        task = self.loop.create_task(coroutine)
        try:
            return self.loop.run_until_complete(task)
        except BaseException:
            if not task.done():  # the interrupt hit the loop, not the task
                task.cancel()
                try:
                    self.loop.run_until_complete(asyncio.wait([task], timeout=1))
                except BaseException:
                    task = None  # interrupted again, or another task failed: the first failure counts
            raise

    # -- how it ended

    def conclude(self, error):
        if isinstance(error, SystemExit):
            code = error.code
            if code is None:
                code = 0
            elif not isinstance(code, int):
                print(code, file=sys.stderr)
                code = 1
            return {"status": "ok" if code == 0 else "error", "exit": int(code)}
        try:
            self.gate.armed = True  # an exception's own __str__ may never return
            from . import failure
            attributes, parts = failure.describe(error, self.sources, self.compiling)
            sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
            self.gate.armed = False
        except BaseException:
            self.gate.armed = False
            name = type.__dict__["__name__"].__get__(type(error))  # runs nothing foreign
            attributes = {"kind": "compile" if self.compiling else "runtime"}
            parts = [("name", name), ("message", name + " (its own description failed)"), ("traceback", name)]
        self.wire.send("error", attributes, parts)
        return {"status": "interrupted" if isinstance(error, KeyboardInterrupt) else "error"}

    def flush_c(self):
        if ctypes := sys.modules.get("ctypes"):
            try:
                ctypes.pythonapi.fflush(None)  # what C code has printed
            except Exception:
                return  # a snippet's own module of that name: then there is nothing of C's to flush

    # -- children that a snippet forks

    def forked(self):
        """In such a child: it is nobody's worker. Its end() follows when its code is through."""
        rich.connect(None)
        for fd in (self.wire.requests, self.wire.replies):
            try:
                os.close(fd)
            except OSError:
                continue  # closed by the snippet: just as well

    def end_child(self, failure):
        code = 0
        try:
            if isinstance(failure, SystemExit):
                code = failure.code if isinstance(failure.code, int) else int(failure.code is not None)
            elif failure is not None:
                code = 1
                from .failure import print_here
                print_here(failure)
            self.streams.flush()
        finally:
            os._exit(code & 0xFF)

    # -- questions to the user

    def ask(self, prompt, password, read):
        if not self.prompts:
            raise RuntimeError("this run has no input: it was started with stdin \"none\", so nobody can be asked")
        self.streams.flush()
        if os.getpid() != self.pid:
            return read()
        try:
            self.wire.send("prompt", {"password": int(password)}, [("prompt", prompt)])
            return read()
        finally:
            self.close_prompt()

    def close_prompt(self):
        """Once more at the end of a run, for an interrupt may come between any two steps."""
        if self.wire.prompted:
            self.wire.send("taken")

    def input(self, prompt="", /):
        """Read a line from standard input, without its newline; the prompt is printed first.

        Raises EOFError at end of file."""
        if sys.stdin is not self.streams.stdin:
            return _real_input(prompt)
        prompt = str(prompt)
        sys.stdout.write(prompt)
        line = self.ask(prompt, False, sys.stdin.readline)
        if not line:
            raise EOFError("EOF when reading a line")
        return line[:-1] if line.endswith("\n") else line

    def getpass(self, prompt="Password: ", stream=None):
        """Ask for a password, without echo."""
        sys.stdout.write(prompt)
        line = self.ask(prompt, True, self.streams.stdin.readline)
        if not line:
            raise EOFError("EOF when reading a line")
        return line.rstrip("\n")

    # -- what needs no running

    def look(self, kind, attributes, parts):
        from . import names
        code = parts.get("code", b"")
        cursor = min(int(attributes.get("cursor", len(code))), len(code))
        if kind == "check":
            state, indent = names.check(code.decode("utf-8", "replace"), self.futures)
            self.wire.send("checked", {"state": state}, [("indent", indent)])
        elif kind == "complete":
            from .complete import complete
            start, end, items = complete(code, cursor, self.names)
            body = "\n".join(f"{text}\t{word}" for text, word in items)
            self.wire.send("matches", {"start": start, "end": end}, [("items", body)])
        else:
            found = names.describe(code, cursor, self.names, attributes.get("detail") == "1")
            if found:
                self.wire.send("found", (), found)


def add_site(environment=os.environ):
    """What -E and -S have left out: PYTHONPATH, site-packages and their .pth files."""
    sys.path[:0] = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    if environment.get("PYTHONDONTWRITEBYTECODE"):
        sys.dont_write_bytecode = True
    import site
    site.main()
    sys.path.insert(0, "")


def main(bootstrap):
    if stat.S_ISSOCK(os.fstat(3).st_mode):
        from . import template
        template.main(lambda requests, replies: Session(requests, replies, bootstrap), add_site)
    else:
        # High, so that a snippet's own first file is 3, as everywhere.
        high = [os.dup2(fd, 190 + fd, inheritable=False) for fd in (3, 4)]
        os.close(3)
        os.close(4)
        session = Session(*high, bootstrap)
        session.ready()
        add_site()
        session.serve()
