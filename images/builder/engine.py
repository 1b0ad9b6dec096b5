# SPDX-License-Identifier: Apache-2.0
"""buildah, podman or docker: builds an image from a Containerfile, and tells what images there are."""
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from .failure import Failure

KNOWN = ("buildah", "podman", "docker")
# Plain runc with explicit limits runs also where a virtual machine lacks rights or mixes both versions of control groups.
CONTAINERS_CONF = """[containers]
default_ulimits = ["nofile=10000:10000", "nproc=10000:10000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
STORAGE_CONF = """[storage]
driver = "overlay"
graphroot = "{root}/store"
runroot = "{root}/run"
"""


def choose(name=None):
    name = name or os.environ.get("QUERN_IMAGES_ENGINE")
    if name and name not in KNOWN:
        raise Failure(f"The engine must be one of {', '.join(KNOWN)}, not `{name}`.")
    for known in [name] if name else KNOWN:
        if shutil.which(known):
            return known
    raise Failure(f"There is no {name or 'buildah, podman or docker'} on this machine; on Debian "
                  "`apt-get install --no-install-recommends buildah podman runc netavark` brings what builds and tests.")


class Engine:
    """buildah and podman get a store of their own, so that nothing of the user's is touched; docker has its daemon's."""

    def __init__(self, name, folder, epoch):
        self.name = name
        self.epoch = epoch
        self._folder = folder
        self.environment = {}
        if name != "docker":
            configuration = {"CONTAINERS_CONF": ("containers.conf", CONTAINERS_CONF),
                             "CONTAINERS_STORAGE_CONF": ("storage.conf", STORAGE_CONF.format(root=folder))}
            for variable, (file, text) in configuration.items():
                (folder / file).write_text(text)
                self.environment[variable] = str(folder / file)
        else:
            self.environment["DOCKER_BUILDKIT"] = "1"  # else older ones mount nothing in a RUN
        lines = [f"ENGINE={'podman' if name == 'buildah' else name}"]
        lines += [f"{variable}={value}" for variable, value in self.environment.items()]
        self.env_file = folder / "engine.env"
        self.env_file.write_text("".join(line + "\n" for line in lines))

    def call(self, *words, log=None, binary=False):
        """What it prints; with a log, all that it says goes there instead."""
        environment = {**os.environ, **self.environment}
        if log is not None:
            done = subprocess.run([self.name, *words], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        else:
            done = subprocess.run([self.name, *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode:
            said = [] if log is not None else done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise Failure(f"`{self.name} {words[0]}` ended with {done.returncode}" + (f": {said[0]}" if said else "."))
        return done.stdout if binary or log is not None else done.stdout.decode()

    def build(self, containerfile, context, ref, log):
        words = ["build", "--network", "host", "-f", str(containerfile), "-t", ref]
        if self.name == "docker":
            words += ["--no-cache", "--build-arg", f"SOURCE_DATE_EPOCH={self.epoch}"]
        else:
            # One layer a Containerfile; of docker's format, for only that has a HEALTHCHECK.
            words += ["--isolation", "chroot", "--format", "docker", "--layers=false", "--timestamp", str(self.epoch)]
        self.call(*words, str(context), log=log)
        if self.name != "docker":
            self._without_chance(ref)
        return self.inspect(ref)

    def _without_chance(self, ref):
        """Takes out of an image's configuration what is different each time: the building container's id and host name.

        What it becomes is pulled from a folder without its layers, for the store has those."""
        before = self.inspect(ref)[0]
        with tempfile.TemporaryDirectory(prefix="config", dir=self._folder) as folder:
            manifest, configuration = self._documents(ref, Path(folder) / "whole")
            configuration = {key: value for key, value in configuration.items() if key not in ("container", "container_config", "parent")}
            configuration["config"]["Hostname"] = ""
            data = json.dumps(configuration, separators=(",", ":")).encode()
            digest = hashlib.sha256(data).hexdigest()
            manifest["config"] = {**manifest["config"], "size": len(data), "digest": f"sha256:{digest}"}
            for name, content in (("version", b"Directory Transport Version: 1.1\n"), ("manifest.json", json.dumps(manifest).encode()),
                                  (digest, data)):
                (Path(folder) / name).write_bytes(content)
            self.call("pull", "-q", f"dir:{folder}")
        self.call("tag", digest, ref)
        if digest != before:
            self.call("rmi", before)

    def _documents(self, ref, folder):
        if self.name == "buildah":
            told = json.loads(self.call("inspect", "--type", "image", ref))
            return json.loads(told["Manifest"]), json.loads(told["Config"])
        self.call("save", "-q", "--format", "docker-dir", "-o", str(folder), ref)
        manifest = json.loads((folder / "manifest.json").read_text())
        return manifest, json.loads((folder / manifest["config"]["digest"].removeprefix("sha256:")).read_text())

    def inspect(self, ref):
        """The image's id and its size in bytes."""
        if self.name == "buildah":
            # buildah's own `inspect` tells no size, and its list a rounded one.
            listed = json.loads(self.call("images", "--json", "--no-trunc", ref))[0]
            return listed["id"].removeprefix("sha256:"), self._layers(ref)
        told = json.loads(self.call("image", "inspect", ref))[0]
        return told["Id"].removeprefix("sha256:"), told["Size"]

    def _layers(self, ref):
        """An image's size by the sizes of its layers, which stand in its manifest."""
        text = json.loads(self.call("inspect", "--type", "image", ref))["Manifest"]
        return sum(layer["size"] for layer in json.loads(text)["layers"])

    def ids(self):
        if self.name == "buildah":
            return {image["id"].removeprefix("sha256:") for image in json.loads(self.call("images", "--json", "--no-trunc") or "[]")}
        return {line.removeprefix("sha256:") for line in self.call("images", "-q", "--no-trunc").split()}

    def read(self, ref, path):
        """The text of a file in an image."""
        if self.name == "buildah":
            container = self.call("from", "--pull-never", ref).strip()
            try:
                return (Path(self.call("mount", container).strip()) / path.lstrip("/")).read_text()
            finally:
                self.call("rm", container)
        container = self.call("create", ref, "nothing").strip()  # docker wants a command, if only to copy from it
        try:
            packed = self.call("cp", f"{container}:{path}", "-", binary=True)
        finally:
            self.call("rm", container)
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            return tar.extractfile(tar.next()).read().decode()

    def push(self, ref, name):
        if self.name == "docker":
            self.call("tag", ref, name)
            self.call("push", name)
        else:
            self.call("push", ref, name)

    def remove(self, image_id):
        self.call("rmi", image_id)
