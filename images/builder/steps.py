# SPDX-License-Identifier: Apache-2.0
"""The steps of an image, each a Containerfile over the step below it; images with the same parent share its steps.

    root        a base's files: made by mmdebstrap, or a few of our own
    packages    what the distribution brings for this image
    adapters    the languages' folders with their workers, built in a stage of its own on the packages
    daemon      quernd, and all that a container is told; the last and smallest, so that a new daemon leaves the rest as it is

An image of a framework stands on its parent's packages, not on its parent's daemon."""
import json
import shlex
import tomllib
from dataclasses import dataclass

from . import manifest
from .catalog import Image
from .inputs import Inputs
from .places import BIN, IMAGES, LANGS, TREE

USER = "1000:1000"
HOME = "/home/work"
BUILD_TOOLS = ("cmake", "ninja-build", "gcc", "libc6-dev")
EMBED_SOURCES = ("tools/quern/commands/embed_command.cpp", "tools/quern/image")


@dataclass
class Step:
    image: Image
    kind: str
    below: "Step | None"
    text: str  # the Containerfile, FROM aside
    files: dict  # what its context holds: name there -> path here, or bytes
    beside: "Step | None" = None  # whose workers it takes over
    hash: str = ""

    @property
    def key(self):
        return f"{self.image.name}.{self.kind}"

    @property
    def waits_for(self):
        return [step for step in (self.below, self.beside) if step]

    @property
    def is_last(self):
        return self.kind == "daemon"


def run(*commands):
    """One RUN of some of images/steps, which are mounted and so leave nothing in the layer."""
    lines = ["sh /mnt/" + shlex.join(str(word) for word in command) for command in commands]
    return "RUN --mount=type=bind,source=steps,target=/mnt " + " && ".join(lines)


def scripts(*names):
    return {f"steps/{name}": IMAGES / "steps" / name for name in names}


