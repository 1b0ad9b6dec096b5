# SPDX-License-Identifier: Apache-2.0
"""The builder of images/ without an engine: a catalog, programs and an engine of the test's own."""
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TREE / "images"))
sys.dont_write_bytecode = True

from builder import build, steps  # noqa: E402 (found by the line above)
from builder.catalog import Catalog  # noqa: E402
from builder.failure import Failure  # noqa: E402
from builder.places import Places  # noqa: E402

CATALOG = """
epoch = 1000
prefix = "test"
[labels]
"ai.backend.kernelspec" = "1"
[suite.debian-12]
codename = "bookworm"
[suite.debian-13]
codename = "trixie"
[suite.debian-13.instead]
"liblua5.4-0" = ["liblua5.4-0t64", "more"]
"luarocks" = []
[family.scratch]
kind = "base"
title = "nothing"
adapters = []
[family.debian]
kind = "base"
title = "Debian"
adapters = ["bash"]
default = "12"
[family.lua]
kind = "language"
title = "Lua"
adapters = ["lua"]
default = "5.4"
[family.socket]
kind = "framework"
title = "Sockets of Lua"
packages = ["lua-socket"]
[image.scratch]
root = "folders"
[image.debian-12]
root = "folders"
suite = "debian-12"
[image.debian-13]
root = "folders"
suite = "debian-13"
[image."lua-5.4"]
parent = "debian-12"
[image."lua-5.5"]
parent = "debian-13"
[image.socket]
parent = "lua-5.4"
"""


class FakeEngine:
    """Builds nothing, but remembers what was asked; an image's id is what it was made of."""

    name = "fake"

    def __init__(self):
        self.built, self.images, self.failing = [], {}, {}

    def build(self, containerfile, context, ref, log):
        text = containerfile.read_text()
        key = context.name
        if key in self.failing:
            log.write(self.failing[key])
            raise Failure("`fake build` ended with 1.")
        files = sorted(str(path.relative_to(context)) for path in context.rglob("*") if path.is_file())
        self.built.append(key)
        self.images[ref] = f"{hash((text, tuple(files)))}"
        return self.images[ref], 1000

    def ids(self):
        return set(self.images.values())

    def remove(self, image_id):
        raise Failure(f"{image_id} is in use.")


class FakeRoots:
    def __init__(self, folder):
        self._folder = folder
        self.content = "root"

    def inputs(self, image):
        return self.content

    def make(self, image, log):
        path = self._folder / f"{image.name}.tar"
        path.write_text(self.content)
        return path


class World:
    """Everything that a build needs, below one folder."""

    def __init__(self, folder, monkeypatch):
        self.programs = folder / "bin"
        self.programs.mkdir()
        for program in ("quern", "quernd"):
            (self.programs / program).write_text(program)
        monkeypatch.setattr(steps, "BIN", self.programs)
        monkeypatch.setattr(build, "BIN", self.programs)
        self.places = Places(folder / "out")
        self.places.make()
        self.catalog = Catalog(CATALOG)
        self.engine = FakeEngine()
        self.roots = FakeRoots(self.places.roots)
        self.said = []

    def plan(self):
        return steps.Plan(self.catalog, self.roots.inputs)

    def steps(self, name):
        return self.plan().steps(self.catalog.find(name))

    def hashes(self, name):
        return {step.key: step.hash for step in self.steps(name)}

    def build(self, *names, fresh=False, keep_free=0):
        """What was built, and the sentences of what failed."""
        self.engine.built = []
        builder = build.Builder(self.plan(), self.roots, self.engine, self.places, "test", self.said.append, fresh, keep_free)
        failed = builder.build([self.catalog.find(name) for name in names], jobs=2)
        return sorted(self.engine.built), failed


@pytest.fixture
def world(tmp_path, monkeypatch):
    return World(tmp_path, monkeypatch)
