# SPDX-License-Identifier: Apache-2.0
"""The Rust worker by the contract of langs/WORKER.md, alone over its descriptors. Each snippet costs a compilation, so that
a test makes the most of a few."""
import os
import random
import select
import signal
import subprocess
import time

import pytest
from harness import Died, Worker

LANGUAGE = "rust"


def failed(answer):
    return answer.part("error", "name"), answer.part("error", "message")


def place(answer):
    (_, attributes, _), = answer.frames("error")
    return attributes.get("kind"), attributes.get("line"), attributes.get("column")


def traceback(answer):
    (_, _, parts), = answer.frames("error")
    return [body.decode() for name, body in parts if name == "traceback"]


# -- what is kept


@pytest.mark.parametrize("made, shown", [
    ("let x = vec![Some(1), None];", "[Some(1), None]"), ("let x = (1u8, 2.5, 'c', \"text\");", "(1, 2.5, 'c', \"text\")"),
    ("let x = std::collections::HashMap::from([(1, String::from(\"one\"))]);", '{1: "one"}'),
    ("let x = std::rc::Rc::new(std::cell::RefCell::new(vec![1]));", "RefCell { value: [1] }"),
    ("let x: Box<dyn std::fmt::Debug> = Box::new(5);", "5"), ("let x: Result<i32, std::num::ParseIntError> = \"7\".parse();", "Ok(7)"),
    ("let x = std::sync::Arc::new(std::sync::Mutex::new(1));", 'Mutex { data: 1, poisoned: false, .. }'),
    ("let x = std::time::Duration::from_millis(1500);", "1.5s"), ("let x = [[0i64; 2]; 2];", "[[0, 0], [0, 0]]"),
    ("let (x, _y) = (1, 2);", "1"), ("struct P { a: i32 }\nlet P { a: x } = P { a: 4 };", "4"), ("let x = 1..=3;", "1..=3"),
    ("let Some(x) = Some(3) else { panic!() };", "3"), ("let x;\nx = 5;", "5"), ("let x: fn(i32) -> i32 = |a| a + 1;", None),
    ("let x = std::path::PathBuf::from(\"/tmp\");", '"/tmp"'), ("let x = \"a b\".split_whitespace();", 'SplitWhitespace { inner: '),
])
def test_a_variable_is_kept_with_its_type(worker, made, shown):
    assert worker.run(made).shape == ["done"]
    assert shown is None or (worker.run("x").value or "").startswith(shown)


def test_a_variable_may_change_if_it_is_mutable_and_becomes_another_by_let(worker):
    worker.run("let mut list = vec![1]; let fixed = 1;")
    worker.run("list.push(2); list[0] = 5;")
    assert worker.run("list").value == "[5, 2]"
    assert failed(worker.run("fixed = 2;"))[0] == "error[E0594]"
    worker.run("let list = format!(\"{list:?}\");")
    assert worker.run("list").value == '"[5, 2]"'


def test_what_a_snippet_moves_is_gone_and_a_later_use_says_why(worker):
    worker.run("let text = String::from(\"a\"); let mut again = vec![1];")
    assert worker.run("let other = text; again = again.into_iter().map(|n| n + 1).collect();").shape == ["done"]
    name, message = failed(worker.run("text"))
    assert name == "error[E0425]" and "moved" in message and "define it again" in message
    assert worker.run("(other, again)").value == '("a", [2])'


def test_what_borrows_from_its_own_snippet_is_used_there_and_not_kept(worker):
    assert worker.run("let text = String::from(\"a\"); let part = &text[..]; println!(\"{part}\");").out == "a\n"
    assert worker.run("text").value == '"a"'
    assert "borrows" in failed(worker.run("part"))[1]


def test_closures_are_kept(worker):
    worker.run("let base = 10; let add = move |a: i32, b: i32| a + b + base;\nlet mut calls = 0;\nlet mut count = move || { calls += 1; calls };")
    assert worker.run("add(1, 2)").value == "13"
    assert worker.run("count(); count()").value == "2"
    assert worker.run("(1..3).map(|n| add(n, 0)).collect::<Vec<_>>()").value == "[11, 12]"


