# SPDX-License-Identifier: Apache-2.0
"""Compile errors, crashes, exceptions: each is told, and the context goes on."""
import pytest
from harness import Died


def traceback(answer):
    return [body.decode() for name, body in answer.frames("error")[0][2] if name == "traceback"]


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


def test_a_name_that_nothing_defines_is_told_and_spoils_nothing(worker):
    worker.run("int kept = 41;")
    for _ in range(2):
        answer = worker.run("int nowhere(int);\nnowhere(kept)")
        assert answer.shape == ["error", "done"] and answer.error[0] == "CompileError"
        assert answer.error[1] == f"undefined reference to 'nowhere{'(int)' if worker.language == 'cpp' else ''}'"
        assert worker.run("extern double missing; missing + kept").error[1] == "undefined reference to 'missing'"
        assert worker.run("kept").value == "41"
    worker.run("int nowhere(int n) { return n + 1; }")
    assert worker.run("nowhere(kept)").value == "42"


def test_a_class_whose_code_is_missing_spoils_nothing_that_others_share(cpp):
    assert "'vtable for U'" in cpp.run("struct U { virtual void f(); }; U u; std::vector<std::string> v{\"a\"};").error[1]
    assert cpp.run('std::vector<std::string> v{"a"}; v').value == '{"a"}'
    assert cpp.run('throw std::logic_error("bad");').error == ("std::logic_error", "bad")


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
    with pytest.raises(Died):
        worker.run("#include <unistd.h>\n_exit(3);")
    assert worker.child.wait() == 3
