# SPDX-License-Identifier: Apache-2.0
"""The PHP worker by the contract of langs/WORKER.md, alone over its descriptors."""
import time

import pytest
from harness import Worker, statuses

LANGUAGE = "php"


def test_variables_functions_classes_constants_and_the_directory_are_kept(worker, tmp_path):
    worker.run(f"$x = 3; function f($n) {{ return $n * 2; }} class A {{ public $p = 1; }} const K = 5; chdir('{tmp_path}');")
    assert worker.run("[$x, f(4), (new A)->p, K]").value == "[3, 8, 1, 5]"
    assert worker.run("getcwd()").value == f"'{tmp_path}'"


@pytest.mark.parametrize("code, value", [
    ("6 * 7", "42"), ("6 * 7;", "42"), ("1.0", "1.0"), ("0.1 + 0.2", "0.30000000000000004"), ("'it''s'[0]", None), ("true", "true"),
    ("null", None), ("$x = 5", "5"), ("$x = 5;", None), ("$i = 1; $i++;", None), ("'a' . \"b\\n\"", "'ab\n'"), ('"a\\0b"', '"a\\x00b"'),
    ("[1, 'k' => [true]]", "[0 => 1, 'k' => [true]]"), ("[]", "[]"), ("range(1, 3)", "[1, 2, 3]"), ("strlen('abc');", "3"),
    ("print('');", None), ("printf('');", None), ("echo 1 ?>", None), ("<?php return 7;", "7"), ("<?php 8;", "8"), ("if (1) { 2; }", None),
    ("fn() => 1", "Closure #1 {}"), ("new ArrayObject([1])", "ArrayObject #1 {storage: [1]}"), ("STDIN", "resource(1) of type (stream)"),
    ("match(true) { default => 'm' }", "'m'"), ("5 // five", "5"), ("5 /* five */", "5"), ("namespace N; 9", "9"),
    ("<<<E\n  doc\n  E", "'doc'"), ("function v(): void {} v();", None), ("enum S { case A; } S::A", "S::A"),
])
def test_the_last_expression_is_the_value_unless_it_is_done_for_its_effect(worker, code, value):
    answer = worker.run(code)
    assert answer.value == value
    assert answer.done["status"] == ("error" if code == "'it''s'[0]" else "ok")


def test_a_missing_semicolon_costs_no_memory_that_is_not_its_own():
    # Whatever is freed twice or read afterwards is noticed by the C library.
    with Worker("php", env={"USE_ZEND_ALLOC": "0", "MALLOC_PERTURB_": "170", "GLIBC_TUNABLES": "glibc.malloc.check=3"}) as worker:
        for code in ("6 * 7", "[1, 2]", "if (", "}", "'abc", "$x = 1", "/* open"):
            worker.run(code)
            worker.check(code)
        assert worker.run("6 * 7").value == "42"


def test_values_are_shown_shortened_and_without_an_end(worker):
    assert worker.run("range(1, 40)").value.startswith("[\n  1,\n  2,\n")
    assert worker.run("range(1, 5000)").value.endswith("… (5000 in all)\n]")
    assert worker.run("$a = ['k' => 1]; $a['self'] = &$a; $a").value.count("*RECURSION*") == 1
    assert worker.run("$o = new stdClass; $o->self = $o; $o").value == "stdClass #1 {self: stdClass #1 {*RECURSION*}}"
    assert worker.run("str_repeat('x', 50000)").value.endswith("x'… (50000 bytes)")
    assert worker.run("class B { public $a = 1; protected $b = 2; private $c = 3; } new B").value == "B #2 {a: 1, b: 2, c: 3}"
    answer = worker.run("class T { function __debugInfo() { throw new Exception('no'); } } new T")
    assert "Uncaught Exception: no" in answer.err and answer.error == ("FatalError", "__debuginfo() must return an array")


def test_a_silent_run_has_no_result(worker):
    assert worker.run("6 * 7", silent=1).shape == ["done"]