def test_names_in_format_strings_are_mentions(worker):
    worker.run("let name = \"world\"; let width = 7usize;")
    assert worker.run('println!("[{name:>width$}] {{}}");').out == "[  world] {}\n"


# -- definitions


def test_items_and_statements_come_in_any_order(worker):
    code = "println!(\"{}\", twice(LIMIT));\nfn twice(n: u32) -> u32 { double!(n) }\nconst LIMIT: u32 = 21;\nmacro_rules! double { ($e:expr) => { $e * 2 } }"
    assert worker.run(code).out == "42\n"
    assert worker.run("double!(twice(LIMIT))").value == "84"


def test_a_function_that_is_defined_anew_is_new_for_those_that_call_it(worker):
    worker.run("fn inner() -> i32 { 1 }\nfn outer() -> i32 { inner() + 1 }")
    worker.run("fn inner() -> i32 { 100 }")
    assert worker.run("(inner(), outer())").value == "(100, 101)"


def test_what_no_longer_fits_a_new_definition_stays_with_the_old(worker):
    worker.run("fn inner() -> i32 { 1 }\nfn outer() -> i32 { inner() + 1 }")
    assert worker.run("fn inner(text: &str) -> String { text.to_uppercase() }").shape == ["done"]
    assert worker.run("(inner(\"a\"), outer())").value == '("A", 2)'


def test_a_type_gets_impls_in_later_snippets_and_its_values_have_them(worker):
    worker.run("#[derive(Debug, Clone)]\nstruct Point { x: i32, y: i32 }\nlet p = Point { x: 1, y: 2 };\nlet many = vec![p.clone()];")
    worker.run("impl Point { fn sum(&self) -> i32 { self.x + self.y } }")
    worker.run("use std::fmt;\nimpl fmt::Display for Point { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, \"<{}>\", self.x) } }")
    worker.run("trait Area { fn area(&self) -> i32; fn double(&self) -> i32 { self.area() * 2 } }\nimpl Area for Point { fn area(&self) -> i32 { self.x * self.y } }")
    assert worker.run("(p.sum(), p.to_string(), many[0].double())").value == '(3, "<1>", 4)'
    worker.run("impl Point { fn sum(&self) -> i32 { 1000 } }")
    assert worker.run("(p.sum(), &p)").value == "(1000, Point { x: 1, y: 2 })"


def test_a_type_of_another_shape_is_another_type_and_old_values_stay_what_they_were(worker):
    worker.run("#[derive(Debug)]\nstruct Thing { a: u8 }\nlet old = Thing { a: 1 };")
    worker.run("#[derive(Debug)]\nstruct Thing { name: String }\nlet new = Thing { name: \"n\".into() };")
    assert worker.run("(&old, &new)").value == '(Thing { a: 1 }, Thing { name: "n" })'
    assert failed(worker.run("let wrong: Thing = old;"))[0] == "error[E0308]"


def test_statics_thread_locals_traits_generics_and_modules_last(worker):
    worker.run("use std::sync::atomic::{AtomicU32, Ordering};\nstatic COUNT: AtomicU32 = AtomicU32::new(0);\n"
               "thread_local! { static HERE: std::cell::Cell<i32> = std::cell::Cell::new(1); }\n"
               "mod inner { pub mod deep { pub fn f() -> i32 { super::g() } } fn g() -> i32 { 7 } }\nuse inner::deep;\n"
               "trait Name { fn name(&self) -> String; }\nimpl Name for i32 { fn name(&self) -> String { format!(\"i{self}\") } }\n"
               "struct Pair<A, B>(A, B);\nimpl<A: Copy, B> Pair<A, B> { fn first(&self) -> A { self.0 } }\nenum Way { Left, Right(u8) }\nuse Way::*;")
    worker.run("COUNT.fetch_add(1, Ordering::SeqCst); HERE.with(|h| h.set(5));\nlet pair = Pair(3, Right(4));")
    assert worker.run("(COUNT.load(Ordering::SeqCst), HERE.get(), deep::f(), 3.name(), pair.first(), matches!(pair.1, Left))").value == (
        '(1, 5, 7, "i3", 3, false)')


