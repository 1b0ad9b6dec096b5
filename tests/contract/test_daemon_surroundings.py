# SPDX-License-Identifier: Apache-2.0
"""The daemon where the machine gives it little: no rights, no descriptors, rubbish variables, a full disk.

Some of these need root, for mount(8) and setpriv(1): without it they fail.
"""
import os
import shutil

import pytest

from cases import LANGUAGES
from client import PATIENCE
from daemon import REPO, eventually, program_of

MIB = 2**20


def mounted(*commands):
    """A prefix: mounts in a namespace of its own, then the daemon."""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-e", "-c",
            "; ".join(commands) + '; exec "$@"', "mounted"]


def read_only(daemon):
    """Everything but the daemon's own folder, for its socket, and what is no disk."""
    return mounted(f"mount --bind {daemon.dir} {daemon.dir}",
                   "while read -r _ place _; do case $place in /proc | /proc/* | /sys | /sys/* | /dev | /dev/*) ;; "
                   f"{daemon.dir}) ;; *) mount -o remount,bind,ro $place ;; esac; done < /proc/self/mounts")


INTERPRETED = [lang for lang in LANGUAGES if lang.name in ("bash", "python")]  # a compiler wants to write, too


def interpreters_answer(client):
    for lang in INTERPRETED:
        assert lang.run(client, "hello").stdout == lang.stdout("hello"), lang.name


def programs_run(client):
    for lang in INTERPRETED:
        assert lang.run(client, "hello", mode="batch").stdout == lang.stdout("hello"), lang.name


def run_of(client, script, **keys):
    return client.sh(script, **keys).stdout.decode().strip()


# Who it is ------------------------------------------------------------------------------------------


