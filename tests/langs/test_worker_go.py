# SPDX-License-Identifier: Apache-2.0
"""The Go worker by the contract of langs/WORKER.md, alone over its descriptors."""
import os
import re
import resource
import time

import pytest
from harness import Worker

LANGUAGE = "go"


def traceback(answer):
    (_, _, parts), = answer.frames("error")
    return [body.decode() for name, body in parts if name == "traceback"]


def place(answer):
    attributes = answer.frames("error")[0][1]
    return attributes["kind"], int(attributes.get("line", 0))


# -- what a snippet may be

def test_declarations_and_statements_mix_and_stay(worker):
    answer = worker.run("x := 2\n\nfunc double(n int) int { return n * factor }\n\nconst factor = 2\nfmt.Println(double(x))\nx++\nx")
    assert (answer.out, answer.value) == ("4\n", "3")
    assert worker.run("double(x)").value == "6"


@pytest.mark.parametrize(("code", "value"), [
    ("6 * 7", "42"), ('"a" + "b"', '"ab"'), ("[]string{\"a b\", \"c\"}", '["a b" "c"]'), ("map[string]int{\"a\": 1}", "map[a:1]"),
    ("struct{ A, B int }{1, 2}", "{A:1 B:2}"), ("error(nil)", "<nil>"), ("fmt.Errorf(\"bad %d\", 1)", "bad 1"),
    ("3 * time.Second", "3s"), ("strconv.Atoi(\"12\")", "12, <nil>"), ("func(x int) int { return x * 2 }(4)", "8"),
    ("func(x int) int { return x * 2 }", "func(int) int"), ("string([]byte{104, 105})", '"hi"'), ("len(\"abc\")", "3"),
    ("1 == 1", "true"), ("x := 3\nx", "3"), ("(4)", "4"), ("<-time.After(0) != time.Time{}", "true"),
    ("6 * 7;", None), ("x := 3", None), ("fmt.Print()", None), ("func f() {}", None), ("var y = 4", None), ("// nothing", None),
    ("for range []int{1} {}", None), ("type T int", None), ("import \"os\"", None), ("go func() {}()", None),
])
def test_the_last_expression_is_the_value_unless_a_semicolon_hides_it(worker, code, value):
    answer = worker.run(code)
    assert (answer.value, answer.done) == (value, {"status": "ok"})


def test_a_whole_program_runs_in_the_order_of_go(worker):
    program = '''package main
import "fmt"
var a = b + 1
var b = two()
func two() int { fmt.Println("two"); return 2 }
func init() { fmt.Println("init", a, b) }
func init() { fmt.Println("again") }
func main() { fmt.Println("main") }'''
    for _ in range(2):
        assert worker.run(program).out == "two\ninit 3 2\nagain\nmain\n"
    assert worker.run("a").value == "3"
    assert worker.run("1 + 1").shape == ["result", "done"]
    assert worker.run("main()").out == "main\n"
    assert worker.run("func main() { fmt.Println(\"mine\") }").out == "mine\n"


def test_packages_are_at_hand_and_imports_hold_for_later_snippets(worker):
    assert worker.run("strings.ToUpper(\"a\")").value == '"A"'
    assert worker.run('import str "strings"').done == {"status": "ok"}
    assert worker.run('str.ToLower("A")').value == '"a"'
    assert worker.run('import . "math"\nSqrt(16)').value == "4"
    assert worker.run('import "crypto/rand"\nrand.Reader != nil').value == "true"
    assert worker.run("func f(p []byte) (int, error) { return rand.Read(p) }").done == {"status": "ok"}
    assert worker.run('import "math/rand"\nrand.Intn(1)').value == "0"
    assert worker.run("f(make([]byte, 3))").value == "3, <nil>"
    answer = worker.run('import "example.com/nosuch"')
    assert "batch" in answer.error[1] and place(answer) == ("compile", 1)


def test_a_name_of_the_users_hides_a_package_of_that_name(worker):
    assert worker.run("path := 3\npath").value == "3"
    assert worker.run("path + 1").value == "4"
    assert worker.run('import "path"\npath').error[0] == "CompileError"