# -- values, tricky ends of statements


@pytest.mark.parametrize("code, value", [
    ("1 + 1", "2"), ("1 + 1;", None), ("()", None), ("let a = 1", None), ("if true { 1 } else { 2 }", "1"), ("match 3 { n => n * 2 }", "6"),
    ("for _ in 0..2 {}", None), ("{ }\n{ 2 }", "2"), ("if false {}\n-1", "-1"), ("\"text\"", '"text"'), ("'c'", "'c'"), ("b\"x\"", "[120]"),
    ("r#\"a \"quoted\" {\"#", '"a \\"quoted\\" {"'), ("vec![1, 2].iter().sum::<i32>()", "3"), ("struct S;\nS", "<S>"),
    ("1 // the end", "1"), ("/* { */ 1", "1"), ("#[derive(Debug)] enum E { A }\nE::A", "A"), ("unsafe { 5 }", "5"),
    ("'outer: loop { break 'outer; }", None), ("loop { break 7 }", "7"), ("println!(\"x\")", None), ("|a: i32| a", None),
    ("match 1 { _ => vec![1] }.len()", "1"), ("if let Some(x) = match 1 { 1 => Some(2), _ => None } { x } else { 0 }", "2"),
    ("let v = 'a'; v as u32", "97"), ("1.0f64 / 3.0", "0.3333333333333333"), ("format_args!(\"{}\", 1).to_string()", '"1"'),
])
def test_the_last_expression_is_the_value(worker, code, value):
    answer = worker.run(code)
    assert answer.error is None, traceback(answer)
    assert value is None and answer.value in (None, answer.value) or answer.value == value
    if value is None and "|" not in code:
        assert answer.value is None


# -- errors


@pytest.mark.parametrize("code, name, line, column", [
    ("let a = 1;\nlet b: i32 = \"x\";", "error[E0308]", "2", "14"), ("let a = 1; let b: i32 = \"x\";", "error[E0308]", "1", "25"),
    ("fn f() {\n    nope();\n}\n1", "error[E0425]", "2", "5"), ("struct S { a: i32 }\nlet s = S { a: 1 };\ns.b", "error[E0609]", "3", "3"),
    ("println!(\"{}\",\n  nope)", "error[E0425]", "2", "3"), ("loop { let é = 1; nope }", "error[E0425]", "1", "19"),
    ("let x =", "error", "1", "8"), ("let v = (1;", "error", "1", "12"), ("\t let x: u8 = 256;", "error[overflowing_literals]", "1", "15"),
    ("fn f() {}\nimpl Nope {}", "error[E0425]", "2", "6"), ("use std::nope;", "error[E0432]", "1", "5"),
])
def test_a_compile_error_is_the_compilers_with_the_users_place(worker, code, name, line, column):
    answer = worker.run(code)
    assert (answer.part("error", "name"), place(answer)) == (name, ("compile", line, column)), traceback(answer)
    text = "\n".join(traceback(answer))
    assert "quern" not in text.replace("quern_value", "") and f"snippet 1:{line}:" in text or name == "error"
    assert answer.shape == ["error", "done"] and answer.done == {"status": "error"}


def test_the_compilers_words_quote_the_users_lines(worker):
    answer = worker.run("let a = 1; let b: i32 = \"x\"; // all of it")
    assert traceback(answer)[:5] == [
        "error[E0308]: mismatched types", " --> snippet 1:1:25", "  |", "1 | let a = 1; let b: i32 = \"x\"; // all of it",
        "  |                   ---   ^^^ expected `i32`, found `&str`"]


