# SPDX-License-Identifier: Apache-2.0
"""The worker of C and C++ by the contract of langs/WORKER.md, alone over its descriptors."""
import os
import random
import signal
import socket
import array
import subprocess
import time
import tomllib

import pytest
from harness import ENVIRONMENT, ROOT, Worker, parse, request


def command(language):
    folder = ROOT / language
    manifest = tomllib.loads((folder / "adapter.toml").read_text())
    return [word.replace("{dir}", str(folder)) for word in manifest["query"]["worker"]]


BUILT = os.access(command("c")[0], os.X_OK)
pytestmark = pytest.mark.skipif(not BUILT, reason="the worker is not built: libclang-19-dev is not installed")


def started(language, **keys):
    return Worker(argv=command(language), **keys)


@pytest.fixture
def c():
    with started("c") as worker:
        yield worker


@pytest.fixture
def cpp():
    with started("cpp") as worker:
        yield worker


@pytest.fixture(params=["c", "cpp"])
def worker(request):
    with started(request.param) as worker:
        worker.language = request.param
        yield worker


def interrupted(worker, code, delay=0.2):
    worker.start(code)
    time.sleep(delay)
    worker.interrupt()
    return worker.wait()


def traceback(answer):
    return [body.decode() for name, body in answer.frames("error")[0][2] if name == "traceback"]


def test_a_worker_says_ready_with_its_version_and_nothing_else(worker):
    assert worker.ready[1]["version"].startswith("19.")
    assert worker.run("").shape == ["done"]


# -- values

@pytest.mark.parametrize("code, value", [
    ("1+1", "2"), ("1.5 * 2", "3.0"), ("0.1f", "0.1"), ("1 == 1 ? 1e300 : 0", "1e+300"), ('"te\\"xt\\n"', '"te\\"xt\\n"'),
    ("(char)65", "'A'"), ("(unsigned char)200", "200"), ("-5L", "-5"), ("1ull << 63", "9223372036854775808"),
    ("int a[3] = {1, 2, 3}; a", "{1, 2, 3}"), ('char s[9] = "abc"; s', '"abc"'), ("(char *)16", "0x10"),
    ("struct P { int x; double y; char n[4]; struct { int q; } in; } p = {1, 2.5, \"abc\", {7}}; p",
     '{x = 1, y = 2.5, n = "abc", in = {q = 7}}'),
    ("struct B { unsigned a : 3; int b : 5; } b = {5, -3}; b", "{a = 5, b = -3}"),
    ("union U { int i; float f; } u = {0}; u", "{i = 0, f = 0.0}"), ("enum E { red, green }; enum E e = green; e", "green"),
    ("int x = 4; x // a comment;", "4"), ("int m[2][2] = {{1, 2}, {3, 4}}; m", "{{1, 2}, {3, 4}}"),
])
def test_the_last_expression_without_a_semicolon_is_the_value(worker, code, value):
    assert worker.run(code).value == value


def test_a_semicolon_a_silent_run_and_nothing_at_all_have_no_value(worker):
    worker.run("int x = 4;")
    for code in ("x;", "x; // x", "(void)x", "if (x) {}", "int y = 4;", "", " // nothing\n"):
        assert worker.run(code).shape == ["done"]
    assert worker.run("x", silent=1).shape == ["done"]


def test_a_struct_that_a_function_returns_is_a_value_in_c(c):
    assert c.run("struct P { int a; }; struct P make(void) { struct P p = {7}; return p; }").shape == ["done"]
    assert c.run("make()").value == "{a = 7}"
    assert c.run("(_Bool)1").value == "true"
    assert c.run("(void *)0").value == "NULL"


