# SPDX-License-Identifier: Apache-2.0
"""The Scala worker by the contract of langs/WORKER.md, alone over its descriptors. What it shares with Java's is tested there."""
import pytest
from harness import Worker

LANGUAGE = "scala"


@pytest.fixture(scope="module")
def shared():
    """For tests that leave nothing that another would meet: a compiler takes a while to be warm."""
    with Worker(LANGUAGE) as worker:
        yield worker


def traceback(answer):
    return [body.decode() for name, body in answer.frames("error")[0][2] if name == "traceback"]


def test_values_functions_types_and_imports_are_kept(shared):
    shared.run("import scala.collection.mutable\nval x = 3\ndef twice(n: Int) = 2 * n\ncase class Point(x: Int, y: Int)\nvar total = 0")
    assert shared.run("total = total + 1").shape == ["done"]
    assert shared.run("total += 1").shape == ["done"]
    assert shared.run("twice(x) + Point(1, 2).y + mutable.Map(1 -> total)(1)").value == "10"


@pytest.mark.parametrize("code, value", [
    ("6 * 7", "42"), ("6 * 7;", None), ("6 * 7; // closed", None), ('"text"', "text"), ("Array(1, 2)", "Array(1, 2)"), ("null", "null"), ("()", None),
    ("List(1, 2)\n  .map(_ + 1)", "List(2, 3)"), ("val x = 5\nx", "5"), ("val x = 5", None), ("println(1)", None), ("case class P(a: Int)\nP(1)", "P(1)"),
    ("import scala.util.Try\nTry(1)", "Success(1)"), ("if (true) 1 else 2", "1"), ("def f = 1", None), ("// only\n1", "1"), ("1.toString * 2", "11"),
    ("@annotation.tailrec def h(n: Int): Int = if (n == 0) 0 else h(n - 1)\nh(5)", "0"), ("for (i <- 1 to 2) yield i", "Vector(1, 2)"),
])
def test_a_last_expression_that_is_not_closed_is_the_value(shared, code, value):
    answer = shared.run(code)
    assert (answer.value, answer.error) == (value, None)


def test_errors_have_the_users_lines_and_a_trimmed_traceback(worker):
    worker.run("def f(n: Int): Int = {\n  if (n == 0)\n    throw new IllegalStateException(\"no luck\")\n  f(n - 1) + 0\n}")
    answer = worker.run("val a = 1\n\n// a comment\nf(1)")
    assert answer.error == ("java.lang.IllegalStateException", "no luck") and answer.done == {"status": "error"}
    assert answer.frames("error")[0][1] == {"kind": "runtime", "line": "4"}
    assert traceback(answer) == [
        "java.lang.IllegalStateException: no luck", "\tat f(<cell 1>:3)", "\tat f(<cell 1>:4)", "\tat (<cell 2>:4)"]
    printed = worker.run("try f(0) catch { case e: Exception => e.printStackTrace() }").err
    assert "f(<cell 1>:3)" in printed and "(<cell 3>:1)" in printed
    lines = traceback(worker.run('throw new Exception("out", new RuntimeException("in"))'))
    assert lines == ["java.lang.Exception: out", "\tat (<cell 4>:1)", "Caused by: java.lang.RuntimeException: in", "\tat (<cell 4>:1)"]


@pytest.mark.parametrize("code, line, message", [
    ("def f( { return 1; }", "1", "identifier expected"), ("val a = 1\nval b = nope", "2", "not found: value nope"), ("val x y = 1", "1", ""),
    ("for (i <- 1 to 3) {", "1", "before it is complete"), ('val i: Int = "text"', "1", "type mismatch"), ("\n\n  val s: String = 1", "3", "type mismatch"),
    ("class A extends Nope", "1", "not found: type Nope"), ("}", "1", ""), ("val x = 1\nval x = 2", "2", "already defined"),
])
def test_what_does_not_compile_runs_nothing_and_tells_its_place(shared, code, line, message):
    answer = shared.run('println("no")\n' + code)
    assert answer.out == "" and answer.error[0] == "CompileError" and message in answer.error[1]
    attributes = answer.frames("error")[0][1]
    assert attributes["kind"] == "compile" and attributes["line"] == str(int(line) + 1)