def test_an_error_changes_nothing(worker):
    worker.run("let mut x = 1; fn f() -> i32 { 1 }")
    for code in ("x = 5; nope", "fn f() -> i32 { nope }", "let x: i32 = \"\";"):
        assert worker.run(code).done == {"status": "error"}
    assert worker.run("(x, f())").value == "(1, 1)"


def test_a_panic_tells_its_message_and_place_and_keeps_the_older_variables(worker):
    worker.run("let mut kept = vec![1]; fn fail(n: usize) -> i32 { let v = vec![1];\n  v[n] }")
    answer = worker.run("kept.push(2);\n  panic!(\"no {}\", \"luck\");")
    assert (failed(answer), place(answer)) == (("panic", "no luck"), ("runtime", "2", "3"))
    assert traceback(answer) == ["thread 'main' panicked at snippet 2:2:3:", "no luck"]
    answer = worker.run("fail(3)")
    assert place(answer) == ("runtime", None, None) and "snippet 1:2:4" in traceback(answer)[0]
    assert worker.run("kept").value == "[1, 2]" and answer.err == ""


@pytest.mark.parametrize("end, lost", [
    ("panic!(\"no\");", None), ("let n: i32 = \"x\".parse()?;", None), ("std::process::exit(3);", None), ("return; println!(\"no\");", None),
    ("unsafe { *(8 as *mut i32) = 1; }", "list"),
])
def test_what_a_snippet_made_before_it_failed_is_kept(worker, end, lost):
    worker.run(f"let list = vec![1]; let mut count = 1;\ncount += list.len();\n{end}")
    assert worker.run("count").value == "2"
    assert "crashed" in failed(worker.run("list"))[1] if lost else worker.run("list").value == "[1]"


def test_a_snippet_may_borrow_and_move_as_in_any_function(worker):
    code = "let mut a = vec![1]; let first = &mut a; first.push(2); println!(\"{a:?}\");\nlet text = String::from(\"t\"); let moved = text;\n" \
           "let lock = std::sync::Mutex::new(1); let held = lock.lock().unwrap(); println!(\"{moved} {held}\"); drop(held); a.len()"
    answer = worker.run(code)
    assert (answer.out, answer.value) == ("[1, 2]\nt 1\n", "2")
    assert worker.run("(a, moved, lock.into_inner().unwrap())").value == '([1, 2], "t", 1)'
    assert "moved" in failed(worker.run("text"))[1]


def test_a_question_mark_at_top_level_ends_the_snippet_with_the_error(worker):
    answer = worker.run("let n: i32 = \"12\".parse()?;\nprintln!(\"{n}\");\nlet m: i32 = \"x\".parse()?;\nprintln!(\"no\");")
    assert answer.out == "12\n" and failed(answer)[0] == "ParseIntError"


def test_a_panic_that_is_caught_and_one_in_a_thread_are_told_on_stderr(worker):
    answer = worker.run("let caught = std::panic::catch_unwind(|| { panic!(\"inside\") }).is_err();\n"
                        "let joined = std::thread::spawn(|| { panic!(\"elsewhere\") }).join().is_err();\nprintln!(\"{caught} {joined}\");")
    assert answer.out == "true true\n" and answer.done == {"status": "ok"}
    assert "panicked at snippet 1:1:" in answer.err and "elsewhere" in answer.err and "panicked at snippet 1:2:" in answer.err


# -- programs, exits, crashes


def test_a_program_runs_with_its_arguments_and_its_error_is_its_exit(worker):
    code = "fn main() -> Result<(), String> {\n println!(\"{:?}\", std::env::args().skip(1).collect::<Vec<_>>());\n Err(\"bad\".into())\n}"
    answer = worker.run(code, argv=["a", "b c", ""])
    assert (answer.out, answer.err, answer.done) == ('["a", "b c", ""]\n', 'Error: "bad"\n', {"status": "error", "exit": "1"})
    assert worker.run("std::env::args().count()").value == "4"


