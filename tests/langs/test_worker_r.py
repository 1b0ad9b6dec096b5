# SPDX-License-Identifier: Apache-2.0
"""The R worker by the contract of langs/WORKER.md, alone over its descriptors: runs, failures, interrupts and input.
What it shows and what it knows of code is in test_worker_r_shows.py."""
import os

import pytest
from harness import ROOT, Worker, answers, statuses

LANGUAGE = "r"
assert os.access(ROOT / "r/bin/quern-r-worker", os.X_OK), "langs/r/bin is not built: see langs/r/README.md"


def test_values_options_packages_and_the_directory_are_kept(worker, tmp_path):
    worker.run(f'x <- 3; f <- function(n) n * x; library(tools); options(digits = 3); setwd("{tmp_path}")')
    assert worker.run('cat(f(2), toTitleCase("an owl"), getwd(), "\\n"); pi').shape == [
        ("stdout", f"6 An Owl {tmp_path} \n"), "result", "done"]
    assert worker.run(".Last.value").value == "[1] 3.14"


def test_each_visible_value_is_printed_and_the_last_is_the_result(worker):
    answer = worker.run("1; x <- 2; 'three'\ninvisible(4)\nfor (i in 1:2) i\nc(a = 5)")
    assert answer.shape == [("stdout", '[1] 1\n[1] "three"\n'), "result", "done"] and answer.value == "a \n5 "
    assert worker.run("x <- 5").shape == worker.run("invisible(5)").shape == worker.run("").shape == ["done"]
    assert worker.run("(x <- 6)").value == "[1] 6" and worker.run("NULL").value == "NULL"
    assert worker.run("7", silent=1).shape == ["done"]


def test_the_top_level_is_rs_own(worker):
    assert worker.run("sys.nframe(); parent.frame(); sys.call(); environment()").out == "[1] 0\n<environment: R_GlobalEnv>\nNULL\n"
    assert worker.run("commandArgs(TRUE); interactive()", argv=["a b", "", "é"]).out == '[1] "a b" ""    "é"  \n'
    assert worker.run("length(commandArgs(TRUE))").value == "[1] 3"


def test_warnings_come_behind_their_expression_as_r_words_them(worker):
    answer = worker.run('f <- function() { warning("low"); 7 }\nf()')
    assert answer.err == "Warning message:\nIn f() : low\n" and answer.value == "[1] 7"
    assert worker.run('warning("top"); message("told")').err == "Warning message:\ntop \ntold\n"
    assert worker.run("names(warnings())").value == '[1] "top"'
    assert worker.run("options(warn = 2); as.integer('x')").error == (
        "simpleError", "(converted from warning) NAs introduced by coercion")


def test_an_error_has_its_class_its_line_and_rs_traceback(worker):
    answer = worker.run("f <- function(n) {\n  stop('boom')\n}\ng <- function(n) f(n)\n\ng(2)")
    assert answer.error == ("simpleError", "boom") and answer.done == {"status": "error"}
    (_, attributes, parts), = answer.frames("error")
    assert attributes == {"kind": "runtime", "line": "2", "column": "3"} and ("file", b"<cell 1>") in parts
    assert [text.decode() for name, text in parts if name == "traceback"] == [
        "Error in f(n) : boom", '3: stop("boom") at <cell 1>#2', "2: f(n) at <cell 1>#4", "1: g(2)"]
    assert worker.run("traceback()").out.startswith('3: stop("boom") at <cell 1>#2\n')


@pytest.mark.parametrize("code, line", [
    ("x <- 1\nlog('a')", "2"), ("f <- function(x) {\n  x\n  log(x)\n}\n\nf('a')", "3"), ("1\n\nnosuch", "3"),
    ("lapply(1:3, function(i) {\n  if (i == 2)\n    stop('two')\n})", "2"), ("if (TRUE) {\n  1\n  stop('in')\n}", "3"),
    ("print.bad <- function(x) {\n  stop('no')\n}\nstructure(1, class = 'bad')", "2"), ("library(nosuch)", "1"),
])
def test_the_line_of_an_error_is_the_snippets(worker, code, line):
    assert worker.run(code).frames("error")[0][1]["line"] == line


def test_the_line_is_the_callers_where_the_failing_function_is_of_an_earlier_snippet(worker):
    worker.run("\n\n\nf <- function() stop('early')")
    answer = worker.run("1\nf()")
    assert answer.frames("error")[0][1]["line"] == "2"
    assert 'stop("early") at <cell 1>#4' in answer.events[-2][2][4][1].decode()


