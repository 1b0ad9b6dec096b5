# SPDX-License-Identifier: Apache-2.0
"""The Java worker by the contract of langs/WORKER.md, alone over its descriptors."""
import pytest
from harness import Died, Worker, statuses

LANGUAGE = "java"


def traceback(answer):
    return [body.decode() for name, body in answer.frames("error")[0][2] if name == "traceback"]


def test_variables_methods_types_and_imports_are_kept(worker):
    worker.run("import java.time.Duration;\nint x = 3;\nint twice(int n) { return 2 * n; }\nrecord Point(int x, int y) {}")
    assert worker.run("twice(x) + Duration.ofSeconds(1).toMillis() + new Point(1, 2).y()").value == "1008"


@pytest.mark.parametrize("code, value", [
    ("6 * 7", "42"), ("6 * 7;", None), ('"text"', '"text"'), ("new int[] {1, 2}", "int[2] { 1, 2 }"), ("null", "null"),
    ("List.of(1, 2)", "[1, 2]"), ("int x = 5;\nx", "5"), ("int x = 5;\nx = 6", "6"), ("int x = 5", None), ("x(); void x() {}", None),
    ("1 // one", "1"), ("1; // one", None), ("1 /* one; */", "1"), ('"; //"', '"; //"'), ("System.out.println(1)", None),
    ("Stream.of(1, 2)\n  .map(n -> n + 1)\n  .toList()", "[2, 3]"), ("(Runnable) null", "null"), ('"""\n  text"""', '"text"'),
    ("record P(int a) {}\nnew P(1)", "P[a=1]"), ("enum E { A, B }\nE.B", "B"), ("var x = 1L; x", "1"), ("'c'", "'c'"), ("true ? 1 : 2", "1"),
])
def test_a_last_expression_that_is_not_closed_is_the_value(worker, code, value):
    answer = worker.run(code)
    assert answer.value == value and (answer.error is None or code.startswith("x()"))


def test_a_silent_run_tells_no_value(worker):
    assert worker.run("6 * 7", silent=1).shape == ["done"]


def test_errors_have_the_users_lines_and_a_trimmed_traceback(worker):
    worker.run("int f(int n) {\n  if (n == 0)\n    throw new IllegalStateException(\"no luck\");\n  return f(n - 1);\n}")
    answer = worker.run("int a = 1;\n\n// a comment\nf(\n 1);")
    assert answer.error == ("java.lang.IllegalStateException", "no luck") and answer.done == {"status": "error"}
    assert answer.frames("error")[0][1] == {"kind": "runtime", "line": "4"}
    assert traceback(answer) == [
        "java.lang.IllegalStateException: no luck", "\tat f(<cell 1>:3)", "\tat f(<cell 1>:4)", "\tat (<cell 2>:4)"]
    assert answer.part("error", "file") == "<cell 2>"


def test_causes_and_library_frames_are_in_the_traceback(worker):
    lines = traceback(worker.run('try { List.of(1).get(3); } catch (Exception e) { throw new RuntimeException("out\\nside", e); }'))
    assert lines[:3] == ["java.lang.RuntimeException: out", "side", "\tat (<cell 1>:1)"]
    assert lines[3].startswith("Caused by: java.lang.IndexOutOfBoundsException: ")
    assert lines[4].startswith("\tat java.base/java.util.") and not any("quern" in line or "reflect" in line for line in lines)


@pytest.mark.parametrize("code, line, column, message", [
    ("int f( { return 1; }", "1", "8", "illegal start of type"), ("int a = 1;\nint b = nope;", "2", "9", "cannot find symbol"),
    ("int x y;", "1", "7", "';' expected"), ("for (;;) {", "1", "11", "reached end of file"), ("int a = 1; \"text", "1", None, "unclosed"),
    ("int i = \"text\";", "1", "9", "incompatible types"), ("\n\n  String s = 1;", "3", "14", "incompatible types"),
    ("class A extends Nope {}", "1", None, "class Nope"), ("}", "1", None, ""),
])
def test_what_does_not_compile_is_of_kind_compile_with_its_place(worker, code, line, column, message):
    answer = worker.run(code)
    name, said = answer.error
    attributes = answer.frames("error")[0][1]
    assert (name, attributes["kind"], attributes["line"]) == ("CompileError", "compile", line) and message in said
    assert column is None or abs(int(attributes["column"]) - int(column)) <= 1
    assert traceback(answer)[0].startswith("<cell 1>:")


def test_a_cell_that_does_not_parse_runs_nothing(worker):
    assert worker.run('System.out.println("no");\nint x = 1;\nint f( {').shape == ["error", "done"]
    assert worker.run("x").error[0] == "CompileError"


