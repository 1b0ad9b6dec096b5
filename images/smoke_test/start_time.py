# SPDX-License-Identifier: Apache-2.0
"""How long quernd takes from its exec to its first hello, in an image's own root but with no engine in between."""
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .client import Client, Failed
from .container import engine, order

TIMES = 5


def can_be_told():
    """Only podman can show an image's root as a folder."""
    return engine() == "podman" and os.geteuid() == 0


def of(image):
    """The best of some, in milliseconds."""
    root = order("image", "mount", image)
    try:
        package = Path(__file__).parent
        done = subprocess.run(["unshare", "--mount", "--propagation", "private", sys.executable, "-B", "-m", f"{package.name}.start_time", root],
                              cwd=package.parent, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise Failed(f"quernd did not start in the image's root: {done.stderr.strip()}")
        return float(done.stdout)
    finally:
        order("image", "umount", image)


def start(root):
    """Milliseconds."""
    ready, write = os.pipe()
    begin = time.monotonic()
    daemon = subprocess.Popen(["/opt/quern/bin/quernd", "--endpoint", "ipc:///run/sock", "--work-dir", "/run", "--state-dir", "/run",
                               "--log-level", "error", "--ready-fd", str(write)], pass_fds=[write], stdin=subprocess.DEVNULL,
                              env={"PATH": "/usr/local/bin:/usr/bin:/bin"}, preexec_fn=lambda: os.chroot(root) or os.chdir("/"))
    os.close(write)
    served = os.read(ready, 1)
    took = (time.monotonic() - begin) * 1000
    os.close(ready)
    try:
        if not served:
            raise SystemExit("it ended before it served.")
        Client(f"ipc://{root}/run/sock")("langs")
    finally:
        daemon.terminate()
        daemon.wait(60)
    return took


def main(image):
    """Over the image's root, which cannot be written, lies a folder that has what engines add: /proc, /dev and /run."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        root, above, work = (Path(folder, name) for name in ("root", "above", "work"))
        for place in (root, work, *(above / name for name in ("proc", "dev", "run"))):
            place.mkdir(parents=True)
        for words in (["-t", "overlay", "overlay", "-o", f"lowerdir={image},upperdir={above},workdir={work}", root],
                      ["-t", "proc", "proc", root / "proc"], ["--bind", "/dev", root / "dev"]):
            subprocess.run(["mount", *words], check=True)
        print(f"{min(start(root) for _ in range(TIMES)):.1f}")
        subprocess.run(["umount", "--recursive", root], check=True)


if __name__ == "__main__":
    main(sys.argv[1])
