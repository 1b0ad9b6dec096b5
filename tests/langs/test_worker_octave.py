# SPDX-License-Identifier: Apache-2.0
"""The Octave worker by the contract of langs/WORKER.md, alone over its descriptors."""
import os

import pytest
from harness import Worker, command, statuses
from template import Template

LANGUAGE = "octave"


@pytest.fixture(scope="module")
def template():
    argv = command(LANGUAGE)
    assert os.access(argv[0], os.X_OK), f"{argv[0]} is not there: tools/build makes it (langs/octave/README.md)"
    template = Template(argv)
    yield template
    assert template.close() == 0


@pytest.fixture
def worker(template):
    with Worker(template=template) as worker:
        yield worker


def test_a_worker_of_its_own_is_as_good_as_one_from_a_template():
    with Worker(LANGUAGE) as worker:
        assert worker.run("6 * 7").value == "ans = 42"
        assert worker.interrupted("while true, end").done == {"status": "interrupted"}
        assert worker.close() == 0


def test_a_forked_worker_has_its_own_folder_and_variables(template, tmp_path):
    with Worker(template=template, env={"GREETING": "good day"}, cwd=tmp_path) as worker:
        (tmp_path / "here.m").write_text("function y = here()\n  y = 5;\nend\n")
        assert worker.run("disp(pwd()); disp(getenv('GREETING')); disp(here())").out == f"{tmp_path}\ngood day\n5\n"


def test_contexts_do_not_share_their_random_numbers(template):
    with Worker(template=template) as one, Worker(template=template) as other:
        assert one.run("rand(1, 3)").value != other.run("rand(1, 3)").value


@pytest.mark.parametrize("code, value, out", [
    ("6 * 7", "ans = 42", ""), ("x = 5", "x = 5", ""), ("x = 5;", None, ""),
    ("[a, b] = deal(1, 2)", "a = 1\nb = 2", ""),
    ("a = 1, b = 2", "b = 2", "a = 1\n"), ("x = [1 2; 3 4]", "x =\n\n   1   2\n   3   4", ""),
    ("c = {1, 2}; c{:}", "ans = 1\nans = 2", ""),
    ("'text'", "ans = text", ""), ("for i = 1:2\n  i\nend", None, "i = 1\ni = 2\n"),
    ("s.a = 1", "s =\n\n  scalar structure containing the fields:\n\n    a = 1", ""),
    ("disp(1)", None, "1\n"), ("1;\n2\n3 % the last\n% really", "ans = 3", "ans = 2\n"),
    ("f = @(x) x + 1", "f =\n\n@(x) x + 1", ""), ("[]", "ans = [](0x0)", ""),
    ("function g()\n  inner = 1\nend\ng()", None, "inner = 1\n"),
    ("function y = h()\n  t = 2\n  y = t;\nend\nh()", "ans = 2", "t = 2\n"),
])
def test_the_value_is_what_the_last_statement_displays(worker, code, value, out):
    answer = worker.run(code)
    assert (answer.value, answer.out, answer.err, answer.done) == (value, out, "", {"status": "ok"})


def test_a_silent_run_shows_no_value(worker):
    assert worker.run("x = 5", silent=1).shape == ["done"]


def test_variables_functions_and_the_path_are_kept(worker, tmp_path):
    (tmp_path / "far.m").write_text("function y = far()\n  y = 'far';\nend\n")
    worker.run("x = 3; function y = twice(v)\n  y = 2 * v;\nend\nglobal G; G = 7;")
    worker.run(f"addpath('{tmp_path}'); cd {tmp_path}")
    assert worker.run("printf('%d %d %s %d %s\\n', x, twice(4), far(), G, pwd());").out == f"3 8 far 7 {tmp_path}\n"


