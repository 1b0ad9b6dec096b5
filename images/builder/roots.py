# SPDX-License-Identifier: Apache-2.0
"""The files of a base, as root.tar: a Debian by mmdebstrap, or a few files of our own. The same input, the same bytes."""
import io
import os
import shlex
import shutil
import subprocess
import tarfile
from pathlib import Path

from .failure import Failure
from .inputs import Inputs
from .places import IMAGES

HOOK = IMAGES / "steps" / "root.sh"
EXCLUDED = ("path-exclude=/usr/share/man/*", "path-exclude=/usr/share/doc/*", "path-include=/usr/share/doc/*/copyright",
            "path-exclude=/usr/share/locale/*")
# Folders that any container of ours has: mode, owner.
FOLDERS = {"tmp": (0o1777, 0), "run": (0o755, 0), "run/quern": (0o1777, 0), "home": (0o755, 0), "home/work": (0o755, 1000),
           "opt": (0o755, 0), "opt/quern": (0o755, 0), "opt/quern/langs": (0o755, 0)}


class Roots:
    def __init__(self, catalog, folder):
        self._catalog = catalog
        self._folder = folder

    def inputs(self, image):
        """What decides the root's content, aside from the day's state of the archive."""
        if image.root == "mmdebstrap":
            suite = self._catalog.suites[image.suite]
            return Inputs(*suite.archives, "include", *suite.include, "purge", *suite.purge, *EXCLUDED).file("hook", HOOK).digest()
        inputs = Inputs(image.root, sorted(FOLDERS.items()))
        if image.root == "busybox":
            inputs.file("busybox", self._busybox())
        return inputs.digest()

    def make(self, image, log):
        """The finished tar of an image's root."""
        target = self._folder / f"{image.name}.tar"
        new = target.with_suffix(".new")
        if image.root == "mmdebstrap":
            self._bootstrap(self._catalog.suites[image.suite], new, log)
        else:
            self._pack(image, new)
        new.replace(target)
        return target

    def _bootstrap(self, suite, target, log):
        if not shutil.which("mmdebstrap"):
            raise Failure("There is no mmdebstrap, which makes the roots of the Debian bases; `apt-get install mmdebstrap` brings it.")
        options = [f"--dpkgopt={option}" for option in EXCLUDED] + [f"--include={package}" for package in suite.include]
        hook = f'sh {shlex.quote(str(HOOK))} "$1" {" ".join(suite.purge)}'
        done = subprocess.run(
            ["mmdebstrap", f"--mode={'root' if os.geteuid() == 0 else 'unshare'}", "--variant=minbase", "--format=tar",
             *options, f"--customize-hook={hook}", suite.codename, str(target)],
            input="".join(line + "\n" for line in suite.archives).encode(), stdout=log, stderr=log,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(self._catalog.epoch)})
        if done.returncode:
            raise Failure(f"mmdebstrap ended with {done.returncode}.")

    def _busybox(self):
        path = Path("/bin/busybox")
        if not path.is_file():
            raise Failure("There is no /bin/busybox; `apt-get install busybox-static` brings it.")
        return path

    def _pack(self, image, target):
        with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as tar:
            for name, (mode, owner) in FOLDERS.items():
                self._entry(tar, name, tarfile.DIRTYPE, mode, owner=owner)
            if image.root == "busybox":
                busybox = self._busybox()
                self._entry(tar, "bin", tarfile.DIRTYPE, 0o755)
                self._entry(tar, "bin/busybox", tarfile.REGTYPE, 0o755, content=busybox.read_bytes())
                listed = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()
                for applet in sorted(set(listed) - {"busybox"}):
                    self._entry(tar, f"bin/{applet}", tarfile.SYMTYPE, 0o777, link="busybox")
                self._entry(tar, "etc", tarfile.DIRTYPE, 0o755)
                for name, text in (("passwd", "root:x:0:0:root:/:/bin/sh\nwork:x:1000:1000:work:/home/work:/bin/sh\n"),
                                   ("group", "root:x:0:\nwork:x:1000:\n")):
                    self._entry(tar, f"etc/{name}", tarfile.REGTYPE, 0o644, content=text.encode())

    def _entry(self, tar, name, kind, mode, owner=0, content=b"", link=""):
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode, entry.linkname, entry.size = kind, mode, link, len(content)
        entry.uid = entry.gid = owner
        entry.mtime = self._catalog.epoch
        tar.addfile(entry, io.BytesIO(content) if content else None)
