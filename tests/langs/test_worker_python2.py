# SPDX-License-Identifier: Apache-2.0
"""The Python 2.7 worker by the contract of langs/WORKER.md, alone over its descriptors.

Python 2.7 is found on PATH, else where langs/python2/worker/fetch has put it.
"""
import os
import random
import shutil
import time

import pytest
from harness import ROOT, Worker, statuses

LANGUAGE = "python2"
PATH = f"{os.environ.get('PATH', '/usr/bin:/bin')}:{ROOT.parent}/build/deps/python2/usr/bin"


@pytest.fixture
def worker():
    assert shutil.which("python2.7", path=PATH), "there is no python2.7: langs/python2/worker/fetch brings it"
    with Worker(LANGUAGE, env={"PATH": PATH}) as worker:
        yield worker


def tracebacks(answer):
    return [body.decode() for _, _, parts in answer.frames("error") for name, body in parts if name == "traceback"]


def test_a_worker_says_ready_with_its_version_and_nothing_else(worker):
    assert worker.ready[1] == {"version": "2.7.18"} and worker.ready[2] == [("title", b"Python 2.7.18")]
    assert worker.run("").shape == worker.run("\n  \n# nothing").shape == ["done"]


@pytest.mark.parametrize("code, value", [
    ("x = 20\nx + 22", "42"), ("x = 1; x; # shown?", None), ("(1);", None), ("1 # not hidden;", "1"), ("None", None),
    ("';'", "';'"), ("'''a\n;b''';", None), ("'''a\n;b'''", r"'a\n;b'"), ("1\r2", "2"), ("u'é', 'é'", r"(u'\xe9', '\xc3\xa9')"),
    ("print 1", None), ("`6*7`", "'42'"), ("0777, 1L", "(511, 1L)"), ("if 1: 5", None), ("for i in 1, 2: i", None),
])
def test_the_last_expression_is_the_value_unless_a_semicolon_follows(worker, code, value):
    assert worker.run(code).value == value
    assert worker.run("3", silent=1).value is None


def test_earlier_values_are_kept_in_underscores_until_the_user_takes_the_name(worker):
    worker.run("1")
    worker.run("2")
    assert worker.run("_, __").value == "(2, 1)"
    worker.run("_ = 'mine'")
    worker.run("3")
    assert worker.run("_").value == "'mine'"


def test_what_a_snippet_wants_of_the_future_holds_for_the_next(worker):
    assert worker.run("1 / 2").value == "0"
    assert worker.run("from __future__ import division, print_function, unicode_literals\n1 / 2").value == "0.5"
    assert worker.run("print(1 / 2, 'é', sep='|')").out == "0.5|é\n"
    assert worker.run("type('x')").value == "<type 'unicode'>"
    assert worker.check("print(1, end='')") == ("complete", "") and worker.check("print 1")[0] == "invalid"


@pytest.mark.parametrize("code, out", [
    ("print 'é', len('é')", "é 2\n"), ("print u'é', len(u'é')", "é 1\n"), ("# coding: utf-8\nprint u'é'", "é\n"),
    ("# coding: latin-1\nprint len(u'é')", "2\n"), ("import sys; sys.stdout.write(u'世界\\n')", "世界\n"),
    ("print '\\xff'", "\ufffd\n"), ("print 'a',", "a\n"), ("print 'a',; print 'b'", "a b\n"),
    ("import sys; sys.stdout.writelines(['a', u'b'])", "ab"), ("print >>None, u'🦉'", "🦉\n"),
])
def test_text_is_utf_8_in_code_and_output(worker, code, out):
    assert worker.run(code).out == out


def test_output_stands_before_the_frame_that_follows_it(worker):
    assert worker.run("import sys; sys.stdout.write('ab')\n7").shape == [("stdout", "ab"), "result", "done"]
    assert worker.run("print 'x',\n7").shape == [("stdout", "x\n"), "result", "done"]
    assert worker.run("import os; os.system('echo child'); print 'b',\n1/0").shape == [("stdout", "child\nb\n"), "error", "done"]
    assert worker.run("import sys; print 1; print >>sys.stderr, 2; display(5)").shape == [
        ("stdout", "1\n"), ("stderr", "2\n"), "display", "done"]