def test_what_was_defined_may_be_defined_again_and_all_see_it(worker):
    worker.run("function f() { return 1; } function g() { return f(); } $c = function () { return f(); }; [g(), $c()];")
    worker.run("class A { static function m() { return f(); } function n() { return 'old'; } } $old = new A; A::m();")
    worker.run("function walk() { yield 1; yield 2; } $walk = walk(); $walk->current();")
    worker.run("function f($more = 3, ...$rest) { return $more + 4; }  class A { static function m() { return 'new'; } }")
    worker.run("function walk() { yield 'other'; } if (true) { function late() { return 1; } }")
    assert worker.run("if (true) { function late() { return 2; } } late()").value == "2"
    assert worker.run("$walk->next(); [g(), $c(), A::m(), $old->n(), $old instanceof A, $walk->current(), ...walk()]").value == (
        "[7, 7, 'new', 'old', false, 2, 'other']")
    worker.run("const K = 1; function k() { return K; } k();")
    assert worker.run("const K = 2; [K, k()]").value == "[2, 2]"


@pytest.mark.parametrize("bad", [
    "function f() { break; }", "function f() { return 2; } class X { abstract function m(); }", "function f() { return 2; } if (",
    "class A { function m() { return 2; } function m() {} }", "function f() { return 2; } const K = ;",
])
def test_a_snippet_that_does_not_compile_changes_nothing(worker, bad):
    worker.run("function f() { return 1; } class A { function m() { return 1; } }")
    answer = worker.run(bad)
    assert answer.shape == ["error", "done"] and answer.frames("error")[0][1]["kind"] == "compile"
    assert worker.run("[f(), (new A)->m(), class_exists('X')]").value == "[1, 1, false]"


def test_a_library_that_declares_itself_twice_is_told_so(worker, tmp_path):
    (tmp_path / "lib.php").write_text("<?php function of_lib() { return 1; }")
    worker.run(f"chdir('{tmp_path}'); require 'lib.php';")
    assert "Cannot redeclare of_lib()" in worker.run("require 'lib.php';").error[1]
    assert worker.run("of_lib()").value == "1"


def test_imports_hold_for_the_context_until_something_takes_the_name(worker):
    worker.run("use ArrayObject as Box; use function strlen as size; use const PHP_INT_MAX as BIG;")
    assert worker.run("declare(strict_types=1); [get_class(new Box), size('abc'), BIG > 1]").value == "['ArrayObject', 3, true]"
    worker.run("namespace Shop\\Cart; class Item {} function add() { return __FUNCTION__; }")
    assert worker.run("use Shop\\{Cart\\Item, Cart as C}; [Item::class, C\\add()]").value == (
        "['Shop\\\\Cart\\\\Item', 'Shop\\\\Cart\\\\add']")
    worker.run("class Box {}")
    assert worker.run("[Box::class, Item::class]").value == "['Box', 'Shop\\\\Cart\\\\Item']"
    worker.run("use SplStack as Box;")
    assert worker.run("Box::class").value == "'SplStack'"


def test_an_uncaught_exception_has_php_s_words_and_the_snippets_line(worker):
    worker.run("\nfunction fails() {\n  throw new DomainException('too bad', 4);\n}")
    answer = worker.run("\n\n  fails();")
    assert answer.error == ("DomainException", "too bad")
    assert answer.frames("error")[0][1] == {"kind": "runtime", "line": "3"}
    traceback = [body.decode() for name, body in answer.frames("error")[0][2] if name == "traceback"]
    assert traceback == ["Fatal error: Uncaught DomainException: too bad in <cell 1>:3", "Stack trace:",
                         "#0 <cell 2>(3): fails()", "#1 {main}", "  thrown in <cell 1> on line 3"]
    assert answer.part("error", "file") == "<cell 1>"


def test_a_parse_error_and_a_fatal_one_have_their_lines(worker):
    answer = worker.run("$a = 1;\n$b = = 2;")
    assert (answer.error[0], answer.frames("error")[0][1]) == ("ParseError", {"kind": "compile", "line": "2"})
    answer = worker.run("\n\ninterface I { public $x; }")
    assert (answer.error[0], answer.frames("error")[0][1]) == ("CompileError", {"kind": "compile", "line": "3"})
    answer = worker.run("\ntrigger_error('enough', E_USER_ERROR);")
    assert (answer.error, answer.frames("error")[0][1]) == (("FatalError", "enough"), {"kind": "runtime", "line": "2"})


