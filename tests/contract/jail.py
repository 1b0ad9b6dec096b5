# SPDX-License-Identifier: Apache-2.0
"""A daemon that runs programs as another user, as root in namespaces of its own.

Role: starts quernd with --user in a process and a mount namespace, so that what goes wrong there
reaches nobody else, and with an /etc/passwd of the test's own. Everything that programs need stands
where their user can reach it; the daemon's state and keys do not. Where the tests are not root they
fail and say so: nothing here is skipped.
"""
import os
import shutil

import pytest

from daemon import LANGS, Daemon

USER, GROUP = 61234, 61235
NAME = "ada-of-the-tests"
# What the usual container leaves to root: in particular not the right to look into others' processes.
CONTAINER = ["setpriv", "--inh-caps=-all", "--bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap"]


def need_root():
    if os.geteuid() != 0:
        pytest.fail("this test needs root: it starts programs as another user, in namespaces of its own")


class Jailed(Daemon):
    def __init__(self, *args, user=f"{USER}:{GROUP}", inside=(), fresh_work=False, **keys):
        need_root()
        super().__init__(*args, *(["--user", user] if user else []), **keys)
        self.dir.chmod(0o755)
        self.home = self.dir / "home"
        self.home.mkdir()
        os.chown(self.home, USER, GROUP)
        if fresh_work:
            self.work = self.dir / "not/there"  # for the daemon to make
        self.langs = self.dir / "langs"
        for name in ("bash", "python"):
            shutil.copytree(LANGS / name, self.langs / name, ignore=shutil.ignore_patterns("__pycache__", "cases"))
        passwd = self.dir / "passwd"
        passwd.write_text(f"root:x:0:0:root:/root:/bin/sh\n{NAME}:x:{USER}:{GROUP}:Ada:{self.home}:/bin/sh\n")
        enter = 'mount --bind "$0" /etc/passwd && exec "$@"'
        self.prefix = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                       "sh", "-c", enter, str(passwd), *inside]

    def start(self):
        if self.work.parent == self.dir:
            self.work.mkdir(exist_ok=True)
            os.chown(self.work, USER, GROUP)
        self.state.mkdir(exist_ok=True, mode=0o700)
        return super().start()
