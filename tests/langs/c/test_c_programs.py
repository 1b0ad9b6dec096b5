# SPDX-License-Identifier: Apache-2.0
"""Whole programs, exit, and what runs when the context ends."""
import os


def test_a_program_is_run_and_its_status_is_the_exit(worker):
    assert worker.run('int main() { printf("hi\\n"); return 3; }').shape == [("stdout", "hi\n"), "done"]
    answer = worker.run('int main(int argc, char **argv) { for (int i = 1; i < argc; i++) printf("<%s>", argv[i]); return 0; }',
                        argv=["one", "two words", "", "é"])
    assert (answer.out, answer.done) == ("<one><two words><><é>", {"status": "ok", "exit": "0"})
    assert worker.run("int main() { return 3; }").done == {"status": "error", "exit": "3"}
    assert worker.run("quern_argc").value == "5"
    assert worker.run("quern_argv[4]").value == '"é"'


def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    worker.run('#include <stdlib.h>\nint x = 5; void f() { exit(3); } void bye() { puts("bye"); }')
    worker.run("atexit(bye);")
    answer = worker.run('printf("before"); f(); puts("never");')
    assert (answer.shape, answer.done) == ([("stdout", "before"), "done"], {"status": "error", "exit": "3"})
    assert worker.run("exit(0);").done == {"status": "ok", "exit": "0"}
    assert worker.run("x").value == "5"
    assert worker.close() == 0


def test_destructors_and_exit_hooks_run_at_the_end_and_have_a_second(cpp):
    cpp.run('void hook() { std::puts("hook"); for (;;) {} }\nstd::atexit(hook);')
    cpp.run('struct D { ~D() { std::puts("destroyed"); } }; D d;')
    assert cpp.child.poll() is None
    os.close(cpp.requests)
    cpp.requests = None
    assert cpp.child.wait() == 0
    assert os.read(cpp.stdout, 100) == b"destroyed\nhook\n"