def test_an_error_of_an_included_file_names_it(worker, tmp_path):
    (tmp_path / "bad.php").write_text("<?php\n\n\n\n$x = = 1;")
    answer = worker.run(f"\n require '{tmp_path}/bad.php';")
    assert answer.error[0] == "ParseError" and answer.frames("error")[0][1] == {"kind": "runtime"}
    assert answer.part("error", "file") == f"{tmp_path}/bad.php"


def test_warnings_go_to_stderr_and_obey_the_snippet(worker):
    assert worker.run("\necho $nope;").err == "Warning: Undefined variable $nope in <cell 1> on line 2\n"
    assert worker.run("echo @$nope; error_reporting(0); echo $nope; error_reporting(E_ALL);").shape == ["done"]
    assert worker.run("set_error_handler(fn($n, $text) => print($text)); echo $nope;").out == "Undefined variable $nope"
    worker.run("set_error_handler(function ($n, $text) { throw new ErrorException($text); });")
    assert worker.run("echo $nope;").error == ("ErrorException", "Undefined variable $nope")


def test_an_exception_handler_of_the_snippets_is_called(worker):
    answer = worker.run("set_exception_handler(fn($e) => print('handled ' . $e->getMessage())); throw new Exception('x');")
    assert answer.out == "handled x" and answer.error == ("Exception", "x")
    assert worker.run("exit(2);").done == {"status": "error", "exit": "2"}


@pytest.mark.parametrize("code, exit", [
    ("exit;", 0), ("exit(0);", 0), ("exit(3);", 3), ("exit('bye');", 0), ("function q() { exit(5); } array_map('q', [1]);", 5),
    ("try { exit(6); } finally { echo 'never'; }", 6), ("ob_start(); echo 'x'; exit(7);", 7), ("die(300 % 256);", 44),
])
def test_an_exit_ends_the_snippet_and_keeps_the_context(worker, code, exit):
    worker.run("$kept = 1;")
    answer = worker.run(code)
    assert answer.done == {"status": "error" if exit else "ok", "exit": str(exit)} and not answer.error
    assert answer.out == {"exit('bye');": "bye", "ob_start(); echo 'x'; exit(7);": "x"}.get(code, "")
    assert worker.run("$kept").value == "1"


def test_exhausted_memory_is_an_error_again_and_again(worker):
    worker.run("$kept = 1; ini_set('memory_limit', '64M');")
    for code in ("$z = []; while (true) $z[] = str_repeat('x', 1000000);", "function r($n) { return r($n + 1) + 1; } r(0);",
                 "$big = str_repeat('x', 1 << 30);", "r(0);"):
        answer = worker.run(code)
        assert answer.error[0] == "FatalError" and "Allowed memory size of 67108864 bytes exhausted" in answer.error[1]
        worker.run("unset($z);")
    assert worker.run("[$kept, memory_get_usage(true) < 10000000]").value == "[1, true]"


def test_a_time_limit_of_the_snippets_own_ends_it_and_no_other(worker):
    answer = worker.run("set_time_limit(1); while (true);")
    assert answer.error == ("FatalError", "Maximum execution time of 1 second exceeded")
    assert worker.run("$t = microtime(true); while (microtime(true) < $t + 1.5); 'on'").value == "'on'"


def test_output_comes_in_the_order_written(worker):
    answer = worker.run("echo 1; fwrite(STDOUT, '2'); passthru('printf 3'); display('d'); print 4; file_put_contents('php://stdout', '5'); 'v'")
    assert answer.out == "12345" and answer.shape[-2:] == ["result", "done"]
    assert worker.run("echo 'out'; throw new Exception('x');").shape == [("stdout", "out"), "error", "done"]


def test_buffered_output_goes_out_with_its_snippet(worker):
    assert worker.run("ob_start(fn($text) => strtoupper($text)); echo 'held';").out == "HELD"
    assert worker.run("ob_start(); echo 'taken'; $text = ob_get_clean(); strlen($text)").shape == ["result", "done"]
    assert worker.run("ob_start(function () { throw new Exception('late'); }); echo 'x';").error == ("Exception", "late")
    assert worker.run("ob_start(fn($t) => ob_start()); echo 'x';").error[0] == "FatalError"
    assert worker.run("echo 'fine';").out == "fine"