def test_exit_ends_the_snippet_each_time_and_keeps_what_it_used(worker):
    worker.run("let mut list = vec![1];\nstruct D;\nimpl Drop for D { fn drop(&mut self) { println!(\"dropped\"); } }")
    for code in (3, 0, 255):
        answer = worker.run(f"let d = D; list.push({code}); print!(\"out\"); std::process::exit({code});")
        assert (answer.shape, answer.done["exit"]) == ([("stdout", "out"), "done"], str(code))
    assert worker.run("list").value == "[1, 3, 0, 255]"
    assert worker.run("use std::process; fn leave() { process::exit(7) }\nleave();").done == {"status": "error", "exit": "7"}


@pytest.mark.parametrize("code, name", [
    ("unsafe { *(8 as *mut i32) = 1; }", "SIGSEGV"), ("std::process::abort();", "SIGABRT"),
    ("fn deep(n: u64) -> u64 { std::hint::black_box(deep(n + 1)) + 1 }\nprintln!(\"{}\", deep(0));", "StackOverflow"),
])
def test_a_crash_ends_the_snippet_and_costs_what_it_had_in_hand(worker, code, name):
    worker.run("let held = vec![1]; let number = 5; let other = vec![2];")
    assert failed(worker.run(f"println!(\"{{}} {{number}}\", held.len());\n{code}"))[0] == name
    assert worker.run("(number, other)").value == "(5, [2])"
    assert "crashed" in failed(worker.run("held"))[1]


def test_a_crash_of_another_thread_ends_the_worker_truly(worker):
    with pytest.raises(Died):
        worker.run("std::thread::spawn(|| unsafe { *(8 as *mut i32) = 1; }).join();")
    assert worker.child.wait() == -signal.SIGSEGV


def test_a_forked_process_does_not_serve(worker):
    code = "extern \"C\" { fn fork() -> i32; fn wait(status: *mut i32) -> i32; }\nlet mut status = 0;\n" \
           "let child = unsafe { fork() };\nif child == 0 { print!(\"child \"); } else { unsafe { wait(&mut status) }; println!(\"{status}\"); }"
    answer = worker.run(code)
    assert answer.out == "child 0\n" and len(answer.frames("done")) == 1
    assert worker.run("child > 0").value == "true"


# -- interrupts


READY = 'println!("ready");'


@pytest.mark.parametrize("code", [
    "loop {}", "let mut n = 0u64; while n < u64::MAX { n = n.wrapping_add(1) % 1000; }", "loop { println!(\"yyyyyyyyyyyyyyyyyyyyyyyyyyyy\"); }",
    "std::thread::sleep(std::time::Duration::from_secs(100)); println!(\"no\");", "kept.push(1); loop { kept.push(2); kept.truncate(2); }",
    "let mut line = String::new(); std::io::stdin().read_line(&mut line).unwrap(); println!(\"no\");",
    "use std::io::Read; let mut all = String::new(); std::io::stdin().read_to_string(&mut all).ok(); println!(\"no\");",
    "std::process::Command::new(\"sleep\").arg(\"100\").status().unwrap(); println!(\"no\");",
    "println!(\"{}\", (0u64..1 << 60).sum::<u64>());", "println!(\"{}\", (0u64..1 << 60).map(|n| n ^ 1).max().unwrap());",
    "let (_s, r) = std::sync::mpsc::channel::<i32>(); r.recv().unwrap();", "fn again(n: u32) { if n < 30 { again(n + 1); again(n + 1); } }\nloop { again(0); }",
    "std::thread::spawn(|| std::thread::sleep(std::time::Duration::from_secs(1000))).join().unwrap();",
    "let m = std::sync::Mutex::new(1); let _a = m.lock(); let _b = m.lock();", "kept.sort_by(|a, b| loop { if a > b { break a.cmp(b) } });",
])
def test_an_interrupt_ends_the_snippet_and_keeps_the_context(worker, code):
    worker.run("let mut kept = vec![1, 0];")
    worker.start(f"{READY}\n{code}")
    worker.read_output("ready")
    worker.interrupt()
    answer = worker.wait(seconds=20)
    assert (failed(answer), answer.done) == (("Interrupted", "the snippet was interrupted"), {"status": "interrupted"})
    assert "no\n" not in answer.out
    assert worker.run("println!(\"{}\", kept.len());").out in ("2\n", "3\n")  # the last may stop behind its push