def test_a_progress_mark_and_a_whole_line_are_seen_at_once(worker):
    worker.start("import sys, time\nsys.stdout.write('whole\\n')\nsys.stdout.write('.')\ntime.sleep(100)")
    worker.read_output("whole\n.")
    worker.interrupt()
    assert worker.wait().done == {"status": "interrupted"}


def test_much_output_of_two_threads_comes_whole(worker):
    code = ("import threading\ndef many(letter):\n    for n in range(2000): sys.stdout.write(letter * 99 + '\\n')\n"
            "import sys\nthreads = [threading.Thread(target=many, args=(letter,)) for letter in 'ab']\n"
            "for thread in threads: thread.start()\nfor thread in threads: thread.join()")
    lines = worker.run(code).out.split("\n")
    assert len(lines) == 4001 and set(lines) == {"a" * 99, "b" * 99, ""}


def test_a_traceback_shows_the_users_lines_and_no_frame_of_the_worker(worker):
    worker.run("def g():\n    return 1 / 0")
    answer = worker.run("g()")
    assert answer.error == ("ZeroDivisionError", "integer division or modulo by zero")
    assert tracebacks(answer) == [
        "Traceback (most recent call last):", '  File "<cell 2>", line 1, in <module>\n    g()',
        '  File "<cell 1>", line 2, in g\n    return 1 / 0', "ZeroDivisionError: integer division or modulo by zero"]
    assert answer.frames("error")[0][1] == {"kind": "runtime", "line": "2"}
    assert worker.run("import traceback\ntry: g()\nexcept: traceback.print_exc()").err.count("1 / 0") == 1


def test_a_failure_in_a_library_is_told_with_the_snippets_line(worker):
    answer = worker.run("import json\n\njson.loads('{')")
    assert answer.frames("error")[0][1]["line"] == "3" and answer.part("error", "file") == "<cell 1>"


def test_a_deep_recursion_is_told_with_its_middle_left_out(worker):
    worker.run("import sys; sys.setrecursionlimit(5000)\ndef f(): return f()")
    answer = worker.run("f()")
    assert answer.error == ("RuntimeError", "maximum recursion depth exceeded")
    assert len(tracebacks(answer)) < 210 and "frames are left out" in "".join(tracebacks(answer))


@pytest.mark.parametrize("code, where", [
    ("x = 1\ny = = 2", {"line": "2", "column": "5"}), ("u'é' x", {"line": "1", "column": "6"}), ("return 1", {"line": "1"}),
    ("  1", {"line": "1"}), ("print 'a", {"line": "1"}), ("if 1:\n\t1\n        2\n   3", {"line": "4"}),
])
def test_a_syntax_error_is_of_kind_compile_with_its_place(worker, code, where):
    answer = worker.run(code)
    assert answer.frames("error")[0][1]["kind"] == "compile"
    assert where.items() <= answer.frames("error")[0][1].items() and answer.out == ""
    assert tracebacks(answer)[-1].startswith(answer.error[0])
    assert worker.run("exec '1 +'").frames("error")[0][1]["kind"] == "runtime"


@pytest.mark.parametrize("code, name, message", [
    ("class Old: pass\nraise Old", "Old", None), ("raise 'text'", "TypeError", None), ("1\0", "TypeError", None),
    ("raise ValueError(u'é')", "ValueError", "é"), ("raise ValueError('\\xff')", "ValueError", "\ufffd"),
    ("class R(object):\n def __repr__(self): raise OSError('no')\nR()", "OSError", "no"),
    ("class E(Exception):\n def __str__(self): raise OSError\nraise E", "E", "<E whose __str__ fails>"),
    ("class E(Exception):\n def __str__(self): raise SystemExit\nraise E", "E", None),
    ("class M(type):\n __name__ = property(lambda s: 1/0)\nclass E(Exception):\n __metaclass__ = M\nraise E", "E", None),
])
def test_odd_failures_are_errors_of_the_snippet_and_not_of_the_worker(worker, code, name, message):
    answer = worker.run(code)
    assert answer.error[0] == name and message in (None, answer.error[1])
    assert worker.run("1").value == "1"