def test_a_whole_program_is_run_with_its_arguments(worker):
    program = """package a.b
object Main {
  def main(args: Array[String]): Unit = println(new Helper().join(args))
}
class Helper { def join(words: Array[String]) = words.mkString("|") }"""
    assert worker.run(program, argv=["x", "", "two words"]).out == "x||two words\n"
    assert worker.run(program.replace('"|"', '"-"')).out == "x--two words\n"
    assert worker.run("object Main extends App { println(args.length) }").out == "3\n"
    answer = worker.run("object Main {\n  def main(a: Array[String]): Unit = {\n    println(1 / 0)\n  }\n}")
    assert answer.frames("error")[0][1]["line"] == "3" and traceback(answer)[-1] == "\tat Main$.main(<cell 4>:3)"
    assert worker.run("object Other { def main(a: Array[String]): Unit = println(1) }\nval x = 1").out == ""


def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    worker.run("val x = 1")
    assert worker.run('sys.exit(3); println("no")').done == {"status": "error", "exit": "3"}
    assert worker.run("System.exit(0)").done == {"status": "ok", "exit": "0"}
    assert worker.run("x").value == "1"


@pytest.mark.parametrize("code", [
    "while (true) {}", "Thread.sleep(600000)", "System.in.read()", "scala.io.StdIn.readLine()", "while (true) println(1)",
    'import scala.sys.process._\n"sleep 600".!', "try Thread.sleep(600000) finally println()", "LazyList.from(1).filter(_ < 0).head",
    "object Main { def main(a: Array[String]): Unit = while (true) {} }", "scala.concurrent.Await.result(scala.concurrent.Promise[Int]().future, scala.concurrent.duration.Duration.Inf)",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(shared, code):
    shared.run("val kept = 5")
    answer = shared.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupted" and answer.err == ""
    assert shared.run("kept").value == "5"


@pytest.mark.parametrize("code", ["Thread.sleep(600000)", "try Thread.sleep(600000) finally print(1)", "new java.util.concurrent.Semaphore(0).acquire()"])
def test_an_interrupt_of_what_waits_already_is_one(shared, code):
    shared.run("val kept = 5")
    shared.start(f'println("ready"); {code}')
    shared.read_output("ready\n")
    shared.interrupt()
    answer = shared.wait()
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupted" and answer.err == ""
    shared.start('println("ready"); try Thread.sleep(600000) catch { case _: InterruptedException => println("went on") }')
    shared.read_output("ready\n")
    shared.interrupt()
    assert shared.wait().done == {"status": "ok"} and shared.run("kept").value == "5"


def test_an_interrupt_that_ends_the_child_which_is_waited_for_is_told_each_time(shared):
    for _ in range(20):
        shared.start('val child = new java.lang.ProcessBuilder("sleep", "600").start(); println("ready"); child.waitFor()')
        shared.read_output("ready\n")
        shared.interrupt()
        assert shared.wait().done == {"status": "interrupted"}


def test_an_interrupt_that_comes_between_runs_is_of_none(shared):
    for _ in range(60):
        shared.interrupt()
        assert shared.run("Thread.sleep(1)").done == {"status": "ok"}


def test_a_read_of_stdin_asks_with_the_line_that_was_begun(shared):
    answer = shared.run('val n = scala.io.StdIn.readLine("name? "); println(s"[$n]")',
                        then=lambda event: event[0] == "prompt" and shared.type("Bob\n"))
    assert answer.frames("prompt") == [("prompt", {"password": "0"}, [("prompt", b"name? ")])]
    assert len(answer.frames("taken")) == 1 and answer.out == "name? [Bob]\n"
    answer = shared.run('import scala.io.StdIn.readLine; for (word <- List("a", "b")) readLine(word + "? ")',
                        then=lambda event: event[0] == "prompt" and shared.type("x\n"))
    assert [parts for _, _, parts in answer.frames("prompt")] == [[("prompt", b"a? ")], [("prompt", b"b? ")]]
    answer = shared.run('print("age? "); val age = scala.io.StdIn.readInt()', then=lambda event: event[0] == "prompt" and shared.type("5\n6\n"))
    assert answer.part("prompt", "prompt") == "age? " and answer.done == {"status": "ok"}
    answer = shared.run('scala.io.StdIn.readLine("go? ")', stdin="none")
    assert not answer.frames("prompt") and "has no input" in answer.error[1] and not any("quern" in line for line in traceback(answer))


def test_what_was_read_ahead_is_not_of_the_next_run(shared):
    shared.type("one\ntwo\n")
    assert shared.run("scala.io.StdIn.readLine()").value == "one"
    shared.type("three\n")
    assert shared.run("scala.io.StdIn.readLine()").value == "three"


def test_values_are_shown_in_rich_forms(shared):
    answer = shared.run('print("a"); display(html("<b>x</b>"))')
    assert answer.shape == [("stdout", "a"), "display", "done"]
    assert answer.frames("display")[0][2] == [("text/plain", b"<b>x</b>"), ("text/html", b"<b>x</b>")]
    shared.run('class Table { def toHtml = "<table/>"; override def toString = "table" }')
    assert shared.run("new Table").frames("result")[0][2] == [("text/plain", b"table"), ("text/html", b"<table/>")]


def test_merged_output_comes_as_stdout_in_true_order(shared):
    assert shared.run('for (i <- 0 to 1) { println(s"o$i"); Console.err.println(s"e$i") }', merge=1).shape == [
        ("stdout", "o0\ne0\no1\ne1\n"), "done"]
    assert shared.run('Console.err.println("apart")').shape == [("stderr", "apart\n"), "done"]


def test_nothing_of_a_line_that_was_stopped_comes_later(shared):
    for _ in range(3):
        shared.interrupted('val line = "y" * 100000; while (true) println(line)')
        assert shared.run('println("clean")').out == "clean\n"


@pytest.mark.parametrize("code, start, some", [
    ("printl", 0, ["println"]), ("System.out.prin", 11, ["println", "printf"]), ("my_", 0, ["my_method", "my_value"]), ("displa", 0, ["display"]),
    ('"é".substr', 5, ["substring"]), ("math.ma", 5, ["max"]), ("corner.ac", 7, ["across"]), ("nope_nope", 0, []), ("my_value.", 9, ["length"]), ("List", 0, ["List"]),
])
def test_completion_knows_what_stands_before_the_cursor(shared, code, start, some):
    shared.run('val my_value = "x"; def my_method(n: Int) = 1; class Corner { val across = 1 }; val corner = new Corner')
    found, end, items = shared.complete(code)
    assert set(some) <= set(items) and (items or not some)
    assert not items or (found, end) == (start, len(code.encode()))


@pytest.mark.parametrize("code, text", [
    ("println", "def println(x: Any): Unit"), ("math.max", "def max(x: Int, y: Int): Int"), ("my_method", "def my_method(n: Int): Int"), ("k", "k: Int"),
    ("List(1).map", "def map[B](f: Int => B)"), ("nope_nope", None), ("List(1).nope", None),
])
def test_inspection_tells_what_a_name_is(shared, code, text):
    shared.run("val k = 1; def my_method(n: Int) = 1")
    found = shared.inspect(code)
    assert found is None if text is None else text in found


@pytest.mark.parametrize("code, state, indent", [
    ("val x = 1", "complete", ""), ("", "complete", ""), ("// only", "complete", ""), ("if (true) {", "incomplete", "  "), ("def f =", "incomplete", "  "),
    ("class A {\n  val x = 1", "incomplete", "  "), ("f(1,", "incomplete", ""), ("/* open", "incomplete", ""), ('"""a', "incomplete", ""), ('"open', "invalid", ""),
    ("}", "invalid", ""), ("val x y = 1", "invalid", ""), ("package p\nobject A", "complete", ""),
])
def test_the_check_tells_what_enter_should_do(shared, code, state, indent):
    assert shared.check(code) == (state, indent)


@pytest.mark.parametrize("code", [
    "System.setOut(null)", "throw new ThreadDeath", "def f(n: Int): Int = f(n + 1) + 1; f(0)", "???", "val x: Nothing = sys.error(\"x\")", "package p",
    "object o { override def toString = throw new Exception }; o", "lazy val z: Int = z + 1; z", "\u0000", "val `$read` = 1", "class quern",
])
def test_a_snippet_that_goes_astray_does_not_derail_the_worker(shared, code):
    shared.run("val kept = 5")
    shared.run(code)
    assert shared.run("kept").value == "5"
