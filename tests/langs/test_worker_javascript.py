# SPDX-License-Identifier: Apache-2.0
"""The Node worker by the contract of langs/WORKER.md, alone over its descriptors."""

import pytest
from harness import Worker, statuses

LANGUAGE = "javascript"


def answering(worker, text="Ada\n"):
    return lambda event: event[0] == "prompt" and worker.type(text)


def test_names_functions_classes_and_the_directory_are_kept(worker, tmp_path):
    worker.run(f"const a = 1; let b = 2; var c = 3; function f() {{ return a + b + c }} class C {{}}; process.chdir('{tmp_path}')")
    assert worker.run("console.log(f(), typeof C, process.cwd())").out == f"6 function {tmp_path}\n"


@pytest.mark.parametrize("code, value", [
    ("6 * 7", "42"), ("'text'", "'text'"), ("({a: 1})", "{ a: 1 }"), ("{a: 1}", "1"), ("new Map([[1, 2]])", "Map(1) { 1 => 2 }"),
    ("let x = 1", None), ("undefined", None), ("null", "null"), ("x => x", "[Function (anonymous)]"), ("10n ** 20n", "100000000000000000000n"),
    ("-0", "-0"), ("NaN", "NaN"), ("Symbol('s')", "Symbol(s)"), ("await 5", "5"), ("Promise.resolve(5)", "Promise { 5 }"), ("1 // end", "1"),
    ("#!/usr/bin/env node\n7", "7"), ("\ufeff7", "7"), ("7\r\n", "7"),
])
def test_the_value_of_the_last_expression_is_shown_as_nodes_console_does(worker, code, value):
    assert worker.run(code).value == value


KINDS = ["var x = {}", "let x = {}", "const x = {}", "function x() {{ return {} }}", "class x {{ static v = {} }}"]
SHOWN = "typeof x === 'function' ? (Object.hasOwn(x, 'v') ? x.v : x()) : x"


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
def test_a_name_may_be_declared_again_as_anything(worker, first, second):
    assert worker.run(f"{first.format(1)}\n{SHOWN}").value == "1"
    assert worker.run(f"{second.format(2)}\n{SHOWN}").value == "2"
    assert worker.run(f"{first.format(3)}\n{SHOWN}").value == "3"


@pytest.mark.parametrize("code, value", [
    ("let [x, y] = [5, 6]; x + y", "11"), ("const {x, z = 1} = {x: 5}; x + z", "6"), ("let w = 1, x = 2, v\nx + w", "3"),
    ("for (var x = 0; x < 3; x++); x", "3"), ("if (true) { var x = 9 }\nx", "9"), ("let x; x", None),
])
def test_a_declaration_of_several_names_may_declare_one_again(worker, code, value):
    for before in ("var x = 0", "let x = 0"):
        with Worker(LANGUAGE) as other:
            other.run(before)
            assert other.run(code).value == value


def test_a_name_declared_twice_in_one_snippet_is_an_error_and_runs_nothing(worker):
    answer = worker.run("console.log('ran'); let q = 1; let q = 2")
    assert answer.error == ("SyntaxError", "Identifier 'q' has already been declared") and answer.out == ""
    assert worker.run("let q = 3; q").value == "3"


def test_what_failed_to_be_set_may_be_set_again(worker):
    worker.run("const x = (() => { throw new Error('no') })()")
    assert worker.run("const x = 4; x").value == "4"


def test_await_at_the_top_keeps_what_it_binds(worker):
    worker.run("const got = await new Promise((resolve) => setTimeout(resolve, 5, 'later'))")
    assert worker.run("got").value == "'later'"
    assert worker.run("for await (const x of [1, 2]) console.log(x)").out == "1\n2\n"