def test_destructors_run_when_an_interrupt_ends_a_snippet(worker):
    worker.run("struct D;\nimpl Drop for D { fn drop(&mut self) { println!(\"dropped\"); } }\nlet lock = std::sync::Mutex::new(1);")
    worker.start(f"{{ let d = D; let held = lock.lock().unwrap(); {READY}\nstd::thread::sleep(std::time::Duration::from_secs(100)); }}")
    worker.read_output("ready")
    worker.interrupt()
    assert worker.wait().shape == [("stdout", "dropped\n"), "error", "done"]
    assert worker.run("lock.try_lock().is_err_and(|e| matches!(e, std::sync::TryLockError::Poisoned(_)))").value == "true"


def test_an_interrupt_while_it_compiles_ends_the_compiler_alone(worker):
    worker.run("let kept = 41;")
    items = "\n".join(f"fn f{n}(a: &[i32]) -> Vec<i32> {{ a.iter().map(|x| x + {n}).filter(|x| x % 2 == 0).collect() }}" for n in range(1500))
    worker.start(items + "\nprintln!(\"no\");")
    time.sleep(0.5)
    worker.interrupt()
    answer = worker.wait()
    assert (answer.out, answer.done) == ("", {"status": "interrupted"})
    assert worker.run("kept + 1").value == "42"


def test_interrupts_at_any_time_keep_the_context(worker, tmp_path):
    (tmp_path / "file").write_text("text")
    worker.run("let mut kept: Vec<String> = Vec::new(); let sure = 41;")
    code = f"for n in 0u64.. {{ kept.push(format!(\"{{n}}\")); kept.truncate(50); print!(\"{{n}} \"); eprintln!(\".\");\n" \
           f"let text = std::fs::read_to_string(\"{tmp_path}/file\").unwrap(); let mut sorted: Vec<char> = text.chars().collect(); sorted.sort();\n" \
           "if n % 500 == 0 { std::process::Command::new(\"true\").status().ok(); std::thread::spawn(|| 1).join().ok(); } }"
    generator = random.Random(7)
    for _ in range(20):
        worker.start(code)
        time.sleep(generator.random() * 0.4)
        worker.interrupt()
        answer = worker.wait(nudge=worker.interrupt)  # the first may have come before the snippet
        assert answer.done == {"status": "interrupted"} and len(answer.frames("error")) == 1
    assert worker.run("println!(\"{sure}\"); kept.len() <= 51").shape == [("stdout", "41\n"), "result", "done"]


def test_an_interrupt_of_the_linker_is_one_of_the_snippet(worker):
    def links():
        with open(f"/proc/{worker.pid}/task/{worker.pid}/children") as children:
            return any(program_of(pid) == "ld" for pid in children.read().split())
    worker.run("let sure = 41;")
    for _ in range(8):
        worker.start('println!("runs"); loop {}')
        while not links() and not select.select([worker.stdout], [], [], 0)[0]:
            pass  # the linker is soon through, and may not have been seen
        worker.interrupt()
        answer = worker.wait(nudge=worker.interrupt)
        assert answer.done == {"status": "interrupted"} and answer.error == ("Interrupted", "the snippet was interrupted")
    assert worker.run("sure").value == "41"


def program_of(pid):
    try:
        with open(f"/proc/{pid}/comm") as name:
            return name.read().strip()
    except (FileNotFoundError, ProcessLookupError):
        return None  # it has ended