def test_it_runs_as_a_user_that_nobody_has_heard_of(own_daemon):
    user = 54321  # not in /etc/passwd, who may not see the folder that the sources lie in
    prefix = [*mounted(f"mount --bind {REPO} /mnt"), "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups",
              "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
    client = own_daemon(prefix=prefix, owner=user, repo="/mnt").client()
    assert run_of(client, "id -u") == str(user)
    interpreters_answer(client)
    programs_run(client)


def test_it_needs_no_list_of_users(own_daemon, tmp_path):
    empty = tmp_path / "empty"
    empty.write_text("")
    hidden = mounted(*(f"mount --bind {empty} {file}" for file in ("/etc/passwd", "/etc/group", "/etc/nsswitch.conf")))
    client = own_daemon(prefix=hidden, env={"HOME": ""}).client()
    assert run_of(client, "cat /etc/passwd") == ""
    interpreters_answer(client)
    programs_run(client)


# What it was given ----------------------------------------------------------------------------------


RUBBISH = {
    "PATH": "/usr/bin:/bin::/nowhere:not/absolute:\udcff\udcfe:/dev/null",
    "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere", "LD_LIBRARY_PATH": "/nowhere::/dev/null", "TMPDIR": "/nowhere/at/all",
    "HOME": "/nowhere", "LANG": "xx_YY.nonsense", "LC_ALL": "\udcff", "SHELL": "/nowhere", "TERM": "\x1b[2J",
    "BASH_ENV": "/nowhere", "ENV": "/nowhere", "IFS": "/", "CDPATH": "/", "QUERN_ENDPOINT": "rubbish", "TZ": "Nowhere/None",
    "EMPTY": "",
}


def test_it_serves_with_rubbish_in_its_variables(own_daemon):
    daemon = own_daemon(env=RUBBISH)
    client = daemon.client()
    assert run_of(client, "echo hi") == "hi"
    # A program is the variables' victim; what the daemon itself starts must not be.
    interpreters_answer(client)


@pytest.mark.parametrize("path", ["/nowhere/bin:/dev/null", "not/there:\udcff:"])
def test_a_path_that_leads_nowhere_is_not_taken(own_daemon, path):
    client = own_daemon(env={"PATH": path}).client()
    assert run_of(client, "ls /usr/bin/env") == "/usr/bin/env"
    interpreters_answer(client)


def test_a_tmpdir_that_is_not_there_is_not_made(own_daemon, tmp_path):
    daemon = own_daemon(env={"TMPDIR": f"{tmp_path}/none"}, state=False)
    assert daemon.client().run("echo hi", mode="batch", lang="bash").stdout == b"hi\n"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_descriptors_are_not_mistaken_for_something_else(own_daemon, closed):
    daemon = own_daemon(prefix=["sh", "-c", f'exec "$@" {closed}', "closed"])
    client = daemon.client()
    record = client.sh("echo out; echo error >&2; cat", stdin="none")
    assert (record.stdout, record.stderr) == (b"out\n", b"error\n")
    interpreters_answer(client)
    for number in (word[0] for word in closed.split()):
        assert os.readlink(f"/proc/{daemon.pid}/fd/{number}") == "/dev/null"


def test_a_log_that_nobody_reads_any_more_ends_nothing(own_daemon):
    daemon = own_daemon("--log-level", "debug", prefix=["bash", "-c", 'exec "$@" 2> >(exec true)', "unheard"])
    client = daemon.client()
    eventually(lambda: not [pid for pid in daemon.children() if program_of(pid) == "true"], "the reader has gone")
    for _ in range(3):
        assert run_of(client, "echo hi") == "hi"


# Where it may write ---------------------------------------------------------------------------------


def flood_and_read_back(client, size):
    """A flood that nobody takes while it runs; then all that is left of it."""
    run = client.start_sh(f"head -c {size} /dev/zero", overflow="drop")
    client.request("detach", run=run)
    client.until(lambda: client.request("wait", run=run, timeout_ms=1000)["state"] == "finished", "the end", 2 * PATIENCE)
    client.attach(run, after=-1)
    return client.collect(run, timeout=2 * PATIENCE)


def missing(record):
    """The bytes of its gaps: more may go while it is read, for what memory still held moves to the full spill."""
    return sum(gap["bytes"] for gap in record.of("gap"))


def test_on_a_read_only_root_runs_go_on_and_spills_stay_in_memory(own_daemon):
    daemon = own_daemon(prefix=read_only, state="/nowhere", work="/")
    client = daemon.client()
    assert run_of(client, "touch /tmp/x 2>/dev/null || echo refused") == "refused"
    interpreters_answer(client)
    record = flood_and_read_back(client, 100 * MIB)
    assert record.status == "ok" and record.finished["bytes"]["stdout"] == 100 * MIB
    assert 30 * MIB < missing(record) < 60 * MIB  # 64 MiB of them are there
    now = client.request("status")["counters"]
    assert now["spilled"] <= 64 * MIB
    assert len([line for line in daemon.log().splitlines() if "spill to memory" in line]) == 1


def test_a_run_that_needs_a_directory_where_none_can_be_made_is_refused_alone(own_daemon):
    client = own_daemon(prefix=read_only, state="/nowhere", work="/").client()
    reply = client.ask("run", b"echo hi", mode="batch", lang="bash")
    assert not reply["ok"] and reply["code"] == "io" and "/tmp" in reply["message"] and "`cwd`" in reply["message"]
    assert run_of(client, "echo hi") == "hi"


def test_it_needs_no_tmp(own_daemon):
    def hidden(daemon):
        return mounted(f"mount --bind {REPO} /media", f"mount --bind {daemon.dir} /mnt", "mount -t tmpfs tmpfs /tmp", "mount -t tmpfs tmpfs /var/tmp",
                       f"mkdir -p {daemon.dir}", f"mount --bind /mnt {daemon.dir}", "mount -o remount,ro /tmp",
                       "mount -o remount,ro /var/tmp")
    client = own_daemon(prefix=hidden, env={"TMPDIR": ""}, state=False, repo="/media").client()
    assert run_of(client, "touch /tmp/x /var/tmp/x 2>/dev/null || echo refused") == "refused"
    interpreters_answer(client)
    programs_run(client)  # in private directories below the work dir


def test_a_private_directory_that_somebody_tidied_away_is_made_anew(own_daemon):
    daemon = own_daemon()
    client = daemon.client()
    first = client.run("pwd", mode="batch", lang="bash").stdout.decode().strip()
    shutil.rmtree(os.path.dirname(first))
    second = client.run("pwd", mode="batch", lang="bash")
    assert second.status == "ok" and second.stdout.decode().strip() != first


# A full disk ----------------------------------------------------------------------------------------


def small_disk(daemon):
    return mounted(f"mount -t tmpfs -o size={8 * MIB} tmpfs {daemon.state}")


def test_a_full_disk_counts_as_a_full_journal_and_drops_the_oldest(own_daemon):
    client = own_daemon(prefix=small_disk).client()
    record = flood_and_read_back(client, 100 * MIB)
    assert record.status == "ok" and record.finished["bytes"]["stdout"] == 100 * MIB
    # What fits of the last is there: not the whole disk need be in use, but most of it.
    assert 4 * MIB < len(record.stdout) < 24 * MIB and missing(record) > 70 * MIB
    assert client.sh("echo hi").stdout == b"hi\n"


def test_a_full_disk_blocks_the_program_until_somebody_reads(own_daemon):
    client = own_daemon(prefix=small_disk).client()
    run = client.start_sh(f"head -c {100 * MIB} /dev/zero; echo end >&2")
    client.request("detach", run=run)

    def held():
        return client.status_of(run)["held"]

    # It is stopped where memory and disk are full, and goes on from there without a loss.
    eventually(lambda: held() > 6 * MIB, "the disk is full")
    assert client.status_of(run)["state"] == "running" and held() < 40 * MIB
    client.attach(run, after=-1)
    record = client.collect(run, timeout=2 * PATIENCE)
    assert record.status == "ok" and not record.of("gap")
    assert len(record.stdout) == 100 * MIB and record.stderr == b"end\n"
