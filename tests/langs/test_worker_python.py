# SPDX-License-Identifier: Apache-2.0
"""The Python worker by the contract of langs/WORKER.md, alone over its descriptors."""
import array
import os
import pathlib
import random
import signal
import socket
import subprocess
import time

import pytest
from harness import ENVIRONMENT, Worker, command, parse, request, statuses
from template import Template

LANGUAGE = "python"


def shape(worker, code, **options):
    return worker.run(code, **options).shape


def test_a_worker_says_ready_with_its_version_and_nothing_else(worker):
    assert worker.ready[1]["version"].startswith("3.")
    assert shape(worker, "") == ["done"]


def test_the_last_expression_is_the_value_unless_a_semicolon_follows(worker):
    assert worker.run("x = 20\nx + 22").value == "42"
    assert worker.run("x; # shown?").value is None
    assert worker.run("(x);").value is None
    assert worker.run("x # not hidden;").value == "20"
    assert worker.run("None").value is None
    assert worker.run("x", silent=1).value is None


@pytest.mark.parametrize("code, value", [
    ("[n for n in range(3) if n != 1]", "[0, 2]"), ("(y := 4) + 1", "5"), ("await_ if (await_ := 7) else 0", None),
    ("lambda: 0 if 1 else 2", "<function"), ("1 + 1  # two", "2"), ("1,", "(1,)"), ("not_ == 1 if False else 3", "3"),
    ("await __import__('asyncio').sleep(0, 'slept')", "'slept'"), ("del_ if False else 'kept'", "'kept'"), ("1\r2", None),
])
def test_a_single_expression_is_worth_what_the_same_is_worth_among_others(worker, code, value):
    alone, among = worker.run(code), worker.run("pass\n" + code)
    assert alone.shape == among.shape
    assert (alone.value or "").split(" ")[0] == (among.value or "").split(" ")[0]
    if value is not None:
        assert alone.value.startswith(value)


@pytest.mark.parametrize("code", [" 1", "1 1", "yield 1", "1 +", "*a", "print 1", "with x", "x: int", "\f1"])
def test_what_is_no_single_expression_is_what_python_makes_of_it(worker, code):
    alone, among = worker.run(code), worker.run("pass\n" + code)
    assert alone.shape == among.shape


def test_a_lost_builtin_and_a_lost_module_of_the_worker_are_back_for_the_next_snippet(worker):
    worker.run("import builtins, sys; builtins.len = None; builtins.__import__ = 1; del sys.modules['quern']")
    assert worker.run("import json; len('abc')").value == "3"
    assert worker.run("del sys.modules['quern.failure'], sys.modules['quern']; 1/0").shape == ["error", "done"]
    assert worker.run("len('ab')").value == "2"


def test_earlier_values_are_kept_in_underscores_until_the_user_takes_the_name(worker):
    worker.run("1")
    worker.run("2")
    assert worker.run("_, __").value == "(2, 1)"
    worker.run("_ = 'mine'")
    worker.run("3")
    assert worker.run("_").value == "'mine'"


def test_output_stands_before_the_frame_that_follows_it(worker):
    assert shape(worker, "print('a', end='')\n7") == [("stdout", "a"), "result", "done"]
    assert shape(worker, "import os; os.system('echo child'); print('b')\n1/0") == [
        ("stdout", "child\nb\n"), "error", "done"]


def test_a_partial_line_is_seen_at_once(worker):
    worker.start("import time\nprint('tick', end='')\ntime.sleep(30)")
    start = time.monotonic()
    while not (data := _read(worker.stdout)):
        assert time.monotonic() - start < 25
    assert data == b"tick"


def _read(fd):
    try:
        return os.read(fd, 100)
    except BlockingIOError:
        time.sleep(0.001)
        return b""


def test_a_traceback_shows_the_users_lines_and_no_frame_of_the_worker(worker):
    worker.run("def g():\n    return 1 / 0")
    answer = worker.run("g()")
    entries = [body.decode() for name, body in answer.frames("error")[0][2] if name == "traceback"]
    assert answer.error == ("ZeroDivisionError", "division by zero")
    assert "return 1 / 0" in entries[-2] and "quern" not in "".join(entries)
    assert answer.frames("error")[0][1] == {"kind": "runtime", "line": "2", "column": "12"}
    assert answer.done == {"status": "error"}