@pytest.mark.parametrize("code, value", [
    ("import { join } from 'path'\njoin('a', 'b')", "'a/b'"), ("import fs, { readFileSync as read } from 'node:fs'; fs.readFileSync === read", "true"),
    ("import * as os from 'os'; os.EOL", r"'\n'"), ("import 'os'", None), ("(await import('path')).sep", "'/'"), ("export const e = 8; e", "8"),
    ("const text = 'import(x)'; text", "'import(x)'"), ("import own from './own.mjs'; own", "'mine'"), ("require('./own.cjs')", "'yours'"),
    ("(await import('inner')).default", "'inner'"), ("require('inner')", "'inner'"), ("import.meta.dirname === process.cwd()", "true"),
    ("import {\n  sep,\n  join as two,\n} from 'path'; two(sep, 'x')", "'/x'"), ("fs.existsSync('/')", "true"), ("module.exports", "{}"),
    ("require.main === module", "true"), ("import data from './data.json' with { type: 'json' }; data", None),
])
def test_modules_are_found_from_the_working_directory(tmp_path, code, value):
    (tmp_path / "own.mjs").write_text("export default 'mine'")
    (tmp_path / "own.cjs").write_text("module.exports = 'yours'")
    (tmp_path / "node_modules/inner").mkdir(parents=True)
    (tmp_path / "node_modules/inner/index.js").write_text("module.exports = 'inner'")
    with Worker(LANGUAGE, cwd=tmp_path) as worker:
        assert worker.run(code).value == value


def test_an_error_has_its_name_message_place_and_the_users_frames_only(worker):
    worker.run("function inner() {\n  null.x\n}")
    answer = worker.run("\n\ninner()")
    assert answer.error == ("TypeError", "Cannot read properties of null (reading 'x')")
    (_, attributes, parts), = answer.frames("error")
    assert attributes == {"kind": "runtime", "line": "3", "column": "1"}
    assert [body.decode() for name, body in parts if name == "traceback"] == [
        "TypeError: Cannot read properties of null (reading 'x')", "    at inner (<cell-1>:2:8)", "    at <cell-2>:3:1"]
    assert worker.run("try { inner() } catch (e) { e.stack.split('\\n').length }").value == "3"


@pytest.mark.parametrize("code, line, column", [
    ("x x", "1", "3"), ("\n\nlet 5 = 3", "3", "5"), ("f(", "1", "3"), ("`a", "1", "3"), ("return 5", "1", "1"), ("await (async () => {", "1", "21"),
])
def test_what_cannot_be_parsed_is_of_kind_compile_with_its_place(worker, code, line, column):
    answer = worker.run(code)
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": line, "column": column}
    assert answer.error[0] == "SyntaxError"


@pytest.mark.parametrize("code, error", [
    ("JSON.parse('{')", "SyntaxError"), ("new Function('x x')", "SyntaxError"), ("throw 5", "Thrown"), ("throw null", "Thrown"),
    ("await 0; throw new RangeError('r')", "RangeError"), ("await Promise.reject(new TypeError('t'))", "TypeError"),
    ("throw new Error('a', {cause: new Error('b')})", "Error"), ("throw Object.create(null)", "Thrown"),
    ("throw {get message() { throw 1 }}", "Thrown"), ("throw new Proxy({}, {get() { throw 7 }})", "Thrown"),
    ("class E extends Error { get name() { throw 1 } get stack() { throw 2 } }; throw new E('x')", "Error"),
    ("(function f() { f() })()", "RangeError"), ("new Array(-1)", "RangeError"),
])
def test_whatever_is_thrown_is_told_as_a_runtime_error(worker, code, error):
    answer = worker.run(code)
    assert answer.error[0] == error and answer.frames("error")[0][1]["kind"] == "runtime"
    assert answer.shape == ["error", "done"] and worker.run("1").value == "1"


def test_a_cause_and_the_errors_of_many_are_in_the_traceback(worker):
    answer = worker.run("throw new AggregateError([new Error('one'), new Error('two')], 'many')")
    text = "\n".join(body.decode() for name, body in answer.frames("error")[0][2] if name == "traceback")
    assert "many" in text and "Error: one" in text and "Error: two" in text and "node:inspector" not in text