def test_conditions_of_the_users_have_their_own_names(worker):
    code = 'stop(structure(class = c("tooLate", "error", "condition"), list(message = "late", call = NULL)))'
    assert worker.run(code).error == ("tooLate", "late")
    assert worker.run("tryCatch(stop('a'), error = function(e) 'caught')").value == '[1] "caught"'
    assert worker.run("try(stop('a'), silent = TRUE); withCallingHandlers(1, error = function(e) 2)").error is None


@pytest.mark.parametrize("code, line, column, message", [
    ("x <- 1\ny <- )", "2", "6", "unexpected ')'"), ("f <- function(", "2", "1", "unexpected end of input"),
    ("1 +* 2", "1", "4", "unexpected '*'"), ("'a\\qb'", "1", None, "'\\q' is an unrecognized escape in character string (<input>:1:4)"),
    ("a b", "1", "3", "unexpected symbol"),
])
def test_what_does_not_parse_runs_not_at_all(worker, code, line, column, message):
    answer = worker.run(code)
    name, told = answer.error
    attributes = answer.frames("error")[0][1]
    assert answer.out == "" and name == "parseError" and attributes["kind"] == "compile"
    if column:
        assert (attributes["line"], attributes["column"], told) == (line, column, message)


def test_the_users_own_way_of_handling_errors_is_heard(worker):
    worker.run("options(error = quote(cat('dumped\\n')))")
    assert worker.run("stop('x')").shape == [("stdout", "dumped\n"), "error", "done"]
    worker.run("options(error = NULL); globalCallingHandlers(warning = function(w) { cat('global\\n'); tryInvokeRestart('muffleWarning') })")
    assert worker.run("warning('w')").shape == [("stdout", "global\n"), "done"]
    assert worker.run("stop('x')").error == ("simpleError", "x")


@pytest.mark.parametrize("code, error", [
    ("f <- function(n) f(n + 1) + 1; f(0)", None), ("options(expressions = 500); f <- function(n) { f(n) }; f(1)", None),
    ("invokeRestart('abort')", ("abort", "the snippet has left for the top level")), ("break", None), ("return(3)", None),
    ("print <- cat <- stop <- 5; c <- sys.calls <- function(...) NULL; nosuch", ("simpleError", "object 'nosuch' not found")),
    ("sink(tempfile()); stop('x')", ("simpleError", "x")), ("closeAllConnections()", None), ("gctorture(FALSE); rm(list = ls())", None),
    ("detach('quern')", None), ("options(warn = 5, digits = 22, keep.source = FALSE)", None), ("Sys.setlocale('LC_ALL', 'C')", None),
    ("graphics.off(); unlink(tempdir(), recursive = TRUE)", None), ("rm(list = ls(all.names = TRUE)); search()", None),
    ("Sys.setenv(R_HOME = '/nowhere', TMPDIR = '/nowhere')", None), ("suspendInterrupts(1); suppressWarnings(warning(1))", None),
])
def test_a_snippet_that_goes_astray_does_not_derail_the_worker(worker, code, error):
    answer = worker.run(code)
    assert len(answer.frames("done")) == 1 and (error is None or answer.error == error)
    worker.run("rm(list = ls()); while (sink.number()) sink()")
    assert worker.run("kept <- 5; base::cat('fine', kept, '\\n')").shape == [("stdout", "fine 5 \n"), "done"]


def test_a_quit_ends_the_snippet_and_keeps_the_context(worker):
    worker.run(".Last <- function() cat('bye\\n'); f <- function() { on.exit(cat('left\\n')); q(status = 3); cat('no') }")
    answer = worker.run("f(); cat('no')")
    assert answer.out == "bye\nleft\n" and answer.done == {"status": "error", "exit": "3"} and answer.error is None
    assert worker.run("quit(runLast = FALSE)").done == {"status": "ok", "exit": "0"}
    assert worker.run("tryCatch(q(status = 4), error = function(e) 1, finally = cat('fin\\n'))").done["exit"] == "4"


BUSY = [
    "Sys.sleep(600)", "repeat {}", "system('sleep 600')", "x <- system('sleep 600', intern = TRUE)", "repeat cat('flood\\n')",
    "readline('? ')", "readLines(stdin())", "readLines('stdin')", "readBin(file('stdin', 'rb'), 'raw', 9)", "scan()", "print(1:1e8)",
    "parallel::mclapply(1:2, function(i) Sys.sleep(600))", "while (TRUE) tryCatch(Sys.sleep(9), error = identity)",
    "Sys.sleep(0.01); readLines(file('stdin'))", "f <- function(n) f(n); repeat try(f(1), silent = TRUE)", "x <- 0; while (TRUE) x <- x + 1",
    "tryCatch(repeat {}, finally = cat('fin\\n'))", "readLines(pipe('sleep 600'))", "replicate(1e9, rnorm(1))", "browser()",
]