@pytest.mark.parametrize(("first", "second", "ask", "value"), [
    ("func f() int { return 1 }", "func f() string { return \"s\" }", "f()", '"s"'),
    ("x := 1", "x := \"s\"", "x", '"s"'), ("x := 1", "x := fmt.Sprint(x + 1)", "x", '"2"'), ("x := 1", "x := x + 1", "x", "2"),
    ("x := 1", "func x() int { return 5 }", "x()", "5"), ("const c = 1", "const c = \"s\"", "c", '"s"'),
    ("const (\n\tA = iota\n\tB\n\tC\n)", "const B = 10", "A + B + C", "12"), ("var x int = 4", "var x int", "x", "0"),
    ("type T struct{ A int }", "type T struct{ B string }", "T{\"s\"}.B", '"s"'), ("type T int", "func T() int { return 3 }", "T()", "3"),
    ("func f() int { return 1 }\nfunc g() int { return f() }", "func f() int { return 7 }", "g()", "7"),
    ("func f() int { return 1 }\nfunc g() int { _ = f(); return f() }", "func f() int { return 7 }", "g()", "7"),
    ("x := 1\nget := func() int { return x }", "x := 5", "get()", "5"),
    ("type T struct{ A int }\nfunc (t T) M() int { return t.A }", "func (t T) M() int { return -t.A }", "T{3}.M()", "-3"),
    ("type T struct{ A int }\nfunc (t T) M() int { return t.A }", "type T struct{ A, B int }", "T{3, 4}.M()", "3"),
    ("func g[T any](v T) T { return v }\ng(1)", "func g[T any](v T) []T { return []T{v} }", "g(1)", "[1]"),
])
def test_everything_may_be_defined_again(worker, first, second, ask, value):
    assert worker.run(first).done == {"status": "ok"}
    assert worker.run(second).done == {"status": "ok"}
    assert worker.run(ask).value == value


def test_what_no_longer_fits_is_forgotten_and_the_error_says_so(worker):
    worker.run("type P struct{ X int }\np := P{1}\nfunc show(p P) int { return p.X }")
    worker.run("type P struct{ Y string }")
    assert "define it again" in worker.run("p").error[1]
    assert "define it again" in worker.run("show(P{})").error[1]
    assert worker.run("p := P{\"y\"}\np.Y").value == '"y"'


def test_a_declaration_that_is_the_same_again_changes_nothing(worker):
    worker.run("type P struct{ X int }\np := P{1}")
    assert worker.run("type P struct{ X int }\nfunc (p P) Get() int { return p.X }").done == {"status": "ok"}
    assert worker.run("p.Get()").value == "1"


def test_generics_methods_interfaces_and_closures_work(worker):
    worker.run('''
type Shape interface{ Area() float64 }
type Square struct{ side float64 }
func (s Square) Area() float64 { return s.side * s.side }
type Stack[T any] struct{ items []T }
func (s *Stack[T]) Push(v T) { s.items = append(s.items, v) }
type Pair[K comparable, V any] struct { Key K; Val V }
func MakePair[K comparable, V any](k K, v V) Pair[K, V] { return Pair[K, V]{k, v} }
func Map[T, U any](in []T, f func(T) U) (out []U) { for _, v := range in { out = append(out, f(v)) }; return }
''')
    assert worker.run("var shape Shape = Square{3}\nshape.Area()").value == "9"
    assert worker.run("var s Stack[string]\ns.Push(\"a\")\nlen(s.items)").value == "1"
    assert worker.run('MakePair("a", 1).Val').value == "1"
    assert worker.run("Map([]int{1, 2}, func(i int) string { return fmt.Sprint(i) })").value == '["1" "2"]'
    assert worker.run("words := []string{\"cc\", \"a\"}\nsort.Slice(words, func(i, j int) bool { return words[i] < words[j] })\nwords"
                      ).value == '["a" "cc"]'


