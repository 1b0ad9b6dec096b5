# SPDX-License-Identifier: Apache-2.0
"""The Perl worker by the contract of langs/WORKER.md, alone over its descriptors."""
import time

import pytest
from harness import SECONDS, Worker, statuses

LANGUAGE = "perl"


def test_variables_subs_pragmas_packages_and_the_directory_are_kept(worker, tmp_path):
    worker.run(f"my $x = 1; my @y = (1, 2); our %z = (a => 1); sub f {{ $x + @y }} chdir '{tmp_path}'; use feature 'say'; use strict;")
    assert worker.run("use Cwd; say f(), $z{a}, getcwd").out == f"31{tmp_path}\n"
    assert worker.run("$undeclared = 1").error[0] == "SyntaxError"
    worker.run("no strict; package Other; sub g { __PACKAGE__ }")
    assert worker.run("__PACKAGE__ . g()").value == "'OtherOther'"


def test_closures_share_what_was_declared_before(worker):
    worker.run("my $n = 0;")
    worker.run("sub up { return ++$n }")
    worker.run("up(); up();")
    assert worker.run("$n").value == "2"


@pytest.mark.parametrize("code, value", [
    ("6 * 7", "42"), ("'text'", "'text'"), ("'it\\'s'", r"'it\'s'"), ("[1, [2]]", "[\n  1,\n  [\n    2\n  ]\n]"), ("+{b => 1, a => 2}", "{\n  'a' => 2,\n  'b' => 1\n}"),
    ("(1, 2, 'x')", "(1, 2, 'x')"), ("my $q = 5;", None), ("my $q = 5; $q + 1", "6"), ("my @l = (1, 2);\nscalar @l", "2"), ("$q = 3", None), ("$q++", None), ("undef", None),
    ("()", None), ("print ''", None), ("qr/x/i", "(?^i:x)"), ("1; 2 # two", "2"), ("use List::Util qw(sum); sum(1 .. 4)", "10"), ("sub t { 4 }\nt()", "4"),
    ("for (1) { 5 }", None), ("if (1) { 5 }", None), ("'a;b'", "'a;b'"), ("my %h = ('a;b' => 1); $h{'a;b'}", "1"), ("__PACKAGE__", "'main'"), ("wantarray ? 1 : 0", "1"),
    ("join ',', map { $_ * 2 } 1 .. 3", "'2,4,6'"), ("1 == 1", "1"), ("$h{x} //= 4", None), ("'x=1'", "'x=1'"), ("\ufeff7", "7"), ("7\r\n", "7"),
    ("# first\n\n5", "5"), ("=pod\n\ntext\n\n=cut\n\n6", None), ("bless [], 'Thing'", "bless( [], 'Thing' )"), ("local $_ = 3; $_", "3"), ("length 'ü'", "2"),
])
def test_the_value_of_a_last_expression_is_shown_and_of_a_statement_is_not(worker, code, value):
    answer = worker.run(code)
    assert (answer.value, answer.done) == (value, {"status": "ok"})


def test_an_object_is_shown_as_it_wants_to_be(worker):
    worker.run("package P; use overload '\"\"' => sub { 'P!' }, fallback => 1; sub new { bless {}, shift } package main;")
    assert worker.run("P->new").value == "P!"
    worker.run("package B; use overload '\"\"' => sub { die 'no text' }; sub new { bless {}, shift } package main;")
    answer = worker.run("B->new")
    assert "no text" in answer.value and answer.done == {"status": "ok"}


def test_an_error_has_its_message_place_and_callers(worker):
    worker.run("sub inner {\n  die 'deep';\n}\nsub outer { inner() }")
    answer = worker.run("\n\nouter();")
    assert answer.error == ("Error", "deep")
    (_, attributes, parts), = answer.frames("error")
    assert attributes == {"kind": "runtime", "line": "3"}
    assert [body.decode() for name, body in parts if name == "traceback"] == [
        "deep at <cell-1> line 2.", "\tmain::inner called at <cell-1> line 4", "\tmain::outer called at <cell-2> line 3"]


