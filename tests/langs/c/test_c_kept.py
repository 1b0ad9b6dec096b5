# SPDX-License-Identifier: Apache-2.0
"""What snippets keep for those that follow, and the liberties that they have at top level."""
import pytest


def test_variables_functions_types_macros_and_includes_are_kept(worker):
    worker.run("#include <limits.h>\n#define TWICE(x) (2 * (x))\nint x = 3; int f(int a) { return a + x; } struct P { int a; };")
    assert worker.run("struct P p = {f(1)}; x++; TWICE(p.a) + (INT_MAX > 0)").value == "9"
    assert worker.run("f(1)").value == "5"


def test_what_is_static_is_shared_by_snippets(worker):
    worker.run("static int s = 4; static int count() { static int n; return ++n + s; }")
    assert worker.run("count()").value == "5"
    assert worker.run("s = 10; count()").value == "12"
    assert worker.run("s").value == "10"


def test_an_unnamed_namespace_and_constants_of_cpp_are_shared_and_made_once(cpp):
    cpp.run('namespace { int n = 4; }\nconst int k = [] { std::puts("once"); return 5; }();')
    assert cpp.run("n = 7; n + k").value == "12"
    assert cpp.run("n + k").shape == ["result", "done"]


def test_c_defines_int_x_at_once_and_only_once(c):
    assert c.run("int y;").shape == ["done"]
    assert c.run("y = 3; y").value == "3"
    assert c.run("int y; char s[9];").shape == ["done"]
    assert c.run("y").value == "3"


def test_c_takes_initializers_that_are_not_constant(c):
    c.run("int f(int a) { return a + 1; } struct P { int a, b; };")
    assert c.run("int x = f(1), y = 5, z = x * y; const int k = f(z);\nstruct P p = {f(2), 4}; char *s = strdup(\"abc\");").error is None
    assert c.run("int (*g)(int) = x ? f : 0; int a[2] = {x, g(7)}; x + y + z + k").value == "28"
    assert (c.run("p").value, c.run("s").value, c.run("a").value) == ("{a = 3, b = 4}", '"abc"', "{2, 8}")
    answer = c.run("int q = f(1);\nint r = nope;")
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": "2", "column": "9"}


def test_a_sign_may_begin_a_statement(worker):
    assert worker.run("-5").value == "-5"
    assert worker.run("int x = 4;\n-x").value == "-4"
    assert worker.run("++x;\n+x").value == "5"
    answer = worker.run("int y = 1;\n-y + nope")
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": "2", "column": "6"}


def test_a_failed_redefinition_leaves_the_old_definition(worker):
    worker.run("int f() { return 1; } int x = 5;")
    assert worker.run("int f() { return nope; }").error[0] == "CompileError"
    assert worker.run("double x = nope;").error[0] == "CompileError"
    assert worker.run("f() + x").value == "6"


@pytest.mark.parametrize("code, out", [
    ("{ static int s = 5; s++; printf(\"%d\", s); } { static int s = 7; printf(\"%d\", s); }", "67"),
    ("for (int i = 0; i < 3; i++) { static int s; printf(\"%d\", ++s); }", "123"),
    ("{ struct L { int a; }; struct L l = {4}; printf(\"%d\", l.a); }", "4"),
    ("{ enum E { a, b }; enum E e = b; printf(\"%d\", e); }", "1"),
])
def test_a_statement_may_declare_what_a_functions_body_may(worker, code, out):
    for _ in range(2):
        assert worker.run(code).shape == [("stdout", out), "done"]


@pytest.mark.parametrize("code, out", [
    ("std::vector<int> v{3, 1, 2}; std::sort(v.begin(), v.end(), [](int a, int b) { return a < b; }); std::cout << v[0] << v[2];", "13"),
    ("int a[] = {1, 2}; std::for_each(a, a + 2, [](auto x) { std::cout << x; });", "12"),
    ("int n = 0; for (int i = 0; i < 3; i++) { auto f = [&] { n += i; }; f(); } std::cout << n;", "3"),
    ("{ struct L { int m() { return 1; } }; std::cout << L().m(); } { struct L { int m() { return 2; } }; std::cout << L().m(); }", "12"),
    ("for (int i = 0; i < 2; i++) { auto f = [&](int a) { struct Q { int z() { return 9; } }; return a + i + Q().z(); }; std::cout << f(1); }",
     "1011"),
    ("std::function<int(int)> fib = [](int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }; std::cout << fib(15);", "610"),
])
def test_a_statement_of_cpp_may_hold_lambdas_and_classes(cpp, code, out):
    for _ in range(2):
        assert cpp.run(code).shape == [("stdout", out), "done"]


def test_threads_futures_and_what_is_called_once_work(cpp):
    cpp.run("#include <atomic>\n#include <future>\n#include <mutex>\n#include <thread>\nthread_local int own = 3;")
    assert cpp.run("""std::atomic<int> n{0}; std::vector<std::thread> ts;
        for (int i = 0; i < 4; i++) ts.emplace_back([] { for (int k = 0; k < 1000; k++) n += own++ > 0; });
        for (auto &t : ts) t.join(); n.load()""").value == "4000"
    assert cpp.run("own").value == "3"
    assert cpp.run("std::async(std::launch::async, [] { return 42; }).get()").value == "42"
    assert cpp.run('std::once_flag f; for (int i = 0; i < 2; i++) std::call_once(f, [] { puts("once"); });').out == "once\n"


def test_a_volatile_variable_is_read_whenever_it_is_named(worker):
    worker.run("#include <pthread.h>\nvolatile long counted, many[2]; volatile int stop;\n"
               "void *count(void *p) { while (!stop) many[1] = ++counted; return p; }\npthread_t other; pthread_create(&other, NULL, count, NULL);")
    assert worker.run("long before = counted; while (counted == before) {}\nlong then = many[1]; while (many[1] == then) {}").done == {"status": "ok"}
    assert worker.run("stop = 1; pthread_join(other, NULL)").value == "0"
