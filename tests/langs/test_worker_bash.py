# SPDX-License-Identifier: Apache-2.0
"""The Bash worker by the contract of langs/WORKER.md, alone over its descriptors."""

import pytest
from harness import Worker, statuses

LANGUAGE = "bash"


def test_variables_functions_options_and_the_directory_are_kept(worker, tmp_path):
    worker.run(f"x=3; declare -A m=([a]=1); f() {{ echo f$1; }}; set -o pipefail; shopt -s extglob; cd {tmp_path}")
    assert worker.run("echo $x ${m[a]} $PWD; f 2; shopt -q extglob && [[ -o pipefail ]] && echo kept").out == (
        f"3 1 {tmp_path}\nf2\nkept\n")


def test_the_status_of_the_last_command_is_the_snippets_and_seen_by_the_next(worker):
    answer = worker.run("echo one\n(exit 7)")
    assert answer.done == {"status": "error", "exit": "7"}
    assert answer.error == ("ExitStatus", "exit status 7")
    assert answer.frames("error")[0][1] == {"kind": "runtime", "line": "2"}
    assert worker.run("echo $?").out == "7\n"
    assert worker.run("false\necho went on").shape == [("stdout", "went on\n"), "done"]


def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    worker.run("x=1; f() { exit 3; echo no; }")
    answer = worker.run("f; echo no")
    assert (answer.shape, answer.done) == (["done"], {"status": "error", "exit": "3"})
    assert worker.run("exit 0").done == {"status": "ok", "exit": "0"}
    assert worker.run("(exit 4); echo $? $x; y=$(exit 5); echo $?").out == "4 1\n5\n"


@pytest.mark.parametrize("code", [
    "set -e\nfalse\necho no", "set -euo pipefail\nfalse | true\necho no", "g() { set -e; false; echo no; }; g",
    "trap 'true' ERR; set -e; false; echo no",
])
def test_a_failure_under_set_e_ends_the_snippet_and_not_the_shell(worker, code):
    worker.run("kept=1")
    answer = worker.run(code)
    assert answer.shape == ["error", "done"] and answer.done == {"status": "error", "exit": "1"}
    assert worker.run("[[ -o errexit ]] && echo on $kept").out == "on 1\n"


@pytest.mark.parametrize("code", [
    "break", "break 9; echo no", "return 3", "continue", "exec nosuchprogram", "set -u; echo $nope", "local x=1",
    "echo $((1 / 0))", "${bad!sub}", "PROMPT_COMMAND=nonsense", "unset PROMPT_COMMAND", "trap 'true' EXIT DEBUG INT",
    "set -x", "set -v", "set -f; IFS=:; set -a; set -C", "shopt -s nocasematch; LC_ALL=tr_TR.UTF-8",
    "kill -INT $$", "kill -TERM $$", "readonly IFS", "exec 3>&1 9>&1", "alias echo=false; unalias echo",
    "if true; then", "fi", "cat <<EOF\nopen", "echo 'open", ": $(", "(", "set -n; set +n", "trap - EXIT INT DEBUG",
])
def test_a_snippet_that_goes_astray_does_not_derail_the_worker(worker, code):
    worker.run("kept=5")
    worker.run(code)
    assert worker.run("set +xvu; echo fine $kept 2>/dev/null").out.endswith("fine 5\n")
    assert worker.run("echo fine $kept").shape == [("stdout", "fine 5\n"), "done"]


def test_a_syntax_error_is_of_kind_compile_with_its_line(worker):
    answer = worker.run("echo one\nfi")
    assert answer.frames("error")[0][1] == {"kind": "compile", "line": "2"}
    assert answer.error[0] == "SyntaxError" and answer.done == {"status": "error", "exit": "2"}
    assert worker.run("(exit 2)").error == ("ExitStatus", "exit status 2")


def test_messages_and_line_numbers_are_the_users(worker):
    assert worker.run("\nnosuch").err == "bash: nosuch: command not found\n"
    assert worker.run("echo $LINENO\necho $LINENO").out == "1\n2\n"
    assert worker.run("trap 'echo at $LINENO with $?' ERR\n\n(exit 4)").out == "at 3 with 4\n"


