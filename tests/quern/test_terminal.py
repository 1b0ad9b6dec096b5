# SPDX-License-Identifier: Apache-2.0
"""quern repl on a screen: what a person types and sees."""
import codeop
import functools
import os
import stat

import pytest

from conftest import QUERN, until
from tmux import without_numbers


@pytest.fixture
def screen(terminal):
    return functools.partial(terminal, QUERN)


def check_python(fake):
    """The fake daemon knows what Python takes for whole."""

    def check(peer, head, body):
        code = body.decode()
        if not code.rpartition("\n")[2].strip():
            code = code.rstrip() + "\n"
        try:
            whole = codeop.compile_command(code, symbol="single") is not None
        except (SyntaxError, ValueError):
            return fake.reply(peer, head, state="invalid", indent="") or True
        fake.reply(peer, head, state="complete" if whole else "incomplete", indent="" if whole else "    ")
        return True

    fake.handlers["check"] = check


def completing(fake, words):
    def complete(peer, head, body):
        before = body[:head["cursor"]]
        start = max(before.rfind(b" "), before.rfind(b"("), before.rfind(b"\n")) + 1
        found = [word for word in words if word.encode().startswith(before[start:])]
        fake.reply(peer, head, start=start, end=head["cursor"], matches=[{"text": word} for word in found])
        return True

    fake.handlers["complete"] = complete


def codes(fake):
    return [body.decode() for head, body in list(fake.requests) if head["op"] == "run"]


def test_typing_editing_and_leaving(screen, fake):
    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    t.type("ecno hi")
    t.press("C-a", "Right", "Right", "BSpace", "c", "C-d", "h")
    t.expect("bash> echo hi")
    assert t.cursor() == (12, 1)
    t.press("C-e", "Enter")
    t.expect("bash> echo hi", "hi", "bash>")
    t.press("C-d")
    t.expect_left()
    assert codes(fake) == ["echo hi"]


def test_what_is_not_whole_goes_on_in_the_next_line_with_its_indent(screen, fake):
    check_python(fake)
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("for i in range(2):")
    t.press("Enter")
    t.type("print(i)")
    t.press("Enter")
    t.expect("python> for i in range(2):", "......      print(i)", "......")
    assert t.cursor()[0] == len(".........      ")
    t.press("Enter")
    t.expect("0", "1", "python>")
    assert codes(fake) == ["for i in range(2):\n    print(i)"]


def test_where_the_daemon_cannot_tell_brackets_decide(screen, fake):
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("print(1,")
    t.press("Enter")
    t.type("2)")
    t.expect("python> print(1,", "......  2)")
    t.press("Enter")
    t.expect("1 2", "python>")


def test_the_language_itself_is_asked(screen):
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("for word in ['a', 'b']:")
    t.press("Enter")
    t.type("print(word)")
    t.press("Enter", "Enter")
    t.expect("python> for word in ['a', 'b']:", "......      print(word)", "......", "a", "b", "python>")
    t.type("import os")
    t.press("Enter")
    t.expect("python> import os", "python>")
    t.type("os.path.isd")
    t.press("Tab")
    t.expect("python> os.path.isdir")
    t.press("C-u")
    t.type(":lang bash")
    t.press("Enter")
    t.expect("bash>")
    t.type("if true; then")
    t.press("Enter")
    t.type("echo yes; fi")
    t.press("Enter")
    t.expect("yes", "bash>")


def test_alt_enter_parts_a_line_and_enter_above_the_end_too(screen, fake):
    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    t.type("echo 1")
    t.press("M-Enter")
    t.type("echo 3")
    t.press("Up", "End", "Enter")
    t.type("echo 2")
    t.expect("bash> echo 1", "....  echo 2", "....  echo 3")
    t.press("Down", "End", "Enter")
    t.expect("1", "2", "3", "bash>")


def test_tab_completes_what_is_common_and_lists_the_rest(screen, fake):
    completing(fake, ["print", "printable", "prime"])
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("x = p")
    t.press("Tab")
    t.expect("python> x = pri", "print      printable  prime")
    t.type("m")
    t.expect("python> x = prim")
    t.press("Tab")
    t.expect("python> x = prime")
    t.type("zz")
    t.press("Tab")
    t.expect("python> x = primezz", "nothing completes this")
    t.press("C-u", "Tab")
    t.type("x")
    t.expect("python>     x")
    t.press("C-u", "C-d")
    t.expect_left()


def test_a_busy_context_is_told_where_completions_would_stand(screen, fake):
    fake.handlers["complete"] = lambda peer, head, body: fake.refuse(peer, head, "busy", "The context is busy.") or True
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("pri")
    t.press("Tab")
    t.expect("python> pri", "The context is busy.")


def test_history_is_kept_from_one_session_to_the_next(screen, fake, quern):
    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    for line in ("echo one", "true", "echo two", " echo secret", "true"):
        t.type(line)
        t.press("Enter")
        assert until(lambda: codes(fake) and codes(fake)[-1] == line.rstrip() and without_numbers(t.rows())[-1].rstrip() == "bash>"), t.rows()
    t.press("C-d")
    t.expect_left()
    t.end()
    kept = quern.tmp.parent / ".local/state/quern/history-bash"
    assert kept.read_text() == "echo one\ntrue\necho two\ntrue\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    t.press("Up")
    t.expect("bash> true")
    t.press("Up")
    t.expect("bash> echo two")
    t.press("C-u")
    t.type("ec")
    t.press("Up", "Up")
    t.expect("bash> echo one")
    t.press("Down", "Down")
    t.expect("bash> ec")
    t.press("C-u", "C-r")
    t.type("tw")
    t.expect('(search "tw") echo two')
    t.press("Enter")
    t.expect("bash> echo two", "two", "bash>")