def test_a_panic_that_an_interrupt_has_led_to_is_the_interrupt(worker):
    worker.start('println!("ready"); std::panic::catch_unwind(|| loop { std::hint::spin_loop() }).map(|()| 1).unwrap();')
    worker.read_output("ready\n")
    worker.interrupt()
    assert worker.wait().done == {"status": "interrupted"}


def test_an_interrupt_between_snippets_does_nothing(worker):
    for _ in range(20):
        worker.interrupt()
    assert worker.run("1 + 1").shape == ["result", "done"]
    worker.interrupt()
    assert worker.check("1 +")[0] in ("incomplete", "unknown")


# -- streams


def test_output_keeps_its_order_and_big_output_is_whole(worker):
    answer = worker.run("for n in 0..20000 { println!(\"line {n:040}\"); }\nprint!(\"half\");")
    assert len(answer.out.splitlines()) == 20001 and answer.out.endswith("\nhalf")
    answer = worker.run("print!(\"one \"); std::process::Command::new(\"echo\").arg(\"two\").status(); 3")
    assert sorted(answer.out.split()) == ["one", "two"] and answer.shape[-2:] == ["result", "done"]


def test_merged_output_comes_as_stdout_in_true_order(worker):
    code = "print!(\"a\"); eprint!(\"b\"); print!(\"c\"); eprintln!(\"d\");"
    assert worker.run(code, merge=1).shape == [("stdout", "abcd\n"), "done"]
    assert worker.run("std::process::exit(0)", merge=1).done == {"status": "ok", "exit": "0"}
    assert worker.run("eprintln!(\"e\");").shape == [("stderr", "e\n"), "done"]


def test_input_is_read_afresh_by_each_snippet(worker):
    worker.type("one\nrest\n")
    read = "let mut line = String::new();\nstd::io::stdin().read_line(&mut line).unwrap();\nprintln!(\"[{}]\", line.trim_end());"
    assert worker.run(read).out == "[one]\n"
    worker.end_input()
    assert worker.run(read).out == "[]\n"
    worker.fresh_input()
    worker.type("two\n")
    assert worker.run(read).out == "[two]\n"


def test_the_workers_descriptors_are_nobody_elses(worker, tmp_path):
    answer = worker.run("std::process::Command::new(\"ls\").arg(\"/proc/self/fd\").status();")
    assert answer.out.split() == ["0", "1", "2", "3"]  # the last is ls's own
    code = f"use std::os::fd::AsRawFd; std::fs::File::create(\"{tmp_path}/first\").unwrap().as_raw_fd()"
    assert worker.run(code).value == "3"


def test_traceparent_is_of_one_run(worker):
    show = "println!(\"{:?}\", std::env::var(\"TRACEPARENT\").ok());"
    assert worker.run(show, traceparent="00-ab-cd-01").out == 'Some("00-ab-cd-01")\n'
    assert worker.run(show).out == "None\n"


# -- questions


def test_completion_knows_what_stands_before_the_cursor(worker):
    worker.run("struct Corner { across: i32, name: String }\nimpl Corner { fn area(&self) -> i32 { 1 } fn new() -> Corner { Corner { across: 1, name: String::new() } } }\n"
               "enum Colour { Red, Green(u8) }\nlet corner = Corner::new(); let mut list = vec![1];\nfn my_function() {}\nmacro_rules! my_macro { () => {} }\n"
               "use std::collections::HashMap as Table;")
    for code, start, some in [
        ("corner.a", 7, {"across": "field", "area": "method"}), ("Corner::", 8, {"new": "function"}), ("Colour::R", 8, {"Red": "variant"}),
        ("corner.name.le", 12, {"len": "method"}), ("list.pu", 5, {"push": "method"}), ("my_", 0, {"my_function": "function", "my_macro!": "macro"}),
        ("std::collections::Ha", 18, {"HashMap": "type"}), ("std::coll", 5, {"collections": "module"}), ("Table::n", 7, {"new": "function"}),
        ("pri", 0, {"println!": "macro"}), ("whi", 0, {"while": "keyword"}), ("let length = 1; len", 16, {"length": "variable"}),
        ("\"a\".spl", 4, {"split": "method"}), ("é + cor", 5, {"corner": "variable"}),
    ]:
        found, end, items = worker.complete(code)
        assert (found, end) == (start, len(code.encode())), code
        assert {name: items.get(name) for name in some} == some, code
    for code in ("\"pri", "// pri", "nope.", "1.", "/* pri"):
        assert "println!" not in worker.complete(code)[2]


