# SPDX-License-Identifier: Apache-2.0
"""What is shipped runs where nothing is: in a folder that holds the two programs, /proc and /dev/null, as process 1."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from client import PATIENCE, Client
from daemon import BINARY, eventually

QUERN = Path(os.environ.get("QUERN_BIN", BINARY.with_name("quern")))
MOST = 6_000_000  # bytes of each program


@pytest.fixture
def scratch():
    folder = Path(tempfile.mkdtemp(prefix="qc-"))
    for name in ("proc", "dev", "langs", "work"):
        (folder / name).mkdir()
    (folder / "dev/null").touch()
    for program in (BINARY, QUERN):
        shutil.copy(program, folder / program.name)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.release
def test_the_programs_are_small_and_need_no_loader(scratch):
    for program in (scratch / "quernd", scratch / "quern"):
        content = program.read_bytes()
        assert len(content) <= MOST and content.startswith(b"\x7fELF") and b"/ld-linux" not in content


@pytest.mark.release
def test_the_programs_run_from_scratch(scratch):
    begin = (f"mount -t proc proc {scratch}/proc && mount --bind /dev/null {scratch}/dev/null && "
             f"exec env -i {shutil.which('chroot', path='/usr/sbin:/sbin:/usr/bin')} {scratch} /quernd "
             "--endpoint ipc:///socket --langs /langs --work-dir /work --state-dir /work")
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    daemon = subprocess.Popen(["unshare", *own, "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", begin], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        eventually(lambda: (scratch / "socket").exists() or daemon.poll() is not None, "the daemon or its end")
        assert daemon.poll() is None, daemon.stdout.read()
        client = Client(f"ipc://{scratch}/socket")
        assert client.request("hello", protocol=1, client="contract/1")["pid"] == 1
        record = client.sh(["/quern", "--version"])
        assert record.exit == 0 and record.stdout.startswith(b"quern ")
        record = client.sh("echo there is no shell")
        assert record.exit == 127 and "/bin/sh" in record.one("error")["message"]
        client.request("shutdown")
        assert daemon.wait(PATIENCE) == 0
    finally:
        daemon.kill()
        daemon.wait()