def test_errors_that_nobody_waits_for_are_told_on_stderr_and_end_nothing(worker):
    answer = worker.run("Promise.reject(new Error('lost')); setTimeout(() => { throw new Error('late') }); "
                        "await new Promise((resolve) => setTimeout(resolve, 30)); 5")
    assert answer.value == "5" and "Uncaught Error: lost" in answer.err and "Uncaught Error: late" in answer.err
    assert worker.run("process.on('uncaughtException', (e) => console.log('mine', e.message)); setTimeout(() => { throw new Error('x') }); "
                      "await new Promise((resolve) => setTimeout(resolve, 30))").out == "mine x\n"


def test_what_is_set_going_at_once_prints_within_the_run(worker):
    assert worker.run("Promise.resolve(5).then(console.log); process.nextTick(() => console.log(6)); undefined").shape == [
        ("stdout", "6\n5\n"), "done"]


def test_timers_go_on_between_snippets(worker):
    worker.run("let ticks = 0; const timer = setInterval(() => { ticks++; console.log('tick') }, 1); undefined")
    worker.read_output("tick\ntick\n")
    assert int(worker.run("clearInterval(timer); ticks").value) >= 2


INTERRUPTED = [
    "for (;;);", "try { for (;;); } catch {} finally { globalThis.fin = 1 }", "await new Promise(() => {})", "await 0; for (;;);",
    "setTimeout(() => { for (;;); }); await new Promise(() => {})", "(async () => { for (;;) await 0 })()", "prompt('x? ')",
    "fs.readFileSync(0)", "fs.readSync(0, Buffer.alloc(9))", "fs.readFileSync('/dev/stdin')", "child_process.execSync('sleep 100')",
    "for (;;) console.log('y')", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)", "/(a+)+$/.test('a'.repeat(60) + 'b')",
    "for await (const x of process.stdin);", "process.stdin.on('data', () => {})", "[1, 2].sort(() => { for (;;); })",
    "JSON.stringify({ toJSON() { for (;;); } })", "({ [util.inspect.custom]() { for (;;); } })", "process.nextTick(() => { for (;;); }); 1",
    "await readline.promises.createInterface({input: process.stdin}).question('q')", "throw { get name() { for (;;); }, [util.inspect.custom]() { for (;;); } }",
    "setImmediate(() => { for (;;); }); await new Promise(() => {})", "new Proxy({}, { get() { for (;;); } }).x",
]


@pytest.mark.parametrize("code", INTERRUPTED)
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("const kept = 5")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupted"
    assert len(answer.frames("prompt")) == len(answer.frames("taken"))
    assert worker.run("kept").value == "5" and worker.run("await new Promise((resolve) => setTimeout(resolve, 1, kept))").value == "5"
    assert worker.run("child_process.execSync('echo whole').toString()").value == r"'whole\n'"


def test_an_interrupt_of_a_command_is_none_of_its_errors(worker):
    worker.run("const run = () => { try { child_process.execSync('echo ready; exec sleep 600', {stdio: 'inherit'}) } finally { console.log('never') } }")
    for _ in range(25):  # the command ends and the interrupt comes at one time
        worker.start("run()")
        worker.read_output("ready")
        worker.interrupt()
        assert worker.wait().shape == ["error", "done"]
    assert "SIGINT" in worker.run("child_process.spawnSync('kill -INT $$', {shell: true}).signal").value
    answer = worker.interrupted("process.once('SIGINT', () => console.log('heard')); child_process.spawnSync('sleep 600', {shell: true}).signal")
    assert answer.value == "'SIGINT'" and worker.run("'sound'").value == "'sound'"


def test_a_listener_for_sigint_has_the_interrupt_and_the_snippet_goes_on(worker):
    worker.run("'it is up'")
    answer = worker.interrupted("await new Promise((resolve) => process.once('SIGINT', resolve)); 'survived'")
    assert answer.value == "'survived'" and answer.done == {"status": "ok"}
    assert worker.interrupted("for (;;);").done == {"status": "interrupted"}


def test_an_interrupt_between_snippets_does_nothing(worker):
    worker.run("const kept = 5")
    for _ in range(20):
        worker.interrupt()
        assert worker.run("kept").shape == ["result", "done"]


