# SPDX-License-Identifier: Apache-2.0
"""complete, inspect and check."""
import pytest


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