@pytest.mark.parametrize("code", [
    "sleep 600", "while :; do :; done", "read x", "cat", "sleep 60 | cat", "f() { sleep 60; }; f", "(while :; do :; done)",
    "echo $(sleep 60)", "sleep 60 & wait", "sleep 60 & read x", "sleep 60 | read x", "mapfile x",
    "yes | while read x; do :; done", "sleep 60 & exec 3< <(sleep 60); read x <&3", "while :; do echo flood; done", "for i in {1..999}; do sleep 60; done",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("kept=5")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupted" and answer.err == ""
    assert worker.run("echo $kept $?").out == "5 130\n"


@pytest.mark.parametrize("code", [
    "while :; do (trap '' INT; sleep 0.05); done", "for i in {1..9999}; do (trap '' INT; sleep 0.05) | cat; done",
    "f() { (trap '' INT; sleep 0.05); f; }; f", "while (trap '' INT; sleep 0.05); do x=$(trap '' INT; sleep 0.05); done",
    "set -e; while :; do (trap '' INT; sleep 0.05); done", "eval 'until ! (trap \"\" INT; sleep 0.05); do :; done'",
    "trap true ERR; while :; do (trap '' INT; sleep 0.05); done",
])
def test_an_interrupt_ends_a_loop_whose_commands_take_no_notice(worker, code):
    worker.run("kept=5")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error[0] == "Interrupted" and answer.err == ""
    assert worker.run("set +e; echo $kept").out == "5\n"


def test_an_interrupted_child_does_not_run_the_exit_trap_of_its_shell(worker):
    worker.run("kept=5; trap 'echo bye' EXIT")
    for _ in range(10):
        assert worker.interrupted("while :; do (:); done").shape == ["error", "done"]
    assert worker.run("echo $kept; trap -p EXIT; (trap 'echo own $?' EXIT; exit 3); trap EXIT; trap -p EXIT").out == (
        "5\ntrap -- 'echo bye' EXIT\nown 3\n")


def test_a_coprocess_is_kept_between_snippets(worker):
    worker.run("coproc cat; kept=5")
    assert worker.run("echo two >&${COPROC[1]}; read x <&${COPROC[0]}; echo $x $kept").out == "two 5\n"


def test_an_interrupt_amid_a_process_substitution_leaves_a_sound_context(worker):
    for _ in range(20):
        assert worker.interrupted("while read x; do (:); done < <(yes)").done == {"status": "interrupted"}
        assert worker.run("echo fine; echo too >&2").shape == [("stdout", "fine\n"), ("stderr", "too\n"), "done"]


def test_the_users_traps_are_as_he_set_them_and_the_workers_unseen(worker):
    assert worker.run("trap; trap -p").out == "trap -- '' SIGXFSZ\n" * 2
    assert worker.run("trap 'echo e' ERR URG; trap; trap -p ERR RTMAX").out == (
        "trap -- 'echo e' SIGURG\ntrap -- '' SIGXFSZ\ntrap -- 'echo e' ERR\ntrap -- 'echo e' ERR\n")
    assert worker.run("kill -URG $$; trap - URG ERR; trap -p ERR URG").out == "e\n"
    answer = worker.run("trap 'echo mine' SIGRTMAX")
    assert answer.err == "bash: trap: SIGRTMAX: this signal is the worker's, by which it is interrupted\n"
    assert answer.done == {"status": "error", "exit": "1"}
    assert worker.interrupted("while :; do (trap '' INT; sleep 0.05); done").done == {"status": "interrupted"}


def test_the_users_own_trap_sees_interrupts_across_snippets(worker):
    worker.run("trap 'echo caught' INT")
    answer = worker.interrupted("sleep 3; echo after")
    assert answer.out == "caught\nafter\n" and answer.done == {"status": "ok"}
    worker.run("trap - INT")
    assert worker.interrupted("sleep 600").done == {"status": "interrupted"}


def test_read_with_a_prompt_asks_and_reads_into_the_callers_variables(worker):
    answer = worker.run("f() { local n; read -r -p 'name? ' n; echo hi $n; }; f; echo [$n]",
                        then=lambda event: event[0] == "prompt" and worker.type("Bob\n"))
    assert answer.shape[:2] == [("stdout", "name? "), "prompt"] and answer.out == "name? hi Bob\n[]\n"
    answer = worker.run("read -sp 'pw: ' a b; echo $a-$b", then=lambda event: event[0] == "prompt" and worker.type("x y z\n"))
    assert answer.frames("prompt")[0][1] == {"password": "1"} and answer.out == "pw: x-y z\n"
    answer = worker.run("read -p no v <<< here; echo $v; echo piped | while read -p no l; do echo $l; done")
    assert answer.shape == [("stdout", "here\npiped\n"), "done"]
    answer = worker.run("read -p q v", stdin="none")
    assert not answer.frames("prompt") and answer.done["status"] == "error" and "no input" in answer.err
    answer = worker.interrupted("read -p q v")
    assert answer.shape == [("stdout", "q"), "prompt", "taken", "error", "done"]


def test_arguments_and_any_bytes_arrive_as_they_are(worker):
    assert worker.run('printf "%s|" "$@" $#', argv=["a b", "c\nd", "é"]).out == "a b|c\nd|é|3|"
    assert worker.run("set -- x y").done and worker.run("echo $#").out == "2\n"
    assert worker.run("echo 'ünï' | wc -c; echo ${#x}${x:-ö}").out == "6\n0ö\n"
    worker.start(b"printf '\xff\\n'".decode("latin-1"))
    assert worker.wait().done == {"status": "ok"}


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run("for f in /proc/self/fd/*; do :; done; ls -l /proc/self/fd | grep -c 'pipe:'").out == "3\n"


def test_jobs_in_the_background_are_quiet(worker):
    worker.run("nosuch")
    assert worker.run("sleep 60 & echo bg").shape == [("stdout", "bg\n"), "done"]
    assert worker.run("kill %1; wait; echo gone").shape == [("stdout", "gone\n"), "done"]


def test_a_lasting_redirection_lasts(worker, tmp_path):
    worker.run(f"exec 2>{tmp_path}/log 5>{tmp_path}/five")
    assert worker.run("nosuch; echo five >&5").err == ""
    assert worker.run(f"cat {tmp_path}/log {tmp_path}/five").out == "bash: nosuch: command not found\nfive\n"


def test_completion_inspection_and_check(worker):
    worker.run("frob_nicate() { :; }; frob_var=1")
    assert worker.complete("frob_")[2] == {"frob_nicate": "function"}
    assert worker.complete("echo é $frob_") == (9, 14, {"frob_var": "variable"})
    assert worker.complete("ls /etc/passw")[2]["/etc/passwd"] == "file"
    assert "frob_nicate ()" in worker.inspect("frob_nicate", 1)
    assert 'frob_var="1"' in worker.inspect("echo $frob_var")
    assert worker.inspect("nosuchthing") is None
    assert [worker.check(code)[0] for code in ("echo", "if x", "fi", "cat <<E\na", "echo 'a", "a &&", "a \\")] == [
        "complete", "incomplete", "invalid", "incomplete", "incomplete", "incomplete", "incomplete"]


def test_a_snippet_of_a_megabyte_runs(worker):
    assert worker.run(("#" * 99 + "\n") * 10000 + "echo end").out == "end\n"


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("kept=41")
    runs = worker.interrupted_at_random("for ((i = 0; i < 300; i++)); do :; done; echo x; /bin/true; y=$(echo z)", within=0.008, times=200)
    assert "interrupted" in statuses(runs)
    assert worker.run("echo $kept").shape == [("stdout", "41\n"), "done"]


def test_end_of_requests_ends_the_shell_with_the_users_exit_trap(worker):
    worker.run("trap 'echo bye' EXIT; sleep 60 &")
    assert worker.close() == 0


def test_a_rubbish_environment_does_not_spoil_the_start():
    environment = {"BASH_ENV": "/nonexistent", "ENV": "/nonexistent", "PROMPT_COMMAND": "echo no", "PS1": "no",
                   "LC_ALL": "xx_XX", "IFS": "x", "SHELLOPTS": "", "TMOUT": "1"}
    del environment["SHELLOPTS"]
    with Worker("bash", env=environment) as worker:
        assert worker.run("echo fine").out == "fine\n"


@pytest.fixture
def folder(tmp_path):
    for name in ("alpha", "a b/x y", "a$x", "sub/deep", "run.sh"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    (tmp_path / "run.sh").chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("code, start, some", [
    ("my_", 0, {"my_func": "function", "my_var": None}), ("echo $my", 6, {"my_var": "variable"}),
    ("echo ${my", 7, {"my_var": "variable"}), ('echo "$my', 7, {"my_var": "variable"}), ("echo '$my", 6, {"my_var": None}),
    ("export my", 7, {"my_var": "variable"}), ("unset my_", 6, {"my_var": "variable", "my_func": "function"}),
    ("cat al", 4, {"alpha": "file"}), ("cat a", 4, {"a\\ b/": "directory", "a\\$x": "file"}), ("cat 'a", 5, {"a b/": "directory"}),
    ('cat "a b/', 5, {"a b/x y": "file"}), ("cat a\\ b/", 4, {"a\\ b/x\\ y": "file"}), ("cd s", 3, {"sub/": "directory"}),
    ("cd al", 3, {}), ("./r", 0, {"./run.sh": "file"}), ("./al", 0, {}), ("cat <al", 5, {"alpha": "file"}),
    ("cat <alpha whi", 11, {"while": None}), ("<alpha whi", 7, {"while": "keyword"}), ("x=1 whi", 4, {"while": "keyword"}),
    ("x=al", 2, {"alpha": "file"}), ("ls | whi", 5, {"while": "keyword"}), ("if whi", 3, {"while": "keyword"}),
    ("a; do whi", 6, {"while": "keyword"}), ("$(whi", 2, {"while": "keyword"}), ("echo hi # al", 12, {}), ("ls \\\nal", 5, {"alpha": "file"}),
    ("one\nwhi", 4, {"while": "keyword"}), ("rea", 0, {"read": "builtin"}), ("__quern", 0, {}), ("type my_f", 5, {"my_func": "function"}),
    ("echo é al", 8, {"alpha": "file"}), ("nope_nope", 0, {}),
])
def test_completion_knows_what_stands_before_the_cursor(worker, folder, code, start, some):
    worker.run(f"cd {folder}; my_func() {{ echo hi; }}; my_var=1")
    found, end, items = worker.complete(code)
    assert (found, end) == (start, len(code.encode())) or not items and some == {}
    assert {name: items.get(name) for name in some} == some and (some or not items)
    assert worker.run("echo $my_var; shopt -q extglob || echo off").out == "1\noff\n"


@pytest.mark.parametrize("code, text", [
    ("read", "read: read ["), ("exit", "exit: exit [n]"), ("if", "if: if COMMANDS"), ("my_func", "my_func is a function"),
    ("$my_var", 'declare -- my_var="1"'), ("my_var", 'declare -- my_var="1"'), ("cat", "cat is /"), ("ll", "alias ll='ls -l'"), ("nope", None),
])
def test_inspection_tells_what_a_word_is(worker, code, text):
    worker.run("my_func() { echo hi; }; my_var=1; alias ll='ls -l'")
    found = worker.inspect(code)
    assert found is None if text is None else found.startswith(text)
    assert "echo hi" in worker.inspect("my_func", 1)


@pytest.mark.parametrize("code, state, indent", [
    ("if true; then", "incomplete", "  "), ("if true; then\n  x", "incomplete", "  "), ("for i in 1; do", "incomplete", "  "),
    ("case x in", "incomplete", "  "), ("cat <<EOF\nabc", "incomplete", ""), ("cat <<EOF\nabc\nEOF", "complete", ""),
    ("echo 'abc", "incomplete", ""), ('echo "abc', "incomplete", ""), ("echo $(ls", "incomplete", ""), ("a |", "incomplete", ""),
    ("a \\", "incomplete", ""), ("a \\\\", "complete", ""), ("f() {", "incomplete", "  "), ("x=(1 2", "incomplete", ""),
    ("[[ -f x", "incomplete", ""), ("[[ -f x &&", "incomplete", ""), ("fi", "invalid", ""), ("echo )", "invalid", ""), ("", "complete", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)


def test_merged_output_comes_as_stdout_in_true_order(worker):
    code = "for i in 1 2; do echo o$i; echo e$i >&2; done; ls /no/such; echo end"
    merged = worker.run(code, merge=1).shape
    assert [name for name, *_ in merged[:1]] == ["stdout"] and merged[0][1].startswith("o1\ne1\no2\ne2\nls: ")
    assert merged[0][1].endswith("\nend\n") and merged[1:] == ["done"]
    assert worker.run("echo out; echo err >&2").shape in (
        [("stdout", "out\n"), ("stderr", "err\n"), "done"], [("stderr", "err\n"), ("stdout", "out\n"), "done"])


@pytest.mark.parametrize("code", ["exit 3", "set -e; false", "kill -INT $$; sleep 1", "fi", "exec 2>&-", ": ${x?oops}", "break"])
def test_a_merged_run_leaves_two_streams_however_it_ends(worker, code):
    worker.run(code, merge=1)
    if code != "exec 2>&-":
        assert worker.run("set +e; echo y >&2").shape == [("stderr", "y\n"), "done"]
    assert worker.run("ls /proc/$$/fd").out.split() != [] and "58" not in worker.run("ls /proc/$$/fd").out.split()


def test_what_a_merged_snippet_makes_of_its_stderr_stays(worker, tmp_path):
    worker.run(f"exec 2>{tmp_path}/err", merge=1)
    worker.run("echo kept >&2")
    assert (tmp_path / "err").read_text() == "kept\n"


def test_traceparent_is_of_one_run(worker):
    show = "echo ${TRACEPARENT-none}; env | grep -c ^TRACEPARENT; true"
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01\n1\n"
    assert worker.run(show).out == "none\n0\n"
    worker.run("export TRACEPARENT=mine")
    assert worker.run(show, traceparent="00-ab-cd-01").out == "00-ab-cd-01\n1\n"
    assert worker.run(show).out == "mine\n1\n"
    worker.run("TRACEPARENT=changed", traceparent="00-ab-cd-01")
    assert worker.run(show).out == "changed\n1\n"