@pytest.mark.parametrize("code, value", [
    ('std::string("a") + "b"', '"ab"'), ('std::string_view("ab")', '"ab"'), ("std::vector<int>{1, 2}", "{1, 2}"),
    ('std::map<std::string, int>{{"a", 1}}', '{{"a", 1}}'), ("std::vector<std::vector<int>>{{1}, {}}", "{{1}, {}}"),
    ("std::set<int>{3, 1}", "{1, 3}"), ('std::pair{1, "x"}', '{1, "x"}'), ("std::tuple{1, 2.5, 'c'}", "{1, 2.5, 'c'}"),
    ("std::optional<int>()", "nullopt"), ("std::optional{4}", "4"), ("std::unique_ptr<int>()", "nullptr"),
    ("nullptr", "nullptr"), ("true", "true"), ("enum class Color { red, green }; Color::green", "Color::green"),
    ("struct P { int a; std::vector<int> v; }; P{1, {2}}", "{1, {2}}"), ("std::vector<bool>{true, false}", "{true, false}"),
    ("struct S { std::string n; int k; }; S{\"x\", 1}", '{n = "x", k = 1}'), ("auto l = [](int x) { return x; }; l", "<lambda>"),
    ("class K { int i = 1; friend std::ostream &operator<<(std::ostream &o, const K &) { return o << \"K!\"; } }; K()", "K!"),
    ("class N { public: N() {} N(const N &) = delete; }; N n; n", "<N>"), ('std::cout << ""', None),
    ('std::runtime_error("no")', "<std::runtime_error> no"),
])
def test_values_of_cpp_are_shown_as_they_would_be_written(cpp, code, value):
    assert cpp.run(code).value == value


# -- what is kept, and what is made anew

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


@pytest.mark.parametrize("first, second, ask, value", [
    ("int x = 1;", "int x = 2;", "x", "2"), ("int x = 1;", "double x = 2.5;", "x", "2.5"),
    ("int f() { return 1; }", "int f() { return 2; }", "f()", "2"),
    ("struct P { int a; };", "struct P { double a, b; };", "struct P q = {1, 2}; q", "{a = 1.0, b = 2.0}"),
    ("typedef struct { int a; } T;", "typedef struct { int a, b; } T;", "T t = {1, 2}; t", "{a = 1, b = 2}"),
    ("enum E { A, B };", "enum E { B = 7, C };", "B + 0", "7"), ("int g = 1; int h() { return g; }", "int h = 5;", "h", "5"),
    ("static int s() { return 1; }", "int s() { return 2; }", "s()", "2"), ("typedef int I;", "typedef long I;", "sizeof(I)", "8"),
    ("int x = 1; int y = 2;", "int x = 3; int y = 4;", "x * y", "12"), ("", "int y1 = 4;", "y1", "4"),
])
def test_everything_may_be_defined_again(worker, first, second, ask, value):
    for _ in range(2):
        assert worker.run(first).error is None
        assert worker.run(second).error is None
        assert worker.run(ask).value == value


@pytest.mark.parametrize("first, second, ask, value", [
    ("struct P { int sum() { return 1; } };", "struct P { int a = 5; int sum() { return a; } };", "P().sum()", "5"),
    ("template <class T> T f(T t) { return t; }", "template <class T> T f(T t) { return t + t; }", "f(4)", "8"),
    ("template <class T> struct Q { T t; T get() { return t; } };", "template <class T> struct Q { T t; T get() { return t + 1; } };",
     "Q<int>{4}.get()", "5"),
    ("int f(int a = 1) { return a; }", "int f(int a = 2) { return a; }", "f()", "2"),
    ("namespace n { int f() { return 1; } }", "namespace n { int f() { return 2; } int g() { return f(); } }", "n::g()", "2"),
    ("int f(int) { return 1; } int f(double) { return 2; }", "int f(int) { return 3; }", "f(1) * 10 + f(1.0)", "32"),
    ("struct B { virtual int v() { return 1; } virtual ~B() {} };", "struct B { virtual int v() { return 2; } virtual ~B() {} };",
     "std::unique_ptr<B>(new B)->v()", "2"),
    ("using I = int;", "using I = long;", "sizeof(I)", "8"), ("auto l = [] { return 1; };", "auto l = [] { return 2; };", "l()", "2"),
    ("std::vector<int> v{1};", "std::map<int, int> v{{1, 2}};", "v[1]", "2"),
])
def test_everything_of_cpp_may_be_defined_again(cpp, first, second, ask, value):
    for _ in range(2):
        assert cpp.run(first).error is None
        assert cpp.run(second).error is None
        assert cpp.run(ask).value == value