@pytest.mark.parametrize("code", BUSY)
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("kept <- 5")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error == ("interrupt", "interrupted")
    assert len(answer.frames("prompt")) == len(answer.frames("taken"))
    assert worker.run("kept").value == "[1] 5"


def test_an_interrupt_that_the_snippet_survives_is_none(worker):
    code = "tryCatch(Sys.sleep(600), interrupt = function(c) cat('caught\\n')); cat('on\\n')"
    answer = worker.interrupted(code)
    assert answer.done == {"status": "ok"} and answer.out == "caught\non\n"
    assert worker.interrupted("withCallingHandlers(repeat {}, interrupt = function(c) cat('seen\\n'))").shape == [
        ("stdout", "seen\n"), "error", "done"]


def test_an_interrupt_of_a_command_goes_no_further_and_is_told_once(worker):
    worker.start("system('echo ready; exec sleep 600'); cat('never\n')")
    worker.read_output("ready")
    worker.signal()  # R hears it itself, and not by what follows it
    answer = worker.wait()
    assert answer.done == {"status": "interrupted"} and answer.out == ""
    worker.start("tryCatch(system('echo ready; exec sleep 600'), interrupt = function(c) { cat('caught\n'); readline(); cat('on\n') })")
    worker.read_output("ready")
    worker.interrupt()
    worker.wait("prompt")
    worker.urge()  # the daemon's when it looks again
    worker.type("\n")
    answer = worker.wait()
    assert answer.done == {"status": "ok"} and answer.out == "on\n"
    assert worker.run("system('exit 3')").out == "" and worker.run("x <- system('exit 3'); x").value == "[1] 3"
    assert worker.run("x <- system('kill -INT $$'); x").value == "[1] 2"


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("kept <- 41; x <- runif(1e4)")
    runs = worker.interrupted_at_random("for (i in 1:3) y <- sort(x)\ncat('x\\n'); Sys.sleep(0.001); z <- lapply(1:99, function(i) i)\n1", within=0.008, times=200)
    assert "interrupted" in statuses(runs)
    assert worker.run("kept").shape == ["result", "done"]


def test_an_interrupt_between_snippets_does_nothing(worker):
    for _ in range(20):
        worker.interrupt()
        assert worker.run("1").value == "[1] 1"


def test_readline_asks_and_so_does_whatever_reads_the_console(worker):
    answer = worker.run("x <- readline('name? '); nchar(x)", then=answers(worker, "Åsa\n"))
    assert answer.shape == [("stdout", "name? "), "prompt", "taken", "result", "done"] and answer.value == "[1] 3"
    assert answer.frames("prompt")[0][1:] == ({"password": "0"}, [("prompt", b"name? ")])
    assert worker.run("readLines(stdin(), 2)", then=answers(worker, "a\n", "b\n")).value == '[1] "a" "b"'
    assert worker.run("menu(c('yes', 'no'))", then=answers(worker, "2\n")).value == "[1] 2"
    assert worker.run("sum(scan(n = 3, quiet = TRUE))", then=answers(worker, "1 2\n", "3\n")).value == "[1] 6"
    assert worker.run("nchar(readline('long? '))", then=answers(worker, "x" * 6000 + "\n")).value == "[1] 6000"


def test_the_debugger_asks(worker):
    worker.run("f <- function(x) { y <- x + 1; browser(); y }")
    answer = worker.run("f(1)", then=answers(worker, "y * 10\n", "c\n"))
    assert "[1] 20" in answer.out and answer.value == "[1] 2"
    assert [parts for _, _, parts in answer.frames("prompt")] == [[("prompt", b"Browse[1]> ")]] * 2
    assert worker.run("f(1)", then=answers(worker, "Q\n")).error[0] == "abort"
    assert worker.run("debug(f); f(1)", then=answers(worker, "c\n", "c\n")).value == "[1] 2"


def test_a_password_is_asked_as_one(worker):
    answer = worker.run("nchar(getOption('askpass')('secret: '))", then=answers(worker, "hunter2\n"))
    assert answer.frames("prompt")[0][1] == {"password": "1"} and answer.value == "[1] 7"


def test_a_run_without_input_refuses_to_ask(worker):
    for code in ("readline('? ')", "readLines(stdin())", "menu(1:2)", "getOption('askpass')('? ')"):
        answer = worker.run(code, stdin="none")
        assert not answer.frames("prompt") and "no input" in answer.error[1]


