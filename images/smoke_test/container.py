# SPDX-License-Identifier: Apache-2.0
"""An image as a running container, by whichever engine is there."""
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .client import Client, Failed, program

STEPS = 0.002  # seconds between two looks for the socket file


def engine():
    for name in (os.environ.get("QUERN_ENGINE"), "podman", "docker"):
        if name and shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/bin:/usr/sbin:/sbin"):
            return name
    raise Failed("there is neither podman nor docker here: install one, or name another engine with QUERN_ENGINE.")


def order(*words, patience=120):
    """What the engine prints. What it says when it fails becomes the sentence."""
    # Not where we stand: who watches over a container leaves a file there when its memory was used up.
    done = subprocess.run([engine(), *map(str, words)], cwd=tempfile.gettempdir(), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=patience)
    if done.returncode != 0:
        raise Failed(f"{engine()} {words[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def configuration(image):
    return json.loads(order("image", "inspect", image))[0]["Config"]


def label(image, name):
    """Nothing where the image has no such label."""
    return (configuration(image).get("Labels") or {}).get(name, "")


def numbers_of_user(image):
    """The numbers that the image's processes have; a name would have to be looked up in the image."""
    user = configuration(image).get("User", "")
    uid, _, gid = user.partition(":")
    if uid and not uid.isdigit():
        raise Failed(f"the image's USER is the name {uid}; say it by its number, so that mounted files can be made his.")
    return int(uid or 0), int(gid or 0) if (gid or "0").isdigit() else 0


class Container:
    """Started with a folder of ours as its /run/quern; gone, with that folder, at the end."""

    def __init__(self, image, *options, keys=False):
        self.image, self.options = image, options
        self.folder = Path(tempfile.mkdtemp(prefix="quern-", dir="/tmp"))  # a socket's path has 107 bytes at most
        self.folder.chmod(0o755)
        self.sockets = self.folder / "run"
        self.sockets.mkdir()
        self.sockets.chmod(0o1777)
        self.id = ""
        self.client = Client(f"ipc://{self.sockets}/quern.sock")
        if keys:
            self._make_keys()

    def _make_keys(self):
        theirs = self.folder / "keys"
        theirs.mkdir(mode=0o755)
        uid, gid = numbers_of_user(self.image)
        for out in (theirs / "daemon.key", self.folder / "client.key"):
            subprocess.run([program(), "keygen", "--out", out], check=True, stdout=subprocess.DEVNULL)
        authorized = theirs / "authorized-keys"
        authorized.write_text((self.folder / "client.key.pub").read_text())
        authorized.chmod(0o600)
        for file in theirs.iterdir():
            os.chown(file, uid, gid)
        self.options = (*self.options, "-v", f"{theirs}:/etc/quern:ro", "-p", "127.0.0.1::7837")
        self.client.keys = ("--server-key", theirs / "daemon.key.pub", "--secret-key", self.folder / "client.key")

    def __enter__(self):
        try:
            self.id = order("create", "-v", f"{self.sockets}:/run/quern", *self.options, self.image)
            return self
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    def __exit__(self, *_):
        subprocess.run([engine(), "rm", "-f", self.id], stdin=subprocess.DEVNULL, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def state(self):
        return json.loads(order("container", "inspect", self.id))[0]["State"]

    def log(self):
        done = subprocess.run([engine(), "logs", self.id], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return (done.stdout + done.stderr).strip()

    def start(self):
        """Starts it and says hello; in milliseconds, how long that took."""
        begin = time.monotonic()
        order("start", self.id)
        self.wait_for_socket()
        self.client("langs", "--json")
        return (time.monotonic() - begin) * 1000

    def wait_for_socket(self):
        end = time.monotonic() + 60
        while not (self.sockets / "quern.sock").exists():
            if time.monotonic() > end or self.state()["Status"] == "exited":
                raise Failed(f"the daemon did not come up in the container: {self.log() or 'it said nothing.'}")
            time.sleep(STEPS)

    def by_port(self):
        """The client of the same container that comes by its published port."""
        where = order("port", self.id, "7837/tcp").splitlines()[0]
        return Client(f"tcp://{where.replace('0.0.0.0', '127.0.0.1')}", *self.client.keys)

    def stop(self):
        """By SIGTERM; in milliseconds, how long its first process took, and its exit code."""
        watch = os.pidfd_open(self.state()["Pid"])
        begin = time.monotonic()
        signal.pidfd_send_signal(watch, signal.SIGTERM)
        gone = select.select([watch], [], [], 20)[0]
        took = (time.monotonic() - begin) * 1000
        os.close(watch)
        if not gone:
            raise Failed("the daemon did not end within 20 s of SIGTERM.")
        return took, int(order("wait", self.id))
