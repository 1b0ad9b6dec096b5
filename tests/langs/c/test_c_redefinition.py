# SPDX-License-Identifier: Apache-2.0
"""What an earlier snippet has defined may be defined again."""
import pytest


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