def test_end_of_input_is_of_one_run(worker):
    worker.start("x <- readline('? '); y <- readLines(stdin()); length(y); nchar(x)")
    worker.type("ab\n")
    answer = worker.wait("taken")
    worker.end_input()
    answer = worker.wait()
    assert answer.out == "[1] 0\n" and answer.value == "[1] 2"
    worker.fresh_input()
    assert worker.run("readline('? ')", then=answers(worker, "again\n")).value == '[1] "again"'


def test_a_reader_below_the_console_leaves_the_rest_alone(worker):
    worker.type("one\ntwo\n")
    assert worker.run("a <- readline(); system('head -c 4')").out == "two\n"


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run("system(\"ls -l /proc/self/fd | grep -c 'pipe:'\")").out == "3\n"
    assert worker.run("x <- file(tempfile(), 'w'); system('ls /proc/$PPID/fd')").out.split()[:4] == ["0", "1", "190", "191"]
    assert worker.run("system('yes | head -n 1', ignore.stderr = FALSE)").shape == [("stdout", "y\n"), "done"]


def test_forks_of_the_snippets_end_with_it(worker):
    assert worker.run("unlist(parallel::mclapply(1:3, function(i) i^2))").value == "[1] 1 4 9"
    code = "p <- parallel:::mcfork(); if (inherits(p, 'masterProcess')) { cat('child\\n') } else invisible(parallel:::selectChildren(p, -1))"
    assert worker.run(code).out == "child\n"
    assert worker.run("'alone'").shape == ["result", "done"]


def test_merged_output_comes_as_stdout_in_true_order(worker):
    code = "for (i in 1:2) { cat('o', i, '\\n'); message('e ', i); system('echo c; echo d >&2') }; warning('w')"
    assert worker.run(code, merge=1).shape == [
        ("stdout", "o 1 \ne 1\nc\nd\no 2 \ne 2\nc\nd\nWarning message:\nw \n"), "done"]
    for ending in ("q()", "stop('x')", "readline(", "1"):
        worker.run(ending, merge=1)
        assert worker.run("message('apart')").shape == [("stderr", "apart\n"), "done"]


def test_traceparent_is_of_one_run(worker):
    show = "cat(Sys.getenv('TRACEPARENT', 'none'), '')"
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01 "
    assert worker.run(show).out == "none "
    worker.run("Sys.setenv(TRACEPARENT = 'mine')", traceparent="00-ab-cd-01")
    assert worker.run(show).out == "mine "
    assert worker.run(show, traceparent="00-ab-cd-02").out == "00-ab-cd-02 " and worker.run(show).out == "mine "


def test_much_code_and_much_output_go_through(worker):
    assert worker.run(("# " + "c" * 98 + "\n") * 10000 + "'end'").value == '[1] "end"'
    assert len(worker.run("cat(strrep('x', 5e6))").out) == 5_000_000
    assert len(worker.run("strrep('ü', 1e4)").value) == 10_006


def test_end_of_requests_ends_r_with_its_exit_hooks(worker):
    worker.run(".Last <- function() cat('bye\\n'); e <- new.env(); reg.finalizer(e, function(e) cat('final\\n'), onexit = TRUE)")
    folder = worker.run("cat(tempdir())").out
    assert os.path.isdir(folder) and worker.close() == 0 and not os.path.exists(folder)


def test_exit_hooks_have_a_second(worker):
    worker.run(".Last <- function() repeat {}")
    assert worker.close() == 0


def test_a_profile_is_read_and_what_it_prints_comes_with_the_first_run(tmp_path):
    (tmp_path / ".Rprofile").write_text("cat('welcome\\n'); mine <- 3; warning('odd')")
    with Worker("r", cwd=tmp_path, env={"HOME": str(tmp_path)}) as worker:
        assert worker.run("cat(mine, '\\n')").out == "welcome\n3 \n"


@pytest.mark.parametrize("env", [
    {"LC_ALL": "C"}, {"LC_ALL": "xx_XX"}, {"LANG": "POSIX"}, {"R_HOME": "/nonexistent", "R_LIBS": "/nonexistent"}, {"HOME": "/nonexistent"},
    {"R_PROFILE_USER": "/nonexistent", "DISPLAY": ":77"}, {"EDITOR": "", "PAGER": "", "COLUMNS": "x"},
])
def test_a_rubbish_environment_does_not_spoil_the_start(env):
    with Worker("r", env=env) as worker:
        assert worker.run("cat('grüße', nchar('世界'), '\\n')").shape == [("stdout", "grüße 2 \n"), "done"]