@pytest.mark.parametrize("code, name, message", [
    ("1 / 0", "Error", "Illegal division by zero"), ("die {code => 7}", "Error", "{\n  'code' => 7\n}"), ("die \"given\\n\"", "Error", "given"),
    ("package E; sub new { bless {}, shift } sub message { 'said' } package main; die E->new", "E", "said"), ("undefined_sub()", "Error", "Undefined subroutine &main::undefined_sub called"),
    ("my $o; $o->m", "Error", "Can't call method \"m\" on an undefined value"), ("require No::Such", "Error", None), ("last", "Error", None), ("next; 1", "Error", None), ("redo", "Error", None),
    ("use warnings FATAL => 'all'; my $u; my $v = \"$u\";", "Error", "Use of uninitialized value $u in string"),
])
def test_what_fails_is_a_runtime_error_with_its_message(worker, code, name, message):
    worker.run("my $kept = 5;")
    answer = worker.run(code)
    assert answer.error[0] == name and answer.frames("error")[0][1]["kind"] == "runtime" and message in (answer.error[1], None)
    assert worker.run("$kept").value == "5"


@pytest.mark.parametrize("code, line", [
    ("my $x = ;", "1"), ("my $ok = 1;\nfoo(;", "2"), ("if (1) {", "1"), ("print 'abc", "1"), ("use strict; $nope = 1;", "1"), ("use No::Such;", "1"), ("}", "1"), ("\n\n1 + = 2", "3"),
])
def test_what_cannot_be_parsed_is_of_kind_compile_and_has_run_nothing(worker, code, line):
    answer = worker.run(code)
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": line} and answer.error[0] == "SyntaxError"
    assert "Quern" not in str(answer.events) and worker.run("1").value == "1"
    assert worker.run("print 'ran';\nmy $x = = 1").out == ""


def test_the_special_variables_are_as_the_last_snippet_left_them(worker):
    worker.run("eval { die \"kept\\n\" }; open my $no, '<', '/no/such'; system 'sh', '-c', 'exit 3';")
    assert worker.run("$@ . ($! + 0) . ' ' . ($? >> 8)").value == "'kept\n2 3'"
    worker.run("die \"mine\\n\"")
    assert worker.run("$@").value == "'mine\n'"


@pytest.mark.parametrize("code, done", [
    ("exit 3; print 'no'", {"status": "error", "exit": "3"}), ("exit", {"status": "ok", "exit": "0"}), ("eval { exit 4 }; print 'no'", {"status": "error", "exit": "4"}),
    ("sub leave { exit $_[0] } leave(5)", {"status": "error", "exit": "5"}), ("for (1) { exit 300 }", {"status": "error", "exit": "44"}), ("my $v = 1; exit 2", {"status": "error", "exit": "2"}),
])
def test_an_exit_ends_the_snippet_and_keeps_the_context(worker, code, done):
    worker.run("my $kept = 5;")
    answer = worker.run(code)
    assert (answer.shape, answer.done) == (["done"], done)
    assert worker.run("$kept").value == "5"