def test_what_was_compiled_before_keeps_what_it_was_compiled_with(cpp):
    cpp.run("struct P { int a; int sum() { return a; } }; P old{3}; int f() { return 1; } int g() { return f(); }")
    cpp.run("struct P { int a, b; int sum() { return a + b; } }; P now{3, 4}; int f() { return 2; }")
    assert cpp.run("std::vector<int>{old.sum(), now.sum(), g(), f()}").value == "{3, 7, 1, 2}"


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


# -- programs

def test_a_program_is_run_and_its_status_is_the_exit(worker):
    assert worker.run('int main() { printf("hi\\n"); return 3; }').shape == [("stdout", "hi\n"), "done"]
    answer = worker.run('int main(int argc, char **argv) { for (int i = 1; i < argc; i++) printf("<%s>", argv[i]); return 0; }',
                        argv=["one", "two words", "", "é"])
    assert (answer.out, answer.done) == ("<one><two words><><é>", {"status": "ok", "exit": "0"})
    assert worker.run("int main() { return 3; }").done == {"status": "error", "exit": "3"}
    assert worker.run("quern_argc").value == "5"
    assert worker.run("quern_argv[4]").value == '"é"'


def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    worker.run('#include <stdlib.h>\nint x = 5; void f() { exit(3); } void bye() { puts("bye"); }')
    worker.run("atexit(bye);")
    answer = worker.run('printf("before"); f(); puts("never");')
    assert (answer.shape, answer.done) == ([("stdout", "before"), "done"], {"status": "error", "exit": "3"})
    assert worker.run("exit(0);").done == {"status": "ok", "exit": "0"}
    assert worker.run("x").value == "5"
    assert worker.close() == 0


# -- errors

def test_a_compile_error_tells_line_column_and_clangs_own_words(worker):
    answer = worker.run("int ok = 1;\nint bad = ok +\n   nope;")
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": "3", "column": "4"}
    assert answer.error == ("CompileError", "use of undeclared identifier 'nope'")
    assert traceback(answer) == ["snippet:3:4: error: use of undeclared identifier 'nope'", "    3 |    nope;", "      |    ^"]
    answer = worker.run("int x = ")
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": "1", "column": "8"}
    answer = worker.run("1 +\n\n")
    assert answer.error[1] == "expected expression" and answer.frames("error")[0][1]["line"] == "1"


def test_a_mistake_in_a_header_is_told_at_the_line_that_includes_it(worker, tmp_path):
    (tmp_path / "bad.h").write_text("int broken(\n")
    answer = worker.run(f'int x;\n#include "{tmp_path}/bad.h"\n')
    assert answer.frames("error")[0][1]["line"] in ("2", "3")
    (tmp_path / "bad.h").write_text("int whole = 6;\n")
    assert worker.run(f'#include "{tmp_path}/bad.h"\nwhole').value == "6"


def test_a_snippet_that_does_not_compile_has_no_effect_at_all(worker):
    assert worker.run('int good() { return 1; }\nprintf("leak");\nint bad() { return nope; }').shape == ["error", "done"]
    assert worker.run('printf("next\\n");').out == "next\n"
    assert worker.run("int good() { return 2; }").error is None
    assert worker.run("good()").value == "2"


@pytest.mark.parametrize("code, name", [
    ("*(volatile int *)0 = 1;", "SIGSEGV"), ("volatile int zero = 0; int r = 1 / zero;", "SIGFPE"), ("abort();", "SIGABRT"),
    ("__builtin_trap();", "SIGILL"), ("int f(int n) { volatile char c[100]; c[0] = 1; return f(n + 1) + c[0]; } f(0)", "SIGSEGV"),
    ("#include <signal.h>\nraise(SIGSEGV);", "SIGSEGV"), ("strlen((char *)8)", "SIGSEGV"),
])
def test_a_crash_is_an_error_and_the_context_goes_on(worker, code, name):
    worker.run("int kept = 41;")
    for _ in range(3):
        answer = worker.run('printf("before\\n");\n' + code)
        assert (answer.out, answer.error[0], answer.done) == ("before\n", name, {"status": "error"})
        assert worker.run("kept").value == "41"


