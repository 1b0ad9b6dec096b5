# SPDX-License-Identifier: Apache-2.0
"""What the Node worker answers about code: completion, inspection, check; none of it runs a line of the user's."""
import pytest
from harness import Worker

LANGUAGE = "javascript"


@pytest.mark.parametrize("code, start, some", [
    ("cons", 0, {"console": "variable", "const": "keyword"}), ("console.lo", 8, {"log": "method"}), ("my_o", 0, {"my_object": "variable"}),
    ("my_object.al", 10, {"alpha": "variable", "beta": None}), ("my_object?.['alpha'].g", 21, {"gamma": "variable"}), ("my_object.trap.", 15, {}),
    ("é; my_f", 4, {"my_function": "function"}), ("my_c", 0, {"my_class": "class"}), ("x = 'con", 8, {}), ("// con", 3, {}), ("`${con", 3, {"console": "variable"}),
    ("require('f", 9, {"fs": "module", "fs/promises": "module"}), ("import x from 'node:f", 15, {"node:fs": "module"}), ("require('./al", 9, {"./alpha.js": "file"}),
    ("'abc'.tri", 6, {"trim": "method"}), ("[].fl", 3, {"flat": "method"}), ("process.stdout.wri", 15, {"write": "method"}), ("1.", 2, {}), ("my_proxy.", 9, {}),
    ("my_object.\n  al", 13, {"alpha": "variable"}), ("nope.x", 5, {}), ("fs.readFileS", 3, {"readFileSync": "method"}),
])
def test_completion_knows_what_stands_before_the_cursor_and_runs_nothing(tmp_path, code, start, some):
    (tmp_path / "alpha.js").write_text("")
    with Worker(LANGUAGE, cwd=tmp_path) as worker:
        worker.run("const my_object = {alpha: {gamma: 1}, beta: 2, get trap() { console.log('ran') }}; function my_function() {} class my_class {}; "
                   "var my_proxy = new Proxy({}, {ownKeys() { console.log('ran') }, getPrototypeOf() { console.log('ran') }})")
        found, end, items = worker.complete(code)
        assert end == len(code.encode()) and (found == start or not items)
        for name, kind in some.items():
            assert items.get(name) == kind or (kind is None and name not in items)
        assert items or not some
        assert worker.run("0").out == ""


@pytest.mark.parametrize("code, has", [
    ("my_function", "async my_function(a, {b} = {}, ...c)"), ("my_function", "Does it."), ("my_function(1, ", "my_function(a"), ("my_class", "class my_class(size) extends Map"),
    ("my_arrow", "my_arrow(x)"), ("my_object", "my_object: Object"), ("my_object", "[Getter]"), ("my_object.alpha", "alpha: number\n1"), ("parseInt", "parseInt("),
    ("Math.PI", "3.14159"), ("nope", None), ("my_object.trap", None), ("", None),
])
def test_inspection_tells_what_a_name_is_and_runs_nothing(worker, code, has):
    worker.run("/**\n * Does it.\n */\nasync function my_function(a, {b} = {}, ...c) { return 1 }\nclass my_class extends Map { constructor(size) { super() } }\n"
               "const my_arrow = x => x, my_object = {alpha: 1, get trap() { console.log('ran') }, [util.inspect.custom]() { console.log('ran') }}")
    found = worker.inspect(code)
    assert found is None if has is None else has in found
    assert worker.run("0").out == ""
    assert "return 1" in worker.inspect("my_function", 1)


@pytest.mark.parametrize("code, state, indent", [
    ("const x = 1", "complete", ""), ("if (x) {", "incomplete", "  "), ("if (x) {\n  y(", "incomplete", "    "), ("f(1,", "incomplete", ""), ("f(g(1", "incomplete", ""),
    ("`abc", "incomplete", ""), ("`a${b", "incomplete", ""), ("/* abc", "incomplete", ""), ("'abc", "invalid", ""), ("'abc\\", "incomplete", ""), ("x = = 1", "invalid", ""),
    ("await 5", "complete", ""), ("await f(", "incomplete", "  "), ("await 0; }", "invalid", ""), ("return 5", "invalid", ""), ("[1, 2", "incomplete", ""), ("}", "invalid", ""),
    ("f(a b)", "invalid", ""), ("x =>", "incomplete", "  "), ("/re", "invalid", ""), ("import {a", "incomplete", ""), ("import x from 'y'", "complete", ""),
    ("import x frm", "invalid", ""), ("export const x = 1", "complete", ""), ("await import('x')", "complete", ""), ("for await (const x of y) {", "incomplete", "  "),
    ("", "complete", ""), ("// only this", "complete", ""), ("class A {\n  f() {}", "incomplete", "  "), ("a.", "incomplete", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)
