# SPDX-License-Identifier: Apache-2.0
"""The Ruby worker by the contract of langs/WORKER.md, alone over its descriptors."""
import os

import pytest
from harness import Worker, answers, statuses

LANGUAGE = "ruby"


def test_variables_methods_constants_and_the_directory_are_kept(worker, tmp_path):
    worker.run(f"x = 3; @y = 4; $z = 5; K = 6; def f(n) = n * 2; class Box; attr_accessor :v; end; Dir.chdir('{tmp_path}')")
    assert worker.run("puts f(x), @y, $z, K; b = Box.new; b.v = 7").out == "6\n4\n5\n6\n"
    assert worker.run("p b.v, Dir.pwd").out == f'7\n"{tmp_path}"\n'
    assert worker.run("class Box; def w = v + 1; end; b.w").value == "8" and worker.run("_ + 1").value == "9"


@pytest.mark.parametrize("code, value", [
    ("6 * 7", "42"), ("'a'", '"a"'), ("[1, nil]", "[1, nil]"), ("{ a: 1 }", "{:a=>1}"), (":s", ":s"), ("x = 5", None), ("a, b = 1, 2", None),
    ("x += 1", None), ("def g; end", None), ("class C; end", None), ("nil", None), ("5;", None), ("5 ; # hidden", None), ("5 # shown", "5"),
    ("x == 1", "false"), ("if true then 3 end", "3"), ("begin\n  4\nend", "4"), ("h = {}; h[:a] = 1", None), ("@i = 2", None), ("'é' # ü", '"é"'),
    ("x = 10\nx /2", "5"), ("puts 1", None), ("Object.new.tap { |o| def o.inspect = 'mine' }", "mine"), ("BasicObject.new", "#<BasicObject>"),
    ("\"\\xff\"", '"\\xFF"'), ("Class.new(StandardError) { def inspect = 5 }.new", "5"),
])
def test_the_value_of_the_last_expression_is_told(worker, code, value):
    worker.run("x = 0")
    answer = worker.run(code)
    assert answer.value == value and answer.done == {"status": "ok"}


def test_a_long_value_is_shown_as_irb_does_and_silence_is_kept(worker):
    assert worker.run("('aaaa'..'aaaz').to_a").value.startswith('["aaaa",\n "aaab",')
    assert worker.run("7", silent=1).shape == ["done"]


def test_an_error_has_its_class_its_line_and_rubys_traceback(worker):
    answer = worker.run("def f(n)\n  raise ArgumentError, 'odd'\nend\ndef g(n) = f(n)\n\ng(2)")
    assert answer.error == ("ArgumentError", "odd") and answer.done == {"status": "error"}
    (_, attributes, parts), = answer.frames("error")
    assert attributes == {"kind": "runtime", "line": "2"} and ("file", b"<cell 1>") in parts
    assert [text.decode() for name, text in parts if name == "traceback"] == [
        "<cell 1>:2:in `f': odd (ArgumentError)", "\tfrom <cell 1>:4:in `g'", "\tfrom <cell 1>:6:in `<main>'"]


@pytest.mark.parametrize("code, name, line", [
    ("\n1 / 0", "ZeroDivisionError", "2"), ("nosuch", "NameError", "1"), ("nil.nosuch", "NoMethodError", "1"), ("require 'no/such'", "LoadError", "1"),
    ("[1].each do |i|\n  raise 'x'\nend", "RuntimeError", "2"), ("require 'json'\n\nJSON.parse('{')", "JSON::ParserError", "3"), ("raise Class.new(StandardError)", "anonymous class", "1"),
    ("throw :x", "UncaughtThrowError", "1"), ("def r(n) = r(n + 1) + 1\nr(0)", "SystemStackError", "1"), ("eval('1 +')", "SyntaxError", "1"),
    ("raise Exception, 'bare'", "Exception", "1"), ("Integer('x')", "ArgumentError", "1"), ("\n\nraise SignalException, 'TERM'", "SignalException", "3"),
    ("Object.new.tap { |o| def o.inspect = raise('odd') }", "RuntimeError", "1"),
])
def test_each_failure_is_told_with_its_line(worker, code, name, line):
    answer = worker.run(code)
    attributes = answer.frames("error")[0][1]
    assert (answer.error[0], attributes["line"], attributes["kind"]) == (name, line, "runtime")
    assert "worker/" not in "".join(str(parts) for _, _, parts in answer.frames("error"))


