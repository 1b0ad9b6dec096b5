# SPDX-License-Identifier: Apache-2.0
"""The value of a snippet: which expression it is, and how it is written."""
import pytest


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