def test_a_syntax_error_is_of_kind_compile_with_line_and_column(worker):
    answer = worker.run("x = 1\ny = = 2")
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": "2", "column": "5"}
    assert answer.error == ("SyntaxError", "invalid syntax")
    assert worker.run("exec('1 +')").frames("error")[0][1]["kind"] == "runtime"


@pytest.mark.parametrize("code, name", [
    ("raise ValueError(1) from KeyError('k')", "ValueError"),
    ("raise ExceptionGroup('g', [ValueError(1), TypeError(2)])", "ExceptionGroup"),
    ("class R:\n def __repr__(self): raise OSError('no')\nR()", "OSError"),
    ("class E(Exception):\n def __str__(self): raise OSError\nraise E", "E"),
    ("def deep(): return deep()\ndeep()", "RecursionError"),
    ("class M(type):\n __name__ = property(lambda s: 1/0)\nclass E(Exception, metaclass=M): pass\nraise E", None),
    ("import asyncio\nawait asyncio.sleep(0)\nnope", "NameError"),
])
def test_odd_failures_are_errors_of_the_snippet_and_not_of_the_worker(worker, code, name):
    answer = worker.run(code)
    assert name is None or answer.error[0] == name
    assert worker.run("1").value == "1"


@pytest.mark.parametrize("code, done, err", [
    ("import sys; sys.exit(3)", {"status": "error", "exit": "3"}, ""),
    ("raise SystemExit", {"status": "ok", "exit": "0"}, ""),
    ("import sys; sys.exit('bye')", {"status": "error", "exit": "1"}, "bye\n"),
    ("exit()", {"status": "ok", "exit": "0"}, ""),
])
def test_an_exit_ends_the_snippet_and_keeps_the_context(worker, code, done, err):
    worker.run("kept = 5")
    answer = worker.run(code)
    assert (answer.done, answer.err) == (done, err)
    assert worker.run("kept").value == "5"


@pytest.mark.parametrize("code", [
    "import sys; sys.stdout.close()", "import sys; sys.stdout = sys.stderr = None", "import os; os.close(1)",
    "import sys; sys.setrecursionlimit(60)", "import sys; sys.settrace(lambda *a: None)",
    "import builtins; builtins.len = builtins.isinstance = builtins.compile = None",
    "import sys; del sys.modules['quern'], sys.modules['__main__']",
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)", "globals().clear()",
    "class D:\n def __del__(self): raise ValueError\nd = D(); del d", "import os; os.closerange(3, 100)",
    "import gc; gc.disable()", "import threading; threading.Thread(target=threading.Event().wait).start()",
])
def test_a_snippet_that_breaks_the_interpreters_furniture_does_not_break_the_worker(worker, code):
    worker.run(code)
    assert worker.run("print('fine')\n1 + 1").shape == [("stdout", "fine\n"), "result", "done"]
    assert worker.run("1 / 0").error == ("ZeroDivisionError", "division by zero")
    assert worker.interrupted("while True: pass").done == {"status": "interrupted"}


def test_input_is_a_prompt_and_the_rest_of_the_line_buffer_is_dropped(worker):
    answer = worker.run("input('name? ')", then=lambda event: event[0] == "prompt" and worker.type("Bob\nrest\n"))
    assert answer.shape == [("stdout", "name? "), "prompt", "taken", "result", "done"]
    assert answer.part("prompt", "prompt") == "name? " and answer.value == "'Bob'"
    answer = worker.run("input()", then=lambda event: event[0] == "prompt" and worker.type("Eve\n"))
    assert answer.value == "'Eve'"


def test_a_password_is_asked_as_one(worker):
    answer = worker.run("import getpass; getpass.getpass('pw: ')",
                        then=lambda event: event[0] == "prompt" and worker.type("s3\n"))
    assert answer.frames("prompt")[0][1] == {"password": "1"} and answer.value == "'s3'"


def test_end_of_file_is_for_one_run_only(worker):
    answer = worker.run("input()", then=lambda event: event[0] == "prompt" and worker.end_input())
    assert answer.error[0] == "EOFError" and len(answer.frames("taken")) == 1
    worker.fresh_input()
    worker.type("again\n")
    assert worker.run("import sys; sys.stdin.readline()").value == "'again\\n'"


def test_without_input_a_prompt_fails_with_a_sentence(worker):
    assert worker.run("input('q')", stdin="none").error[0] == "RuntimeError"


