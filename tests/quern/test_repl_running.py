# SPDX-License-Identifier: Apache-2.0
"""quern repl on a screen: runs that are interrupted, killed, left, come back to, and asked things."""
import pytest

from conftest import QUERN, until
from tmux import without_numbers


@pytest.fixture
def screen(terminal):
    def start(*args, **more):
        t = terminal(QUERN, *args, **more)
        at_prompt(t, args[-1])
        return t
    return start


def at_prompt(t, place):
    t.expect(place + ">")


def last(t):
    return without_numbers(t.rows())[-1]


def enter(t, text):
    t.type(text)
    t.press("Enter")


def said(t, text):
    """Waits until a row of the screen begins so."""
    assert until(lambda: any(row.startswith(text) for row in t.rows())), (text, t.rows())


LOOPS = {
    "python": ("kept = 41\nimport time; print('be' + 'gun', flush=True); time.sleep(1000)", "print(kept + 1)"),
    "bash": ("kept=41; echo be''gun; while true; do sleep 1; done", "echo $((kept + 1))"),
}


@pytest.mark.parametrize("lang", LOOPS)
def test_ctrl_c_interrupts_and_what_the_context_knows_stays(screen, daemon, lang):
    t = screen("repl", "-l", lang)
    loop, after = LOOPS[lang]
    for line in loop.split("\n"):
        enter(t, line)
    said(t, "begun")
    t.press("C-c")
    at_prompt(t, lang)
    enter(t, after)
    t.expect("42", f"{lang}>")


STUBBORN = "import signal, time; s = signal.signal(2, lambda *_: print('not me', flush=True)); print('be' + 'gun', flush=True)\nwhile True: time.sleep(0.1)\n"


def stubborn(t):
    t.paste(STUBBORN)
    t.press("Enter")
    said(t, "begun")


def offered(t):
    """Two presses may count as one, and on a busy machine two within a second may take some tries."""
    question = "Kill it, and lose the state of python:main? [y/n]"
    for _ in range(100):
        before = "".join(t.history()).count("^C")
        t.press("C-c")
        assert until(lambda: "".join(t.history()).count("^C") > before), t.rows()
        if until(lambda: t.rows()[-1].rstrip() == question, seconds=0.3):
            return
    raise AssertionError(t.rows())


def test_a_second_ctrl_c_offers_to_kill(screen, daemon):
    t = screen("repl", "-l", "python")
    stubborn(t)
    offered(t)
    t.type("n")
    assert until(lambda: "[y/n] n" in "\n".join(t.rows()))
    offered(t)
    t.type("y")
    at_prompt(t, "python")
    enter(t, "print('al' + 'ive')")
    t.expect("alive", "python>")


def test_a_third_ctrl_c_kills(screen, daemon):
    t = screen("repl", "-l", "python")
    stubborn(t)
    offered(t)
    t.press("C-c")
    at_prompt(t, "python")
    assert "[y/n] y" in "\n".join(t.rows())


def test_what_goes_on_after_ctrl_c_is_told_how_to_end(screen, daemon):
    t = screen("repl", "-l", "python")
    stubborn(t)
    t.press("C-c")
    said(t, "quern: it goes on; Ctrl-C twice offers to kill it, Ctrl-Z leaves it.")


COUNTING = {
    "python": ("import os, time\nfor i in range(3):\n    print('count', i, flush=True)\n    while i == 1 and not os.path.exists('go'): time.sleep(0.01)\n", "open('go', 'w').close()"),
    "bash": ("for i in 0 1 2; do\n  echo count $i\n  while [ $i = 1 ] && ! [ -e go ]; do sleep 0.01; done\ndone", "touch go"),
}


@pytest.mark.parametrize("lang", COUNTING)
def test_a_run_is_left_and_come_back_to_with_nothing_lost_or_twice(screen, daemon, lang):
    t = screen("repl", "-l", lang)
    loop, go = COUNTING[lang]
    t.paste(loop)
    t.press("Enter")
    said(t, "count 1")
    t.press("C-z")
    t.expect("quern: run 1 goes on; :attach 1 comes back to it.", f"{lang}>")
    enter(t, ":runs")
    said(t, "1    running")
    enter(t, ":ctx other")
    t.expect(f"{lang}:other>")
    enter(t, go)
    said(t, "quern: run 1 has ended (well); :attach 1 shows the rest.")
    enter(t, ":attach 1")
    t.expect(f"{lang}:other> :attach 1", "count 2", f"{lang}:other>")
    screenful = "\n".join(t.rows())
    assert [screenful.count(f"\ncount {i}\n") for i in range(3)] == [1, 1, 1]
    enter(t, ":attach")
    said(t, "quern: no run was left here; :runs lists what the daemon has.")