def test_a_method_may_use_what_is_defined_later(worker):
    assert worker.run("int even(int n) { return n == 0 ? 1 : odd(n - 1); }").done == {"status": "ok"}
    answer = worker.run("even(3)")
    assert answer.error == ("UnresolvedReferenceException", "even cannot be used before method odd(int) is declared")
    worker.run("int odd(int n) { return n == 0 ? 0 : even(n - 1); }")
    assert worker.run("even(4)").value == "1"


def test_a_whole_program_is_run_with_its_arguments(worker):
    program = """package a.b;
import java.util.*;
public class Main {
  public static void main(String[] args) throws Exception { System.out.println(new Helper().join(args)); }
}
class Helper { String join(String[] words) { return String.join("|", words); } }"""
    assert worker.run(program, argv=["x", "", "two words"]).out == "x||two words\n"
    assert worker.run(program.replace('"|"', '"-"')).out == "x--two words\n"
    assert worker.run("args.length").value == "3"
    answer = worker.run("class Main {\n  public static void main(String[] a) {\n    int x = 1 / 0;\n  }\n}")
    assert answer.frames("error")[0][1]["line"] == "3" and traceback(answer)[-1] == "\tat Main.main(<cell 4>:3)"
    assert worker.run("class Main { public static void main(String[] a) { nope(); } }").error[0] == "CompileError"
    assert worker.run("class Other { public static void main(String[] a) { System.out.println(1); } }\nint x = 1;").out == ""


def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    worker.run("int x = 1;")
    answer = worker.run('System.exit(3); System.out.println("no");')
    assert (answer.shape, answer.done) == (["done"], {"status": "error", "exit": "3"})
    assert worker.run("Runtime.getRuntime().exit(0)").done == {"status": "ok", "exit": "0"}
    assert worker.run("try { System.exit(4); } catch (Throwable t) { }").done["exit"] == "4"
    assert worker.run("var t = new Thread(() -> System.exit(5)); t.start(); Thread.sleep(60000);").done["exit"] == "5"
    assert worker.run("x").value == "1"


def test_a_halt_ends_the_worker_truly(worker):
    with pytest.raises(Died):
        worker.run("Runtime.getRuntime().halt(7)")
    assert worker.child.wait(20) == 7


def test_end_of_requests_ends_the_worker_with_the_users_hooks_but_not_his_threads(worker):
    worker.run('Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("bye")));')
    worker.run("new Thread(() -> { for (;;) { } }).start();")
    assert worker.close() == 0


