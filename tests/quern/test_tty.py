# SPDX-License-Identifier: Apache-2.0
"""quern tty: a program in a terminal of the daemon's looks as it would in ours, and leaves ours as it was."""
import os
import re
import shutil
import signal

import pytest

from conftest import QUERN, until

BASH = ["bash", "--norc", "--noprofile"]
PROMPT = {"PS1": "$ ", "HISTFILE": "/dev/null", "PYTHONSTARTUP": ""}


@pytest.fixture
def stay(terminal, quern, daemon):
    """A terminal in which quern tty runs the command."""
    def start(*command, options=(), **more):
        variables = [word for name, value in PROMPT.items() for word in ("--env", f"{name}={value}")]
        return terminal(QUERN, "tty", "--cwd", quern.cwd, *variables, *options, "--", *command, **more)
    return start


@pytest.fixture
def both(terminal, stay):
    """The same program in our terminal and in one of the daemon's; act() on both, and they must look the same."""
    class Both:
        def __init__(self, *command):
            self.ours, self.theirs = terminal(*command, env=PROMPT), stay(*command)

        def act(self, *keys, text="", shows=None):
            for one in (self.ours, self.theirs):
                if text:
                    one.type(text)
                if keys:
                    one.press(*keys)
            self.same(shows)

        def resize(self, columns, rows):
            for one in (self.ours, self.theirs):
                one.resize(columns, rows)

        def same(self, shows=None):
            def look():
                seen = [(one.rows("-e"), one.cursor()) for one in (self.ours, self.theirs)]
                return seen[0] == seen[1] and (shows is None or any(re.search(shows, row) for row in self.theirs.rows()))
            assert until(look), "\n".join([*self.ours.rows("-e"), "-- and theirs:", *self.theirs.rows("-e"), f"{self.ours.cursor()} {self.theirs.cursor()}"])

    return Both


def needs(program):
    return pytest.mark.skipif(not shutil.which(program, path="/usr/bin:/bin"), reason=f"no {program} here")


@pytest.mark.parametrize("editor", [pytest.param("vim.basic", marks=needs("vim.basic")), pytest.param("vim.tiny", marks=needs("vim.tiny"))])
def test_an_editor_looks_the_same(both, quern, editor):
    (quern.cwd / "text").write_text("".join(f"line {n} of some text\n" for n in range(100)))
    two = both(editor, "-u", "NONE", "-i", "NONE", "-n", "text")
    two.same("line 3 of")
    two.act(text="ohello \u4e16\u754c \U0001f600 caf\u00e9", shows="hello \u4e16\u754c")
    two.act("C-c")  # as Escape, but nothing has to guess whether more of a key follows
    two.act(text=":set number", shows=":set number")
    two.act("Enter", shows=" 5 line 3")
    two.act(text="G", shows="100")
    two.resize(60, 15)
    two.act("C-l", shows="100")
    two.act(text=":q!")
    two.act("Enter", shows="left 0")


@needs("less")
def test_a_pager_looks_the_same(both, quern):
    (quern.cwd / "text").write_text("".join(f"line {n} of some text\n" for n in range(200)))
    two = both("less", "text")
    two.same("line 3 of")
    two.act("Space", shows="line 40 of")
    two.act(text="/line 123")
    two.act("Enter", shows="line 123")
    two.act(text="G", shows="END")
    two.act(text="q", shows="left 0")


def test_a_languages_prompt_looks_the_same(both):
    two = both("/usr/bin/python3", "-q")
    two.same(">>>")
    two.act("Enter", text="6 * 7", shows="42")
    two.act("Enter", text="print('\u4e16\u754c', '\\x1b[31mred\\x1b[0m')", shows="red")
    two.act("Up", "Up", shows=r">>> 6 \* 7")
    two.act("Enter", shows="42")
    two.act("Enter", text="import time; print('asleep'); time.sleep(1000)", shows="^asleep")
    two.act("C-c", shows="KeyboardInterrupt")
    two.act("C-d", shows="left 130")  # Python's way to end after a KeyboardInterrupt


def test_a_shell_has_job_control(both):
    two = both(*BASH)
    two.same(r"\$")
    two.act("Enter", text="echo asleep; sleep 1000", shows="^asleep")
    two.act("C-z", shows="Stopped")
    two.act("Enter", text="jobs", shows="sleep 1000")
    two.act("Enter", text="fg", shows=r"\$ fg")
    two.act("C-c")
    two.act("Enter", text="echo one $?", shows="one 130")
    two.act("Enter", text="cat", shows=r"\$ cat")
    two.act("Enter", text="said", shows="said")
    two.act("C-d")
    two.act("Enter", text="printf '\\033[1;32mgreen\\033[0m \u4e16\u754c\\n'", shows="green")
    two.act(text="half a line", shows="half a line")
    two.act("C-c", shows=r"half a line\^C")
    two.act("Enter", text="exit 3", shows="left 3")


def test_the_window_size_goes_along(both):
    two = both(*BASH)
    two.same(r"\$")
    two.act("Enter", text="stty size", shows="24 80")
    two.resize(100, 30)
    two.act("Enter", text="clear; stty size", shows="30 100")