def test_a_callback_that_never_ends_is_ended_for_the_next_snippet(worker):
    worker.run("setTimeout(() => { console.log('begun'); for (;;); }, 50); 5")
    worker.read_output("begun")
    worker.start("'after'")
    assert worker.wait(nudge=worker.interrupt).done["status"] in ("ok", "interrupted")
    assert worker.run("'sound'").value == "'sound'"


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("const kept = 41")
    runs = worker.interrupted_at_random("for (let i = 0; i < 3e6; i++); display(1); await 0; for (let i = 0; i < 3e6; i++); console.log('x')", within=0.012, times=200)
    assert "interrupted" in statuses(runs)
    assert worker.run("kept").shape == ["result", "done"]


@pytest.mark.parametrize("code, done", [
    ("process.exit(3); console.log('no')", {"status": "error", "exit": "3"}), ("process.exit()", {"status": "ok", "exit": "0"}),
    ("await 0; process.exit(4)", {"status": "error", "exit": "4"}), ("try { process.exit(5) } finally { console.log('no') }", {"status": "error", "exit": "5"}),
    ("setTimeout(() => process.exit(6)); await new Promise(() => {})", {"status": "error", "exit": "6"}),
    ("process.exitCode = 7; undefined", {"status": "error", "exit": "7"}), ("[1].map(() => process.exit(300))", {"status": "error", "exit": "44"}),
])
def test_an_exit_ends_the_snippet_and_keeps_the_context(worker, code, done):
    worker.run("const kept = 5")
    answer = worker.run(code)
    assert (answer.shape, answer.done) == (["done"], done)
    assert worker.run("kept").done == {"status": "ok"}


@pytest.mark.parametrize("code", [
    "globalThis.process = undefined; Promise = null; JSON = {}; Buffer = 0; setImmediate = null; console = 1; Error = 1",
    "Error.prepareStackTrace = () => { throw 1 }; Error.stackTraceLimit = 0", "fs.closeSync(1); fs.closeSync(2); fs.closeSync(0)",
    "process.stdout.end(); process.stderr.destroy()", "process.removeAllListeners()", "process.stdin.destroy()", "'use strict'; undefinedName = 1",
    "Object.defineProperty(globalThis, '_', {get() { throw 1 }})", "delete globalThis.process", "process.emit('SIGINT')", "var fs = 1; let path = 2",
    "globalThis.__proto__ = null", "Object.prototype.polluted = 1",
])
def test_a_snippet_that_goes_astray_does_not_derail_the_worker(worker, code):
    worker.run("const kept = 5, out = process.stdout, run = require('child_process').execSync")
    worker.run(code)
    assert worker.run("kept").value == "5"
    assert worker.run("run('echo child; echo err >&2', { stdio: 'inherit' }); undefined").shape in (
        [("stdout", "child\n"), ("stderr", "err\n"), "done"], [("stderr", "err\n"), ("stdout", "child\n"), "done"])
    assert worker.interrupted("for (;;);").done == {"status": "interrupted"}


def test_output_errors_and_frames_come_in_their_order(worker):
    answer = worker.run("console.log(1); process.stdout.write('2'); child_process.execSync('printf 3', {stdio: 'inherit'}); display(4)")
    assert answer.shape == [("stdout", "1\n23"), "display", "done"]
    answer = worker.run("display(1); clearOutput(true); progress(1); console.log(2); 3")
    assert answer.out == "2\n" and [name for name in answer.shape if isinstance(name, str)] == [
        "display", "clear", "progress", "result", "done"]


def test_much_output_comes_whole(worker):
    assert worker.run("for (let i = 0; i < 20000; i++) console.log('x'.repeat(99)); process.stdout.write(Buffer.alloc(3e6, 120)); undefined").out == (
        ("x" * 99 + "\n") * 20000 + "x" * 3000000)
    assert len(worker.run("Buffer.alloc(2e6, 120).toString().split('')", silent=1).events) == 1
    assert "1990000 more characters" in worker.run("'x'.repeat(2e6)").value


