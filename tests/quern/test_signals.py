# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C, TERM, and readers that leave."""
import array
import fcntl
import os
import signal
import termios

import pytest

from conftest import until


def wait_for_line(process):
    line = process.stdout.readline()
    assert line == b"ready\n", (line, process.stderr.read() if process.poll() is not None else "")


def is_full(pipe):
    held = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, held)
    return held[0] > fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ) - 4096


def test_ctrl_c_interrupts_the_program(quern):
    process = quern.start("run", "--batch", "--exec", "trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.1; done")
    wait_for_line(process)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out == b"caught\n" and process.returncode in (7, 130)


def test_ctrl_c_ends_what_does_not_catch_it_with_130(quern):
    process = quern.start("run", "-l", "python", "-c", "print('ready', flush=True)\nwhile True: pass")
    wait_for_line(process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_a_second_ctrl_c_kills(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "trap '' INT; echo ready; sleep 60; sleep 60")
    wait_for_line(process)
    # Two presses within a second; on a machine that is slower than that a press counts as the first again.
    for presses in range(1, 30):
        process.send_signal(signal.SIGINT)
        fake.await_requests("interrupt", "signal", count=presses)
        if fake.heads("signal"):
            break
    process.communicate(timeout=60)
    assert process.returncode == 137
    assert [h["op"] for h in fake.heads("interrupt", "signal")][0] == "interrupt"
    assert [h["signal"] for h in fake.heads("signal")] == ["KILL"]


def test_term_ends_the_run_and_exits_143(quern):
    process = quern.start("run", "--batch", "--exec", "echo $$ > pid; echo ready; exec sleep 100")
    wait_for_line(process)
    pid = int((quern.cwd / "pid").read_text())
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert quern.left_behind() == []


def test_a_reader_that_leaves_ends_the_run(quern):
    process = quern.start("run", "--batch", "--exec", "echo $$ > pid; while :; do echo ready; done")
    wait_for_line(process)
    process.stdout.close()
    assert process.wait(60) == 141
    pid = int((quern.cwd / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert process.stderr.read() == b"" and quern.left_behind() == []


def test_a_reader_that_leaves_a_shared_daemon_ends_the_run_too(quern, fake):
    process = quern.start("run", "-l", "bash", "-c", "while :; do echo ready; done")
    wait_for_line(process)
    process.stdout.close()
    assert process.wait(60) == 141
    fake.await_requests("signal")
    assert ("signal", "KILL") in [(h["op"], h.get("signal")) for h, _ in fake.requests]


def test_ctrl_c_is_heeded_while_nobody_takes_the_output(quern):
    process = quern.start("run", "--batch", "--exec", "yes ready")
    wait_for_line(process)
    assert until(lambda: is_full(process.stdout))

    def pressed():
        process.send_signal(signal.SIGINT)
        return until(lambda: process.poll() is not None, seconds=0.3)

    assert until(pressed)
    assert process.returncode == 141
    process.stdout.close()
    assert quern.left_behind() == []


def test_signals_are_not_taken_from_the_program(quern):
    result = quern("run", "--batch", "--exec", "trap 'echo pipe' PIPE; kill -PIPE $$; kill -TERM $$")
    assert result.stdout == b"pipe\n" and result.returncode == 128 + 15


def test_ctrl_c_at_a_terminal_reaches_only_the_client(quern, tmp_path):
    # A private daemon must not die of the terminal's own Ctrl-C, which goes to the whole foreground group.
    process = quern.start("run", "--batch", "--exec", "trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.1; done",
                          start_new_session=True)
    wait_for_line(process)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60)[0] == b"caught\n"