def test_top_level_await_keeps_one_loop_and_its_tasks(worker):
    worker.run("import asyncio\nn = 0\nasync def tick():\n global n\n while True:\n  n += 1\n  await asyncio.sleep(0)")
    worker.run("task = asyncio.create_task(tick()); await asyncio.sleep(0.01)")
    assert worker.run("m = n\nawait asyncio.sleep(0.01)\nn > m").value == "True"
    assert worker.run("asyncio.run(asyncio.sleep(0, 5))").value == "5"
    assert worker.interrupted("await asyncio.sleep(600)").done == {"status": "interrupted"}


def test_rich_values_come_in_every_form_with_plain_text_beside(worker):
    answer = worker.run("class H:\n def _repr_html_(self): return '<b>'\n def __repr__(self): return 'H'\nH()")
    assert answer.frames("result")[0][2] == [("text/plain", b"H"), ("text/html", b"<b>")]
    answer = worker.run("class P:\n def _repr_png_(self): return b'\\x89PNG\\n', {'w': 1}\nP()")
    assert [name for name, _ in answer.frames("result")[0][2]] == ["text/plain", "image/png", "metadata"]
    answer = worker.run("h = display(1, display_id='d'); h.update(2); clear_output(wait=True)")
    assert [(kind, attributes) for kind, attributes, _ in answer.events[:3]] == [
        ("display", {"display": "d"}), ("display", {"display": "d", "update": "1"}), ("clear", {"wait": "1"})]
    answer = worker.run("from IPython.display import HTML, display as show\nshow(HTML('<i>'))")
    assert answer.part("display", "text/html") == "<i>"


def test_tables_come_as_html(worker):
    pytest.importorskip("pandas")
    answer = worker.run("import pandas\npandas.DataFrame({'a': [1]})")
    assert "<table" in answer.part("result", "text/html") and "a" in answer.value


