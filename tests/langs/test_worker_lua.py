# SPDX-License-Identifier: Apache-2.0
"""The Lua workers, of all versions, by the contract of langs/WORKER.md, alone over their descriptors."""
import os

import pytest
from harness import Worker, command, statuses

VERSIONS = ["lua", "lua5.1", "lua5.2", "lua5.3"]
LANGUAGE = "lua"


@pytest.fixture(params=VERSIONS)
def worker(request):
    argv = command(request.param)
    assert os.access(argv[0], os.X_OK), f"{argv[0]} is not there: tools/build makes it (langs/lua/README.md)"
    with Worker(request.param) as worker:
        worker.language = request.param
        yield worker


def test_globals_and_modules_are_kept_and_locals_are_the_snippets(worker):
    worker.run("x = 3; local y = 4; function f() return y + x end; string.extra = 5")
    assert worker.run("print(x, y, f(), string.extra)").out == "3\tnil\t7\t5\n"


@pytest.mark.parametrize("code, value", [
    ("6 * 7", "42"), ("= 6 * 7", "42"), ("1, nil, 'a'", "1\tnil\ta"), ("nil", "nil"), ("'a\\0b'", "a\0b"), ("6;", "6"),
    ("x = 5\nx * 2", "10"), ("x = 5; x * 2", "10"), ("local x = 5\nx + 1 -- more\n-- comments", "6"),
    ("-- first\n7", "7"),
    ("function f(a)\n  return a, 2\nend\nf(1)", "1\t2"), ("('x'):rep(3)", "xxx"),
    ("for i = 1, 3 do\n  tostring(i)\nend", None), ("if true then\n  tostring(1)\nend", None), ("print()", None),
    ("x = 1", None),
    ("io.write('')", None), ("io.stdout:write('')", None), ("f = function()\n  return 1\nend", None), ("return 3", "3"),
    ("'\\255'", "�"),
])
def test_the_value_is_what_luas_prompt_would_show_and_the_last_expressions(worker, code, value):
    answer = worker.run(code)
    assert (answer.value, answer.done) == (value, {"status": "ok"})


def test_a_statement_over_two_lines_is_not_read_as_two(worker):
    if worker.language != "lua5.1":  # for which it is ambiguous, and so an error
        assert worker.run("b = tostring\n(9)").value is None and worker.run("b").value == "9"


def test_a_value_is_shown_by_its_own_tostring_whose_failure_is_an_error(worker):
    worker.run("t = setmetatable({}, {__tostring = function() return 'my t' end})")
    assert worker.run("t, 1").value == "my t\t1"
    worker.run("getmetatable(t).__tostring = function() error('no text') end")
    answer = worker.run("t")
    assert answer.error == ("Error", "no text") and answer.done == {"status": "error"}


def test_an_error_has_its_message_line_and_traceback(worker):
    worker.run("\nfunction thrower() error('deep') end")
    answer = worker.run("local a = 1\nthrower()\nlocal b")
    assert answer.error == ("Error", "deep") and answer.done == {"status": "error"}
    assert answer.frames("error")[0][1] == {"kind": "runtime", "line": "2"}
    assert answer.part("error", "file") == "snippet 2"
    lines = [text.decode() for name, text in answer.frames("error")[0][2] if name == "traceback"]
    assert lines[:2] == ["snippet 1:2: deep", "stack traceback:"]
    assert lines[-1] == "\tsnippet 2:2: in main chunk" and any("snippet 1:2: in function" in line for line in lines)
    assert worker.run("thrower()").frames("error")[0][1]["line"] == "1"


@pytest.mark.parametrize("code, message", [
    ("error({})", "(error object is a table value)"), ("error()", "nil"),
    ("error(setmetatable({}, {__tostring = function() return 'own' end}))", "own"),
    ("error('plain', 0)", "plain"), ("nosuch()", "attempt to call"), ("local t = nil; t.x = 1", "attempt to index"),
    ("coroutine.wrap(function() error('within') end)()", "within"),
    ("function f() return 1 + f() end f()", "stack overflow"),
    ("error('two\\nlines')", "two\nlines"), ("require('no.such.module')", "module 'no.such.module' not found"),
])
def test_an_error_of_any_kind_is_told_and_costs_nothing(worker, code, message):
    worker.run("kept = 5")
    answer = worker.run(code)
    assert message in answer.error[1] and not answer.error[1].startswith("snippet")
    assert answer.done == {"status": "error"}
    assert worker.run("kept").value == "5"