def test_inspection_tells_what_a_name_is(worker):
    worker.run("/// Adds.\n/// Twice.\nfn add(a: i32) -> i32 {\n    a\n}\nstruct P { x: i32 }\nimpl P { fn go(&self) {} }\nlet p = P { x: 1 }; let mut list = vec![1, 2];")
    assert worker.inspect("add") == "/// Adds.\n/// Twice.\nfn add(a: i32) -> i32"
    assert worker.inspect("add", 1).endswith("{\n    a\n}")
    assert worker.inspect("list") == "let mut list: Vec<i32> = [1, 2]" and worker.inspect("p") == "let p: P"
    assert worker.inspect("P") == "struct P { x: i32 }\n\nimpl P {\n    fn go(&self);\n}" and worker.inspect("p.x") == "P.x: i32"
    assert worker.inspect("println").startswith("macro println!") and worker.inspect("HashMap") == "std::collections::HashMap"
    assert worker.inspect("nope") is None and worker.inspect("") is None


@pytest.mark.parametrize("code, state, indent", [
    ("1 + 1", "complete", ""), ("let x = 1", "complete", ""), ("", "complete", ""), ("fn f() {\n}", "complete", ""),
    ("#![allow(unused)]\nfn f() {}", "complete", ""), ("impl A for B {}", "complete", ""), ("nope(1)", "complete", ""),
    ("for i in 0..3 {", "incomplete", "    "), ("fn f() {\n    if x {", "incomplete", "        "), ("\"abc", "incomplete", ""),
    ("/* abc", "incomplete", ""), ("1 +", "incomplete", "    "), ("let x =", "incomplete", "    "), ("fn f()", "incomplete", "    "),
    ("if a {} else", "incomplete", "    "), ("#[derive(Debug)]", "incomplete", ""), ("r#\"a\"", "incomplete", ""),
    (")", "invalid", ""), ("(]", "invalid", ""), ("let x y;", "invalid", ""), ("fn 1() {}", "invalid", ""), ("a b", "invalid", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)


# -- its life


def test_the_end_of_requests_ends_the_worker_and_its_folder(tmp_path):
    with Worker("rust", env={"TMPDIR": str(tmp_path)}) as worker:
        worker.run("let kept = std::thread::spawn(|| loop { std::thread::park() });")
        assert os.listdir(tmp_path) != []
        assert worker.close() == 0
    assert os.listdir(tmp_path) == []


def test_the_folder_of_a_worker_that_was_killed_is_swept_by_another(tmp_path):
    with Worker("rust", env={"TMPDIR": str(tmp_path)}) as worker:
        worker.child.kill()
        worker.child.wait()
    left, = os.listdir(tmp_path)
    subprocess.run(["touch", "-d", "1 hour ago", tmp_path / left], check=True)
    with Worker("rust", env={"TMPDIR": str(tmp_path)}):
        assert left not in os.listdir(tmp_path)


def test_a_rubbish_environment_does_not_spoil_the_compiler(tmp_path):
    rubbish = {"TMPDIR": "/nonexistent", "RUSTFLAGS": "--nope", "RUSTC_WRAPPER": "nope", "PATH": str(tmp_path), "LD_PRELOAD": ""}
    with Worker("rust", env=rubbish) as worker:
        assert worker.run("1 + 1").value == "2"
        worker.run("std::env::set_var(\"TMPDIR\", \"/nowhere\"); std::env::set_current_dir(\"/proc\");")
        assert worker.run("std::env::current_dir().unwrap()").value == '"/proc"'
