# SPDX-License-Identifier: Apache-2.0
"""quern repl when its daemon dies, comes back, or is another one by then."""
import os
import pathlib
import signal
import subprocess

import pytest

from conftest import QUERN, QUERND, ROOT, until


@pytest.fixture
def screen(terminal):
    def start(*args, **more):
        t = terminal(QUERN, *args, **more)
        t.expect(args[-1] + ">")
        return t
    return start


def enter(t, text):
    t.type(text)
    t.press("Enter")


def said(t, text):
    assert until(lambda: any(row.startswith(text) for row in t.rows())), (text, t.rows())


def kill_private_daemon(quern):
    """Known by the folder of its socket, which is this test's own."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"quernd") and f"ipc://{quern.link}/".encode() in b" ".join(words):
            return os.kill(int(process.name), signal.SIGKILL)
    raise AssertionError("there is no private daemon")


def told(t, sentence):
    """Wherever the window parts its lines."""
    assert until(lambda: sentence.replace(" ", "") in "".join(t.rows()).replace(" ", "")), (sentence, t.rows())


@pytest.mark.parametrize("lang, begun, ended", [("python", "print(6 *", " 7)"), ("bash", "echo $((6 *", " 7))")])
def test_a_private_daemon_that_is_killed_is_told_and_another_one_started(screen, quern, lang, begun, ended):
    t = screen("repl", "-l", lang)
    t.type(begun)
    t.expect(f"{lang}> {begun}")
    kill_private_daemon(quern)
    told(t, "quern: the private daemon has ended, and all contexts with it; the next input starts another.")
    enter(t, ended)
    t.expect(f"{lang}> {begun}{ended}", "42", f"{lang}>")


def test_a_run_that_was_left_is_told_as_gone(screen, quern):
    t = screen("repl", "-l", "bash")
    enter(t, "echo be''gun; sleep 1000")
    said(t, "begun")
    t.press("C-z")
    said(t, "quern: run 1 goes on")
    kill_private_daemon(quern)
    said(t, "quern: run 1 is gone with it.")
    enter(t, "echo al''ive")
    t.expect("alive", "bash>")


def test_a_daemon_that_dies_under_a_run_is_told(screen, quern):
    t = screen("repl", "-l", "bash")
    enter(t, "echo be''gun; sleep 1000")
    said(t, "begun")
    kill_private_daemon(quern)
    said(t, "quern: run 1 is gone with it.")
    enter(t, "echo al''ive")
    t.expect("alive", "bash>")


def test_a_daemon_that_is_started_anew_is_told(screen, quern, daemon, tmp_path):
    t = screen("repl", "-l", "bash")
    enter(t, "x=5; echo be''gun")
    said(t, "begun")
    daemon.kill()
    daemon.wait()
    again = subprocess.Popen(
        [QUERND, "--endpoint", quern.endpoint, "--langs", ROOT / "langs", "--work-dir", tmp_path, "--state-dir", tmp_path / "state",
         "--ready-fd", "1"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        assert again.stdout.read(1)
        told(t, "was started anew, and all contexts of before are gone; go on.")
        enter(t, "echo \"<$x>\"")
        t.expect("<>", "bash>")
    finally:
        again.terminate()
        again.wait(60)


def test_nobody_where_the_daemon_was_is_told_and_looked_for(screen, quern, daemon):
    t = screen("repl", "-l", "bash")
    enter(t, "echo be''gun")
    said(t, "begun")
    daemon.kill()
    daemon.wait()
    told(t, "the next input looks for it.")
    enter(t, "echo later")
    said(t, "quern: looking for a daemon at ")
    t.press("C-c")
    said(t, "quern: nobody listens at ")
    enter(t, ":help quit")
    said(t, ":quit  leave, as Ctrl-D does")
    t.press("C-d")
    assert until(lambda: t.rows()[-3].startswith("[left "))