@pytest.mark.parametrize("code, name, message", [
    ('throw std::runtime_error("boom");', "std::runtime_error", "boom"), ("throw 42;", "int", "42"),
    ('throw std::string("s");', "std::string", "s"), ("struct Mine {}; throw Mine();", "Mine", ""),
    ("struct E : std::exception { const char *what() const noexcept override { return \"own\"; } }; throw E();", "E", "own"),
    ("std::vector<int>().at(3);", "std::out_of_range", "vector::_M_range_check: __n (which is 3) >= this->size() (which is 0)"),
])
def test_an_exception_of_cpp_is_an_error_with_its_type_and_words(cpp, code, name, message):
    cpp.run("int kept = 41;")
    answer = cpp.run(code)
    assert answer.frames("error")[0][1]["kind"] == "runtime" and answer.done == {"status": "error"}
    assert answer.error == ("std::__cxx11::basic_string<char>" if answer.error[0].startswith("std::__") else name, message) or (
        name == "std::string" and "basic_string" in answer.error[0])
    assert cpp.run("try { throw 1; } catch (int e) { std::cout << e; }").out == "1"
    assert cpp.run("kept").value == "41"


def test_a_worker_that_really_exits_is_gone(worker):
    from harness import Died
    with pytest.raises(Died):
        worker.run("#include <unistd.h>\n_exit(3);")
    assert worker.child.wait(5) == 3


# -- interrupts

BLOCKED = ["for (volatile long i = 0;; i++) {}", "sleep(60);", "char c; read(0, &c, 1);", "getchar();", 'system("sleep 60; true");',
           "pause();", 'for (;;) printf("flood\\n");', "for (;;) free(malloc(100));", "for (;;) sleep(60);"]


@pytest.mark.parametrize("code", BLOCKED)
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("#include <unistd.h>\nint kept = 41;")
    for _ in range(2):
        began = time.monotonic()
        answer = interrupted(worker, code + '\nputs("never");')
        assert answer.done == {"status": "interrupted"} and answer.error == ("Interrupted", "interrupted")
        assert "never" not in answer.out and time.monotonic() - began < 3
        assert worker.run('puts("on"); kept').shape == [("stdout", "on\n"), "result", "done"]


@pytest.mark.parametrize("code", ["int n; std::cin >> n;", "std::this_thread::sleep_for(std::chrono::seconds(60));",
                                  "std::map<int, int> m; for (int i = 0;; i = (i + 1) % 1000) m[i]++;",
                                  "for (;;) std::cout << \"flood\" << std::endl;"])
def test_an_interrupt_ends_what_only_cpp_does(cpp, code):
    cpp.run("#include <thread>\n#include <chrono>\nint kept = 41;")
    assert interrupted(cpp, code, 0.5).done == {"status": "interrupted"}
    assert cpp.run("kept").value == "41"


def test_an_endless_compilation_can_be_interrupted(cpp):
    code = "template <int n> struct T { static constexpr long v = T<n - 1>::v + T<n - 2>::v; };\n" + "".join(
        f"constexpr long slow{i} = [] {{ long s = 0; for (long i = 0; i < 900000; i++) s += i; return s; }}();\n" for i in range(50))
    assert interrupted(cpp, code, 0.5).done == {"status": "interrupted"}
    assert cpp.run("1").value == "1"


def test_a_handler_of_the_snippets_own_holds_for_the_snippet(worker):
    worker.run("#include <signal.h>\n#include <unistd.h>\nvolatile int seen; void on(int n) { seen = n; }")
    answer = interrupted(worker, 'signal(SIGINT, on); while (!seen) usleep(1000); puts("caught");')
    assert (answer.out, answer.done) == ("caught\n", {"status": "ok"})
    assert interrupted(worker, "sleep(60);").done == {"status": "interrupted"}


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("int kept = 41;")
    generator = random.Random(7)
    statuses = set()
    for _ in range(150):
        worker.start('for (volatile int i = 0; i < 1000000; i++) {}\nputs("x"); free(malloc(1000)); char *s = strdup("abc"); free(s);')
        time.sleep(generator.random() * 0.012)
        worker.interrupt()
        answer = worker.wait()
        statuses.add(answer.done["status"])
        assert len(answer.frames("done")) == 1 and len(answer.frames("error")) <= 1
        worker.interrupt()
    assert statuses == {"ok", "interrupted"}
    assert worker.run("kept").value == "41"


