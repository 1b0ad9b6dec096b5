# SPDX-License-Identifier: Apache-2.0
"""A daemon of our own comes when it is needed and leaves nothing behind."""
import os
import signal
import stat
import subprocess

import pytest

from conftest import until


def daemons_of(quern):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{pid}/cmdline", "rb").read()
        except OSError:
            continue
        if f"ipc://{quern.link}/".encode() in words and b"--ready-fd" in words:
            found.append(int(pid))
    return found


def test_nothing_is_left_when_all_went_well(quern):
    assert quern("run", "-l", "bash", "-c", "true").returncode == 0
    assert quern.left_behind() == [] and daemons_of(quern) == []


def test_nothing_is_left_when_the_request_was_refused(quern):
    assert quern("run", "-l", "no-such-language", "-c", "x").returncode == 125
    assert quern.left_behind() == [] and daemons_of(quern) == []


def test_its_folder_is_ours_alone_while_it_lives(quern):
    process = quern.start("run", "--batch", "--exec", "echo ready; read line", stdin=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    (name,) = quern.left_behind()
    assert stat.S_IMODE((quern.tmp / name).stat().st_mode) == 0o700
    assert len(daemons_of(quern)) == 1
    process.communicate(b"\n", timeout=60)
    assert quern.left_behind() == [] and daemons_of(quern) == []


def test_a_client_that_is_killed_takes_its_daemon_and_the_program_along(quern):
    process = quern.start("run", "--batch", "--exec", "echo $$ > pid; echo ready; exec sleep 100")
    assert process.stdout.readline() == b"ready\n"
    pid = int((quern.cwd / "pid").read_text())
    process.kill()
    process.wait()
    assert until(lambda: not daemons_of(quern))
    assert until(lambda: not os.path.exists(f"/proc/{pid}"))


def test_a_daemon_that_dies_is_told_at_once(quern):
    process = quern.start("run", "--batch", "--exec", "echo $$ > pid; echo ready; exec sleep 100")
    assert process.stdout.readline() == b"ready\n"
    (daemon,) = daemons_of(quern)
    os.kill(daemon, signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    # A daemon that is killed can end nothing any more: what it ran is ours to end.
    os.kill(int((quern.cwd / "pid").read_text()), signal.SIGKILL)
    assert (process.returncode, err) == (125, b"quern: the private daemon has ended, and the run with it.\n")
    assert quern.left_behind() == []


def test_a_daemon_that_does_not_come_up_says_why(quern, tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'quernd: the moon is in the wrong phase.' >&2\nexit 2\n")
    broken.chmod(0o755)
    result = quern("run", "-l", "bash", "-c", "true", env={"QUERND_BIN": str(broken)})
    assert result.returncode == 125
    assert result.stderr == b"quern: the private daemon did not come up: quernd: the moon is in the wrong phase.\n"
    assert quern.left_behind() == []


@pytest.mark.parametrize("variable", ["QUERND_BIN", "QUERND_LANGS"])
def test_a_wrong_place_is_named(quern, variable):
    result = quern("run", "-l", "bash", "-c", "true", env={variable: "/no/such/thing"})
    assert result.returncode == 125 and b"/no/such/thing" in result.stderr and variable.encode() in result.stderr
    assert quern.left_behind() == []


def test_two_at_once_do_not_meet(quern):
    runs = [quern.start("run", "--batch", "--exec", f"echo {n}") for n in range(4)]
    assert [run.communicate(timeout=60)[0] for run in runs] == [f"{n}\n".encode() for n in range(4)]
    assert quern.left_behind() == []


def test_a_long_temp_folder_does_not_matter(quern, tmp_path):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    assert quern("run", "-l", "bash", "-c", "echo hi", env={"TMPDIR": str(deep)}).stdout == b"hi\n"