def test_a_syntax_error_is_of_kind_compile_with_its_line(worker):
    answer = worker.run("x = 1\ny = = 2")
    assert answer.error[0] == "SyntaxError" and answer.error[1].startswith("unexpected symbol near")
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": "2"}
    assert worker.run("x").value == "nil"


def test_a_library_keeps_its_place_in_the_message(worker, tmp_path):
    (tmp_path / "library.lua").write_text("return function()\n  error('broken')\nend")
    answer = worker.run(f"package.path = '{tmp_path}/?.lua'\nlocal f = require('library')\nf()")
    assert answer.error[1].endswith("/library.lua:2: broken")
    assert answer.frames("error")[0][1]["line"] == "3"


def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    worker.run("kept = 1; function leave() os.exit(3) end")
    for code in ("leave() print('no')", "pcall(leave) print('no')", "coroutine.wrap(leave)() print('no')",
                 "while true do coroutine.resume(coroutine.create(leave)) end", "xpcall(leave, print) print('no')",
                 "xpcall(leave, function(e) print(e) end) print('no')"):
        answer = worker.run(code)
        assert (answer.shape, answer.done) == (["done"], {"status": "error", "exit": "3"})
    assert worker.run("os.exit()").done == worker.run("os.exit(true)").done == {"status": "ok", "exit": "0"}
    assert worker.run("os.exit(false)").done == {"status": "error", "exit": "1"}
    assert worker.run("kept").value == "1"