def test_an_interrupt_between_snippets_does_nothing(worker):
    for _ in range(20):
        worker.interrupt()
    assert worker.run("1").shape == ["result", "done"]


# -- streams

def test_output_stands_before_the_frame_that_follows_it(worker):
    assert worker.run('printf("a"); 7').shape == [("stdout", "a"), "result", "done"]
    assert worker.run('fputs("e", stderr); printf("b"); *(volatile int *)0 = 1;').shape[-2:] == ["error", "done"]


def test_lines_go_out_as_they_end_and_a_prompt_before_its_read(worker):
    worker.start('#include <unistd.h>\nputs("line"); printf("name? "); char n[9]; scanf("%8s", n); printf("[%s]", n);')
    end, seen = time.monotonic() + 5, b""
    while seen != b"line\nname? ":
        assert time.monotonic() < end, seen
        try:
            seen += os.read(worker.stdout, 100)
        except BlockingIOError:
            time.sleep(0.001)
    worker.type("Bob\nleft over\n")
    assert worker.wait().out == "[Bob]"
    worker.start("int d = getchar(); d")
    worker.type("x\n")
    assert worker.wait().value == str(ord("x"))


def test_end_of_input_is_the_runs_alone(worker):
    worker.start("getchar()")
    worker.end_input()
    assert worker.wait().value == "-1"
    worker.fresh_input()
    worker.start("getchar()")
    worker.type("y")
    assert worker.wait().value == str(ord("y"))


def test_cin_reads_afresh_after_an_end_and_after_rubbish(cpp):
    cpp.start("int n = 1; std::cin >> n; n")
    cpp.type("rubbish\n")
    assert cpp.wait().value == "0"
    cpp.start("std::string s; std::getline(std::cin, s); s")
    cpp.type("a line\n")
    assert cpp.wait().value == '"a line"'


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run('system("ls -l /proc/self/fd | grep -c pipe: >&2");').err == "3\n"
    assert worker.run("#include <fcntl.h>\nopen(\"/dev/null\", O_RDONLY)").value == "3"


def test_a_forked_child_that_comes_back_does_not_serve(worker):
    answer = worker.run("#include <unistd.h>\n#include <sys/wait.h>\nint pid = fork(); if (pid) waitpid(pid, 0, 0); puts(pid ? \"parent\" : \"child\");")
    assert answer.shape == [("stdout", "child\nparent\n"), "done"]
    assert worker.run("1").shape == ["result", "done"]


def test_threads_of_the_users_go_on_between_snippets(worker):
    worker.run("#include <pthread.h>\n#include <unistd.h>\nvolatile int n; void *work(void *) { for (;;) { n++; usleep(1000); } }"
               if worker.language == "cpp" else
               "#include <pthread.h>\n#include <unistd.h>\nvolatile int n; void *work(void *p) { for (;;) { n++; usleep(1000); } }")
    worker.run("pthread_t t; pthread_create(&t, 0, work, 0);")
    time.sleep(0.1)
    assert int(worker.run("n").value) > 5
    assert interrupted(worker, "sleep(60);").done == {"status": "interrupted"}
    assert worker.close() == 0


def test_destructors_and_exit_hooks_run_at_the_end_and_have_a_second(cpp):
    cpp.run('void hook() { std::puts("hook"); for (;;) {} }\nstd::atexit(hook);')
    cpp.run('struct D { ~D() { std::puts("destroyed"); } }; D d;')
    began = time.monotonic()
    assert cpp.child.poll() is None
    os.close(cpp.requests)
    cpp.requests = None
    assert cpp.child.wait(5) == 0 and time.monotonic() - began < 3
    assert os.read(cpp.stdout, 100) == b"destroyed\nhook\n"


# -- questions

