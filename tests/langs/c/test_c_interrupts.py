# SPDX-License-Identifier: Apache-2.0
"""An interrupt at any moment ends the snippet and nothing else."""
import time

import pytest
from harness import statuses


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


def test_an_interrupt_leaves_no_library_in_the_middle(worker):
    """Witness is the lock of a stream, which is held nearly all the time: another thread can take it.

    As long as there has been one thread only, the library takes no lock."""
    seen = "pthread_t other; pthread_create(&other, NULL, look, NULL); pthread_join(other, NULL); locked"
    worker.run("#include <pthread.h>\n#include <stdio.h>\n#include <stdlib.h>\nFILE *stream = fopen(\"/dev/null\", \"w\");\n"
               "char *block = (char *)calloc(1, 1 << 20); setvbuf(stream, (char *)malloc(1 << 24), _IOFBF, 1 << 24);\nint locked;\n"
               "void *look(void *p) { locked = ftrylockfile(stream); if (!locked) funlockfile(stream); return p; }")
    assert worker.run(seen).value == "0"
    for _ in range(3):
        assert interrupted(worker, "for (;;) fwrite(block, 1, 1 << 20, stream);").done == {"status": "interrupted"}
        assert worker.run(seen).value == "0"


def test_an_interrupt_within_a_call_from_the_library_ends_the_snippet(worker):
    worker.run("#include <stdlib.h>\nint many[1000000];\nint order(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }")
    assert interrupted(worker, "for (;;) { qsort(many, 1000000, sizeof *many, order); many[0]--; }").done == {"status": "interrupted"}
    assert worker.run("order(many, many)").value == "0"


def test_an_interrupt_while_a_snippet_is_linked_costs_nothing(worker):
    worker.run("int kept = 41;")
    body = "x = x * 3 + 1; " * 100
    worker.start("".join(f"int f{n}(int x) {{ {body} return x; }}\n" for n in range(150)) + "f1(kept);\nputs(\"never\");")
    while not children(worker.pid):  # the one that looks whether it compiles
        time.sleep(0.001)
    while children(worker.pid):
        time.sleep(0.001)
    answer = worker.wait(nudge=worker.interrupt)
    assert (answer.done, answer.out) == ({"status": "interrupted"}, "")
    assert worker.run("kept + 1").value == "42"
    assert worker.run("int g(int x) { return f2(x); }\ng(0) == f3(0)").value in ("1", "true")


def test_other_threads_outlive_an_interrupt_of_the_snippets_own(worker):
    worker.run("#include <pthread.h>\n#include <sched.h>\n#include <stdlib.h>\nvolatile long counted; volatile int stop;\n"
               "void *count(void *p) { while (!stop) counted++; return p; }\npthread_t other; pthread_create(&other, NULL, count, NULL);")
    for _ in range(10):
        assert interrupted(worker, "for (;;) free(malloc(100));").done == {"status": "interrupted"}
    assert worker.run("long before = counted; while (counted == before) sched_yield();\nstop = 1; pthread_join(other, NULL)").value == "0"


def test_a_handler_of_the_snippets_own_holds_for_the_snippet(worker):
    worker.run("#include <signal.h>\n#include <unistd.h>\nvolatile int seen; void on(int n) { seen = n; }")
    answer = handled(worker, 'signal(SIGINT, on); puts("ready"); while (!seen) usleep(1000); puts("caught");')
    assert (answer.out, answer.done) == ("caught\n", {"status": "ok"})
    assert interrupted(worker, "sleep(60);").done == {"status": "interrupted"}


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("int kept = 41;")
    runs = worker.interrupted_at_random(
        'for (volatile int i = 0; i < 1000000; i++) {}\nputs("x"); free(malloc(1000)); char *s = strdup("abc"); free(s);',
        within=0.012, times=150)
    assert "interrupted" in statuses(runs) and statuses(runs) <= {"ok", "interrupted"}
    assert worker.run("kept").value == "41"


def test_an_interrupt_between_snippets_does_nothing(worker):
    for _ in range(20):
        worker.interrupt()
    assert worker.run("1").shape == ["result", "done"]