def test_a_home_that_cannot_be_written_is_told_once(screen, fake, quern):
    quern.env["XDG_STATE_HOME"] = "/proc/nowhere"
    t = screen("repl", "-l", "bash", columns=200)
    t.expect("bash>")
    t.type("echo a")
    t.press("Enter")
    t.expect("bash> echo a", "quern: what you enter is not kept for the next time: /proc/nowhere/quern/history-bash cannot be written: "
             "No such file or directory.", "a", "bash>")
    t.type("echo b")
    t.press("Enter")
    t.expect("bash> echo b", "b", "bash>")
    t.press("Up", "Up")
    t.expect("bash> echo a")


def test_a_paste_of_a_thousand_lines_is_one_input(screen, fake):
    t = screen("repl", "-l", "bash", columns=90, rows=10)
    t.expect("bash>")
    t.paste("".join(f"v{n}=1\n" for n in range(1000)) + "echo pasted")
    t.expect(".......  v999=1", ".......  echo pasted")
    assert codes(fake) == []
    t.press("Enter")
    t.expect("pasted", "bash>")
    (code,) = codes(fake)
    assert code.count("\n") == 1000
    assert [row.rstrip() for row in t.history()][1:4] == ["bash[1]> v0=1", ".......  v1=1", ".......  v2=1"]


def test_wide_characters_and_a_narrow_window(screen, fake):
    t = screen("repl", "-l", "bash", columns=19)
    t.expect("bash>")
    t.type("echo 你好世界")
    t.expect("bash> echo 你好", "世界")
    t.press("Left", "Left", "BSpace")
    t.expect("bash> echo 你世", "界")
    assert t.cursor()[0] == 16
    t.resize(40, 12)
    t.expect("bash> echo 你世界")
    t.press("End", "Enter")
    t.expect("bash> echo 你世界", "你世界", "bash>")


def test_the_window_may_change_while_a_long_line_is_written(screen, fake):
    t = screen("repl", "-l", "bash", columns=83)
    t.expect("bash>")
    t.type("echo " + "abcdefghij" * 8)
    t.expect("bash> echo " + ("abcdefghij" * 8)[:69], ("abcdefghij" * 8)[69:])
    t.resize(53, 24)
    t.type("Z")
    t.expect("bash> echo " + ("abcdefghij" * 8)[:39], ("abcdefghij" * 8)[39:] + "Z")
    t.resize(123, 24)
    t.expect("bash> echo " + "abcdefghij" * 8 + "Z")
    t.press("Enter")
    t.expect("bash> echo " + "abcdefghij" * 8 + "Z", "abcdefghij" * 8 + "Z", "bash>")


def test_ctrl_c_clears_what_is_written_and_ctrl_l_the_window(screen, fake):
    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    t.type("half a")
    t.press("C-c")
    t.expect("bash> half a^C", "bash>")
    t.type("rest")
    t.press("C-l")
    assert until(lambda: [row.rstrip() for row in without_numbers(t.rows())] == ["bash> rest"]), t.rows()
    assert codes(fake) == []


def test_ctrl_c_interrupts_what_runs_and_the_context_stays(screen):
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("x = 6; print('be' + 'gun', flush=True); import time; time.sleep(100)")
    t.press("Enter")
    t.expect("begun")
    t.press("C-c")
    t.expect("KeyboardInterrupt", "python>")
    assert [row.rstrip() for row in t.rows()][2:4] == ["begun", "^C"]
    t.type("x * 7")
    t.press("Enter")
    t.expect("Out[2]: 42", "python[3]>")


def test_a_program_asks_and_passwords_are_not_shown(screen):
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("name = input('who? ')")
    t.press("Enter")
    t.expect("who?")
    t.type("ada")
    t.press("Enter")
    t.expect("who? ada", "python>")
    t.type("import getpass; p = getpass.getpass('secret? ')")
    t.press("Enter")
    t.expect("secret?")
    assert until(lambda: "-echo" in os.popen(f"stty -a -F {t.tmux('display-message', '-p', '-t', 't', '#{pane_tty}').strip()}").read())
    t.type("abc")
    t.press("Enter")
    t.expect("secret?", "python>")
    t.type("name, p")
    t.press("Enter")
    t.expect("Out[3]: ('ada', 'abc')", "python[4]>")


def test_what_a_thread_writes_later_stands_above_the_prompt(screen):
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("import threading; go = threading.Event(); "
           "threading.Thread(target=lambda: (go.wait(), print('la' + 'ter'))).start()")
    t.press("Enter")
    t.expect("python>")
    t.type("threading.Timer(1, go.set).start()")
    t.press("Enter")
    t.expect("python>")
    t.type("half a li")
    t.expect("later", "python> half a li")


def test_a_terminal_is_sane_after_term(screen, fake):
    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    t.type("half")
    t.expect("bash> half")
    pane = int(t.tmux("display-message", "-p", "-t", "t", "#{pane_pid}"))
    (pid,) = [int(p) for p in os.popen(f"ps -o pid= --ppid {pane}").read().split()]
    os.kill(pid, 15)
    t.expect_left(143)


def test_a_dumb_terminal_gets_plain_lines(screen, fake):
    t = screen("repl", "-l", "bash", env={"TERM": "dumb"})
    t.expect("bash>")
    t.type("echo plain")
    t.press("Enter")
    t.expect("bash> echo plain", "plain", "bash>")
    t.press("C-d")
    t.expect_left()