@pytest.mark.parametrize("code, done, err", [
    ("import sys; sys.exit(3)", {"status": "error", "exit": "3"}, ""),
    ("raise SystemExit", {"status": "ok", "exit": "0"}, ""),
    ("import sys; sys.exit('bye')", {"status": "error", "exit": "1"}, "bye\n"),
    ("exit()", {"status": "ok", "exit": "0"}, ""), ("quit(4L)", {"status": "error", "exit": "4"}, ""),
])
def test_an_exit_ends_the_snippet_and_keeps_the_context(worker, code, done, err):
    worker.run("kept = 5")
    answer = worker.run(code)
    assert (answer.done, answer.err, answer.error) == (done, err, None)
    assert worker.run("kept").value == "5"
    answer = worker.run("raw_input()", then=lambda event: event[0] == "prompt" and worker.type("still\n"))
    assert answer.value == "'still'"


@pytest.mark.parametrize("code", [
    "import sys; sys.stdout.close()", "import sys; sys.stdout = sys.stderr = None", "import os; os.close(1)",
    "import sys; sys.setrecursionlimit(60)", "import sys; sys.settrace(lambda *a: None)",
    "import __builtin__ as b; b.len = b.isinstance = b.compile = b.sum = b.dict = None",
    "import sys; del sys.modules['quern'], sys.modules['__main__']", "import sys; sys.stdin.close()",
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)", "globals().clear()",
    "class D:\n def __del__(self): raise ValueError\nd = D(); del d", "import os; os.closerange(3, 100)",
    "import threading; threading.Thread(target=threading.Event().wait).start()", "import linecache; linecache.clearcache()",
    "import os; os.environ.clear(); os.environ = None", "reload(__import__('sys')).setdefaultencoding('utf-8')",
])
def test_a_snippet_that_breaks_the_interpreters_furniture_does_not_break_the_worker(worker, code):
    worker.run(code)
    assert worker.run("print 'fine'\n1 + 1").shape == [("stdout", "fine\n"), "result", "done"]
    assert worker.run("1 / 0").error == ("ZeroDivisionError", "integer division or modulo by zero")
    assert worker.interrupted("while True: pass").done == {"status": "interrupted"}


def test_input_is_a_prompt_and_the_rest_of_the_line_buffer_is_dropped(worker):
    answer = worker.run("raw_input(u'né? ')", then=lambda event: event[0] == "prompt" and worker.type("Bob\nrest\n"))
    assert answer.shape == [("stdout", "né? "), "prompt", "taken", "result", "done"]
    assert answer.part("prompt", "prompt") == "né? " and answer.value == "'Bob'"
    worker.run("kept = 20")
    answer = worker.run("def f():\n    inner = 1\n    return input('sum? ')\nf()",
                        then=lambda event: event[0] == "prompt" and worker.type(" kept + inner\n"))
    assert answer.value == "21" and answer.part("prompt", "prompt") == "sum? "


def test_what_is_given_to_input_fails_with_the_snippets_line(worker):
    answer = worker.run("\ninput()", then=lambda event: event[0] == "prompt" and worker.type("1 +\n"))
    assert answer.error[0] == "SyntaxError" and answer.frames("error")[0][1]["line"] == "2"
    assert "quern" not in "".join(tracebacks(answer))


def test_a_stdin_of_the_snippets_own_is_read_without_a_prompt(worker):
    answer = worker.run("import sys, StringIO; sys.stdin = StringIO.StringIO('own\\n')\nraw_input('? ')")
    assert answer.shape == [("stdout", "? "), "result", "done"] and answer.value == "'own'"


def test_a_password_is_asked_as_one(worker):
    answer = worker.run("import getpass; getpass.getpass('pw: ')",
                        then=lambda event: event[0] == "prompt" and worker.type("s3\n"))
    assert answer.frames("prompt")[0][1] == {"password": "1"} and answer.value == "'s3'"


@pytest.mark.parametrize("code", ["raw_input()", "sys.stdin.readline() or raw_input()", "sys.stdin.read() or raw_input()"])
def test_end_of_file_is_for_one_run_only(worker, code):
    worker.run("import sys")
    worker.start(code)
    worker.end_input()
    assert worker.wait().error == ("EOFError", "EOF when reading a line")
    worker.fresh_input()
    worker.type("again\n")
    assert worker.run("sys.stdin.readline()").value == "'again\\n'"


def test_without_input_a_prompt_fails_with_a_sentence(worker):
    for code in ("raw_input('q')", "input()", "import getpass; getpass.getpass()"):
        answer = worker.run(code, stdin="none")
        assert answer.error[0] == "RuntimeError" and "stdin" in answer.error[1] and not answer.frames("prompt")


