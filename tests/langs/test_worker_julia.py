# SPDX-License-Identifier: Apache-2.0
"""The Julia worker by the contract of langs/WORKER.md, alone over its descriptors. Without a `julia` there are no tests
here; langs/julia/README.md says what is tested then."""
import os
import shutil

import pytest
from harness import ENVIRONMENT, Worker

LANGUAGE = "julia"
JULIA = shutil.which("julia")
SECONDS = 120  # what is run for the first time is compiled


@pytest.fixture(scope="module")
def worker():
    with Worker(LANGUAGE, env={"PATH": f"{os.path.dirname(JULIA)}:{ENVIRONMENT['PATH']}"}) as worker:
        yield worker


def run(worker, code, **keys):
    return worker.run(code, seconds=SECONDS, **keys)


def with_julia(test):
    """A test that is none where there is no Julia."""
    test.__test__ = JULIA is not None
    return test


@with_julia
@pytest.mark.parametrize("code, value", [
    ("6 * 7", "42"), ("6 * 7;", None), ("6 * 7; # hidden", None), ("6 * 7 # not; hidden;", "42"), ("\"a; # b\"", '"a; # b"'), ("nothing", None),
    ("x = 5", "5"), ("Text(\"a\\nb\")", "a\nb"), ("s = 0; for i in 1:3; s += i; end; s", "6"), ("ans", "6"),
    ("begin\n  1\n  2\nend", "2"), ("module M; y = 1; end; M.y", "1"), ("struct P; a; end; P(1)", "P(1)"), ("f(x) = 2x; f(4)", "8"),
    ("f(x) = 3x; f(4)", "12"), ("using Dates; Dates.days(Day(2))", "2"), ("macro twice(e) :($e; $e) end; @twice 1", "1"), ("", None),
])
def test_the_last_value_is_shown_as_at_julias_prompt(worker, code, value):
    assert run(worker, code).value == value


@with_julia
def test_output_comes_in_the_order_written(worker):
    answer = run(worker, 'print("a"); println(stdout, 1); run(`echo child`); write(stdout, "b"); 3')
    assert answer.out == "a1\nchild\nb" and answer.shape[-2:] == ["result", "done"]
    assert run(worker, 'println(stderr, "e"); @warn "careful"').err.startswith("e\n")


@with_julia
def test_an_error_has_julias_words_and_the_snippets_line(worker):
    run(worker, "fails(x) =\n  error(\"too bad\");")
    answer = run(worker, "\n\nfails(1)")
    assert answer.error == ("ErrorException", "too bad") and answer.frames("error")[0][1] == {"kind": "runtime", "line": "3"}
    traceback = [body.decode() for name, body in answer.frames("error")[0][2] if name == "traceback"]
    assert traceback[0] == "ERROR: too bad" and "evaluate_in_main" not in "".join(traceback)
    assert run(worker, "nope").error[0] == "UndefVarError"


@with_julia
@pytest.mark.parametrize("code", ["x = = 1", "1 +\n)", "function f(", "local x y = 1"])
def test_what_does_not_parse_is_an_error_of_the_compilers(worker, code):
    run(worker, "untouched = 1;")
    answer = run(worker, f"untouched = 2;\n{code}")
    assert answer.frames("error")[0][1]["kind"] == "compile" and answer.error[0] == "ParseError"
    assert run(worker, "untouched").value == "1"


@with_julia
def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    run(worker, "kept = 1;")
    assert run(worker, "exit(3)").done == {"status": "error", "exit": "3"}
    assert run(worker, "exit()").done == {"status": "ok", "exit": "0"}
    assert run(worker, "kept").value == "1"


@with_julia
def test_values_and_displays_have_their_forms(worker):
    run(worker, "struct H end; Base.show(io::IO, ::MIME\"text/html\", ::H) = print(io, \"<h1>\");")
    assert run(worker, "H()").part("result", "text/html") == "<h1>"
    answer = run(worker, "display(H()); display(\"text/html\", \"<b>\");")
    assert [name for name, _ in answer.frames("display")[0][2]] == ["text/plain", "text/html"] and len(answer.frames("display")) == 2


@with_julia
def test_readline_asks_with_what_stands_before_it(worker):
    answer = run(worker, 'print("name? "); readline()', then=lambda event: event[0] == "prompt" and worker.type("Bob\n"))
    assert answer.part("prompt", "prompt") == "name? " and answer.value == '"Bob"' and answer.frames("taken")
    answer = run(worker, 'read(Base.getpass("word"), String)', then=lambda event: event[0] == "prompt" and worker.type("xyz\n"))
    assert answer.part("prompt", "prompt") == "word: " and answer.frames("prompt")[0][1] == {"password": "1"} and answer.value == '"xyz"'
    assert "without an input" in run(worker, "readline()", stdin="none").error[1]


@with_julia
def test_the_end_of_input_and_what_was_left_of_it_are_of_one_run(worker):
    worker.start('print("x"); isempty(readline(keep=true)) && eof(stdin)')
    worker.end_input()
    assert worker.wait(seconds=SECONDS).value == "true"
    worker.fresh_input()
    worker.type("one\ntwo\n")
    assert run(worker, "readline()").value == '"one"'
    worker.type("three\n")
    assert run(worker, "readline()").value == '"three"'


@with_julia
@pytest.mark.parametrize("code", ["sleep(600)", "readline()", "read(stdin, String)", "while true; string(rand()); end", "run(`sleep 600`)"])
def test_an_interrupt_ends_what_runs_and_keeps_the_context(worker, code):
    run(worker, "kept = 5;")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "InterruptException"
    assert run(worker, "kept").value == "5"


@with_julia
def test_an_interrupt_between_snippets_does_nothing(worker):
    run(worker, "kept = 5;")
    worker.interrupt()
    assert run(worker, "kept").value == "5"


@with_julia
def test_merge_arguments_and_traceparent_are_of_their_runs(worker):
    assert run(worker, 'println("o"); println(stderr, "e"); run(`sh -c "echo c >&2"`);', merge=1).shape == [("stdout", "o\ne\nc\n"), "done"]
    assert run(worker, 'println(stderr, "e")').shape == [("stderr", "e\n"), "done"]
    assert run(worker, "join(ARGS, '|')", argv=["a b", ""]).value == '"a b|"'
    assert run(worker, 'ENV["TRACEPARENT"]', traceparent="00-ab").value == '"00-ab"'
    assert run(worker, 'haskey(ENV, "TRACEPARENT")').value == "false"


@with_julia
def test_a_redirection_ends_with_its_block(worker, tmp_path):
    run(worker, f'open("{tmp_path}/out", "w") do io; redirect_stdout(io) do; println("into"); end; end')
    assert (tmp_path / "out").read_text() == "into\n" and run(worker, 'println("back")').out == "back\n"


@with_julia
def test_completion_inspection_and_check(worker):
    run(worker, '"Does it." my_function(a) = a; my_value = 3;')
    assert worker.complete("x = my_fu") == (4, 9, {"my_function": "function"})
    assert worker.complete("é = my_va")[:2] == (5, 10)
    assert "Does it." in worker.inspect("my_function") and "my_value::Int64 = 3" in worker.inspect("my_value")
    assert worker.inspect("nope_nope") is None
    assert [worker.check(code) for code in ("x = 1", "for i in 1:3", "x = = 1", "\"abc", "f(1,")] == [
        ("complete", ""), ("incomplete", "    "), ("invalid", ""), ("incomplete", ""), ("incomplete", "")]