def test_open_figures_are_shown_at_the_end_and_closed(worker):
    pytest.importorskip("matplotlib")
    answer = worker.run("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    (name, body), = [part for part in answer.frames("display")[0][2] if part[0] == "image/png"]
    assert body.startswith(b"\x89PNG") and answer.value is None
    assert worker.run("plt.get_fignums()").value == "[]"
    assert len(worker.run("plt.plot([1]); plt.show()\nplt.plot([2]);").frames("display")) == 2
    assert [event[0] for event in worker.run("fig, ax = plt.subplots()\nfig").events] == ["result", "done"]


def test_snippets_are_a_main_module_with_sources(worker):
    worker.run("from dataclasses import dataclass\nimport pickle, inspect\n@dataclass\nclass P:\n    a: int")
    assert worker.run("pickle.loads(pickle.dumps(P(3)))").value == "P(a=3)"
    worker.run("def f():\n    return 'source'")
    assert worker.run("inspect.getsource(f)").value == repr("def f():\n    return 'source'\n")
    assert worker.run("__name__, __import__('sys').path[0]").value == "('__main__', '')"
    assert worker.run("import sys; sys.argv", argv=["a b", "c\nd"]).value == "['', 'a b', 'c\\nd']"


def test_a_forked_child_never_serves_and_may_not_hold_the_wire(worker):
    answer = worker.run("import os, sys\nif os.fork() == 0: sys.exit(4)\nos.wait()[1] >> 8")
    assert answer.value == "4"
    answer = worker.run("pid = os.fork()\nif pid == 0: display('child')\nelse: os.waitpid(pid, 0);")
    assert answer.shape == [("stdout", "'child'\n"), "done"]
    assert worker.run("import subprocess; subprocess.check_output(['ls', '/proc/self/fd'], close_fds=False)"
                      ).value == r"b'0\n1\n2\n3\n'"


def test_completion_reads_names_and_never_runs_properties(worker):
    worker.run("import os\nran = 0\nclass C:\n method = lambda self: 1\n @property\n def prop(self):\n"
               "  global ran\n  ran = 1\n  return 2\n def __getattr__(self, n):\n  global ran\n  ran = 1\n"
               "c = C(); c.field = 3")
    assert worker.complete("c.") == (2, 2, {"field": "variable", "method": "method", "prop": "property"})
    worker.complete("c.prop.")
    worker.complete("c.nope.")
    assert worker.run("ran").value == "0"
    assert worker.complete("é = os.pathc") == (8, 13, {"pathconf": "function", "pathconf_names": "variable"})
    assert worker.complete("import jso")[2] == {"json": "module"}
    assert worker.complete("whil")[2] == {"while": "keyword"}


def test_inspection_tells_signature_documentation_and_source(worker):
    worker.run('def f(a, b=2):\n    "Adds."\n    return a + b')
    assert worker.inspect("f(") == "Signature: f(a, b=2)\nType: function\n\nAdds."
    assert "return a + b" in worker.inspect("f", 1)
    assert worker.inspect("nope") is None


TABLE = """
import os, sys
class Field:
    "A field."
    kind = 1
    def __init__(self, name): self.name = name
    def grow(self, by, times=2) -> "Field": "Grows."
    @classmethod
    def make(cls, name): return cls(name)
    @property
    def size(self):
        "Its size."
        raise SystemExit
def of(text) -> Field: ...
field, fields, table, row = Field("a"), [Field("b")], {"alpha": 1, "beta": {"gamma": 2}, "it's": 3}, (1, "x")
class Sly:
    def __getattribute__(self, name): raise SystemExit
    def __dir__(self): raise SystemExit
    def __getitem__(self, key): raise SystemExit
    __class__ = property(lambda self: os._exit(9))
sly = Sly()
"""


@pytest.mark.parametrize("code, start, some", [
    ("fields[0].gr", 10, {"grow": "method"}), ("Field('x').na", 11, {}), ("of('x').gr", 8, {"grow": "method"}),
    ("'x'.uppe", 4, {"upper": "method"}), ("[1, 2].app", 7, {"append": "method"}), ("{}.key", 3, {"keys": "method"}),
    ("(field).gr", 8, {"grow": "method"}), ("print(field.gr", 12, {"grow": "method"}), ("row[1].uppe", 7, {"upper": "method"}),
    ("table['al", 7, {"alpha": "key"}), ("table['beta']['", 15, {"gamma": "key"}), ("table['it", 7, {}),
    ('table["it', 7, {"it's": "key"}), ("table[al", 6, {"all": "function"}),
    ("field.grow(ti", 11, {"times=": "argument"}), ("Field(na", 6, {"name=": "argument"}), ("field.grow(1, by", 14, {"by=": "argument"}),
    ("nothing.", 8, {}), ("fields[9].", 10, {}), ("1.", 2, {}), ("# fie", 5, {}), ("'fie", 1, {}), ("f'{fiel", 3, {"field": "variable"}),
    ("open('/etc/passw", 11, {"passwd": "file"}), ("open('/et", 7, {"etc/": "directory"}), ("import os.pat", 10, {"path": "module"}),
    ("from os imp", 8, {"import": "keyword"}), ("sly.", 4, None), ("sly['", 5, {}), ("sly.x.", 6, {}), ("import a, b, c, d" * 99 + "(", None, None),
])
def test_completion_knows_what_stands_before_the_cursor(worker, code, start, some):
    assert worker.run(TABLE).done == {"status": "ok"}
    found, end, items = worker.complete(code)
    assert start is None or (found, end) == (start, len(code))
    assert some is None or {name: items.get(name) for name in some} == some
    assert some != {} or not items or code == "Field('x').na"
    assert worker.run("1").value == "1"


@pytest.mark.parametrize("code, text", [
    ("field.grow", "Signature: grow(by, times=2) -> 'Field'\nType: method\n\nGrows."),
    ("Field.make", "Signature: make(name)\nType: method"), ("field.size", "Type: property\n\nIts size."),
    ("fields[0].kind", None), ("of(", "Signature: of(text) -> __main__.Field\nType: function"), ("sly", "Type: Sly"),
    ("sly.nope", None), ("len([1", "Signature: len(obj, /)"), ("'os", None), ("f'{len", "Signature: len(obj, /)"),
])
def test_inspection_looks_without_touching(worker, code, text):
    assert worker.run(TABLE).done == {"status": "ok"}
    found = worker.inspect(code)
    assert found is None if text is None and code != "fields[0].kind" else found.startswith(text or "Type: int\nValue: 1")
    assert "class Field:" in worker.inspect("Field", 1) and worker.run("1").value == "1"


@pytest.mark.parametrize("code, indent", [
    ("f(1,", "    "), ("f(1,\n  2,", "  "), ("x = [1, 2", "    "), ("def f(a,\n      b):", "    "), ("if a: # it's", "    "),
    ("x = \'\'\'if a:", ""), ("x = \'\'\'a\n   b", "   "), ("if a:\n\tif b:", "\t\t"), ("if a:\n    x = (", "        "),
    ("class A:\n    def f(self):\n        return (1,\n                2)", "    "), ("for x in y:\n    # note:", "    "),
    ("@d(1)\n@e", ""), ("with a:\n    pass", ""),
])
def test_the_next_line_is_indented_as_the_statement_wants(worker, code, indent):
    assert worker.check(code) == ("incomplete", indent)


def test_merged_output_comes_as_stdout_in_true_order(worker):
    code = ("import os, sys\nfor n in range(3):\n    print('o', n, end='')\n    sys.stderr.write(f'e{n}')\n"
            "os.write(2, b'raw')\nos.system('echo sh >&2')")
    merged = "o 0e0o 1e1o 2e2raw"
    assert worker.run(code.replace("os.write", "sys.stderr.flush(); os.write"), merge=1).shape == [
        ("stdout", merged + "sh\n"), "result", "done"]
    assert worker.run("import sys; print('x'); print('y', file=sys.stderr)").shape == [("stdout", "x\n"), ("stderr", "y\n"), "done"]


@pytest.mark.parametrize("code", [
    "1 / 0", "raise SystemExit('leaving')", "import os; os.close(2)", "import sys; sys.stderr.close()", "import sys; sys.stderr = None",
    "import os, signal; os.kill(os.getpid(), signal.SIGINT)", "syntax error",
])
def test_a_merged_run_leaves_two_streams_however_it_ends(worker, code):
    worker.run(code, merge=1)
    assert worker.run("import sys; print('y', file=sys.stderr)").shape == [("stderr", "y\n"), "done"]


def test_what_a_merged_snippet_makes_of_its_stderr_stays(worker, tmp_path):
    worker.run(f"import os, sys; os.dup2(os.open({str(tmp_path / 'err')!r}, os.O_CREAT | os.O_WRONLY), 2)", merge=1)
    worker.run("print('kept', file=sys.stderr)")
    assert (tmp_path / "err").read_text() == "kept\n"


def test_traceparent_is_of_one_run(worker):
    show = "import os; print(os.environ.get('TRACEPARENT'), flush=True); os.system('echo ${TRACEPARENT-none}') and None"
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01\n00-ab-cd-01\n"
    assert worker.run(show).out == "None\nnone\n"
    worker.run("os.environ['TRACEPARENT'] = 'mine'")
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01\n00-ab-cd-01\n"
    assert worker.run(show).out == "mine\nmine\n"
    worker.run("os.environ['TRACEPARENT'] = 'changed'", traceparent="00-ab-cd-01")
    assert worker.run(show).out == "changed\nchanged\n"


@pytest.mark.parametrize("code, state, indent", [
    ("1 + 1", "complete", ""), ("if x:", "incomplete", "    "), ("if x:\n  1", "incomplete", "  "),
    ("if x:\n  1\n", "complete", ""), ("@d", "incomplete", ""), ("f(1,", "incomplete", "    "),
    ('"""a', "incomplete", ""), ("x = \\", "incomplete", ""), ("1 +", "invalid", ""), ("a b", "invalid", ""),
    ("def f():\n    return 1", "incomplete", ""), ("", "complete", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)


def test_an_interrupt_of_a_command_goes_no_further(worker):
    worker.start("import os\nos.system('echo ready; exec sleep 600')\nprint('never')")
    worker.read_output("ready")
    worker.interrupt()
    answer = worker.wait()
    assert answer.done == {"status": "interrupted"} and answer.out == ""
    assert "quern" not in answer.part("error", "traceback") and answer.frames("error")[0][1]["line"] == "2"
    assert worker.run("[os.system(command) for command in ('exit 3', b'kill -9 $$', '')]").value == "[768, 9, 0]"


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("kept = 41")
    runs = worker.interrupted_at_random("for _ in range(40000): pass\nprint('x'); display(1); y = [n for n in range(9)]\ny", 0.004)
    assert statuses(runs) == {"ok", "interrupted"}
    assert all(bool(answer.frames("error")) == (answer.done["status"] == "interrupted") for answer in runs)
    assert worker.run("kept").value == "41"


def test_an_idle_worker_does_not_mind_interrupts(worker):
    for _ in range(50):
        worker.interrupt()
    assert worker.run("1").shape == ["result", "done"]


def test_end_of_requests_ends_the_worker_quietly_whatever_still_runs(worker):
    worker.run("import atexit, threading\natexit.register(print, 'last words')\n"
               "threading.Thread(target=threading.Event().wait).start()")
    assert worker.close() == 0


def test_a_rubbish_environment_does_not_spoil_the_start():
    with Worker("python", env={"PYTHONHOME": "/nonexistent", "VIRTUAL_ENV": "/nonexistent", "LANG": "C"}) as worker:
        assert worker.run("print('é')\nimport json").out == "é\n"


def test_a_template_forks_workers_with_their_own_descriptors_and_environment(tmp_path):
    near, far = socket.socketpair()
    replies, reply = os.pipe()
    moved = [os.dup(far.fileno()), os.dup(reply)]

    def place():
        os.dup2(moved[0], 3)
        os.dup2(moved[1], 4)

    template = subprocess.Popen(command("python"), preexec_fn=place, close_fds=False, env=ENVIRONMENT)
    os.close(reply)
    far.close()
    try:
        assert _frames(replies, "ready")
        for name in ("one", "two"):
            pipes = [os.pipe() for _ in range(5)]
            theirs = [pipes[0][0], pipes[1][1], pipes[2][1], pipes[3][0], pipes[4][1]]
            frame = request("fork", cwd=str(tmp_path), env=f"PATH=/usr/bin:/bin\0NAME={name}\0")
            socket.send_fds(near, [frame], theirs)
            pid = int(dict(_frames(replies, "done"))["forked"]["pid"])
            for fd in theirs:
                os.close(fd)
            assert os.getsid(pid) == pid
            assert [kind for kind, _ in _frames(pipes[4][0], "ready")] == ["ready"]
            code = "import os; print(os.environ['NAME'], os.getcwd(), 'HOME' in os.environ, os.getpid())"
            os.write(pipes[3][1], request("run", {"id": 1, "stdin": "ask"}, code=code))
            assert _frames(pipes[4][0], "done")[-1][1] == {"status": "ok"}
            assert os.read(pipes[1][0], 1000).decode() == f"{name} {tmp_path} False {pid}\n"
            for fd in (pipes[3][1], pipes[4][0], pipes[0][1], pipes[1][0], pipes[2][0]):
                os.close(fd)
        socket.send_fds(near, [request("fork", cwd="/nonexistent", env="")], [0, 1, 2, 0, 1])
        assert [kind for kind, _ in _frames(replies, "done")] == ["error", "done"]
        near.close()
        assert template.wait(5) == 0
    finally:
        template.kill()
        template.wait()


def test_a_spare_that_was_killed_is_replaced_and_none_outlives_its_template():
    template = Template(command("python"))

    def children(pid):
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def the_spare():  # below the process between the two forks
        for _ in range(6000):
            spares = [spare for between in children(template.child.pid) for spare in children(between)]
            if spares:
                return spares[0]
            time.sleep(0.01)
        raise AssertionError("there is no spare")

    for _ in range(2):
        spare = the_spare()
        os.kill(spare, signal.SIGKILL)
        with Worker("python", template=template) as worker:
            assert worker.run("6 * 7").value == "42" and worker.child.pid != spare
    between, = children(template.child.pid)
    last = the_spare()
    assert template.close() == 0
    assert sorted(os.waitpid(pid, 0) for pid in (between, last)) == sorted([(between, 0), (last, 0)])


def _frames(fd, last):
    buffer, seen = b"", []
    while True:
        event, buffer = parse(buffer)
        if event:
            seen.append(event[:2])
            if event[0] == last:
                return seen
        else:
            data = os.read(fd, 65536)
            assert data, seen
            buffer += data


def test_a_prompt_that_is_interrupted_at_any_moment_is_closed(worker):
    generator = random.Random(11)
    asked = 0
    for _ in range(300):
        worker.start("input('? ')")
        time.sleep(generator.random() * 0.0004)
        answer = worker.wait(nudge=worker.interrupt, then=lambda event: event[0] == "prompt" and worker.interrupt())
        assert answer.done == {"status": "interrupted"}
        assert len(answer.frames("prompt")) == len(answer.frames("taken"))
        asked += len(answer.frames("prompt"))
    assert asked