def test_completion_knows_names_members_macros_and_keywords(worker):
    worker.run("struct Point { int across; int down; } corner; int frob_nicate(int a) { return a; } int frob_variable;\n#define FROB_MACRO 1")
    assert worker.complete("frob_") == (0, 5, {"frob_nicate": "function", "frob_variable": "variable"})
    assert worker.complete("int é = 1; corner.") == (19, 19, {"across": "field", "down": "field"})
    assert worker.complete("1 + corner.ac")[2] == {"across": "field"}
    assert worker.complete("struct Poi")[2] == {"Point": "type"}
    assert worker.complete("FROB_")[2] == {"FROB_MACRO": "macro"}
    assert worker.complete("retu")[2] == {"return": "keyword"}
    assert worker.complete("int main() {\n  int local_thing = 1;\n  local_")[2] == {"local_thing": "variable"}
    assert worker.complete("frob_ + 1", 5)[2].keys() == {"frob_nicate", "frob_variable"}
    assert worker.complete("nosuchname_") == (0, 11, {})
    assert "printf" in worker.complete("prin")[2]
    assert worker.run("frob_variable").value == "0"


def test_completion_of_cpp_knows_namespaces_and_classes(cpp):
    cpp.run("class K { int hidden; public: int seen() { return 1; } }; K k; std::vector<int> numbers;")
    assert cpp.complete("std::vecto") == (5, 10, {"vector": "type"})
    assert cpp.complete("k.") == (2, 2, {"seen": "method"})
    assert cpp.complete("numbers.push")[2] == {"push_back": "method"}
    assert cpp.complete("numbers[0]; names")[2] == {"namespace": "keyword"}


def test_inspection_tells_declarations_and_types(worker):
    worker.run("/// Adds.\nint add(int a, int b) { return a + b; }\nstruct P { int a; } p; const char *name = 0;\n#define SQUARE(x) ((x) * (x))\ntypedef struct P Alias;")
    assert worker.inspect("add") == "int add(int a, int b)"
    assert "Adds." in worker.inspect("add", 1) and "return a + b" in worker.inspect("add", 1)
    assert worker.inspect("1 + p").endswith("P p") and worker.inspect("p.a") == "int a"
    assert "int a;" in worker.inspect("P") and "P" in worker.inspect("Alias")
    assert worker.inspect("SQUARE") == "#define SQUARE(x) ((x) * (x))"
    assert worker.inspect("name") == "const char *name"
    assert worker.inspect("nosuch") is None and worker.inspect("") is None and worker.inspect("p.nosuch") is None
    assert "printf(const char *" in worker.inspect("printf")


def test_inspection_of_cpp_looks_into_namespaces_and_objects(cpp):
    cpp.run("std::vector<int> v; auto total = 1.5; std::unique_ptr<std::string> u;")
    assert "sort(" in cpp.inspect("std::sort") and "class vector" in cpp.inspect("std::vector")
    assert "size() const" in cpp.inspect("v.size") and cpp.inspect("total") == "auto total\n// double"
    assert "size() const" in cpp.inspect("u->size") and "namespace std" in cpp.inspect("std")


COMPLETE = ["1+1", "int x = 1;", "int f() { return 1; }", "", "// c", "struct P { int a; };", "#include <stdio.h>", "int dup; int dup2;"]
INCOMPLETE = ["int x", "int x = ", "1 +", "f(", "int f() {", "if (1)", "for (;;)", "do {} ", "/* open", "#define X \\", "#if 1",
              "int a[] = {1,", "struct P { int a; }", "int f()", "while (1) {\n  if (1) {"]
INVALID = ["}", "int x y;", "1 + )", "nosuchname", '"open', "else", "int 1x;", "(]"]


@pytest.mark.parametrize("state, codes", [("complete", COMPLETE), ("incomplete", INCOMPLETE), ("invalid", INVALID)])
def test_check_tells_what_is_whole(worker, state, codes):
    assert {code: worker.check(code)[0] for code in codes} == dict.fromkeys(codes, state)


def test_check_tells_the_indent_and_that_a_redefinition_is_fine(worker):
    assert worker.check("int f() {\n  if (1) {") == ("incomplete", "        ")
    worker.run("int f() { return 1; }")
    assert worker.check("int f() { return 2; }") == ("complete", "")
    assert worker.run("f()").value == "1"