def test_goroutines_channels_and_select_work_and_arguments_are_of_their_moment(worker):
    answer = worker.run('''
var wg sync.WaitGroup
var mu sync.Mutex
total := 0
for i := 0; i < 100; i++ {
	wg.Add(1)
	go func(i int) { defer wg.Done(); mu.Lock(); total += i; mu.Unlock() }(i)
}
wg.Wait()
c := make(chan int)
go func() { defer close(c); for i := 0; i < 3; i++ { c <- i } }()
for v := range c { total += v }
select { case <-time.After(time.Millisecond): total++ }
for i := 0; i < 3; i++ { defer fmt.Print(i) }
total''')
    assert (answer.value, answer.out) == ("4954", "210")


# -- errors

def test_a_panic_is_told_with_the_users_lines(worker):
    worker.run("func index(list []int, i int) int {\n\treturn list[i]\n}")
    answer = worker.run("list := []int{1}\n\nindex(list, 5)")
    assert answer.error == ("panic", "runtime error: index out of range") and place(answer) == ("runtime", 3)
    lines = traceback(answer)
    assert lines[:3] == ["panic: runtime error: index out of range", "", "goroutine 1 [running]:"]
    assert [line.strip() for line in lines[3:]] == ["main.index(...)", "snippet-1.go:2", "main.main(...)", "snippet-2.go:3"]


@pytest.mark.parametrize(("code", "message"), [
    ('panic("oops")', "oops"), ("panic(42)", "42"), ('panic(fmt.Errorf("bad"))', "bad"), ("panic(E{3})", "E 3"), ("panic(&E{4})", "E 4"),
    ("z := 0\n1 / z", "runtime error: integer divide by zero"), ("var m map[string]int\nm[\"a\"] = 1", "assignment to entry in nil map"),
    ("var p *E\np.Code", "runtime error: invalid memory address or nil pointer dereference"),
    ("var i interface{} = 1\ni.(string)", "interface conversion: interface {} is int, not string"),
    ("c := make(chan int)\nclose(c)\nclose(c)", "close of closed channel"), ("[]int{1}[n:]", "runtime error: slice bounds out of range"),
    ("defer func() { panic(\"second\") }()\npanic(\"first\")", "second"), ("func() { panic(\"in literal\") }()", "in literal"),
    ("sort.Slice([]int{2, 1}, func(i, j int) bool { panic(\"within\") })", "within"),
])
def test_every_panic_has_gos_message(worker, code, message):
    worker.run("type E struct{ Code int }\nfunc (e E) Error() string { return fmt.Sprint(\"E \", e.Code) }\nn := 9")
    answer = worker.run(code)
    assert answer.error == ("panic", message) and answer.done == {"status": "error"} and answer.out == answer.err == ""
    assert worker.run("n").value == "9"


def test_recover_and_the_errors_package_know_the_users_types(worker):
    worker.run('''
type E struct { Code int; Err error }
func (e *E) Error() string { return fmt.Sprint("E ", e.Code) }
func (e *E) Unwrap() error { return e.Err }
func fails() error { return fmt.Errorf("wrapped: %w", &E{4, io.EOF}) }
func try(f func()) (result string) {
	defer func() {
		switch r := recover().(type) {
		case *E: result = fmt.Sprint("E", r.Code)
		case error: result = "error " + r.Error()
		case string: result = "string " + r
		}
	}()
	f()
	return "fine"
}''')
    assert worker.run("errors.Is(fails(), io.EOF)").value == "true"
    assert worker.run("var e *E\nerrors.As(fails(), &e) && e.Code == 4").value == "true"
    answer = worker.run('''fmt.Println(try(func() { panic(&E{5, nil}) }), try(func() { panic("s") }), try(func() {}))
fmt.Println(try(func() { var m map[int]int; m[1] = 1 }), try(func() { var s []int; s[2] = 1 }))''')
    assert answer.out == "E5 string s fine\nerror assignment to entry in nil map error runtime error: index out of range\n"


def test_a_panic_in_a_goroutine_ends_the_snippet_and_keeps_the_context(worker):
    worker.run("kept := 5")
    answer = worker.run("go func() {\n\tpanic(\"aside\")\n}()\nselect {}")
    assert answer.error == ("panic", "aside") and place(answer) == ("runtime", 2)
    assert worker.run("kept").value == "5"