def test_leaving_lets_the_run_go_on_and_attach_comes_back(stay, terminal, daemon):
    first = stay(*BASH, options=["--name", "mine"])
    first.expect("$")
    first.type("kept=4711; echo $((kept + 1))")
    first.press("Enter")
    first.expect("$ kept=4711; echo $((kept + 1))", "4712", "$")
    first.press("C-\\")
    first.type("d")
    first.expect("quern: left; it runs on: quern attach mine", "[left 0]", " icanon", " echo")
    second = terminal(QUERN, "attach", "mine", rows=30, columns=90)
    second.expect("$ kept=4711; echo $((kept + 1))", "4712", "$")
    second.type("stty size; echo $kept")
    second.press("Enter")
    second.expect("30 90", "4711", "$")
    second.press("C-d")
    second.expect_left()


@pytest.mark.parametrize("program", [pytest.param("htop", marks=needs("htop")), pytest.param("top", marks=needs("top")),
                                     pytest.param("vim.basic", marks=needs("vim.basic")), pytest.param("vim.tiny", marks=needs("vim.tiny"))])
def test_who_draws_a_whole_screen_draws_it_anew_for_whoever_comes(stay, terminal, program):
    mark = {"htop": "Load average", "top": "load average"}.get(program, "~")
    first = stay(program, options=["--name", "mine"])
    assert until(lambda: any(mark in row for row in first.rows())), first.rows()
    first.press("C-\\")
    first.type("d")
    first.expect_left()
    second = terminal(QUERN, "attach", "mine", rows=20, columns=100)
    assert until(lambda: len(second.rows()) > 15 and any(mark in row for row in second.rows())), second.rows()
    second.press("C-\\")
    second.type("d")
    second.expect_left()


def test_two_may_sit_at_one_terminal(stay, terminal):
    first = stay(*BASH, options=["--name", "mine"])
    first.expect("$")
    second = terminal(QUERN, "attach", "mine")
    second.expect("$")
    first.type("echo from the first")
    first.press("Enter")
    for one in (first, second):
        one.expect("from the first", "$")
    second.type("echo from the second")
    second.press("Enter")
    for one in (first, second):
        one.expect("from the second", "$")


def test_the_escape_key_can_be_another_or_none(stay):
    other = stay(*BASH, options=["--escape", "^]"])
    other.expect("$")
    other.press("C-]")
    other.type("d")
    other.expect_left()
    none = stay("sh", "-c", "echo ready; exec cat", options=["--escape", "none"])
    none.expect("ready")
    none.press("C-\\")
    assert until(lambda: any("[left 131]" in row for row in none.rows())), none.rows()  # cat died of SIGQUIT


def process_of(terminal):
    """The quern in it."""
    pane = int(terminal.tmux("display-message", "-p", "-t", "t", "#{pane_pid}"))
    def find():
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{pid}/exe") == str(QUERN) and int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1]) == pane:
                    return int(pid)
            except OSError:
                continue
        return None
    assert until(find)
    return find()


@needs("less")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_that_ends_us_leaves_the_terminal_sane(stay, quern, number):
    (quern.cwd / "text").write_text("some text\n" * 100)
    t = stay("less", "text")
    assert until(lambda: "some text" in t.rows()[0])
    os.kill(process_of(t), number)
    t.expect_left(128 + number)
    assert not any(row == "some text" for row in t.rows()), "the other screen is left"


@needs("less")
def test_a_daemon_that_is_gone_leaves_the_terminal_sane(stay, quern, daemon):
    (quern.cwd / "text").write_text("some text\n" * 100)
    t = stay("less", "text")
    assert until(lambda: "some text" in t.rows()[0])
    daemon.kill()
    daemon.wait(60)
    assert until(lambda: "[left 125]" in t.rows()), t.rows()
    assert any("quern: the connection to the daemon" in row for row in t.rows())
    t.expect_left(125)


def test_with_a_daemon_of_its_own_it_says_that_the_run_ends(terminal):
    t = terminal(QUERN, "tty", "--env", "PS1=$ ", "--", *BASH)
    t.expect("$")
    t.press("C-\\")
    t.type("d")
    t.expect("quern: left; the run ends with its private daemon.", "[left 0]", " icanon", " echo")


def test_a_limit_that_ends_it_is_told(stay):
    t = stay(*BASH, options=["--limit", "wall=1s"])
    assert until(lambda: "[left 124]" in t.rows()), t.rows()
    assert any("quern: " in row and "wall" in row for row in t.rows()), t.rows()


def test_what_cannot_be_is_said_in_a_sentence(quern, terminal):
    done = quern("tty", "--", "true")
    assert (done.returncode, done.stderr) == (125, b"quern: stdin and stdout must be a terminal for this; quern run needs none.\n")
    done = quern("tty")
    assert (done.returncode, done.stderr) == (125, b"quern: say what is to run: a language with -l, or a command behind --.\n")
    done = quern("tty", "--json", "--", "true")
    assert done.returncode == 125 and b"a terminal is bytes, not JSON" in done.stdout + done.stderr
    t = terminal(QUERN, "tty", "--escape", "ctrl-x", "--", "true")
    t.expect('quern: "ctrl-x" is no key to escape with; say ^\\, ^], a letter, or none.', "[left 125]", " icanon", " echo")
    t = terminal(QUERN, "tty", "--", "/no/such/program")
    assert until(lambda: "[left 127]" in t.rows()), t.rows()
    assert any(row.startswith("quern: ") and "/no/such/program" in row for row in t.rows()), t.rows()