class Plan:
    """Makes steps of images; `root_inputs` tells what a base's root is made of (roots.py)."""

    def __init__(self, catalog, root_inputs, release=""):
        self._catalog = catalog
        self._root_inputs = root_inputs
        self._release = release  # this machine's, if it is a Debian: workers that tools/build has made fit there
        self._made = {}

    def steps(self, image):
        """All that the image consists of, the lowest first."""
        last = self._step(image, "daemon")
        found = []
        while last:
            found.insert(0, last)
            last = last.below
        return found

    def needed(self, images):
        """All that must be there for the images, by key, the lowest first."""
        found = {}

        def add(step):
            for other in step.waits_for:
                add(other)
            found.setdefault(step.key, step)

        for image in images:
            add(self._step(image, "daemon"))
        return found

    def bottom(self, image):
        """What the lowest step of an image stands on: nothing, or an image of a registry."""
        suite = self._catalog.suites.get(image.suite)
        return suite.comes_from if suite and suite.comes_from else "scratch"

    def _step(self, image, kind):
        key = f"{image.name}.{kind}"
        if key not in self._made:
            step = getattr(self, f"_{kind}")(image)
            if step is not None and step.kind == kind and step.image is image:
                self._hash(step)
            self._made[key] = step
        return self._made[key]

    def _hash(self, step):
        inputs = Inputs(*(other.hash for other in step.waits_for), step.text, self._catalog.epoch)
        for name, path in sorted(step.files.items()):
            if isinstance(path, bytes):
                inputs.text(name, path)
            elif not name.startswith("unhashed/"):
                inputs.file(name, path)
        if step.kind == "root":
            inputs.text("root", self._root_inputs(step.image))
        if step.kind == "adapters":
            # The program that embeds changes often, what it does there seldom.
            for source in EMBED_SOURCES:
                for path in sorted((TREE / source).rglob("*")) or [TREE / source]:
                    if path.is_file():
                        inputs.file(str(path.relative_to(TREE)), path)
        step.hash = inputs.digest()

    def _stem(self, image):
        return self._step(image, "packages")

    def _root(self, image):
        suite = self._catalog.suites.get(image.suite)
        if suite and suite.comes_from:
            return None
        return Step(image, "root", None, "ADD root.tar /\n", {})

    def _packages(self, image):
        below = self._stem(self._catalog.images[image.parent]) if image.parent else self._step(image, "root")
        packages = self._catalog.own_packages(image)
        if not packages:
            return below
        suite = self._catalog.suites[image.suite]
        epoch = self._catalog.epoch
        if suite.install == "apk":
            return Step(image, "packages", below, "RUN apk add --no-cache " + " ".join(packages) + "\n", {})
        text = run(("install.sh", epoch, *packages), ("settle.sh", epoch)) + "\n"
        return Step(image, "packages", below, text, scripts("install.sh", "settle.sh"))

    def _adapters(self, image):
        stem = self._stem(image)
        if not image.adapters:
            return stem
        files = scripts("install.sh", "settle.sh", "workers.sh", "finish.sh")
        folders = []
        for adapter in image.adapters:
            folders += [folder for folder in manifest.folders(adapter) if folder not in folders]
        for folder in folders:
            for source in manifest.sources(folder):
                path = LANGS / source
                if folder in image.batch_only and source == f"{folder}/adapter.toml":
                    path = manifest.without_query(path.read_text()).encode()
                files[f"langs/{source}"] = path
        files.update({f"unhashed/build/release/bin/{program}": BIN / program for program in ("quern", "quernd")})
        epoch = self._catalog.epoch
        compiled = [folder for folder in folders if self._is_compiled(image, folder)]
        if image.suite and self._catalog.suites[image.suite].codename == self._release:
            ready = [folder for folder in compiled if manifest.made(folder)]
            files.update({f"langs/{name}": LANGS / name for folder in ready for name in manifest.made(folder)})
            compiled = [folder for folder in compiled if folder not in ready]
        taken = [folder for folder in compiled if self._parent_has(image, folder)]
        compiled = [folder for folder in compiled if folder not in taken]
        files.update({f"unhashed/langs/{name}": LANGS / name for folder in compiled for name in manifest.fetched(folder)})
        lines = ["FROM {below} AS workers", "COPY langs /src/langs", "COPY unhashed /src"]
        lines += [f"COPY --from={{beside}} /opt/quern/langs/{folder}/bin /src/langs/{folder}/bin" for folder in taken]
        if compiled:
            lines.append(run(("install.sh", epoch, *self._build_packages(image, compiled))))
            lines.append(run(("workers.sh", *compiled)))
        lines.append("RUN " + json.dumps(["/src/build/release/bin/quern", "embed", *image.adapters, "--root", "/out"]))
        lines += ["FROM {below}", "COPY --from=workers /out/opt/quern/langs /opt/quern/langs"]
        lines.append(run(*self._finishing(image), ("settle.sh", epoch)))
        beside = self._step(self._catalog.images[image.parent], "adapters") if taken else None
        return Step(image, "adapters", stem, "\n".join(lines) + "\n", files, beside)

    def _is_compiled(self, image, folder):
        if not (LANGS / folder / "worker" / "CMakeLists.txt").is_file():
            return False
        return not set(image.adapters) <= set(image.batch_only) or manifest.batch_needs_worker(folder)

    def _parent_has(self, image, folder):
        parent = self._catalog.images.get(image.parent)
        return parent and folder in set(parent.adapters) & set(image.adapters)

    def _finishing(self, image):
        """What is to be run where the adapters have been put, each with its files already of the layer's moment."""
        commands = []
        for adapter in image.adapters:
            words = manifest.manifest(adapter).get("needs", {}).get("refresh") or self._catalog.finish.get(adapter)
            if words and (adapter not in image.batch_only or manifest.batch_needs_worker(adapter)):
                place = f"/opt/quern/langs/{adapter}"
                commands.append(("finish.sh", self._catalog.epoch, *(word.replace("{dir}", place) for word in words)))
        return commands

    def _build_packages(self, image, folders):
        wanted = list(BUILD_TOOLS) + list(image.build)
        for folder in folders:
            wanted += manifest.needs(folder, "build")
        return self._catalog.packages_in(image.suite, wanted) if image.suite else ()

    def _daemon(self, image):
        below = self._step(image, "adapters")
        labels = " \\\n  ".join(f"{name}={json.dumps(str(value))}" for name, value in sorted(labels_of(image).items()))
        lines = ["COPY --chmod=0755 quernd /opt/quern/bin/quernd",
                 f"ENV HOME={HOME} LANG=C.UTF-8",
                 f"LABEL {labels}",
                 f"USER {USER}", f"WORKDIR {HOME}", "STOPSIGNAL SIGTERM",
                 'HEALTHCHECK --interval=30s --timeout=12s --start-period=5s CMD ["/opt/quern/bin/quernd", "healthcheck"]',
                 'ENTRYPOINT ["/opt/quern/bin/quernd"]']
        return Step(image, "daemon", below, "\n".join(lines) + "\n", {"quernd": BIN / "quernd"})


def labels_of(image):
    labels = {
        "org.opencontainers.image.title": f"Quern, {image.title}" + (f" {image.version}" if image.version and image.kind != "base" else ""),
        "org.opencontainers.image.version": image.version or "1",
        "org.opencontainers.image.vendor": "Quern",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.base.name": image.suite or image.name,
    }
    if image.suite:
        labels["ai.backend.base-distro"] = image.suite.replace("-", "")
    modes = modes_of(image)
    labels["ai.backend.features"] = " ".join(mode for mode in ("batch", "query", "tty") if mode in modes) + " uid-match user-input"
    return {**labels, **image.labels}


def modes_of(image):
    """What can be asked of it; a command line of one's own runs as a batch everywhere."""
    modes = {"batch"}
    for adapter in image.adapters:
        text = (LANGS / adapter / "adapter.toml").read_text()
        has = tomllib.loads(manifest.without_query(text) if adapter in image.batch_only else text)
        modes |= {mode for mode in ("query", "tty") if mode in has}
    return modes