def test_endless_recursion_is_an_error(worker):
    answer = worker.run("func f(n int) int { return f(n+1) + 1 }\nf(0)")
    assert answer.error == ("panic", "stack overflow") and len(traceback(answer)) < 120
    assert worker.run("1").value == "1"


@pytest.mark.parametrize(("code", "name", "message", "line"), [
    ("x := 1\nnope(x)", "CompileError", "undefined: nope", 2), ("var s string = 1", "CompileError", "cannot use 1", 1),
    ("x := := 1", "SyntaxError", "expected operand", 1), ("if true {\n", "SyntaxError", "the end of the snippet", 1),
    ("func f() int {\n\treturn \"s\"\n}", "CompileError", "cannot use \"s\"", 2), ("}", "SyntaxError", "", 1),
    ("package main\n\nfunc main() { nope() }", "CompileError", "undefined: nope", 3), ("1\n2", "CompileError", "is not used", 1),
    ("func f() int", "CompileError", "missing function body", 1), ("\"unterminated", "SyntaxError", "string literal not terminated", 1),
    ("nil", "CompileError", "use of untyped nil", 1), ("} func g() {", "SyntaxError", "", 1), ("x := 5\nx := 6", "CompileError", "no new variables", 2),
])
def test_a_faulty_snippet_is_told_as_go_tells_it_and_changes_nothing(worker, code, name, message, line):
    worker.run("x := 0\nfunc f() int { return 7 }")
    answer = worker.run("fmt.Println(\"not run\")\n" + code if not code.startswith(("package", "}")) else code)
    assert answer.out == "" and answer.error[0] == name and message in answer.error[1]
    assert place(answer) == ("compile", line + (0 if code.startswith(("package", "}")) else 1))
    assert worker.run("fmt.Println(x, f())").out == "0 7\n"


def test_all_faults_are_in_the_traceback(worker):
    assert traceback(worker.run("a()\nb()")) == ["snippet-1.go:1:1: undefined: a", "snippet-1.go:2:1: undefined: b"]


# -- leaving

def test_exit_ends_the_snippet_from_anywhere_and_runs_nothing_more(worker):
    worker.run("kept := 5\nfunc leave() { defer fmt.Println(\"no\"); os.Exit(3) }")
    answer = worker.run("defer func() { recover(); fmt.Println(\"no\") }()\nleave()\nfmt.Println(\"no\")")
    assert (answer.shape, answer.done) == (["done"], {"status": "error", "exit": "3"})
    assert worker.run("go os.Exit(4)\nselect {}").done == {"status": "error", "exit": "4"}
    assert worker.run("os.Exit(0)").done == {"status": "ok", "exit": "0"}
    answer = worker.run('log.SetFlags(0)\nlog.Fatal("fatal")')
    assert (answer.err, answer.done) == ("fatal\n", {"status": "error", "exit": "1"})
    assert worker.run("kept").value == "5"


def test_the_end_of_requests_is_the_workers_end():
    with Worker(LANGUAGE) as worker:
        worker.run("go func() { for { time.Sleep(time.Millisecond) } }()")
        assert worker.close() == 0


# -- interrupts

