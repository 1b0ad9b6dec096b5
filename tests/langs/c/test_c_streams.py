# SPDX-License-Identifier: Apache-2.0
"""Input and output: their order, their ends, and what children and threads have of them."""


def test_output_stands_before_the_frame_that_follows_it(worker):
    assert worker.run('printf("a"); 7').shape == [("stdout", "a"), "result", "done"]
    assert worker.run('fputs("e", stderr); printf("b"); *(volatile int *)0 = 1;').shape[-2:] == ["error", "done"]


def test_lines_go_out_as_they_end_and_a_prompt_before_its_read(worker):
    worker.start('#include <unistd.h>\nputs("line"); printf("name? "); char n[9]; scanf("%8s", n); printf("[%s]", n);')
    assert worker.read_output("name? ") == "line\nname? "
    worker.type("Bob\nleft over\n")
    assert worker.wait().out == "[Bob]"
    worker.start("int d = getchar(); d")
    worker.type("x\n")
    assert worker.wait().value == str(ord("x"))


def test_end_of_input_is_the_runs_alone(worker):
    worker.start("getchar()")
    worker.end_input()
    assert worker.wait().value == "-1"
    worker.fresh_input()
    worker.start("getchar()")
    worker.type("y")
    assert worker.wait().value == str(ord("y"))


def test_cin_reads_afresh_after_an_end_and_after_rubbish(cpp):
    cpp.start("int n = 1; std::cin >> n; n")
    cpp.type("rubbish\n")
    assert cpp.wait().value == "0"
    cpp.start("std::string s; std::getline(std::cin, s); s")
    cpp.type("a line\n")
    assert cpp.wait().value == '"a line"'


def test_children_inherit_neither_requests_nor_replies(worker):
    assert worker.run('system("ls -l /proc/self/fd | grep -c pipe: >&2");').err == "3\n"
    assert worker.run("#include <fcntl.h>\nopen(\"/dev/null\", O_RDONLY)").value == "3"


def test_a_forked_child_that_comes_back_does_not_serve(worker):
    answer = worker.run("#include <unistd.h>\n#include <sys/wait.h>\nint pid = fork(); if (pid) waitpid(pid, 0, 0); puts(pid ? \"parent\" : \"child\");")
    assert answer.shape == [("stdout", "child\nparent\n"), "done"]
    assert worker.run("1").shape == ["result", "done"]


def test_threads_of_the_users_go_on_between_snippets(worker):
    worker.run("#include <pthread.h>\n#include <unistd.h>\nvolatile int n; void *work(void *) { for (;;) { n++; usleep(1000); } }"
               if worker.language == "cpp" else
               "#include <pthread.h>\n#include <unistd.h>\nvolatile int n; void *work(void *p) { for (;;) { n++; usleep(1000); } }")
    worker.run("pthread_t t; pthread_create(&t, 0, work, 0);")
    while int(worker.run("n").value) <= 5:
        pass
    worker.start('puts("ready"); sleep(60);')
    worker.read_output("ready\n")
    worker.interrupt()
    assert worker.wait().done == {"status": "interrupted"}
    assert worker.close() == 0


def test_merged_streams_are_one_in_true_order_for_that_run_alone(worker):
    code = 'printf("a "); fprintf(stderr, "b "); printf("c "); fprintf(stderr, "d\\n");'
    assert worker.run(code, merge=1).shape == [("stdout", "a b c d\n"), "done"]
    assert worker.run(code + " *(volatile int *)0 = 1;", merge=1).shape == [("stdout", "a b c d\n"), "error", "done"]
    answer = worker.run(code)
    assert (answer.out, answer.err) == ("a c ", "b d\n")
    assert worker.run('puts("x"); puts("y");').out == "x\ny\n"


def test_merged_streams_leave_what_the_snippet_has_put_in_their_place(worker, tmp_path):
    worker.run("#include <fcntl.h>\n#include <unistd.h>")
    assert worker.run(f'int fd = open("{tmp_path}/log", O_CREAT | O_WRONLY, 0600); dup2(fd, 2);', merge=1).shape == ["done"]
    assert worker.run('fprintf(stderr, "logged");').shape == ["done"]
    assert (tmp_path / "log").read_text() == "logged"


def test_streams_of_cpp_are_merged_too(cpp):
    code = 'std::cout << "a "; std::cerr << "b "; std::cout << "c "; std::clog << "d" << std::endl;'
    assert cpp.run(code, merge=1).shape == [("stdout", "a b c d\n"), "done"]
    assert cpp.run(code).err == "b d\n"


def test_a_traceparent_is_of_its_run(worker):
    ask = 'getenv("TRACEPARENT") ? getenv("TRACEPARENT") : ""'
    assert worker.run(ask, traceparent="00-aa-bb-01").value == '"00-aa-bb-01"'
    assert worker.run(ask).value == '""'