@pytest.mark.parametrize("code", [
    "while true do end", "while true do local x = ('a'):rep(10) end", "io.read()", "io.read('*a')",
    "os.execute('sleep 600')",
    "os.execute(\"trap '' INT; sleep 600\")", "io.popen('sleep 600'):read()",
    "io.popen(\"trap '' INT; sleep 600\"):close()",
    "io.popen('sleep 600'):close()", "string.find(('a'):rep(3000), '.-.-.-.-b')",
    "string.gsub(('a'):rep(3000), '.-.-.-.-b', '')",
    "for _ in string.gmatch(('a'):rep(3000), '.-.-.-.-b') do end", "coroutine.wrap(function() while true do end end)()",
    "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
    "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end",
    "coroutine.wrap(function() string.find(('a'):rep(3000), '.-.-.-.-b') end)()", "while true do print('flood') end",
    "function f() return f() end f()",
    "x = setmetatable({}, {__index = function() while true do end end}).y",
    "local t = {} for i = 1, 1e6 do t[i] = i % 7 end while true do table.sort(t) end",
    "setmetatable({}, {__tostring = function() while true do end end})",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("kept = 5")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupted"
    assert "interrupted!" in answer.error[1]
    assert answer.err == "" and worker.run("kept").value == "5"
    assert worker.run("string.find(string.rep('a', 50), '.-.-b')").value == "nil"


def test_an_interrupt_that_is_caught_and_survived_is_none(worker):
    answer = worker.interrupted("local fine = pcall(function() while true do end end) print('caught', fine)")
    assert answer.out == "caught\tfalse\n" and answer.done == {"status": "ok"}
    answer = worker.interrupted("local _, e = pcall(function() while true do end end) print('handed on') error(e, 0)")
    assert answer.out == "handed on\n" and answer.done == {"status": "interrupted"}


def test_interrupts_between_snippets_and_at_random_moments_do_nothing_else(worker):
    worker.run("kept = 41")
    runs = worker.interrupted_at_random("for i = 1, 100000 do local s = i .. 'x' end print('x') os.execute('true')", within=0.012, times=200)
    assert "interrupted" in statuses(runs)
    assert worker.run("print(kept)").shape == [("stdout", "41\n"), "done"]


def test_input_is_read_and_what_is_left_over_is_dropped(worker):
    worker.start("io.write('name? ') print('[' .. io.read() .. ']')")
    assert worker.read_output("name? ").endswith("name? ")
    worker.type("Bob\nleft over\n")
    assert worker.wait().out == "[Bob]\n"
    worker.start("print('[' .. io.read() .. ']')")
    worker.type("second\n")
    assert worker.wait().out == "[second]\n"
    worker.start("print(io.read())")
    worker.end_input()
    assert worker.wait().out == "nil\n"
    worker.fresh_input()
    worker.start("print(io.read())")
    worker.type("afresh\n")
    assert worker.wait().out == "afresh\n"


def test_output_stands_where_it_was_printed(worker):
    assert worker.run("io.write('half ') os.execute('printf whole') print(' end')").out == "half whole end\n"
    answer = worker.run("io.write('a') io.stderr:write('b') return 1")
    assert answer.out == "a" and answer.err == "b" and answer.shape[-2:] == ["result", "done"]
    text = worker.run("print(('x'):rep(3000000))").out
    assert len(text) == 3000001


def test_merged_output_comes_as_stdout_in_true_order_and_only_for_its_run(worker):
    code = "for i = 1, 2 do io.write('o', i) io.stderr:write('e', i, '\\n') end os.execute('echo c >&2')"
    assert worker.run(code, merge=1).shape[0] == ("stdout", "o1e1\no2e2\nc\n")
    assert worker.run("error('x')", merge=1).done == {"status": "error"}
    assert worker.run("io.stderr:write('y')").err == "y"


def test_arguments_stay_until_others_come(worker):
    assert worker.run("print(select('#', ...), ..., arg[0], arg[2])", argv=["a b", "é"]).out == "2\ta b\tsnippet\té\n"
    assert worker.run("print(..., #arg)").out == "a b\t2\n"
    assert worker.run("...").value == "a b\té"


def test_traceparent_is_of_one_run(worker):
    show = "print(os.getenv('TRACEPARENT')) os.execute('env | grep -c ^TRACEPARENT; true')"
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01\n1\n"
    assert worker.run(show).out == "nil\n0\n"


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run("os.execute('ls /proc/self/fd | wc -l')").out == "4\n"
    assert worker.run("io.write(io.popen('ls /proc/self/fd | wc -l'):read('*a'))").out == "4\n"


def test_commands_give_what_luas_manual_says(worker):
    old = worker.language == "lua5.1"
    assert worker.run("print(os.execute('exit 3'))").out == ("768\n" if old else "nil\texit\t3\n")
    assert worker.run("local p = io.popen('cat >&2; exit 4', 'w') p:write('x') print(p:close())").out == (
        "true\n" if old else "nil\texit\t4\n")
    assert worker.run("print(os.execute())").out == ("1\n" if old else "true\n")
    assert worker.run("print(pcall(io.popen, 'x', 'q'))").out.startswith("false" if worker.language in ("lua",
        "lua5.3") else "")


def test_coroutines_are_as_in_luas_manual(worker):
    code = """
    local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) error('x' .. b, 0) end)
    print(coroutine.resume(co, 1)) print(coroutine.resume(co, 2)) print(coroutine.resume(co))
    print(coroutine.resume(coroutine.create(function(...) return select('#', ...) end), nil, nil))
    print(pcall(coroutine.resume, 5))
    local f = coroutine.wrap(function() return 1, 2, 3 end) print(f()) print(pcall(f))
    """
    out = worker.run(code).out.splitlines()
    assert out[:4] == ["true\t2", "false\tx2", "false\tcannot resume dead coroutine", "true\t2"]
    assert "coroutine expected" in out[4] and out[5] == "1\t2\t3" and "cannot resume dead coroutine" in out[6]
    nested = "local function d(n) if n == 0 then return 0 end return coroutine.wrap(d)(n - 1) + 1 end print(d(100))"
    assert worker.run(nested).out == "100\n"


def test_the_users_changes_to_the_library_do_not_derail_the_worker(worker):
    worker.run("for name in pairs(_G) do if name ~= 'print' then _G[name] = nil end end getmetatable = nil")
    worker.run("print = nil; x_value = 5")
    assert worker.run("x_value").value == "5"
    assert worker.complete("x_v")[2] == {"x_value": "number"}
    assert worker.inspect("x_value") == "x_value: number = 5"


@pytest.mark.parametrize("code, start, some", [
    ("pri", 0, {"print": "function"}), ("string.re", 7, {"rep": "function", "reverse": "function"}),
    ("my.inn", 3, {"inner": "table"}),
    ("my.inner.de", 9, {"deep": "number"}), ("my['inner'].de", 12, {"deep": "number"}),
    ("my[1].fi", 6, {"first": "boolean"}),
    ("my.list [1] . fi", 14, {}), ("object:me", 7, {"method": "function"}), ("object.fie", 7, {"field": "string"}),
    ("object:fie", 7, {}),
    ("text:up", 5, {"upper": "function"}), ("('x'):up", 6, {"upper": "function"}), ("whi", 0, {"while": "keyword"}),
    ("local counter = 1\nprint(coun", 24, {"counter": "variable"}), ("x = 'pri", 8, {}), ("-- pri", 6, {}),
    ("[[ pri", 6, {}),
    ("for index, value in pairs({}) do print(ind", 39, {"index": "variable"}), ("é = my.inn", 8, {"inner": "table"}),
    ("lazy.any", 5, {}), ("1 .. pri", 5, {"print": "function"}), ("require 'str", 9, {"string": "module"}),
    ("nope.x", 5, {}),
    ("--[[ x ]] pri", 10, {"print": "function"}), ("'a' .. 'it\\'s' .. pri", 18, {"print": "function"}),
    ("io", 0, {"io": "module"}),
])
def test_completion_knows_what_stands_before_the_cursor(worker, code, start, some):
    worker.run("""my = {inner = {deep = 1}, {first = true}, list = {{}}}
    object = setmetatable({field = 'x'}, {__index = {method = print}}) text = 'abc'
    lazy = setmetatable({}, {__index = function() error('asked') end})""")
    found, end, items = worker.complete(code)
    assert {name: items.get(name) for name in some} == some and (some or not items)
    assert end == len(code.encode()) and (not some or found == start)


@pytest.mark.parametrize("code, has", [
    ("print", "print (...)\nwrites"), ("string.format", "string.format (format, ...)"),
    ("my.add", "my.add (a, b)\nAdds them.\ndefined in snippet 1, line 2"),
    ("my.add(", "my.add (a, b)"), ("my", "my: a table with 2 keys\n"), ("my.name", 'my.name: string = "ünï"'),
    ("nope", None), ("'print", None),
])
def test_inspection_tells_what_a_name_is(worker, code, has):
    worker.run("-- Adds them.\nfunction add(a, b)\n  return a + b\nend\nmy = {name = 'ünï', add = add}")
    found = worker.inspect(code)
    assert found is None if has is None else found.startswith(has)
    assert "return a + b" in worker.inspect("my.add", 1) and "return" not in worker.inspect("my.add")


@pytest.mark.parametrize("code, state, indent", [
    ("x = 1", "complete", ""), ("1 + 1", "complete", ""), ("=x", "complete", ""), ("", "complete", ""),
    ("x = 5\nx", "complete", ""),
    ("for i = 1, 3 do", "incomplete", "  "), ("if x then\n  y = function(a)", "incomplete", "    "),
    ("t = {", "incomplete", "  "),
    ("if x then\n  y()", "incomplete", "  "), ("if x then y()\nelse", "incomplete", "  "), ("f(", "incomplete", "  "),
    ("x = 1 +", "incomplete", ""),
    ("1 +", "incomplete", ""), ("s = [[abc", "incomplete", ""), ("--[[ abc", "incomplete", ""),
    ("repeat", "incomplete", "  "),
    ("end", "invalid", ""), ("x = = 1", "invalid", ""), ("s = 'abc", "invalid", ""), ("x x", "invalid", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)


def test_end_of_requests_ends_the_worker_with_the_users_finalizers(worker):
    worker.run("u = newproxy and newproxy(true) or setmetatable({}, {__gc = function() print('bye') end})")
    worker.run("if newproxy then getmetatable(u).__gc = function() print('bye') end end io.popen('sleep 600')")
    os.close(worker.requests)
    worker.requests = None
    assert worker.read_output("bye") == "bye\n" and worker.child.wait(10) == 0


def test_a_finalizer_that_never_ends_does_not_keep_the_worker(worker):
    worker.run("u = newproxy and newproxy(true) or setmetatable({}, {__gc = function() while true do end end})")
    worker.run("if newproxy then getmetatable(u).__gc = function() while true do end end end")
    assert worker.close(10) == 0


def test_an_unknown_request_is_an_error_and_no_end(worker):
    worker.send(b"dance\n")
    assert worker.wait().error[0] == "UnknownRequest"
    assert worker.run("1").value == "1"


def test_a_first_line_for_the_system_is_skipped(worker):
    assert worker.run("#!/usr/bin/lua\nprint(1)").out == "1\n"