def test_display_shows_html_bundles_and_objects(worker):
    def forms(code, kind="display"):
        _, attributes, parts = worker.run(code).frames(kind)[0]
        return attributes, [(name, body.decode()) for name, body in parts]
    assert forms("display('<b>bold</b>')") == ({}, [("text/plain", "bold"), ("text/html", "<b>bold</b>")])
    assert forms("display('1 < 2')") == ({}, [("text/plain", "1 < 2")])
    assert forms("display('<svg/>', 'image/svg+xml', 'id7')") == (
        {"display": "id7"}, [("text/plain", "[image/svg+xml]"), ("image/svg+xml", "<svg/>")])
    assert forms("update_display([1], 'id7')") == ({"display": "id7", "update": "1"}, [("text/plain", "[1]")])
    assert forms("display(['text/html' => '<i>x</i>', 'application/json' => '1'])") == (
        {}, [("text/plain", "x"), ("text/html", "<i>x</i>"), ("application/json", "1")])
    worker.run("class H { function toHtml() { return '<h1>'; } }")
    assert forms("new H", "result") == ({}, [("text/plain", "H #1 {}"), ("text/html", "<h1>")])
    assert worker.run("clear_output(true);").frames("clear") == [("clear", {"wait": "1"}, [])]
    assert worker.run("display('x', 'nonsense')").error[0] == "ValueError"
    assert worker.run("function display($x) { return 'own'; } display(1)").value == "'own'"


def test_readline_asks_and_shares_its_lines_with_stdin(worker):
    answer = worker.run("$a = readline('name? '); $b = fgets(STDIN); [$a, $b]",
                        then=lambda event: event[0] == "prompt" and worker.type("Bob\nnext\n"))
    assert answer.shape == [("stdout", "name? "), "prompt", "taken", "result", "done"]
    assert answer.value == "['Bob', \"next\\n\"]" and answer.frames("prompt")[0][1] == {"password": "0"}
    answer = worker.run("readline('more? ')", stdin="none")
    assert answer.error[0] == "Error" and "without an input" in answer.error[1] and not answer.frames("prompt")


def test_the_end_of_input_is_that_of_one_run(worker):
    worker.start("[readline('x'), fgets(STDIN), feof(STDIN)]")
    worker.end_input()
    assert worker.wait().value == "[false, false, true]"
    worker.fresh_input()
    worker.type("again\nleft over\n")
    assert worker.run("fgets(STDIN)").value == "'again\n'"
    worker.type("mine\n")
    assert worker.run("[fgets(STDIN), feof(STDIN)]").value == "[\"mine\\n\", false]"