def test_check_knows_raw_strings_and_templates_of_cpp(cpp):
    assert [cpp.check(code)[0] for code in ('R"(open', "template <class T>", "std::cout <<", "auto f = [] {", "class X {")] == [
        "incomplete"] * 5


def test_questions_run_nothing_and_change_nothing(worker):
    worker.run("int n = 0; int touch() { return ++n; }")
    worker.complete("touch().")
    worker.inspect("touch")
    worker.check("touch(); int brand_new = touch();")
    assert worker.run("n").value == "0"
    assert worker.run("brand_new").error[0] == "CompileError"


# -- odd things

def test_long_life_costs_little(c):
    for n in range(300):
        c.run(f"int v{n} = {n}; v{n}++;")
    before = c.rss_mb
    for n in range(300):
        assert c.run(f"v{n}").value == str(n + 1)
    assert c.rss_mb - before < 60
    assert len(os.listdir(f"/proc/{c.pid}/fd")) < 20


def test_odd_texts_are_answered(worker):
    for code in ("\ufeffint bom = 1;", "int cr = 1;\r\ncr\r\n", "#pragma once\n", "\\", "\"", "'", "#include", "#error no", "\0", "{{{{", "?", "@",
                 "int " * 2000, "(" * 3000, "#", "__quern_nothing", "int main;", "struct;", "[[", "[", "]"):
        answer = worker.run(code)
        assert answer.done["status"] in ("ok", "error"), code
    assert worker.run("bom + cr").value == "2"


def test_a_worker_started_from_a_template_is_a_worker(tmp_path):
    ours, theirs = socket.socketpair()
    replies_read, replies_write = os.pipe()

    def place():
        os.dup2(replies_write, 100)
        os.dup2(theirs.fileno(), 101)
        os.dup2(101, 3)
        os.dup2(100, 4)
        os.closerange(5, 120)

    template = subprocess.Popen(command("c"), preexec_fn=place, close_fds=False, env=ENVIRONMENT, start_new_session=True,
                                stdin=subprocess.DEVNULL)
    theirs.close()
    os.close(replies_write)

    def reply(buffer=b""):
        while True:
            event, buffer = parse(buffer)
            if event:
                events.append(event)
                if event[0] in ("done", "ready"):
                    return
                continue
            data = os.read(replies_read, 65536)
            assert data, "the template is gone"
            buffer += data

    try:
        events = []
        reply()
        assert events[0][0] == "ready"
        for n in range(3):
            ends = [os.pipe() for _ in range(5)]
            passed = [ends[0][0], ends[1][1], ends[2][1], ends[3][0], ends[4][1]]
            frame = request("fork", cwd=str(tmp_path), env=b"MARK=%d\0PATH=/usr/bin:/bin\0" % n)
            ours.sendmsg([frame], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", passed))])
            events.clear()
            reply()
            assert [event[0] for event in events] == ["forked", "done"]
            pid = int(events[0][1]["pid"])
            worker = Worker.__new__(Worker)
            worker.stdin, worker.requests, worker.stdin_read = ends[0][1], ends[3][1], ends[0][0]
            worker.stdout, worker.stderr, worker.replies = ends[1][0], ends[2][0], ends[4][0]
            for fd in passed[1:]:
                os.close(fd)
            worker._begin()
            worker.wait("ready")
            assert worker.run('getenv("MARK")').value == f'"{n}"'
            assert worker.run("#include <unistd.h>\nchar here[4096]; getcwd(here, 4096)").value == f'"{tmp_path}"'
            assert worker.run("*(volatile int *)0 = 1;").error[0] == "SIGSEGV"
            worker.start("sleep(60);")
            time.sleep(0.2)
            os.killpg(pid, signal.SIGINT)
            assert worker.wait().done == {"status": "interrupted"}
            os.close(worker.requests)
            for fd in (ends[0][0], ends[0][1], ends[1][0], ends[2][0], ends[4][0]):
                os.close(fd)
        ours.close()
        assert template.wait(5) == 0
    finally:
        if template.poll() is None:
            template.kill()
            template.wait()
        os.close(replies_read)