@pytest.mark.parametrize("code, name, message, line", [
    ("x = 1;\n\nnosuch(3)", "Octave:undefined-function", "'nosuch' undefined near line 3, column 1", "3"),
    ("error('plain')", "error", "plain", "1"), ("1;\nerror('My:id', 'value %d', 5)", "My:id", "value 5", "2"),
    ("x = [1 2 3];\nx(7)", "Octave:index-out-of-bounds", "x(7): out of bound 3", "2"),
    ("for i = 1:2\n  if i == 2\n    error('loop');\n  end\nend", "error", "loop", "3"),
    ("function f()\n  error('within');\nend\nx = 1;\nf();", "error", "within", "2"),
    ("x = 1;\n% about it\nfunction f()\n  error('within');\nend\nf();", "error", "within", "4"),
    ("x = 1;\nfunction f()\n  x\nend\n\nnosuch();", None, "nosuch", "6"),
    ("[1 2] * [3 4]", "Octave:nonconformant-args", "operator *", "1"),
    ("ones(1e9, 1e9);", None, "out of memory", "1"), ("error(\"two\\nlines\")", "error", "two\nlines", "1"),
])
def test_an_error_has_its_identifier_message_and_line(worker, code, name, message, line):
    worker.run("kept = 5;")
    answer = worker.run(code)
    assert message in answer.error[1] and (name is None or answer.error[0] == name)
    assert answer.frames("error")[0][1] == {"kind": "runtime", "line": line} and answer.done == {"status": "error"}
    assert worker.run("kept").value == "kept = 5"


def test_a_traceback_is_octaves_own(worker):
    worker.run("function outer()\n  inner();\nend\nfunction inner()\n  error('deep');\nend")
    answer = worker.run("1;\nouter();")
    lines = [text.decode() for name, text in answer.frames("error")[0][2] if name == "traceback"]
    assert lines == ["error: deep", "error: called from", "    inner at line 5 column 3",
        "    outer at line 2 column 3"]
    assert answer.frames("error")[0][1]["line"] == "2" and worker.run("lasterr()").value == "ans = deep"


def test_a_parse_error_runs_nothing_and_has_its_line(worker):
    answer = worker.run("disp('no');\ny = = 2;\n")
    assert answer.shape == ["error", "done"] and answer.error == ("parse error", "syntax error")
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": "2"}
    lines = [text.decode() for name, text in answer.frames("error")[0][2] if name == "traceback"]
    assert lines[-2:] == [">>> y = = 2;", "        ^"]


def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    worker.run("kept = 1; function leave()\n  exit(3);\nend")
    for code in ("leave(); disp('no')", "try, leave(); catch, disp('no'), end", "quit(3)"):
        answer = worker.run(code)
        assert (answer.shape, answer.done) == (["done"], {"status": "error", "exit": "3"})
    assert worker.run("exit").done == {"status": "ok", "exit": "0"}
    assert worker.run("kept").value == "kept = 1"