def test_the_cause_of_an_error_stands_behind_it(worker):
    parts = worker.run("begin\n  raise 'first'\nrescue\n  raise 'second'\nend").frames("error")[0][2]
    assert [text for name, text in parts if name == "traceback"][-1] == b"<cell 1>:2:in `<main>': first (RuntimeError)"


def test_an_error_whose_own_message_fails_is_still_told(worker):
    assert worker.run("class Odd < StandardError; def message = raise('x'); end; raise Odd").error == (
        "Odd", "<Odd whose message fails: RuntimeError>")


@pytest.mark.parametrize("code, line", [("1\nx = = 2", "2"), ("def f(", "1"), ("puts 'ran'\nend", "2"), ("'open", "1"), ("break", "1"), ("@1 = 2", "1")])
def test_what_does_not_parse_runs_not_at_all(worker, code, line):
    answer = worker.run(code)
    assert answer.out == "" and answer.error[0] == "SyntaxError" and not answer.error[1].startswith("<cell")
    assert answer.frames("error")[0][1]["kind"] == "compile" and answer.frames("error")[0][1]["line"] == line


@pytest.mark.parametrize("code", [
    "$stdout = nil; $stderr = nil", "$stdout = StringIO.new rescue require('stringio')", "trap('INT') { raise 'mine' }", "trap('INT', 'DEFAULT')", "$, = '-'; $; = 'x'; $/ = 'q'",
    "Thread.new { Thread.main.raise('from outside') }.join", "def puts(*) = raise('x')\ndef send(*) = raise('x')", "class Object; def nil? = true; def inspect = 'i'; end",
    "Thread.current.report_on_exception = false; Thread.abort_on_exception = true; Thread.new { raise 'x' }; sleep 0.1", "GC.stress = false; ObjectSpace.garbage_collect",
    "Dir.chdir('/'); ENV.clear", "self.freeze; Object.new.freeze", "BEGIN { x = 1 }", "__END__\nnot ruby ((", "return", "exit", "at_exit { puts 'later' }", "STDIN.close",
    "module Kernel; def require(*) = raise('no'); end", "$0 = 'else'; ARGV.freeze", "Process.setproctitle('x')", "Encoding.default_internal = 'UTF-8'", "Fiber.yield", "retry", "redo",
    "throw :done", "binding.local_variable_set(:code, 1)", "Signal.trap('EXIT') { }",
])
def test_a_snippet_that_goes_astray_does_not_derail_the_worker(worker, code):
    worker.run("kept = 5")
    worker.run(code)
    assert worker.run("$stdout = STDOUT; STDOUT.write('fine ', kept.to_s, 10.chr); nil").shape == [("stdout", "fine 5\n"), "done"]


def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    answer = worker.run("x = 1\nbegin\n  exit 3\nensure\n  puts 'left'\nend\nputs 'no'")
    assert answer.shape == [("stdout", "left\n"), "done"] and answer.done == {"status": "error", "exit": "3"}
    assert worker.run("exit").done == {"status": "ok", "exit": "0"} and worker.run("exit(false)").done == {"status": "error", "exit": "1"}
    assert worker.run("abort 'bye'").err == "bye\n" and worker.run("x").value == "1"
    assert worker.run("puts 1; return; puts 2").shape == [("stdout", "1\n"), "done"]