@pytest.mark.parametrize("code", [
    "for {}", "for { fmt.Println(\"flood\") }", "time.Sleep(600 * time.Second)", "select {}", "<-make(chan int)", "func() { for {} }()",
    "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()", "exec.Command(\"sleep\", \"600\").Run()",
    "fmt.Scan(&word)", "bufio.NewReader(os.Stdin).ReadString('\\n')", "io.ReadAll(os.Stdin)", "x := 0\nfor { x++ }",
    "defer func() { recover(); for {} }()\nfor {}", "for { func() { defer func() { recover() }(); panic(1) }() }",
    "sort.Slice(make([]int, 1000), func(i, j int) bool { for {} })", "filepath.WalkDir(\"/\", func(string, fs.DirEntry, error) error { select {} })",
    "for i := 0; i < 4; i++ { go func() { for {} }() }\nselect {}", "func loop() { loop2() }\nfunc loop2() { for {} }\nloop()",
    "package main\n\nfunc main() {\n\tfor {\n\t}\n}",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("kept, word := 5, \"\"\nn := 0\ncount := func() int { n++; return n }")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupt"
    assert worker.run("fmt.Println(kept, count(), count())").shape == [("stdout", "5 1 2\n"), "done"]


def test_interrupts_one_after_the_other_leave_nothing_running(worker):
    for _ in range(10):
        assert worker.interrupted("func() { for {} }()").done == {"status": "interrupted"}
        assert worker.interrupted("for { time.Sleep(time.Millisecond) }").done == {"status": "interrupted"}
    ticks = sum(map(int, open(f"/proc/{worker.pid}/stat").read().rsplit(")", 1)[1].split()[11:13]))
    time.sleep(0.3)
    assert sum(map(int, open(f"/proc/{worker.pid}/stat").read().rsplit(")", 1)[1].split()[11:13])) - ticks <= 3


@pytest.mark.parametrize("code", ["fmt.Scan(&word)", "reader.ReadString('\\n')", "io.ReadAll(os.Stdin)"])
def test_an_interrupted_read_takes_nothing_of_the_next_runs_input(worker, code):
    worker.run("var word string\nreader := bufio.NewReader(os.Stdin)")
    for turn in range(5):
        assert worker.interrupted(code).done == {"status": "interrupted"}
        worker.type(f"line {turn}\n")
        answer = worker.run("line, err := reader.ReadString('\\n')\nfmt.Print(line, err)")
        assert answer.out == f"line {turn}\n<nil>"


def test_between_snippets_an_interrupt_does_nothing(worker):
    for _ in range(50):
        worker.interrupt()
        assert worker.run("1").value == "1"


def test_a_snippets_own_handler_holds_for_the_snippet(worker):
    worker.start('''c := make(chan os.Signal, 1)
signal.Notify(c, os.Interrupt)
fmt.Println("ready")
<-c
fmt.Println("caught")''')
    worker.read_output("ready\n")
    worker.interrupt()
    assert worker.wait().shape == [("stdout", "caught\n"), "done"]
    assert worker.interrupted("for {}").done == {"status": "interrupted"}
    worker.run("signal.Ignore(os.Interrupt)")
    assert worker.interrupted("for {}").done == {"status": "interrupted"}


def test_what_sleeps_when_interrupted_does_not_come_back(worker):
    worker.interrupted("time.Sleep(time.Second)\nfmt.Println(\"back\")")
    assert worker.run("time.Sleep(1500 * time.Millisecond)").out == ""


# -- streams, input, surroundings

def test_stdout_stderr_and_frames_keep_their_order(worker):
    answer = worker.run("for i := 0; i < 50; i++ { fmt.Println(i); time.Sleep(time.Microsecond) }\n\"value\"")
    assert answer.shape == [("stdout", "".join(f"{i}\n" for i in range(50))), "result", "done"]
    answer = worker.run("println(\"err\")\npanic(1)")
    assert answer.shape == [("stderr", "err\n"), "error", "done"]


def test_merge_makes_one_stream_for_this_run(worker):
    code = "for i := 0; i < 20; i++ {\n\tfmt.Println(\"out\", i)\n\tfmt.Fprintln(os.Stderr, \"err\", i)\n}\nexec.Command(\"sh\", \"-c\", \"echo child\").Run()"
    answer = worker.run(code, merge=1)
    assert answer.shape == [("stdout", "".join(f"out {i}\nerr {i}\n" for i in range(20))), "done"]
    assert worker.run("println(\"apart\")").shape == [("stderr", "apart\n"), "done"]


def test_a_flood_of_output_comes_whole_and_in_order(worker):
    answer = worker.run("for i := 0; i < 200000; i++ { fmt.Println(i) }\n1")
    assert answer.out == "".join(f"{i}\n" for i in range(200000)) and answer.value == "1"


def test_output_of_children_stands_where_it_was_printed(worker):
    answer = worker.run('''fmt.Println("before")
child := exec.Command("sh", "-c", "echo within; ls -l /proc/self/fd | wc -l; ls /proc/self/fd")
child.Stdout, child.Stderr = os.Stdout, os.Stderr
child.Run()
fmt.Println("after")''')
    lines = answer.out.split("\n")
    assert lines[:2] == ["before", "within"] and lines[-2] == "after"
    assert [line for line in lines[3:-2] if line not in ("0", "1", "2", "3")] == []


def test_a_snippets_first_files_are_near_the_standard_streams(worker):
    worker.run("f, _ := os.Open(\"/dev/null\")\nint(f.Fd())")
    assert int(worker.run("int(f.Fd())").value) < 20


def test_input_is_read_to_the_end_of_the_run_and_then_afresh(worker):
    worker.type("one two\nthree\n")
    assert worker.run("var a, b string\nfmt.Scan(&a, &b)\nfmt.Println(a, b)").out == "one two\n"
    worker.start("rest, _ := io.ReadAll(os.Stdin)\nfmt.Printf(\"%q\", rest)")
    worker.end_input()
    assert worker.wait().out.endswith('three\\n"')
    worker.fresh_input()
    worker.type("again\n")
    assert worker.run("fmt.Scan(&a)\na").value == '"again"'


def test_without_input_a_read_fails_at_once(worker):
    assert worker.run("var a string\n_, err := fmt.Scan(&a)\nerr", stdin="none").value == "EOF"
    worker.type("now\n")
    assert worker.run("fmt.Scan(&a)\na").value == '"now"'


def test_arguments_replace_those_before_and_stay(worker):
    assert worker.run("os.Args", argv=["one", "", "two words"]).value == '["main" "one" "" "two words"]'
    assert worker.run("len(os.Args)").value == "4"
    program = 'package main\nimport ("flag"; "fmt")\nfunc main() { n := flag.Int("n", 1, ""); flag.Parse(); fmt.Println(*n, flag.Args()) }'
    for _ in range(2):
        assert worker.run(program, argv=["-n", "4", "x"]).out == "4 [x]\n"
    assert worker.run(program, argv=["-nosuch"]).error is not None
    assert worker.run("1").value == "1"


def test_traceparent_is_the_runs_own(worker):
    worker.start('os.Getenv("TRACEPARENT")', traceparent="00-a-b-01")
    assert worker.wait().value == '"00-a-b-01"'
    assert worker.run('os.LookupEnv("TRACEPARENT")').value == '"", false'


def test_directory_and_environment_are_the_processs(worker, tmp_path):
    worker.run(f'os.Chdir("{tmp_path}")\nos.Setenv("WORD", "kept")')
    answer = worker.run('out, _ := exec.Command("sh", "-c", "echo $WORD; pwd").Output()\nstring(out)')
    assert answer.value == f'"kept\\n{tmp_path}\\n"'


def test_a_file_beyond_its_limit_is_an_error_and_no_end(worker, tmp_path):
    resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
    assert "file too large" in worker.run(f'os.WriteFile("{tmp_path}/big", make([]byte, 3000000), 0o644)').value
    assert worker.run("1").value == "1"


def test_a_picture_is_also_told_as_one(worker):
    answer = worker.run("picture := image.NewRGBA(image.Rect(0, 0, 3, 2))\npicture")
    names = [name for name, _ in answer.frames("result")[0][2]]
    assert names == ["text/plain", "image/png"]
    assert answer.part("result", "image/png").startswith("iVBORw0KGgo")


# -- questions

@pytest.mark.parametrize(("code", "start", "items"), [
    ("fmt.Printl", 4, {"Println": "function"}), ("corner.", 7, {"Across": "field", "Down": "field", "Area": "method"}),
    ("corner.A", 7, {"Across": "field", "Area": "method"}), ("Corner{Ac", 7, {"Across": "field"}), ("corne", 0, {"corner": "variable"}),
    ("fmt.Println(strings.Repe", 20, {"Repeat": "function"}), ("func f() { if local := corner; local.D", 37, {"Down": "field"}),
    ("func f(parameter int) { para", 24, {"parameter": "variable"}), ("time.Now().Yea", 11, {"Year": "method", "YearDay": "method"}),
    ("x := 1\nfallth", 7, {"fallthrough": "keyword"}), ("limi", 0, {"limit": "constant"}), ("\"fmt.Pri", 5, {}), ("// fmt.Pri", 7, {}),
    ("package main\nimport \"os\"\nfunc main() { os.Getw", 42, {"Getwd": "function"}), ("var b bytes.Buffer\nb.ReadB", 21, {"ReadByte": "method", "ReadBytes": "method"}),
    ("[]Corner{{}}[0].Dow", 16, {"Down": "field"}), ("encoding/", 9, None), ("js", 0, {"json": "module", "jsonrpc": "module"}),
])
def test_completion_knows_packages_types_and_what_was_defined(worker, code, start, items):
    worker.run("type Corner struct{ Across, Down int }\nfunc (c *Corner) Area() int { return 0 }\nvar corner Corner\nconst limit = 3")
    began, end, found = worker.complete(code)
    assert (began, end) == (start, len(code)) and (items is None or found == items)


def test_completion_counts_bytes_and_reads_only_up_to_the_cursor(worker):
    code = 's := "ü"; fmt.Prin(1); more'
    began, end, found = worker.complete(code, cursor=len('s := "ü"; fmt.Prin'.encode()))
    assert (began, end) == (15, 19) and set(found) == {"Print", "Printf", "Println"}


@pytest.mark.parametrize(("code", "has"), [
    ("strings.Repeat", "Repeat returns a new string"), ("add", "func add(a int, b int) int\n\nadd adds."), ("add(", "func add"),
    ("Corner", "type Corner struct{Across int; Down int}"), ("corner", "var corner Corner"), ("corner.Down", "field Down int"),
    ("limit", "const limit untyped int = 3"), ("len", "builtin len"), ("json", "package json // import \"encoding/json\""),
    ("http.Client{}.Timeout", "field Timeout time.Duration"), ("nosuch", None), ("", None), ("x := 3; x", "var x int"),
])
def test_inspection_tells_signature_and_comment(worker, code, has):
    worker.run("// add adds.\nfunc add(a, b int) int { return a + b }\ntype Corner struct{ Across, Down int }\nvar corner Corner\nconst limit = 3")
    found = worker.inspect(code)
    assert found is None if has is None else has in found
    if has and code == "add":
        assert "return a + b" not in found and "return a + b" in worker.inspect(code, detail=1)


@pytest.mark.parametrize(("code", "state"), [
    ("x := 1", "complete"), ("", "complete"), ("// c", "complete"), ("x +", "incomplete"), ("for {", "incomplete"), ("f(", "incomplete"),
    ("func f() {\n\tif x {\n", "incomplete"), ("a := `raw", "incomplete"), ("/* c", "incomplete"), ("import (", "incomplete"),
    ("switch x {\ncase 1:", "incomplete"), ("x := []int{1,\n2,", "incomplete"), ("if x {} else", "incomplete"), ("foo.", "incomplete"),
    ("package main\nfunc main() {", "incomplete"), ("x := := 1", "invalid"), ("}", "invalid"), ("f(]", "invalid"), ("x y", "invalid"),
    ("\"open", "invalid"), ("if x y {", "invalid"), ("package main\nfunc main() {}", "complete"), ("type T struct {", "incomplete"),
])
def test_check_knows_what_is_begun_from_what_is_wrong(worker, code, state):
    assert worker.check(code)[0] == state


def test_check_indents_by_what_is_open(worker):
    assert worker.check("func f() {\n\tfor {") == ("incomplete", "\t\t")


def test_questions_run_nothing_and_change_nothing(worker):
    worker.complete("os.Exit(3); x := 5; x")
    worker.inspect("panic(1); x := 5; x")
    worker.check("os.Exit(3)")
    assert worker.run("x").error == ("CompileError", "undefined: x")


def test_a_trivial_snippet_takes_little_and_many_leave_little_behind(worker):
    worker.run("x := 0")
    for _ in range(200):
        worker.run("x++")
    before = worker.rss_mb
    for _ in range(2000):
        worker.run("x++")
    assert worker.run("x").value == "2200" and worker.rss_mb - before < 60
    assert re.fullmatch(r"1\.\d+(\.\d+)?", worker.ready[1]["version"]) and os.getpgid(worker.pid) == worker.pid