@pytest.mark.parametrize("code", [
    "while true, end", "x = 0; for i = 1:1e9, x += i; end", "pause(600)", "system('sleep 600');",
    "[a, b] = system('sleep 600');",
    "system(\"trap '' INT; sleep 600\");", "fgetl(stdin)", "fread(stdin);", "input('x? ')", "yes_or_no('x? ')",
    "disp(1); while true, disp(1), end",
    "regexp([repmat('a', 1, 60) 'b'], '^(a+)+$');", "arrayfun(@(x) x + 1, 1:1e8);",
    "p = popen('sleep 600', 'r'); fgetl(p)",
    "function spin()\n  while true\n  end\nend\nspin()", "cellfun(@(x) x, num2cell(1:2e6)); while true, end",
    "eig(rand(2000));",
    "try, while true, end, catch, while true, end, end",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("kept = 5;")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupted"
    assert worker.run("kept").value == "kept = 5"
    assert worker.run("function r = deep(n)\n  if n > 0, n = deep(n - 1); end\n  r = n;\nend\ndeep(200)").value == "ans = 0"


def test_what_cleans_up_runs_when_interrupted(worker):
    cleanup = "disp('cleaned up'); disp(max(1, 2));"
    answer = worker.interrupted(f"unwind_protect\n  while true, end\nunwind_protect_cleanup\n  {cleanup}\nend")
    assert answer.out == "cleaned up\n2\n" and answer.done == {"status": "interrupted"}


def test_interrupts_between_snippets_and_at_random_moments_do_nothing_else(worker):
    worker.run("kept = 41;")
    runs = worker.interrupted_at_random("for i = 1:3000, s = sprintf('%d', i); end, disp(s); system('true');", within=0.03, times=100)
    assert "interrupted" in statuses(runs)
    assert worker.run("disp(kept)").shape == [("stdout", "41\n"), "done"]


def test_input_asks_and_gives_text_or_a_value(worker):
    def typed(text):
        return lambda event: event[0] == "prompt" and worker.type(text)
    answer = worker.run("x = input('name? ', 's');", then=typed("Bob B\n"))
    assert answer.shape == [("stdout", "name? "), "prompt", "taken", "done"] and worker.run("x").value == "x = Bob B"
    assert worker.run("y = input('value? ')", then=typed("[1 2] * 2\n")).value == "y =\n\n   2   4"
    assert worker.run("z = input('empty? ')", then=typed("\n")).value == "z = [](0x0)"
    answer = worker.run("yes_or_no('sure? ')", then=typed("yes\n"))
    assert answer.out == "sure? (yes or no) " and answer.value == "ans = 1"
    assert worker.run("input('bad? ')", then=typed("nosuch +\n")).done == {"status": "error"}
    answer = worker.run("input('no? ')", stdin="none")
    assert not answer.frames("prompt") and "no input" in answer.error[1]


def test_lines_are_read_and_what_is_left_over_is_dropped(worker):
    worker.start("disp(fgetl(stdin))")
    worker.type("one\nleft over\n")
    assert worker.wait().out == "one\n"
    worker.start("printf('[%s]', fgets(stdin)); [t, n] = fgetl(stdin)")
    worker.type("two\nthree\n")
    answer = worker.wait()
    assert answer.out == "[two\n]" and answer.value == "t = three\nn = 6"
    worker.start("fgetl(stdin)")
    worker.end_input()
    assert worker.wait().value == "ans = -1"
    worker.fresh_input()
    worker.start("numel(fread(stdin))")
    worker.type("four")
    worker.end_input()
    assert worker.wait().value == "ans = 4"
    worker.fresh_input()
    worker.start("fgetl(stdin)")
    worker.type("afresh\n")
    assert worker.wait().value == "ans = afresh"


def test_output_stands_where_it_was_printed(worker):
    answer = worker.run("printf('half '); system('printf whole'); puts(\" end\\n\"); fprintf(stderr, 'err'); 1")
    assert answer.out == "half whole end\n" and answer.err == "err" and answer.shape[-2:] == ["result", "done"]
    assert len(worker.run("disp(repmat('x', 1, 3e6))").out) == 3000001
    assert worker.run("[s, t] = system('echo kept'); printf('%d %s', s, t);").out == "0 kept\n"


def test_half_a_line_is_seen_before_what_waits(worker):
    for code in ("printf('half'); pause(600)", "printf('half'); fgetl(stdin)", "printf('half'); fread(stdin)",
        "printf('half'); system('sleep 600')",
                 "printf('half'); fflush(stdout); while true, end"):
        worker.start(code)
        assert worker.read_output("half") == "half"
        worker.interrupt()
        assert worker.wait().done == {"status": "interrupted"}


def test_merged_output_comes_as_stdout_in_true_order_and_only_for_its_run(worker):
    code = "for i = 1:2, printf('o%d', i); fprintf(stderr, 'e%d\\n', i); end, system('echo c >&2'); warning('careful');"
    assert worker.run(code, merge=1).shape[0] == ("stdout", "o1e1\no2e2\nc\nwarning: careful\n")
    assert worker.run("error('x')", merge=1).done == {"status": "error"}
    assert worker.run("fprintf(stderr, 'y');").err == "y"


def test_arguments_and_traceparent_are_of_their_run(worker):
    assert worker.run("printf('<%s>', argv(){:}); disp(nargin)", argv=["a b", "é"]).out == "<a b><é>2\n"
    assert worker.run("printf('<%s>', argv(){:});").out == "<a b><é>"
    show = "printf('[%s]', getenv('TRACEPARENT')); system('env | grep -c ^TRACEPARENT; true');"
    assert worker.run(show, traceparent="00-ab-cd-01").out == "[00-ab-cd-01]1\n"
    assert worker.run(show).out == "[]0\n"
    worker.run("setenv('TRACEPARENT', 'mine');", traceparent="00-ab-cd-01")
    assert worker.run(show).out == "[mine]1\n"


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run("system('ls /proc/self/fd | wc -l');").out == "4\n"
    assert worker.run("[s, t] = system('ls -l /proc/self/fd | grep -c pipe'); disp(t)").done == {"status": "ok"}


def test_figures_are_shown_as_png_and_svg_then_closed(worker):
    answer = worker.run("figure('name', 'first'); plot(1:10); title('hi'); figure; bar([1 2 3]); disp('drawn')")
    shown = [dict(parts) for _, _, parts in answer.frames("display")]
    assert [parts["text/plain"] for parts in shown] == [b"Figure 1: first", b"Figure 2"]
    for parts in shown:
        assert list(parts) == ["text/plain", "image/png", "image/svg+xml"]
        assert parts["image/png"].startswith(b"\x89PNG") and b"</svg>" in parts["image/svg+xml"]
    assert answer.out == "drawn\n" and answer.err == "" and worker.run("numel(get(0, 'children'))").value == "ans = 0"


def test_completion_knows_what_stands_before_the_cursor(worker):
    worker.run("my.inner.deep = 1; my.other = 2; my_vector = [1 2]; function my_function()\nend")
    assert worker.complete("linspa") == (0, 6, {"linspace": "function"})
    assert worker.complete("y = my_") == (4, 7, {"my_vector": "variable", "my_function": "function"})
    assert worker.complete("é = my.inner.de") == (14, 16, {"deep": "field"})
    assert worker.complete("my.")[2] == {"inner": "field", "other": "field"}
    assert worker.complete("whil")[2] == {"while": "keyword"}
    for code in ("disp('my_", "% my_", "nosuch.fi", "x = 12", "my.none.x"):
        assert worker.complete(code)[2] == {}
    assert worker.complete("a = b' + my_v")[2] == {"my_vector": "variable"}


def test_inspection_tells_of_values_and_functions(worker):
    worker.run("m = [1 2; 3 4]; s.part = 'text'; function y = add(a, b)\n  % Adds them up.\n  y = a + b;\nend")
    assert worker.inspect("m") == "m: 2x2 double\nm =\n\n   1   2\n   3   4"
    assert worker.inspect("x = s.part").startswith("s.part: 1x4 char\n")
    assert worker.inspect("add(").startswith("add (a, b)\n") and "y = a + b" in worker.inspect("add", 1)
    assert "linspace (start, end, n)\nReturn a row vector" in worker.inspect("linspace")
    assert worker.inspect("plot").startswith("plot (y)\n") and "@" not in worker.inspect("plot")[:300]
    assert worker.inspect("nosuch") is None and worker.inspect("'m") is None


@pytest.mark.parametrize("code, state, indent", [
    ("x = 1", "complete", ""), ("", "complete", ""), ("if x\n  y\nend", "complete", ""),
    ("function f()\n  x\nend", "complete", ""),
    ("for i = 1:3", "incomplete", "  "), ("if x\n  while y", "incomplete", "    "), ("x = [1 2", "incomplete", ""),
    ("f(", "incomplete", ""),
    ("x = 1 + ...", "incomplete", ""), ("%{\nnote", "incomplete", ""), ("function f(x)", "incomplete", "  "),
    ("try", "incomplete", "  "),
    ("switch x\n  case 1", "incomplete", "    "), ("if x\n  y\nelse", "incomplete", "  "),
    ("do\n  x++;", "incomplete", "  "),
    ("x = = 1", "invalid", ""), ("end", "invalid", ""), ("x = 'abc", "invalid", ""), ("x = (1))", "invalid", ""),
])
def test_the_check_tells_what_enter_should_do_and_says_nothing(worker, code, state, indent):
    assert worker.check(code) == (state, indent)
    assert worker.run("1").shape == ["result", "done"]


def test_end_of_requests_runs_the_users_exit_hooks(template):
    with Worker(template=template) as worker:
        worker.run("function bye()\n  disp('bye');\nend\natexit('bye');")
        os.close(worker.requests)
        worker.requests = None
        assert worker.read_output("bye\n") == "bye\n" and worker.child.wait(10) == 0


def test_an_exit_hook_that_never_ends_does_not_keep_the_worker(template):
    with Worker(template=template) as worker:
        worker.run("function never()\n  while true, end\nend\natexit('never');")
        assert worker.close(10) == 0


def test_an_unknown_request_is_an_error_and_no_end(worker):
    worker.send(b"dance\n")
    assert worker.wait().error[0] == "UnknownRequest"
    assert worker.run("1").value == "ans = 1"