@pytest.mark.parametrize("code", [
    "sleep", "loop {}", "while true; end", "system('sleep 600')", "`sleep 600`", "loop { puts 'flood' }", "gets", "STDIN.read", "$stdin.readline", "STDIN.sysread(1)",
    "IO.select([STDIN])", "Thread.new { loop {} }.join", "Thread.new { sleep }; Queue.new.pop", "Process.wait(spawn('sleep 600'))", "begin; sleep; ensure; puts 'tidied'; end",
    "/\\A(a|a)*\\1$/.match?('a' * 40 + 'b')", "begin; loop {}; rescue StandardError; end", "(1..).each { |i| i }", "puts gets", "[3, 1].cycle { |i| i }", "fork { sleep }; Process.wait",
    "def r(n) = r(n + 1); loop { begin; r(0); rescue SystemStackError; end }",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("kept = 5")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupt" and (answer.err == "" or "fork" in code)
    assert len(answer.frames("prompt")) == len(answer.frames("taken"))
    assert worker.run("kept").value == "5"


def test_an_interrupt_that_the_snippet_survives_is_none(worker):
    assert worker.interrupted("begin; sleep; rescue Interrupt; puts 'caught'; end").shape == [("stdout", "caught\n"), "done"]
    assert worker.interrupted("go = true; trap('INT') { go = false }; sleep 0.01 while go; puts 'own'").shape == [("stdout", "own\n"), "done"]
    assert worker.interrupted("sleep").done == {"status": "interrupted"}


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("kept = 41")
    runs = worker.interrupted_at_random("y = (1..2000).map { |i| i.to_s }.sort; puts 'x'; sleep 0.001; Quern.display(1); system('true'); 1", within=0.008, times=300)
    assert "interrupted" in statuses(runs)
    assert worker.run("kept").shape == ["result", "done"]


def test_gets_asks_with_what_was_printed_before_it(worker):
    answer = worker.run("puts 'hi'; print 'na', 'me? '; name = gets.chomp; name", then=answers(worker, "Åsa\n"))
    assert answer.shape == [("stdout", "hi\nname? "), "prompt", "taken", "result", "done"] and answer.value == '"Åsa"'
    assert answer.frames("prompt")[0][1:] == ({"password": "0"}, [("prompt", b"name? ")])
    answer = worker.run("print 'a? '; a = $stdin.gets; print 'b? '; [a, STDIN.readline(chomp: true)]", then=answers(worker, "1\n", "2\n"))
    assert [parts for _, _, parts in answer.frames("prompt")] == [[("prompt", b"a? ")], [("prompt", b"b? ")]] and answer.value == '["1\\n", "2"]'
    assert worker.run("n = 0\nwhile gets\n  n += $_.to_i\n  break if n > 2\nend\nn", then=answers(worker, "1\n", "2\n")).value == "3"


def test_passwords_and_line_editors_ask_too(worker):
    answer = worker.run("require 'io/console'; STDIN.getpass('secret: ').size", then=answers(worker, "hunter2\n"))
    assert answer.frames("prompt")[0][1:] == ({"password": "1"}, [("prompt", b"secret: ")]) and answer.value == "7"
    assert worker.run("STDIN.noecho(&:gets)", then=answers(worker, "x\n")).frames("prompt")[0][1] == {"password": "1"}
    for library in ("readline", "reline"):
        code = f"require '{library}'; [{library.capitalize()}.readline('> ', true), {library.capitalize()}::HISTORY.to_a.last]"
        answer = worker.run(code, then=answers(worker, "typed\n"))
        assert answer.frames("prompt")[0][2] == [("prompt", b"> ")] and answer.value == '["typed", "typed"]'


def test_a_run_without_input_refuses_to_ask(worker):
    for code in ("gets", "STDIN.readline", "$stdin.getpass"):
        answer = worker.run(code, stdin="none")
        assert not answer.frames("prompt") and answer.error[0] == "IOError" and "no input" in answer.error[1]


def test_end_of_input_and_what_was_read_ahead_are_of_one_run(worker):
    worker.start("a = gets; b = gets; [a, b, $stdin.read]")
    worker.type("ab\n")
    worker.wait("taken")
    worker.end_input()
    assert worker.wait().value == '["ab\\n", nil, ""]'
    worker.fresh_input()
    worker.type("mine\nmore\nand more")
    assert worker.run("gets").value == '"mine\\n"'
    assert worker.run("gets", then=answers(worker, "next\n")).value == '"next\\n"'


def test_gets_reads_the_files_of_the_arguments_as_always(worker, tmp_path):
    (tmp_path / "lines").write_text("of a file\n")
    assert worker.run("[gets, ARGV]", argv=[str(tmp_path / "lines")]).value == '["of a file\\n", []]'


def test_arguments_environment_and_trace_arrive(worker):
    assert worker.run("p ARGV", argv=["a b", "", "é"]).out == '["a b", "", "é"]\n' and worker.run("ARGV.size").value == "3"
    show = "puts ENV.fetch('TRACEPARENT', 'none')"
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01\n" and worker.run(show).out == "none\n"
    worker.run("ENV['TRACEPARENT'] = 'mine'", traceparent="00-ab-cd-01")
    assert worker.run(show).out == "mine\n" and worker.run("__FILE__ == $0").value == "true"


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run("system(\"ls -l /proc/self/fd | grep -c 'pipe:'\")").out == "3\n"
    assert worker.run("File.open('/dev/null').fileno").value == "3"


def test_forks_of_the_snippets_end_with_it(worker):
    assert worker.run("fork { puts 'kid' }; Process.wait; puts 'parent'").out == "kid\nparent\n"
    answer = worker.run("child = fork\nif child then Process.wait(child); $?.exitstatus else Quern.display('shown'); exit 4 end")
    assert answer.shape == [("stdout", '"shown"\n'), "result", "done"] and answer.value == "4"
    answer = worker.run("if (child = fork) then Process.wait(child); $?.exitstatus else raise 'in the child' end")
    assert answer.value == "1" and "in the child (RuntimeError)" in answer.err


def test_merged_output_comes_as_stdout_in_true_order(worker):
    code = "2.times { |i| puts \"o#{i}\"; warn \"e#{i}\"; system('echo c; echo d >&2') }; nil"
    assert worker.run(code, merge=1).shape == [("stdout", "o0\ne0\nc\nd\no1\ne1\nc\nd\n"), "done"]
    for ending in ("exit", "raise 'x'", "f(", "1"):
        worker.run(ending, merge=1)
        assert worker.run("warn 'apart'").shape == [("stderr", "apart\n"), "done"]


def test_display_shows_values_and_other_types_of_content(worker):
    answer = worker.run("Quern.display([1]); Quern.display('<b>', 'text/html', plain: 'b', id: 'a b'); Quern.html('<i>')")
    assert [(attributes, parts) for _, attributes, parts in answer.frames("display")] == [
        ({}, [("text/plain", b"[1]")]), ({"display": "a%20b"}, [("text/plain", b"b"), ("text/html", b"<b>")]), ({}, [("text/plain", b"<i>"), ("text/html", b"<i>")])]
    assert worker.run("Quern.display(2, id: 1, update: true)").frames("display")[0][1] == {"display": "1", "update": "1"}
    assert worker.run("Quern.clear(wait: true)").frames("clear")[0][1] == {"wait": "1"}
    assert worker.run("Quern.progress(1, 2, 'half')").frames("progress")[0][1:] == ({"current": "1", "total": "2"}, [("label", b"half")])
    assert worker.run("Quern.display(1, 'nonsense')").error[0] == "ArgumentError"
    assert worker.run("o = Object.new; def o.to_svg = '<svg/>'; def o.to_html(x) = 1; o").part("result", "image/svg+xml") == "<svg/>"
    big = worker.run("Quern.display('x' * 300_000, 'text/html')")
    assert len(big.part("display", "text/html")) == 300_000


def test_threads_may_print_and_show_at_once(worker):
    answer = worker.run("8.times.map { |i| Thread.new { 50.times { Quern.display('x' * 9000) } } }.each(&:join)\nnil")
    assert len(answer.frames("display")) == 400


def test_much_code_and_much_output_go_through(worker):
    assert worker.run(("# " + "c" * 98 + "\n") * 10000 + "'end'").value == '"end"'
    assert len(worker.run("print 'x' * 5_000_000").out) == 5_000_000


def test_end_of_requests_runs_the_exit_hooks_for_a_second(worker):
    worker.run("at_exit { puts 'bye' }; Thread.new { sleep }; at_exit { exit 3 }; spawn('sleep 60')")
    assert worker.close() == 0


def test_an_endless_exit_hook_does_not_keep_the_worker(worker):
    worker.run("at_exit { loop {} }")
    assert worker.close() == 0


@pytest.mark.parametrize("env", [
    {"LC_ALL": "C"}, {"LC_ALL": "xx_XX"}, {"LANG": "POSIX", "LC_CTYPE": "C"}, {"HOME": "/nonexistent"}, {"RUBYLIB": "/nonexistent", "GEM_HOME": "/nonexistent"}, {"COLUMNS": "x", "TERM": ""},
])
def test_a_rubbish_environment_does_not_spoil_the_start(env):
    with Worker("ruby", env=env) as worker:
        assert worker.run("puts 'grüße', '世界'.size, File.read('/proc/self/comm').encoding").shape == [("stdout", "grüße\n2\nUTF-8\n"), "done"]


SETUP = """
my_list = { alpha: 1 }; my_text = 'abc'; @my_ivar = 1; $my_global = 2; MY_CONST = 3
def my_method(first, second = 2, *rest, key:, other: 3, &block) = first
module Zoo; class Owl; FEATHERS = 1; def initialize(wings: 2) = nil; def hoot = 1; def self.breed(count: 1) = 1; end; autoload :Never, "never"; end
class Evil < BasicObject; def method_missing(*) = ::Kernel.puts("called"); end
class Sly; def methods = puts("asked"); def respond_to?(*) = puts("asked"); def inspect = puts("asked"); def class = puts("asked"); def hidden = 1; end
my_evil = Evil.new; my_sly = Sly.new; my_owl = Zoo::Owl.new
"""


@pytest.mark.parametrize("code, start, some", [
    ("my_li", 0, {"my_list": "variable"}), ("x = my_m", 4, {"my_method": "method"}), ("my_list.fet", 8, {"fetch": "method"}), ("my_text.upc", 8, {"upcase": "method"}),
    ("my_owl.ho", 7, {"hoot": "method"}), ("my_owl&.ho", 8, {"hoot": "method"}), ("Zoo::O", 5, {"Owl": "class"}), ("Zoo::Owl::FEA", 10, {"FEATHERS": "constant"}),
    ("Zoo::Owl.bre", 9, {"breed": "method"}), ("Zoo::Nev", 5, {"Never": "class"}), ("@my", 0, {"@my_ivar": "variable"}), ("$my", 0, {"$my_global": "variable"}), ("MY_", 0, {"MY_CONST": "constant"}),
    ("'abc'.rev", 6, {"reverse": "method"}), ("[1].ma", 4, {"map": "method"}), ("3.5.ro", 4, {"round": "method"}), ("whi", 0, {"while": "keyword"}), ("pu", 0, {"puts": "method"}),
    ("é = my_l", 5, {"my_list": "variable"}), ("my_method(1, oth", 13, {"other: ": "argument"}), ("Zoo::Owl.breed(co", 15, {"count: ": "argument"}), ("my_method(key: my_t", 15, {"my_text": "variable"}),
    ("# my_l", 6, {}), ("'my_l", 1, {}), ("\"#{my_l", 3, {"my_list": "variable"}), ("require 'js", 9, {"json": "library"}), ("File.read('/etc/passw", 11, {"/etc/passwd": "file"}),
    ("my_sly.hid", 7, {"hidden": "method"}), ("my_list.keys.fir", 13, {}), ("nope_nope", 0, {}), ("File.join(my_t", 10, {"my_text": "variable"}), ("x.y.", 4, {}), ("Math::P", 6, {"PI": "constant"}),
])
def test_completion_knows_what_stands_before_the_cursor(worker, code, start, some):
    worker.run(SETUP)
    found, end, items = worker.complete(code)
    assert end == len(code.encode()) and (found == start or not items)
    assert {name: items.get(name) for name in some} == some and (some or not items)


def test_completion_and_inspection_run_nothing_of_the_users(worker):
    worker.run(SETUP)
    for code in ("my_evil.", "my_evil", "my_sly.", "my_sly", "my_sly.inspect", "Zoo::Never", "Zoo::Never.", "my_evil.x(", "my_sly.hidden("):
        worker.complete(code)
        worker.inspect(code)
        worker.inspect(code, 1)
    assert worker.run("nil").shape == ["done"]


@pytest.mark.parametrize("code, text", [
    ("my_method", "my_method(first, second = …, *rest, key:, other: …, &block)\nObject#my_method (<cell 1>:3)"), ("my_list", "my_list: Hash\n{:alpha=>1}"), ("my_text", 'my_text: String\n"abc"'),
    ("Zoo::Owl", "class Zoo::Owl < Object"), ("my_owl.hoot", "hoot()\nZoo::Owl#hoot"), ("my_owl", "my_owl: Zoo::Owl\n#<Zoo::Owl>"), ("my_evil", "my_evil: Evil"), ("puts", "puts(*)"), ("my_sly", "my_sly: Sly"),
    ("my_text.upcase", "upcase(*)\nString#upcase (of Ruby itself)"), ("@my_ivar", "@my_ivar: Integer\n1"), ("MY_CONST", "MY_CONST: Integer\n3"), ("my_method(1, ", "my_method(first"), ("Comparable", "module Comparable"),
    ("é = my_list", "my_list: Hash"), ("nope", None), ("", None), ("Zoo::Never", None), ("my_list.nope", None),
])
def test_inspection_tells_what_a_word_is(worker, code, text):
    worker.run(SETUP)
    found = worker.inspect(code)
    assert found is None if text is None else found.startswith(text), found


def test_inspection_shows_the_comment_and_the_source_of_a_method(worker):
    worker.run("# Doubles.\ndef twice(n)\n  n * 2 # so\nend\n\nx = 1")
    assert worker.inspect("twice").endswith("# Doubles.\ndef twice(n)\n  n * 2 # so\nend")
    worker.run("require 'json'")
    assert worker.inspect("JSON.parse").startswith("parse(source, opts = …)\nJSON.parse (") and "# :call-seq:" in worker.inspect("JSON.parse")
    assert "def parse(" not in worker.inspect("JSON.parse")
    assert "def parse(" in worker.inspect("JSON.parse", 1)


@pytest.mark.parametrize("code, state, indent", [
    ("x = 1", "complete", ""), ("", "complete", ""), ("def f(x)", "incomplete", "  "), ("def f(x)\n  if x", "incomplete", "    "), ("3.times do |i|", "incomplete", "  "), ("[1,", "incomplete", "  "),
    ("while x do", "incomplete", "  "), ("while x\n  y do", "incomplete", "    "), ("for i in 1..3 do", "incomplete", "  "), ("x = 1 if y", "complete", ""), ("'abc", "incomplete", ""), ("<<~E\n  text", "incomplete", ""),
    ("1 +", "incomplete", ""), ("foo.", "incomplete", ""), ("x = = 1", "invalid", ""), ("end", "invalid", ""), ("def f(x)\n x = = 1", "invalid", ""), ("{ |x|", "invalid", ""), ("=begin\nno end", "incomplete", ""),
    ("if x\n  1\nelse", "incomplete", "  "), ("a.if", "complete", ""), ("def if(x)", "incomplete", "  "), ("/re", "incomplete", ""), ("%w[a", "incomplete", ""), ("1 \\", "incomplete", ""), ("class << self", "incomplete", "  "),
    ("x = if y then 1 else 2 end", "complete", ""), ("def f(n) = n", "complete", ""), ("{ if: 1, do: [", "incomplete", "    "),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)


def test_the_check_knows_the_variables_of_the_context(worker):
    worker.run("x = 10")
    assert worker.check("x /2")[0] == "complete" and worker.run("x /2").value == "5"


def test_questions_print_nothing_whatever_is_asked(worker):
    for code in ("'\\q", "f(\"\\", "\x01", "a..", "::", "[[[", "(" * 2000, "é" * 999, "require '", "a.b.", "?", "x['", "#'", "%", "\"#{\"#{", "@@", "$", ":", "1.", "\xff"):
        assert worker.complete(code) and (worker.inspect(code) or True) and worker.check(code)
    assert worker.run("nil").shape == ["done"]