@pytest.mark.parametrize("code", [
    "fgets(STDIN);", "readline('x');", "stream_get_contents(STDIN);", "file_get_contents('php://stdin');", "fread(STDIN, 9);",
    "while (($line = fgets(STDIN)) !== false);", "$in = fopen('php://stdin', 'r'); fgets($in);", "usleep(99000000);",
    "$r = [STDIN]; $n = null; @stream_select($r, $n, $n, 99);", "passthru('sleep 99');", "while (true);", "for (;;) md5('x');",
    "proc_close(proc_open('sleep 99', [], $pipes));", "for (;;) { try { sleep(99); } catch (Exception $e) {} }", "sleep(99); echo 'no';",
    "function endless() { while (true) yield 1; } foreach (endless() as $x);", "array_map(function ($x) { sleep(99); }, [1]);",
    "(new Fiber(function () { sleep(99); }))->start();", "ob_start(); echo ''; sleep(99);", "function f() { f(); } while (true) strlen('x');",
    "shell_exec(\"trap '' INT; sleep 99\");", "passthru(\"trap '' INT; sleep 99; echo no\");",
    "proc_close(proc_open([\"sh\", \"-c\", \"trap '' INT; sleep 99\"], [], $pipes));",
    "set_exception_handler(fn($e) => print('no')); sleep(99);", "usort($all = range(1, 9), fn($a, $b) => sleep(9));",
    "pcntl_async_signals(true); pcntl_signal(SIGUSR1, fn() => 1); sleep(99);",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    if "usort" in code:
        code = "$all = range(1, 9); usort($all, fn($a, $b) => sleep(9));"
    worker.run("$kept = 5;")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error == ("Interrupted", "interrupted")
    assert worker.run("$kept").value == "5"


def test_an_interrupt_spares_the_children_of_earlier_snippets(worker):
    worker.run("$early = proc_open(['sh', '-c', \"trap '' INT; sleep 99; sleep 99\"], [], $pipes);")
    assert worker.interrupted("shell_exec(\"trap '' INT; sleep 99\");").done == {"status": "interrupted"}
    assert worker.run("proc_get_status($early)['running']").value == "true"


def test_an_interrupt_may_be_caught_and_tidied_up_after(worker):
    answer = worker.interrupted("try { sleep(99); } catch (Quern\\Interrupted $e) { echo 'caught'; }")
    assert (answer.out, answer.done) == ("caught", {"status": "ok"})
    answer = worker.interrupted("try { sleep(99); } finally { echo 'tidy'; }")
    assert (answer.out, answer.done) == ("tidy", {"status": "interrupted"})


def test_a_handler_of_the_snippets_for_sigint_holds_for_it(worker):
    answer = worker.interrupted("pcntl_async_signals(true); pcntl_signal(SIGINT, fn() => print('mine')); sleep(99); echo ' on';")
    assert (answer.out, answer.done) == ("mine on", {"status": "ok"})
    assert worker.interrupted("sleep(99);").done == {"status": "interrupted"}


def test_an_interrupted_read_leaves_nothing_to_the_next(worker):
    assert worker.interrupted("fgets(STDIN);").done == {"status": "interrupted"}
    worker.type("fresh\n")
    assert worker.run("fgets(STDIN)").value == "'fresh\n'"


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("$kept = 41;")
    runs = worker.interrupted_at_random("for ($i = 0; $i < 30000; $i++) { $x[$i % 100] = md5($i); } echo 'x'; shell_exec('true'); $x", within=0.008, times=200)
    assert "interrupted" in statuses(runs)
    assert worker.run("$kept").value == "41"


def test_a_forked_child_serves_nobody_and_has_its_status(worker):
    code = "if (($pid = pcntl_fork()) == 0) { %s } pcntl_waitpid($pid, $status); pcntl_wexitstatus($status)"
    assert worker.run(code % "exit(4);").value == "4"
    answer = worker.run(code % "echo 'child'; display('x'); throw new Exception('of the child');")
    assert answer.shape[0] == ("stdout", "child") and not answer.frames("display") and answer.value == "255"
    assert "Uncaught Exception: of the child" in answer.err
    assert worker.run("if (pcntl_fork() == 0) { readline('x'); } else { pcntl_wait($s); echo 'parent'; }", then=None).out.endswith(
        "parent") if worker.end_input() else True


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run("shell_exec('ls -l /proc/self/fd | grep -c pipe:')").value == "'3\n'"
    assert worker.run("$child = proc_open(['sh', '-c', 'ls /proc/self/fd | tr \"\\n\" \" \"'], [], $pipes); proc_close($child);").out == "0 1 2 3 "


def test_streams_that_a_snippet_closes_are_there_for_the_next(worker):
    worker.run("fclose(STDIN); fclose(STDOUT); fclose(STDERR);")
    worker.type("in\n")
    assert worker.run("fwrite(STDERR, 'err'); echo 'out'; fwrite(STDOUT, 'more'); [fgets(STDIN)]").value == "[\"in\\n\"]"
    answer = worker.run("echo 'out'; fwrite(STDERR, 'err');")
    assert (answer.out, answer.err) == ("out", "err")


def test_merged_output_is_one_stream_for_one_run_however_it_ends(worker):
    assert worker.run("echo 'o1'; fwrite(STDERR, 'e1'); echo 'o2'; echo $nope; passthru('echo c >&2');", merge=1).shape == [
        ("stdout", "o1e1o2Warning: Undefined variable $nope in <cell 1> on line 1\nc\n"), "done"]
    for code in ("exit(3);", "throw new Exception('x');", "trigger_error('x', E_USER_ERROR);", "fclose(STDERR);", "syntax error"):
        worker.run(code, merge=1)
        assert worker.run("fwrite(STDERR, 'err');").shape == [("stderr", "err"), "done"]


def test_arguments_are_kept_until_others_come(worker):
    show = "[$argc, $argv, $_SERVER['argv'] === $argv]"
    assert worker.run(show, argv=["a b", "", "é"]).value == "[4, ['-', 'a b', '', 'é'], true]"
    assert worker.run(show).value == "[4, ['-', 'a b', '', 'é'], true]"


def test_traceparent_is_of_one_run(worker):
    show = "[getenv('TRACEPARENT'), $_SERVER['TRACEPARENT'] ?? null, shell_exec('printf \"$TRACEPARENT\"')]"
    assert worker.run(show, traceparent="00-ab-cd-01").value == "['00-ab-cd-01', '00-ab-cd-01', '00-ab-cd-01']"
    assert worker.run(show).value == "[false, null, null]"
    worker.run("putenv('TRACEPARENT=changed');", traceparent="00-ab-cd-01")
    assert worker.run("getenv('TRACEPARENT')").value == "'changed'"


def test_a_whole_file_with_html_runs(worker):
    assert worker.run("#!/usr/bin/php\n<?php $n = 2; ?>\n<p><?= $n ?></p>\n").out == "<p>2</p>\n"
    assert worker.run("<ul>\n<?php foreach ([1, 2] as $i): ?>\n<li><?= $i ?></li>\n<?php endforeach ?>").out == (
        "<ul>\n<li>1</li>\n<li>2</li>\n")


@pytest.mark.parametrize("code, start, some", [
    ("str_repl", 0, {"str_replace": "function"}), ("$my_", 0, {"$my_var": "variable"}), ("echo $my", 5, {"$my_var": "variable"}),
    ("\"$my", 1, {"$my_var": "variable"}), ("Poi", 0, {"Point": "class"}), ("new Poi", 4, {"Point": "class"}), ("$p->", 4, {"x": "property",
     "move": "method", "make": "method", "hidden": None}), ("$p->in", 4, {"inner": "property"}), ("$p->inner->", 11, {"extra": "property"}),
    ("$p->move(1, (2))->x", 18, {"x": "property"}), ("Point::", 7, {"ORIGIN": "constant", "make": "method", "$count": "property", "move": None}),
    ("Point::make()->mo", 15, {"move": "method"}), ("$p?->mo", 5, {"move": "method"}), ("PHP_VERS", 0, {"PHP_VERSION": "constant"}),
    ("forea", 0, {"foreach": "keyword"}), ("\\str_repl", 1, {"str_replace": "function"}), ("é . my_f", 5, {"my_func": "function"}),
    ("nope_nope", 0, {}), ("$p->nope", 4, {}), ("$nope->x", 7, {}), ("STRREV", 0, {"strrev": "function"}),
])
def test_completion_knows_what_stands_before_the_cursor(worker, code, start, some):
    worker.run("""class Point { const ORIGIN = 0; public static $count = 1; public $x = 1; public $inner; private $hidden;
        function move($by): static { return $this; } static function make(): self { return new self; } function __get($n) { die; } }
        $p = new Point; $p->inner = new stdClass; $p->inner->extra = 1; $my_var = 1; function my_func() {}""")
    found, end, items = worker.complete(code)
    assert (found, end) == (start, len(code.encode()))
    assert {name: items.get(name) for name in some} == some and (some or not items)


def test_completion_amid_the_code_ends_at_the_cursor(worker):
    assert worker.complete("strre + 1", cursor=5) [:2] == (0, 5)


@pytest.mark.parametrize("code, text", [
    ("strlen", "Signature: strlen(string $string): int"), ("strlen(", "Signature: strlen("), ("str_replace", "array|string $search"),
    ("my_func", "Signature: my_func(int $a, ?string &$b = NULL, ...$rest): array\nDefined in <cell 1> on line 2\n/** Does it. */"),
    ("$p", "$p: Point = Point #1 {…}\nclass Point implements Countable"), ("Point", "class Point implements Countable"), ("$p->count", "Signature: Point::count("),
    ("Point::ORIGIN", "Point::ORIGIN = 7"), ("$p->x", "Point::$x: int"), ("PHP_EOL", 'const PHP_EOL = "'), ("$n", "$n: int = 5"),
    ("$list", "$list: array = [1, 2]"), ("nope", None), ("$nope", None), ("$p->nope", None),
])
def test_inspection_tells_what_a_name_is(worker, code, text):
    worker.run("/** Does it. */\nfunction my_func(int $a, ?string &$b = null, ...$rest): array { return [1]; }\n"
               "class Point implements Countable { const ORIGIN = 7; public int $x = 1; function count(): int { return 1; } }"
               "$p = new Point; $n = 5; $list = [1, 2];")
    found = worker.inspect(code)
    if text is None:
        assert found is None
    else:
        assert text.replace("NULL", "null") in found.replace("NULL", "null")
    assert "return [1];" in worker.inspect("my_func", 1)


def test_questions_run_no_code_of_the_users(worker):
    worker.run("class Loud { function __get($n) { echo 'got'; } function __debugInfo() { echo 'asked'; return []; } function __toString() {"
               " echo 'said'; return ''; } } $loud = new Loud; spl_autoload_register(function ($c) { echo 'loads'; });"
               "set_error_handler(function () { echo 'handles'; });")
    for code in ("$loud", "$loud->x", "$loud->x->", "Nope::", "new Nope", "/* open", "\"\\u{zz}\"", "$x = 08;"):
        worker.complete(code)
        worker.inspect(code)
        worker.check(code)
    assert worker.run("").shape == ["done"]


@pytest.mark.parametrize("code, state, indent", [
    ("$x = 1;", "complete", ""), ("$x = 1", "complete", ""), ("", "complete", ""), ("// hi", "complete", ""), ("if ($x) {", "incomplete", "    "),
    ("if ($x)", "incomplete", ""), ("while (1)", "incomplete", ""), ("foreach ($a as $b):", "incomplete", "    "), ("f(1,", "incomplete", ""),
    ("f(", "incomplete", "    "), ("$x = [\n    1,", "incomplete", "    "), ("echo 'abc", "incomplete", ""), ('echo "abc', "incomplete", ""),
    ("echo <<<E\nabc", "incomplete", ""), ("/* abc", "incomplete", ""), ("function f()", "incomplete", ""), ("1 +", "incomplete", ""),
    ("fn() =>", "incomplete", ""), ("}", "invalid", ""), ("$x = = 1;", "invalid", ""), ("echo 1)", "invalid", ""), ("(]", "invalid", ""),
    ("class { }", "invalid", ""), ("<?php echo 1;", "complete", ""), ("<p><?= 1 ?>", "complete", ""), ("6 * 7 // x", "complete", ""),
    ("function f() {\n    if (1) {", "incomplete", "        "), ("echo 'it''s';", "invalid", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)


def test_a_snippet_of_a_megabyte_runs_and_one_writes_ten(worker):
    assert worker.run(("#" * 99 + "\n") * 10000 + "echo 'end';").out == "end"
    assert len(worker.run("for ($i = 0; $i < 100; $i++) echo str_repeat('x', 100000);").out) == 10_000_000


def test_any_bytes_arrive_as_they_are(worker):
    assert worker.run("strlen('é😀')").value == "6"
    assert worker.run("echo \"\\xff\\x00\";").events[0] == ("stdout", b"\xff\x00")


def test_shutdown_functions_and_destructors_run_at_the_end_of_the_context(worker, tmp_path):
    worker.run(f"register_shutdown_function(fn() => file_put_contents('{tmp_path}/shut', 'down'));")
    worker.run(f"class D {{ function __destruct() {{ file_put_contents('{tmp_path}/gone', 'too'); }} }} $d = new D;")
    worker.run("exit(1);")
    assert not (tmp_path / "shut").exists()
    assert worker.close() == 0
    assert (tmp_path / "shut").read_text() == "down" and (tmp_path / "gone").read_text() == "too"


def test_an_endless_shutdown_function_does_not_hold_the_end_up(worker):
    worker.run("register_shutdown_function(function () { while (true); });")
    begin = time.monotonic()
    assert worker.close() == 0 and time.monotonic() - begin < 20


def test_a_rubbish_environment_does_not_spoil_the_start():
    with Worker("php", env={"PHPRC": "/nonexistent", "PHP_INI_SCAN_DIR": "/nonexistent", "LC_ALL": "xx_XX", "TRACEPARENT": ""}) as worker:
        assert worker.run("echo 'fine';").out == "fine"
        assert worker.ready[1]["version"].startswith("8.")
        answer = worker.run("readline('x')", then=lambda event: event[0] == "prompt" and worker.type("y\n"))
        assert answer.value == "'y'"  # without the extension readline too
