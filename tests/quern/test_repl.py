# SPDX-License-Identifier: Apache-2.0
"""quern repl, from a file and at a terminal."""
import os
import pty
import select
import termios
import time

import pytest

from conftest import until


def test_lines_of_a_file_share_a_context(quern):
    result = quern("repl", "-l", "python", input=b"x = 6\nprint(x)\nx * 7\n")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"6\n42\n", b"")


def test_a_block_ends_with_an_empty_line(quern):
    result = quern("repl", "-l", "python", input=b"for i in range(3):\n    print(i)\n\nprint('after')\ny = [1,\n2]\n\nlen(y)\n")
    assert result.stdout == b"0\n1\n2\nafter\n2\n"


def test_the_last_failure_is_the_exit_code(quern):
    result = quern("repl", "-l", "python", input=b"1 / 0\nprint('on')\n")
    assert result.returncode == 0 and b"ZeroDivisionError" in result.stderr and result.stdout == b"on\n"
    assert quern("repl", "-l", "python", input=b"1 / 0\n").returncode == 1


def test_commands_choose_language_and_context(quern):
    script = b"x = 1\n:ctx other\nx\n:ctx main\nx\n:reset\nx\n:lang bash\necho shell\n:quit\nnever\n"
    result = quern("repl", "-l", "python", input=script)
    assert result.stdout == b"1\nshell\n" and result.stderr.count(b"NameError: name 'x'") == 2


def test_an_unknown_command_is_told(quern):
    assert b"there is no :wat; :help lists" in quern("repl", "-l", "bash", input=b":wat\n").stderr
    assert b":reset" in quern("repl", "-l", "bash", input=b":help\n").stdout


class Terminal:
    def __init__(self, quern, *args):
        self.master, slave = pty.openpty()
        self.process = quern.start(*args, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                                   preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0))
        os.close(slave)
        self.seen = ""

    def expect(self, text, seconds=60):
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            if not select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"no {text!r} in {self.seen!r}")
            try:
                self.seen += os.read(self.master, 65536).decode().replace("\r\n", "\n")
            except OSError:
                raise AssertionError(f"ended without {text!r}: {self.seen!r}") from None
        before, _, self.seen = self.seen.partition(text)
        return before

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        code = self.process.wait(60)
        os.close(self.master)
        return code


@pytest.fixture
def terminal(quern):
    opened = []

    def start(*args):
        opened.append(Terminal(quern, *args))
        return opened[-1]

    yield start
    for one in opened:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def test_a_terminal_has_prompts_and_leaves_by_ctrl_d(terminal):
    t = terminal("repl", "-l", "python")
    t.expect("python> ")
    t.type("6 * 7\n")
    t.expect("42\n")
    t.expect("python> ")
    t.type("print('no newline', end='')\n")
    t.expect("no newline\npython> ")
    t.type("for i in range(2):\n")
    t.expect("......  ")
    t.type("    i\n\n")
    t.expect("python> ")
    t.type("\x04")
    assert t.end() == 0


def test_ctrl_c_at_the_prompt_only_clears_the_line(terminal):
    t = terminal("repl", "-l", "python")
    t.expect("python> ")
    t.type("half a line")
    t.expect("half a line")
    t.type("\x03")
    t.expect("python> ")
    t.type("'al' + 'ive'\n")
    t.expect("'alive'")
    t.type("\x04")
    assert t.end() == 0


def test_ctrl_c_interrupts_what_runs_and_keeps_the_context(terminal):
    t = terminal("repl", "-l", "python")
    t.expect("python> ")
    t.type("x = 5; print('be' + 'gun', flush=True); import time; time.sleep(100)\n")
    t.expect("begun\n")
    t.type("\x03")
    t.expect("KeyboardInterrupt")
    t.expect("python> ")
    t.type("x + 1\n")
    t.expect("6\n")
    t.type(":quit\n")
    assert t.end() == 0


def test_a_program_may_ask_at_the_terminal(terminal):
    t = terminal("run", "-l", "python", "-c", "name = input('who? ')\nprint('hello ' + name.upper())")
    t.expect("who? ")
    t.type("ada\n")
    t.expect("hello ADA\n")
    assert t.end() == 0


def test_a_password_is_not_shown(terminal):
    t = terminal("run", "-l", "python", "-c", "import getpass\nprint('it is ' + getpass.getpass('secret? ')[::-1])")
    t.expect("secret? ")
    assert until(lambda: not termios.tcgetattr(t.master)[3] & termios.ECHO)
    t.type("abc\n")
    shown = t.expect("it is cba\n")
    assert "abc" not in shown
    assert t.end() == 0