@pytest.mark.parametrize("code", [
    "1 while 1", "sleep 100", "my $l = <STDIN>;", "my @l = <STDIN>;", "sysread STDIN, my $b, 1;", "system 'sleep 100'", "while (1) { system 'sleep 0.05' }", "`sleep 100`",
    "sub r { my $n = shift; 1 while 1 } r(1)", "print \"y\\n\" while 1", "select undef, undef, undef, 100", "my %h = map { $_ => 1 } 1 .. 9; while (1) { my @k = sort keys %h }",
    "for (;;) { my $declared = 1 }", "wait if fork() || exec 'sleep', '100'", "sort { 1 while 1 } 1, 2", "package D; sub new { bless [] } use overload '\"\"' => sub { 1 while 1 }; D->new",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("my $kept = 5;")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupted"
    assert worker.run("$kept").value == "5" and worker.run("`echo whole`").value == "'whole\n'"


def test_an_interrupt_that_is_caught_is_none(worker):
    answer = worker.interrupted("eval { sleep 100 }; print 'caught'; sleep 1; print ' on'")
    assert (answer.out, answer.done) == ("caught on", {"status": "ok"})
    answer = worker.interrupted("$SIG{INT} = sub { print 'heard' }; sleep 1; 1")
    assert answer.out == "heard" and answer.done == {"status": "ok"}
    answer = worker.interrupted("$SIG{INT} = 'IGNORE'; sleep 1; print 'slept'")
    assert answer.out == "slept" and worker.interrupted("sleep 100").done == {"status": "interrupted"}


def test_an_interrupt_of_a_command_is_told_though_it_comes_behind_its_end(worker):
    worker.start("system 'echo ready; exec sleep 600'")
    worker.read_output("ready")
    worker.signal()
    until = time.monotonic() + SECONDS
    while open(f"/proc/{worker.pid}/task/{worker.pid}/children").read():
        assert time.monotonic() < until, "the command goes on"
    worker.urge()
    assert worker.wait().done == {"status": "interrupted"}
    assert worker.run("$?").value == "2" and worker.run("system 'true'; $?").value == "0"


def test_an_interrupt_is_one_however_often_the_daemon_looks_again(worker):
    worker.start("$| = 1; eval { system 'echo ready; exec sleep 600' }; print 'caught'; <STDIN>; print ' on'")
    worker.read_output("ready")
    worker.interrupt()
    worker.read_output("caught")
    worker.urge()
    worker.type("\n")
    answer = worker.wait()
    assert answer.done == {"status": "ok"} and answer.out == " on"


def test_an_interrupt_between_snippets_does_nothing(worker):
    worker.run("my $kept = 5;")
    for _ in range(20):
        worker.interrupt()
        worker.check("1")
        assert worker.run("$kept").shape == ["result", "done"]


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("my $kept = 41;")
    runs = worker.interrupted_at_random(
        lambda turn: f"my $d{turn} = 1; for my $i (1 .. 60000) {{ $i * 2 }} print 'x'; my @l = map {{ $_ }} 1 .. 20000; 1", 0.01)
    assert "interrupted" in statuses(runs)
    worker.check("1")
    assert worker.run("$kept").value == "41"


@pytest.mark.parametrize("code", [
    "close STDOUT; close STDERR; close STDIN;", "$SIG{__DIE__} = sub { print 'hook' }; $SIG{__WARN__} = 'IGNORE';", "%SIG = ();", "$_ = 'x'; $/ = undef; $, = '-'; $\\ = '!'; $\" = '+';",
    "@INC = ();", "%ENV = ();", "$0 = 'renamed';", "select STDERR; $| = 0;", "open STDOUT, '>', '/dev/null';", "binmode STDOUT, ':utf8';", "local $SIG{ALRM} = sub { die }; alarm 1; select undef, undef, undef, 1.5;",
    "$^W = 1;", "package Deep; package main; use v5.36; no feature ':all';", "BEGIN { *CORE::GLOBAL::die = sub { CORE::die(@_) } }", "$SIG{INT} = 'DEFAULT';", "$@ = 'x'; $! = 5; return 7;",
])
def test_a_snippet_that_goes_astray_does_not_derail_the_worker(worker, code):
    worker.run("my $kept = 5;")
    worker.run(code)
    assert worker.run("$kept").value == "5"
    assert worker.interrupted("1 while 1").done == {"status": "interrupted"}
    worker.run("select STDOUT; $\\ = $, = undef; $/ = \"\\n\";")
    if "STDOUT, '>'" not in code:
        assert worker.run("print 'fine'").out == "fine"


def test_output_errors_and_children_come_in_their_order(worker):
    assert worker.run("print 1; system 'printf 2'; print 3; print STDERR 'e'").out == "123"
    assert worker.run("print 'x' x 99, \"\\n\" for 1 .. 20000").out == ("x" * 99 + "\n") * 20000
    assert len(worker.run("'x' x 2_000_000").value) == 2000002


def test_merged_output_comes_as_stdout_in_true_order_and_only_for_its_run(worker):
    code = "print \"1\\n\"; print STDERR \"2\\n\"; system 'echo 3; echo 4 >&2'; warn \"5\\n\"; print \"6\\n\""
    assert worker.run(code, merge=1).shape == [("stdout", "1\n2\n3\n4\n5\n6\n"), "done"]
    assert worker.run("print STDERR \"7\\n\"; system 'echo 8 >&2'").shape == [("stderr", "7\n8\n"), "done"]
    for ending in ("die 'x'", "exit 3", "close STDERR", "last"):
        worker.run(ending, merge=1)
        assert worker.run("print STDERR 'y'").shape == [("stderr", "y"), "done"]


@pytest.mark.parametrize("code, out", [
    ("print while <STDIN>", "a\nb"), ("print scalar <STDIN>, '|', scalar <STDIN>", "a\n|b"), ("local $/; print length <STDIN>", "3"), ("print `cat`", "a\nb"),
    ("sysread STDIN, my $all, 99; print $all", "a\nb"), ("my $first = <STDIN>; print $first", "a\n"), ("print while <>", "a\nb"), ("print eof(STDIN) ? 'end' : 'more'", "more"),
])
def test_input_is_read_in_every_way_and_afresh_by_the_next_run(input_to, code, out):
    for _ in range(2):
        assert input_to(code, "a\nb").out == out
    assert input_to("scalar <STDIN>", "new\n").value == "'new\n'"


def test_a_child_that_a_snippet_forks_is_no_worker(worker):
    answer = worker.run("my $pid = fork(); if (!$pid) { print \"child\\n\" } else { waitpid $pid, 0; print \"parent $?\\n\" }")
    assert answer.out == "child\nparent 0\n" and len(answer.frames("done")) == 1
    assert worker.run("if (fork() == 0) { exit 3 } wait; print $? >> 8").out == "3"
    answer = worker.run("if (fork() == 0) { die \"in child\\n\" } wait; print $? >> 8")
    assert (answer.out, answer.err) == ("255", "in child\n")


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run("print `ls /proc/self/fd`").out == "0\n1\n2\n3\n"
    assert worker.run("open my $f, '<', '/dev/null'; fileno $f").value == "3"


def test_arguments_and_traceparent_are_of_their_run(worker):
    assert worker.run("print map { \"<$_>\" } @ARGV", argv=["a b", "é", ""]).out == "<a b><é><>"
    assert worker.run("scalar @ARGV").value == "3"
    show = "print $ENV{TRACEPARENT} // 'none', ' ', `printenv TRACEPARENT`"
    assert worker.run(show, traceparent="00-a").out == "00-a 00-a\n"
    assert worker.run(show).out == "none "
    worker.run("$ENV{TRACEPARENT} = 'own'", traceparent="00-b")
    assert worker.run("$ENV{TRACEPARENT}").value == "'own'"


def test_data_behind_the_end_is_read_by_its_handle(worker):
    assert worker.run("print <DATA>;\n__DATA__\none\ntwo\n").out == "one\ntwo\n"
    assert worker.run("my $declared = 1; print scalar <DATA>;\n__END__\nthree").out == "three"
    assert worker.run("$declared").value == "1"


def test_definitions_that_come_again_are_not_warned_of(worker):
    worker.run("use warnings; my $x = 1; sub f { 1 }")
    answer = worker.run("my $x = 2; sub f { 2 } f() + $x")
    assert (answer.value, answer.err) == ("4", "")
    assert "uninitialized" in worker.run("my $u; print \"$u\"").err


PREPARED = ("use strict; my ($alpha, @alist, %ahash) = (1); %ahash = (kone => 1); our $global = 3; my $object = Foo->new;\n"
            "package Base; sub based { 1 } package Foo; our @ISA = 'Base'; sub new { bless {inner => 1}, shift } sub method { 1 }\n"
            "package main;\n# Adds\n# them.\nsub my_add { my ($a, $b) = @_; return $a + $b }\n"
            "package Tied; sub TIESCALAR { bless [] } sub FETCH { print 'ran'; 1 } package main; tie my $tied, 'Tied'; use POSIX ();")


@pytest.mark.parametrize("code, start, some", [
    ("$al", 1, {"alpha": "variable", "alist": "variable"}), ("@al", 1, {"alist": "variable", "alpha": None}), ("%ah", 1, {"ahash": "variable"}), ("$ahash{ko", 7, {"kone": "key"}),
    ("Foo->me", 5, {"method": "method"}), ("Foo->ba", 5, {"based": "method"}), ("$object->me", 9, {"method": "method"}), ("$object->{in", 10, {"inner": "key"}), ("my_a", 0, {"my_add": "function"}),
    ("pri", 0, {"print": "function"}), ("use List::Ut", 4, {"List::Util": "module"}), ("POSIX::flo", 0, {"POSIX::floor": "function"}), ("&my_", 1, {"my_add": "function"}), ("print $glo", 7, {"global": "variable"}),
    ("whi", 0, {"while": "keyword"}), ("# pri", 5, {}), ("1", 1, {}), ("$nosuch", 1, {}), ("é $al", 4, {"alpha": "variable"}), ("\"$al", 2, {"alpha": "variable"}), ("Quern", 0, {}), ("$tied->", 7, {}),
])
def test_completion_knows_what_stands_before_the_cursor_and_runs_nothing(worker, code, start, some):
    worker.run(PREPARED)
    found, end, items = worker.complete(code)
    assert end == len(code.encode()) and (found == start or not items)
    assert {name: items.get(name) for name in some} == some and (items or not some)
    assert worker.run("print ''").out == ""


@pytest.mark.parametrize("code, has", [
    ("$alpha", "$alpha = 1"), ("%ahash", "'kone' => 1"), ("my_add", "sub my_add, defined at <cell-1> line"), ("my_add", "Adds\nthem."), ("my_add", "return $a + $b"), ("$object", "'Foo'"),
    ("push", "a function of Perl's own"), ("while", "a word of Perl's own"), ("Foo", "subs: method new"), ("POSIX", "POSIX.pm"), ("nosuch", None), ("$nosuch", None), ("$tied", "$tied is tied"), ("", None),
])
def test_inspection_tells_what_a_name_is_and_runs_nothing(worker, code, has):
    worker.run(PREPARED)
    found = worker.inspect(code)
    assert found is None if has is None else has in found
    assert worker.run("print ''").out == ""


@pytest.mark.parametrize("code, state, indent", [
    ("if (1) {", "incomplete", "    "), ("sub f {\n    if (1) {", "incomplete", "        "), ("my $x =", "incomplete", ""), ("my $x = ;", "invalid", ""), ("foo(", "incomplete", "    "),
    ("x = = 1", "invalid", ""), ("}", "invalid", ""), ("print 'abc", "incomplete", ""), ("print <<E;\na", "incomplete", ""), ("print <<E;\na\nE", "complete", ""), ("s/a/", "incomplete", ""), ("1", "complete", ""),
    ("", "complete", ""), ("# x", "complete", ""), ("my @a = (1,\n2", "incomplete", ""), ("use strict; $q = 1", "complete", ""), ("use No::Such; 1", "complete", ""), ("BEGIN { print 'ran' } 1", "complete", ""),
    ("1 +", "incomplete", ""), ("[1, 2", "incomplete", ""), ("qw(a b", "incomplete", ""), ("print 'a' 'b'", "invalid", ""), ("sub f { 1 }", "complete", ""), ("__END__\n}}", "complete", ""),
])
def test_the_check_tells_what_enter_should_do_and_defines_nothing(worker, code, state, indent):
    worker.run("sub f { 'kept' }")
    assert worker.check(code) == (state, indent)
    assert worker.run("f()").shape == ["result", "done"] and worker.run("f()").value == "'kept'"


def test_ten_thousand_snippets_that_declare_take_little_memory(worker):
    worker.run("my $kept = 5;")
    before = worker.rss_mb
    for turn in range(2000):
        worker.run(f"my $v = {turn};")
    assert worker.run("$kept + $v").value == "2004" and worker.rss_mb - before < 40


def test_a_snippet_of_a_megabyte_runs(worker):
    assert worker.run(("#" * 99 + "\n") * 10000 + "print 'end'").out == "end"


def test_unknown_requests_are_refused_and_silent_runs_have_no_result(worker):
    worker.send(b"dance code:1\nx")
    assert worker.wait().error[1] == "this worker does not know the request 'dance'"
    assert worker.run("5", silent=1).shape == ["done"]


def test_end_of_requests_ends_it_with_the_users_end_blocks_for_a_moment(worker):
    worker.run("END { print 'bye'; 1 while 1 } 1")
    assert worker.close() == 0


def test_a_rubbish_environment_does_not_spoil_the_start():
    with Worker(LANGUAGE, env={"PERL5OPT": "-w", "PERLIO": "perlio", "LC_ALL": "xx_XX", "PERL_UNICODE": "", "PERL_BADLANG": "0"}) as worker:
        assert worker.run("print 'fine'").shape == [("stdout", "fine"), "done"]
