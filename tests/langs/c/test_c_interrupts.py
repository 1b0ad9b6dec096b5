# SPDX-License-Identifier: Apache-2.0
"""An interrupt at any moment ends the snippet and nothing else."""
import random
import time

import pytest


def handled(worker, code):
    """Runs the code and interrupts it when it has said ready."""
    worker.start(code)
    worker.read_output("ready\n")
    worker.interrupt()
    return worker.wait()


def interrupted(worker, code):
    return handled(worker, 'puts("ready");\n' + code)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as listed:
        return listed.read().split()


BLOCKED = ["for (volatile long i = 0;; i++) {}", "sleep(60);", "char c; read(0, &c, 1);", "getchar();", 'system("sleep 60; true");',
           "pause();", 'for (;;) printf("flood\\n");', "for (;;) free(malloc(100));", "for (;;) sleep(60);"]


@pytest.mark.parametrize("code", BLOCKED)
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("#include <unistd.h>\nint kept = 41;")
    for _ in range(2):
        answer = interrupted(worker, code + '\nputs("never");')
        assert answer.done == {"status": "interrupted"} and answer.error == ("Interrupted", "interrupted")
        assert "never" not in answer.out
        assert worker.run('puts("on"); kept').shape == [("stdout", "on\n"), "result", "done"]


@pytest.mark.parametrize("code", ["int n; std::cin >> n;", "std::this_thread::sleep_for(std::chrono::seconds(60));",
                                  "std::map<int, int> m; for (int i = 0;; i = (i + 1) % 1000) m[i]++;",
                                  "for (;;) std::cout << \"flood\" << std::endl;"])
def test_an_interrupt_ends_what_only_cpp_does(cpp, code):
    cpp.run("#include <thread>\n#include <chrono>\nint kept = 41;")
    assert interrupted(cpp, code).done == {"status": "interrupted"}
    assert cpp.run("kept").value == "41"


def test_an_endless_compilation_can_be_interrupted(cpp):
    code = "template <int n> struct T { static constexpr long v = T<n - 1>::v + T<n - 2>::v; };\n" + "".join(
        f"constexpr long slow{i} = [] {{ long s = 0; for (long i = 0; i < 900000; i++) s += i; return s; }}();\n" for i in range(50))
    cpp.start(code)
    while not children(cpp.pid):  # the one that compiles
        time.sleep(0.001)
    cpp.interrupt()
    assert cpp.wait().done == {"status": "interrupted"}
    assert cpp.run("1").value == "1"


def test_a_handler_of_the_snippets_own_holds_for_the_snippet(worker):
    worker.run("#include <signal.h>\n#include <unistd.h>\nvolatile int seen; void on(int n) { seen = n; }")
    answer = handled(worker, 'signal(SIGINT, on); puts("ready"); while (!seen) usleep(1000); puts("caught");')
    assert (answer.out, answer.done) == ("caught\n", {"status": "ok"})
    assert interrupted(worker, "sleep(60);").done == {"status": "interrupted"}


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("int kept = 41;")
    generator = random.Random(7)
    for _ in range(150):
        worker.start('for (volatile int i = 0; i < 1000000; i++) {}\nputs("x"); free(malloc(1000)); char *s = strdup("abc"); free(s);')
        time.sleep(generator.random() * 0.012)
        worker.interrupt()
        answer = worker.wait()
        assert answer.done["status"] in ("ok", "interrupted")
        assert len(answer.frames("done")) == 1 and len(answer.frames("error")) <= 1
        worker.interrupt()
    assert worker.run("kept").value == "41"


def test_an_interrupt_between_snippets_does_nothing(worker):
    for _ in range(20):
        worker.interrupt()
    assert worker.run("1").shape == ["result", "done"]