def test_merged_output_comes_as_stdout_in_true_order_children_too(worker):
    code = """console.log(1); console.error(2); fs.writeSync(2, '3\\n'); child_process.execSync('echo 4; echo 5 >&2', {stdio: 'inherit'});
const child = child_process.spawn('sh', ['-c', 'echo 6; echo 7 >&2'], {stdio: 'inherit'});
await new Promise((resolve) => child.on('close', () => resolve()))"""
    assert worker.run(code, merge=1).shape == [("stdout", "1\n2\n3\n4\n5\n6\n7\n"), "done"]
    assert worker.run("console.error(8); child_process.execSync('echo 9 >&2', {stdio: 'inherit'}); undefined").shape == [("stderr", "8\n9\n"), "done"]


def test_display_shows_every_form_that_a_value_has(worker):
    answer = worker.run("""
display.html('<b>x</b>'); display.svg('<svg/>'); display.markdown('*m*'); display.json({a: 1}); display.latex('$x$');
display.png(Buffer.from([1, 2])); display({'text/html': '<i>', 'text/plain': 'i'}, {raw: true, metadata: {w: 1}});
display({[Symbol.for('Jupyter.display')]() { return {'text/html': '<u>'} }}); display({_toHtml() { return '<p>' }}); display({a: 1})""")
    forms = [[name for name, _ in parts] for _, _, parts in answer.frames("display")]
    assert forms == [["text/plain", form] for form in ("text/html", "image/svg+xml", "text/markdown", "application/json", "text/latex", "image/png")] + [
        ["text/plain", "text/html", "metadata"], ["text/plain", "text/html"], ["text/plain", "text/html"], ["text/plain"]]
    assert answer.frames("display")[5][2][1][1] == b"\x01\x02" and answer.frames("display")[6][2][-1][1] == b'{"w":1}'
    assert [part[0] for part in worker.run("({_toHtml() { return '<p>' }})").frames("result")[0][2]] == ["text/plain", "text/html"]


def test_what_was_displayed_is_replaced_by_its_id(worker):
    answer = worker.run("const id = display(1, {id: true}); updateDisplay(id, 2); display(3, {id: 'a b/c'}); progress(1, 2, 'half'); undefined")
    assert [event[1] for event in answer.frames("display")] == [
        {"display": "display-1"}, {"display": "display-1", "update": "1"}, {"display": "a%20b%2Fc"}]
    assert answer.frames("progress")[0][1:] == ({"current": "1", "total": "2"}, [("label", b"half")])


def test_a_form_that_fails_is_told_and_the_text_is_shown(worker):
    answer = worker.run("({_toHtml() { throw new Error('no html') }})")
    assert answer.value and "no html" in answer.err and answer.done == {"status": "ok"}
    assert worker.run("({[util.inspect.custom]() { throw new Error('no text') }})").done["status"] == "error"


def test_prompt_reads_a_line_and_tells_that_it_waits(worker, input_to):
    answer = worker.run("`[${prompt('name? ')}]`", then=answering(worker))
    assert answer.shape == [("stdout", "name? "), "prompt", "taken", "result", "done"] and answer.value == "'[Ada]'"
    assert worker.run("prompt('p', 'preset')", then=answering(worker, "\n")).value == "'preset'"
    assert worker.run("prompt.password('pw: ')", then=answering(worker)).frames("prompt")[0][1] == {"password": "1"}
    assert input_to("[prompt(), prompt(), prompt()]", "grüße\nlast").value == "[ 'grüße', 'last', null ]"
    answer = worker.run("prompt('x')", stdin="none")
    assert answer.error[0] == "Error" and "no input" in answer.error[1] and not answer.frames("prompt")


def test_questions_of_readline_are_told_and_their_run_waits_for_the_answer(worker):
    worker.run("const face = readline.createInterface({ input: process.stdin, output: process.stdout }); undefined")
    for n in range(3):
        answer = worker.run("face.question('q? ', (text) => console.log('got', text)); undefined", then=answering(worker))
        assert answer.out == "q? got Ada\n" and [name for name in answer.shape if isinstance(name, str)] == ["prompt", "taken", "done"]
    answer = worker.run("face.close(); const other = readline.promises.createInterface({ input: process.stdin, output: process.stdout }); "
                        "const text = await other.question('p? '); other.close(); text", then=answering(worker))
    assert answer.shape == [("stdout", "p? "), "prompt", "taken", "result", "done"] and answer.value == "'Ada'"
    assert "no input" in worker.run("await readline.promises.createInterface({input: process.stdin}).question('x')", stdin="none").error[1]