@pytest.mark.parametrize("code", [
    "while True: pass", "import time; time.sleep(600)", "raw_input()", "sys.stdin.readline()", "sys.stdin.read()", "sys.stdin.read(9)",
    "for line in sys.stdin: pass", "while True: print 'flood'", "import os; os.system('sleep 600'); 1 / 0",
    "import subprocess; subprocess.call(['sleep', '600'])",
    "import threading; threading.Event().wait()", "import Queue; Queue.Queue().get()", "import select; select.select([0], [], [])",
    "import threading; t = threading.Thread(target=time.sleep, args=(5,)); t.daemon = True; t.start(); t.join()",
    "import os; open('/dev/fd/%d' % os.pipe()[0]).read()", "import re; re.match('(a+)+$', 'a' * 60 + 'b')",
    "class R(object):\n def __repr__(self):\n  while True: pass\nR()", "class E(Exception):\n def __str__(self):\n  while True: pass\nraise E",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("import sys, time; kept = 5")
    answer = worker.interrupted(code)
    if "raise E" in code:  # the failure stays what it was
        assert answer.error == ("E", "E (its own description failed)")
    else:
        assert answer.done == {"status": "interrupted"} and answer.error[0] == "KeyboardInterrupt"
        assert "quern" not in "".join(tracebacks(answer))
    assert worker.run("kept").value == "5"


def test_a_command_tells_its_status(worker):
    assert worker.run("import os; [os.system(command) for command in ('exit 3', u'kill -9 $$', '')]").value == "[768, 9, 0]"


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("kept = 41")
    runs = worker.interrupted_at_random("for _ in range(40000): pass\nprint 'x'; display(1); y = [n for n in range(9)]\ny", 0.004)
    assert statuses(runs) == {"ok", "interrupted"}
    assert all(bool(answer.frames("error")) == (answer.done["status"] == "interrupted") for answer in runs)
    assert worker.run("kept").value == "41"


def test_a_prompt_that_is_interrupted_at_any_moment_is_closed(worker):
    generator = random.Random(11)
    asked = 0
    for _ in range(300):
        worker.start("raw_input('? ')")
        time.sleep(generator.random() * 0.0004)
        answer = worker.wait(nudge=worker.interrupt, then=lambda event: event[0] == "prompt" and worker.interrupt())
        assert answer.done == {"status": "interrupted"}
        assert len(answer.frames("prompt")) == len(answer.frames("taken"))
        asked += len(answer.frames("prompt"))
    assert asked


def test_an_idle_worker_does_not_mind_interrupts_nor_does_one_that_is_asked_about_code(worker):
    for _ in range(50):
        worker.interrupt()
        assert worker.check("x = 1") == ("complete", "")
    assert worker.run("1").shape == ["result", "done"]


def test_an_interrupt_that_a_snippet_survives_is_none(worker):
    worker.start("import time\ntry:\n    print 'ready'\n    time.sleep(100)\nexcept KeyboardInterrupt:\n    print 'kept on'")
    worker.read_output("ready\n")
    worker.interrupt()
    assert (worker.wait().shape) == [("stdout", "kept on\n"), "done"]


def test_values_come_in_every_form_with_plain_text_beside(worker):
    answer = worker.run("class H:\n def _repr_html_(self): return u'<b>é'\n def __repr__(self): return 'H'\nH()")
    assert answer.frames("result")[0][2] == [("text/plain", b"H"), ("text/html", "<b>é".encode())]
    answer = worker.run("class P(object):\n def _repr_png_(self): return '\\x89PNG\\n'\n def _repr_html_(self): 1/0\ndisplay(P())")
    assert [part for part in answer.frames("display")[0][2] if part[0] != "text/plain"] == [("image/png", b"\x89PNG\n")]
    assert "_repr_html_ failed: ZeroDivisionError" in answer.err
    assert [name for name, _ in worker.run("H").frames("result")[0][2]] == ["text/plain"]
    assert worker.run("from quern import display as show; show(1, 'a')").shape == ["display", "display", "done"]


def test_snippets_are_a_main_module_with_sources(worker):
    worker.run("import pickle, inspect\nclass P(object):\n    a = 3")
    assert worker.run("pickle.loads(pickle.dumps(P())).a").value == "3"
    worker.run("def f():\n    return 'source'")
    assert worker.run("inspect.getsource(f)").value == repr("def f():\n    return 'source'\n")
    assert worker.run("__name__, __import__('sys').path[0]").value == "('__main__', '')"
    assert worker.run("import sys; sys.argv", argv=["a b", "c\nd", ""]).value == r"['', 'a b', 'c\nd', '']"
    assert worker.run("sys.argv[1:2], __import__('__main__').P is P").value == "(['a b'], True)"


def test_a_forked_child_never_serves_and_may_not_hold_the_wire(worker):
    assert worker.run("import os, sys\nif os.fork() == 0: sys.exit(4)\nos.wait()[1] >> 8").value == "4"
    answer = worker.run("if os.fork() == 0: 1/0\nos.wait()[1] >> 8")
    assert answer.value == "1" and answer.err.startswith("Traceback") and "quern" not in answer.err
    answer = worker.run("pid = os.fork()\nif pid == 0: display('child')\nelse: os.waitpid(pid, 0);")
    assert answer.shape == [("stdout", "'child'\n"), "done"]
    assert worker.run("import subprocess; subprocess.check_output(['ls', '/proc/self/fd'])").value == r"'0\n1\n2\n3\n'"
    fds = "sorted(int(fd) for fd in os.listdir('/proc/self/fd'))"
    assert worker.run(f"if os.fork() == 0:\n    print [fd for fd in {fds} if fd in (193, 194)]\nelse: os.wait();").out == "[]\n"
    assert worker.run("import multiprocessing\ndef twice(n): return 2 * n\nmultiprocessing.Pool(2).map(twice, [1, 2])").value == "[2, 4]"


def test_merged_output_comes_as_stdout_in_true_order(worker):
    code = ("import os, sys\nfor n in range(3):\n    sys.stdout.write('o%d ' % n)\n    sys.stderr.write('e%d ' % n)\n"
            "os.write(2, 'raw ')\nos.system('echo sh >&2')")
    assert worker.run(code, merge=1).shape == [("stdout", "o0 e0 o1 e1 o2 e2 raw sh\n"), "result", "done"]
    assert worker.run("print 'x'; print >>sys.stderr, 'y'").shape == [("stdout", "x\n"), ("stderr", "y\n"), "done"]


@pytest.mark.parametrize("code", [
    "1 / 0", "raise SystemExit('leaving')", "import os; os.close(2)", "import sys; sys.stderr.close()", "import sys; sys.stderr = None",
    "import os, signal; os.kill(os.getpid(), signal.SIGINT)", "syntax error",
])
def test_a_merged_run_leaves_two_streams_however_it_ends(worker, code):
    worker.run(code, merge=1)
    assert worker.run("import sys; print >>sys.stderr, 'y'").shape == [("stderr", "y\n"), "done"]


def test_what_a_merged_snippet_makes_of_its_stderr_stays(worker, tmp_path):
    worker.run(f"import os, sys; os.dup2(os.open({str(tmp_path / 'err')!r}, os.O_CREAT | os.O_WRONLY), 2)", merge=1)
    worker.run("print >>sys.stderr, 'kept'")
    assert (tmp_path / "err").read_text() == "kept\n"


def test_traceparent_is_of_one_run(worker):
    show = "import os; print os.environ.get('TRACEPARENT'); os.system('echo ${TRACEPARENT-none}') and None"
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01\n00-ab-cd-01\n"
    assert worker.run(show).out == "None\nnone\n"
    worker.run("os.environ['TRACEPARENT'] = 'mine'")
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01\n00-ab-cd-01\n"
    assert worker.run(show).out == "mine\nmine\n"
    worker.run("os.environ['TRACEPARENT'] = 'changed'", traceparent="00-ab-cd-01")
    assert worker.run(show).out == "changed\nchanged\n"


def test_end_of_requests_ends_the_worker_quietly_whatever_still_runs(worker):
    worker.run("import atexit, sys, threading\natexit.register(sys.stdout.write, 'last words')\n"
               "threading.Thread(target=threading.Event().wait).start()")
    assert worker.close() == 0


def test_an_exit_hook_that_never_returns_does_not_keep_the_worker(worker):
    worker.run("import atexit, threading; held = threading.Lock(); held.acquire()\n"
               "atexit.register(held.acquire)")
    assert worker.close() == 0


def test_a_rubbish_environment_does_not_spoil_the_start():
    with Worker(LANGUAGE, env={"PATH": PATH, "PYTHONHOME": "/nonexistent", "PYTHONIOENCODING": "rot13", "LANG": "C"}) as worker:
        assert worker.run("print u'é'\nimport json").out == "é\n"