def test_an_input_to_a_context_that_a_left_run_has_waits_and_says_so(screen, daemon):
    t = screen("repl", "-l", "bash")
    enter(t, "echo be''gun; sleep 1000")
    said(t, "begun")
    t.press("C-z")
    t.expect("quern: run 1 goes on; :attach 1 comes back to it.", "bash>")
    enter(t, "echo mine")
    said(t, "quern: run 1 still has bash:main; this one waits for it")
    t.press("C-c")
    at_prompt(t, "bash")
    enter(t, ":interrupt 1")
    said(t, "quern: run 1 has ended (interrupted)")
    enter(t, "echo mine again")
    t.expect("mine again", "bash>")


def test_ctrl_d_asks_where_a_left_run_would_be_lost(screen, quern):
    t = screen("repl", "-l", "bash")
    enter(t, "echo be''gun; sleep 1000")
    said(t, "begun")
    t.press("C-d")
    assert until(lambda: t.rows()[-1].startswith("It runs and would end with the private daemon. Leave? [y/n]"))
    t.type("n")
    t.press("C-z")
    said(t, "quern: run 1 goes on; :attach 1 comes back to it.")
    at_prompt(t, "bash")
    t.press("C-d")
    assert until(lambda: t.rows()[-1].startswith("Run 1 would end with the private daemon. Leave? [y/n]"))
    t.type("n")
    enter(t, ":kill")
    said(t, "quern: run 1 has ended (killed)")
    t.press("C-d")
    assert until(lambda: t.rows()[-3].startswith("[left "))


def test_what_outlives_us_is_left_to_a_daemon_by_name(screen, daemon):
    t = screen("repl", "-l", "bash")
    enter(t, "echo be''gun; sleep 1000")
    said(t, "begun")
    t.press("C-z")
    said(t, "quern: run 1 goes on; :attach 1 comes back to it.")
    enter(t, ":quit")
    assert until(lambda: any("goes on: quern attach " in row for row in t.rows()))
    assert until(lambda: t.rows()[-3].startswith("[left "))


ASKING = {
    "python": "print('hello ' + input('who? ').upper())",
    "bash": "read -p 'who? ' who; echo hello ${who^^}",
}


@pytest.mark.parametrize("lang", ASKING)
def test_a_program_asks_at_the_prompt(screen, daemon, lang):
    t = screen("repl", "-l", lang)
    enter(t, ASKING[lang])
    said(t, "who?")
    enter(t, "ada")
    t.expect("who? ada", "hello ADA", f"{lang}>")


def test_a_password_is_not_shown(screen, daemon):
    t = screen("repl", "-l", "python")
    enter(t, "import getpass; print('it is ' + getpass.getpass('secret? ')[::-1])")
    said(t, "secret?")
    enter(t, "abc")
    t.expect("secret?", "it is cba", "python>")


def test_ctrl_d_at_a_question_is_the_end_of_its_input(screen, daemon):
    t = screen("repl", "-l", "python")
    enter(t, "input('who? ')")
    said(t, "who?")
    t.press("C-d")
    said(t, "EOFError")
    enter(t, "print('al' + 'ive')")
    t.expect("alive", "python>")


def test_a_left_run_that_asks_is_told_and_answered_after_attach(screen, daemon):
    t = screen("repl", "-l", "python")
    enter(t, "print('hello ' + input('who? '))")
    said(t, "who?")
    t.press("C-z")
    said(t, "quern: run 1 goes on; :attach 1 comes back to it.")
    said(t, "quern: run 1 waits for input (who? ); :attach 1 answers it.")
    enter(t, ":attach")
    t.expect("python> :attach", "who?")
    enter(t, "ada")
    t.expect("who? ada", "hello ada", "python>")


def test_what_is_typed_while_a_run_goes_comes_to_the_prompt(screen, daemon, tmp_path):
    t = screen("repl", "-l", "python")
    t.paste("import os, time; print('be' + 'gun', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.01)\n")
    t.press("Enter")
    said(t, "begun")
    t.type("print('ty' + 'ped')")
    t.press("Enter")
    t.type("6 * ")
    (tmp_path / "go").touch()
    said(t, "typed")
    t.expect("python> 6 *")