@pytest.mark.parametrize("code, out", [
    ("process.stdin.on('data', (c) => console.log('data', String(c))).on('end', () => console.log('end')); undefined", "data a\nb\nend\n"),
    ("for await (const line of readline.createInterface({ input: process.stdin })) console.log(line)", "a\nb\n"),
    ("readline.createInterface({ input: process.stdin }).on('line', (l) => console.log('<' + l + '>')); undefined", "<a>\n<b>\n"),
    ("process.stdin.pipe(process.stdout); undefined", "a\nb"), ("console.log(fs.readFileSync(0, 'utf8'))", "a\nb\n"),
    ("console.log(child_process.execSync('cat', { stdio: ['inherit', 'pipe', 'inherit'] }).toString())", "a\nb\n"),
    ("console.log(prompt()); process.stdin.on('data', (c) => console.log(`${c}`)); undefined", "a\nb\n"),
])
def test_input_is_read_in_every_way_and_afresh_by_the_next_run(input_to, code, out):
    for _ in range(2):
        assert input_to(code.replace("process.stdin.pipe(process.stdout)", "process.stdin.pipe(process.stdout, { end: false })"), "a\nb").out == out
    assert input_to("`${prompt()}|${fs.readFileSync(0)}`", "a\nb").value == "'a|b'"


def test_stdin_stays_such_that_reads_wait(input_to):
    flags = "parseInt(/flags:\\s*(\\d+)/.exec(fs.readFileSync('/proc/self/fdinfo/0'))[1], 8) & fs.constants.O_NONBLOCK"
    assert input_to("process.stdin.on('data', () => {}); undefined", "x").done == {"status": "ok"}
    assert input_to(flags, "").value == "0"


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run("child_process.execSync('ls /proc/self/fd', {stdio: ['inherit', 'pipe', 'inherit']}).toString()").value == r"'0\n1\n2\n3\n'"


def test_arguments_and_traceparent_are_of_their_run(worker):
    assert worker.run("process.argv.slice(2)", argv=["a b", "é", ""]).value == "[ 'a b', 'é', '' ]"
    assert worker.run("process.argv.length").value == "5"
    assert worker.run("process.env.TRACEPARENT", traceparent="00-a").value == "'00-a'"
    assert worker.run("process.env.TRACEPARENT").value is None
    worker.run("process.env.TRACEPARENT = 'own'", traceparent="00-b")
    assert worker.run("process.env.TRACEPARENT").value == "'own'"


def test_a_snippet_of_a_megabyte_runs(worker):
    assert worker.run("// " + "x" * 97 + "\n" + ("var big = 1;" + " " * 87 + "\n") * 10000 + "import('os'); 'end'").value == "'end'"


def test_unknown_requests_are_refused_and_silent_runs_have_no_result(worker):
    worker.send(b"dance code:1\nx")
    assert worker.wait().error[1] == "this worker does not know the request 'dance'"
    assert worker.run("5", silent=1).shape == ["done"]


def test_end_of_requests_ends_it_with_the_users_exit_listeners_for_a_moment(worker):
    worker.run("process.on('exit', () => { console.log('bye'); for (;;); }); setInterval(() => {}, 1); undefined")
    assert worker.close() == 0


def test_a_rubbish_environment_does_not_spoil_the_start():
    with Worker(LANGUAGE, env={"NODE_OPTIONS": "--pending-deprecation --trace-warnings", "FORCE_COLOR": "1", "NODE_PATH": "/none"}) as worker:
        assert worker.run("console.log('fine')").shape == [("stdout", "fine\n"), "done"]
        assert worker.interrupted("for (;;);").err == ""