@pytest.mark.parametrize("code", [
    "while (true) { }", "Thread.sleep(600000);", "System.in.read();", "new Scanner(System.in).nextLine()", "while (true) System.out.println(1);",
    'new ProcessBuilder("sleep", "600").start().waitFor();', "new FileInputStream(FileDescriptor.in).read();",
    "try { Thread.sleep(600000); } finally { int y = 1; }", "new CountDownLatch(1).await();", "Thread.currentThread().join();",
    "while (true) { try { Thread.sleep(600000); } catch (Throwable t) { } }", "synchronized (args) { args.wait(); }",
    "int f() { return f2(); } int f2() { for (;;) { } } f()", "IntStream.iterate(0, n -> n + 1).filter(n -> n < 0).findFirst()",
    'new ProcessBuilder("mkfifo", "pipe").start().waitFor(); new FileInputStream("pipe").read();',
    "class Main { public static void main(String[] a) { for (;;) { } } }", "new LinkedBlockingQueue<String>().take()",
    "CompletableFuture.runAsync(() -> { for (;;) { } }).get()", "Object v = new Object() { public String toString() { for (;;) { } } }; v",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(code, tmp_path):
    with Worker(LANGUAGE, cwd=tmp_path) as worker:
        worker.run("int kept = 5;")
        answer = worker.interrupted(code)
        assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupted" and answer.err == ""
        assert worker.run("kept").value == "5" and worker.run('System.out.println("fine");').out == "fine\n"


@pytest.mark.parametrize("end", [";", ""])
def test_an_interrupt_that_ends_the_child_which_is_waited_for_is_told_each_time(worker, end):
    code = f'var child = new ProcessBuilder("sleep", "600").start(); System.out.println("ready"); child.waitFor(){end}'
    for _ in range(30):
        worker.start(code)
        worker.read_output("ready")
        worker.interrupt()
        assert worker.wait().done == {"status": "interrupted"}


def test_an_interrupt_that_comes_between_runs_is_of_none(worker):
    for _ in range(60):
        worker.interrupt()
        assert worker.run("Thread.sleep(1);").done == {"status": "ok"}


def test_an_interrupt_that_is_caught_and_survived_is_none(worker):
    worker.start('try { System.out.println("ready"); Thread.sleep(60000); } catch (InterruptedException e) { System.out.println("caught"); }')
    seen = worker.read_output("ready\n")
    worker.interrupt()
    answer = worker.wait()
    assert (seen + answer.out, answer.done) == ("ready\ncaught\n", {"status": "ok"})


def test_a_signal_handler_of_a_snippet_holds_for_that_snippet(worker):
    answer = worker.interrupted('var got = new CountDownLatch(1);\n'
                                'sun.misc.Signal.handle(new sun.misc.Signal("INT"), s -> got.countDown()); got.await();')
    assert answer.done == {"status": "ok"} or answer.done == {"status": "interrupted"}
    assert worker.interrupted("for (;;) { }").done == {"status": "interrupted"}


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("int kept = 41;")
    runs = worker.interrupted_at_random(
        'for (int i = 0; i < 3000; i++) { Math.sin(i); }\nSystem.out.println("x");\nint y = kept;', within=0.04, times=60)
    assert "interrupted" in statuses(runs)
    assert worker.run("kept").value == "41"


def test_nothing_of_a_line_that_was_stopped_comes_later(worker):
    for _ in range(5):
        worker.interrupted('String line = "y".repeat(100000); while (true) System.out.println(line);')
        assert worker.run('System.out.println("clean");').out == "clean\n"


def test_input_is_read_afresh_in_each_run(worker):
    worker.type("one\ntwo\n")
    assert worker.run("new Scanner(System.in).nextLine()").value == '"one"'
    worker.type("three\n")
    assert worker.run("new BufferedReader(new InputStreamReader(System.in)).readLine()").value == '"three"'
    worker.start("System.in.readAllBytes().length")
    worker.type("12345")
    worker.end_input()
    assert worker.wait().value == "5"
    worker.fresh_input()
    worker.type("x")
    assert worker.run("(char) System.in.read()").value == "'x'"


def test_children_have_no_descriptor_of_the_workers(worker):
    answer = worker.run('new ProcessBuilder("ls", "/proc/self/fd").inheritIO().start().waitFor();')
    assert answer.out.split() == ["0", "1", "2", "3"]  # 3 is the folder that ls reads


def test_output_and_frames_come_in_their_order(worker):
    answer = worker.run('System.out.print("a"); display(html("<b>b</b>")); display("d"); 1')
    assert answer.shape == [("stdout", "a"), "display", "display", "result", "done"]
    assert worker.run("for (int i = 0; i < 200000; i++) System.out.println(i);").out.count("\n") == 200000


def test_values_are_shown_in_rich_forms(worker):
    forms = worker.run('display(html("<b>x</b>"), "one"); update(markdown("*y*"), "one"); clear();').events
    assert forms[0] == ("display", {"display": "one"}, [("text/plain", b"<b>x</b>"), ("text/html", b"<b>x</b>")])
    assert forms[1] == ("display", {"display": "one", "update": "1"}, [("text/plain", b"*y*"), ("text/markdown", b"*y*")])
    assert forms[2] == ("clear", {"wait": "0"}, [])
    worker.run('class Table { public String toHtml() { return "<table/>"; } public String toString() { return "table"; } }')
    assert worker.run("new Table()").frames("result")[0][2] == [("text/plain", b"table"), ("text/html", b"<table/>")]
    image = worker.run("new java.awt.image.BufferedImage(2, 2, java.awt.image.BufferedImage.TYPE_INT_RGB)").frames("result")[0][2]
    assert [name for name, _ in image] == ["text/plain", "image/png"] and image[1][1].startswith(b"\x89PNG")
    assert "form is named" in worker.run('new quern.Form("no", "x")').error[1]


def test_merged_output_comes_as_stdout_in_true_order_and_children_too(worker):
    code = ('for (int i = 0; i < 2; i++) { System.out.println("o" + i); System.err.println("e" + i); }\n'
            'new ProcessBuilder("sh", "-c", "echo co; echo ce >&2").inheritIO().start().waitFor();')
    assert worker.run(code, merge=1).shape == [("stdout", "o0\ne0\no1\ne1\nco\nce\n"), "done"]
    assert worker.run('System.err.println("apart");').shape == [("stderr", "apart\n"), "done"]


def test_traceparent_is_of_one_run_for_java_and_for_children(worker):
    show = 'System.out.println(System.getenv("TRACEPARENT"));\nnew ProcessBuilder("sh", "-c", "echo $TRACEPARENT").inheritIO().start().waitFor();'
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01\n00-ab-cd-01\n"
    assert worker.run(show).out == "null\n\n"


@pytest.mark.parametrize("code, start, some", [
    ("Mat", 0, ["Math", "Matcher"]), ("System.out.prin", 11, ["println", "printf"]), ("my_", 0, ["my_method", "my_var"]), ("dis", 0, ["display"]),
    ('int q = 1; my_var.len', 18, ["length"]), ('String é = ""; é.len', 19, ["length"]), ("Math.max(1, my", 12, ["my_var"]), ("new ArrayL", 4, ["ArrayList"]),
    ("corner.ac", 7, ["across"]), ("nope_nope", 0, []), ("import java.util.Arr", 17, ["ArrayList"]),
])
def test_completion_knows_what_stands_before_the_cursor(worker, code, start, some):
    worker.run('String my_var = "x"; int my_method() { return 1; } class Corner { int across; } var corner = new Corner();')
    found, end, items = worker.complete(code)
    assert set(some) <= set(items) and (items or not some)
    assert not items or (found, end) == (start, len(code.encode()))


@pytest.mark.parametrize("code, text", [
    ("Math.max", "int Math.max(int a, int b)"), ("my_method", "int my_method(int a)"), ("my_var", "String"), ("List", "java.util.List<E>"), ("nope", None),
])
def test_inspection_tells_what_a_name_is(worker, code, text):
    worker.run('String my_var = "x"; int my_method(int a) { return 1; }')
    found = worker.inspect(code)
    assert found is None if text is None else text in found


@pytest.mark.parametrize("code, state, indent", [
    ("int x = 1;", "complete", ""), ("6 * 7", "complete", ""), ("", "complete", ""), ("// only", "complete", ""), ("if (true) {", "incomplete", "    "),
    ("class A {\n    int x;", "incomplete", "    "), ("f(1,", "incomplete", ""), ("int f()", "incomplete", ""), ("x +", "incomplete", ""),
    ("/* open", "incomplete", ""), ('"""\n open', "incomplete", " "), ('"open', "invalid", ""), ("int x y;", "invalid", ""), ("}", "invalid", ""),
    ("int x = ;", "invalid", ""), ("int a = 1; int b = (", "incomplete", "    "), ("class A { int f( { } }", "invalid", ""), ("x.", "incomplete", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)


@pytest.mark.parametrize("code", [
    "System.setOut(null);", "System.setErr(null);", "System.out.close(); System.in.close();", "System.setSecurityManager(null);",
    "Thread.currentThread().setName(\"x\"); Thread.currentThread().interrupt();", "int f(int n) { return f(n + 1) + 1; } f(0)",
    "throw new ThreadDeath();", "throw new Error() { public String getMessage() { throw new IllegalStateException(); } };",
    "Object o = new Object() { public String toString() { throw new IllegalStateException(); } }; o", "Thread.currentThread().stop();",
    "static int x;", "package p;", "import no.such.Thing;", "int class = 1;", "\u0000", "/* open", "var x;", "@interface A {}", ";;;", "{ }", "return 1;",
    "break;", "this", "goto x;", "int[] huge = new int[Integer.MAX_VALUE];", "class quern {}", "int System = 1;",
])
def test_a_snippet_that_goes_astray_does_not_derail_the_worker(worker, code):
    worker.run("int kept = 5;")
    worker.run(code)
    assert worker.run("kept").value == "5"


def test_a_long_cell_takes_no_more_than_its_parts(worker):
    answer = worker.run("int n = 0;\n" + "n = n + 1;\n" * 300 + "n")
    assert answer.value == "300"


def test_a_snippet_of_a_megabyte_runs(worker):
    assert worker.run("/* " + "x" * 96 + " */\n" + ("// " + "y" * 96 + "\n") * 10000 + '"end"').value == '"end"'
    assert worker.run('String big = "' + "z" * 60000 + '"; big.length()').value == "60000"


def test_a_class_path_of_the_environment_is_the_contexts(tmp_path):
    with Worker(LANGUAGE, cwd=tmp_path) as worker:
        worker.run('Files.writeString(Path.of("Given.java"), "public class Given { public static int number() { return 4; } }");')
        worker.run('javax.tools.ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", "classes", "Given.java");')
    with Worker(LANGUAGE, env={"CLASSPATH": str(tmp_path / "classes")}) as worker:
        worker.run("import static java.lang.Math.*;")
        assert worker.run('(int) Class.forName("Given", true, Thread.currentThread().getContextClassLoader()).getMethod("number").invoke(null)').value == "4"


def test_a_rubbish_environment_does_not_spoil_the_start():
    with Worker(LANGUAGE, env={"LC_ALL": "xx_XX", "JAVA_HOME": "/nonexistent", "LANG": "nonsense"}) as worker:
        assert worker.run('System.out.println("grüße");').out == "grüße\n"
