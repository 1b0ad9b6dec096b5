# SPDX-License-Identifier: Apache-2.0
"""catalog.toml as values. A family has what its versions share, an image the rest; nothing is built here."""
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from . import manifest
from .failure import Failure, unknown
from .places import IMAGES

KINDS = ("base", "language", "framework")
FAMILY_KEYS = {"build", "title", "kind", "adapters", "packages", "labels", "smoke", "default"}
IMAGE_KEYS = {"parent", "suite", "root", "adapters", "packages", "without", "built", "recipe", "batch_only", "note", "build", "labels"}


@dataclass(frozen=True)
class Suite:
    """A distribution's release: where its packages come from, and what manifests' packages are called there."""

    name: str
    codename: str
    archives: tuple = ()
    include: tuple = ()
    purge: tuple = ()
    instead: dict = field(default_factory=dict)
    comes_from: str = ""  # an image of a registry, where the base is not made by us
    install: str = "apt"


@dataclass(frozen=True)
class Image:
    name: str
    family: str
    version: str
    kind: str
    title: str
    parent: str  # an image's name, or nothing for a base
    suite: str  # nothing where there are no packages
    root: str  # of a base: how its root is made
    adapters: tuple
    packages: tuple
    build: tuple  # packages to build its workers with, beside the manifests'
    batch_only: tuple  # adapters whose worker cannot be had there
    labels: dict
    smoke: tuple
    note: str
    recipe: str  # why it is not built by us, else nothing
    built: dict  # what the last real build came to, else nothing

    @property
    def ref(self):
        return f"{self.family}:{self.version or 'latest'}"


class Catalog:
    def __init__(self, text, where="images/catalog.toml"):
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as why:
            raise Failure(f"{where} is no TOML: {why}.") from None
        self._where = where
        self.epoch = data["epoch"]
        self.prefix = data["prefix"]
        self._labels = data.get("labels", {})
        self.finish = data.get("finish", {})
        self.suites = {name: self._suite(name, suite) for name, suite in data.get("suite", {}).items()}
        self._families = data.get("family", {})
        self.images = {}
        for name, image in data.get("image", {}).items():
            self.images[name] = self._image(name, image)

    def _fail(self, name, sentence):
        return Failure(f"{self._where}: [{name}] {sentence}")

    def _suite(self, name, suite):
        listed = {key: tuple(value) if isinstance(value, list) else value for key, value in suite.items()}
        try:
            return Suite(name, **listed)
        except TypeError:
            raise self._fail(f"suite.{name}", f"has a key that is not known; there are: {', '.join(Suite.__annotations__)}.") from None

    def _image(self, name, image):
        family_name, _, version = name.rpartition("-")
        if family_name not in self._families:
            family_name, version = name, ""
        family = self._families.get(family_name)
        if family is None:
            raise self._fail(f"image.{name}", f"is of no family: [family.{family_name}] is missing.")
        for table, keys, known in ((f"family.{family_name}", family, FAMILY_KEYS), (f"image.{name}", image, IMAGE_KEYS)):
            for key in keys:
                if key not in known:
                    raise self._fail(table, f"has the key `{key}`, which is not known.")
        kind = family.get("kind")
        if kind not in KINDS:
            raise self._fail(f"family.{family_name}", f"must have as its kind one of {', '.join(KINDS)}.")
        parent = image.get("parent", "")
        if parent and parent not in self.images:
            raise self._fail(f"image.{name}", f"stands on `{parent}`, which must stand before it.")
        if not parent and kind != "base":
            raise self._fail(f"image.{name}", "has no parent, as only a base may.")
        above = self.images.get(parent)
        suite = above.suite if above else image.get("suite", "")
        if suite and suite not in self.suites:
            raise self._fail(f"image.{name}", f"is of the suite `{suite}`, which is not there.")
        adapters = tuple(image.get("adapters", family.get("adapters", above.adapters if above else ())))
        for adapter in adapters:
            manifest.manifest(adapter)
        return Image(
            name=name, family=family_name, version=version, kind=kind, title=family["title"], parent=parent, suite=suite,
            root=image.get("root", ""), adapters=adapters, packages=self._packages(suite, adapters, family, image),
            build=tuple(family.get("build", []) + image.get("build", [])), batch_only=tuple(image.get("batch_only", ())),
            labels={**(above.labels if above else self._labels), **family.get("labels", {}), **image.get("labels", {})},
            smoke=tuple(family.get("smoke", ())), note=image.get("note", ""), recipe=image.get("recipe", ""),
            built=image.get("built", {}))

    def _packages(self, suite, adapters, family, image):
        """What the image must have: of the manifests, by their names in its suite, and what the catalog adds."""
        if not suite:
            return ()
        wanted = [package for adapter in adapters for package in manifest.needs(adapter, "packages")]
        found = self.packages_in(suite, wanted + family.get("packages", []) + image.get("packages", []))
        return tuple(package for package in found if package not in image.get("without", []))

    def packages_in(self, suite, wanted):
        instead = self.suites[suite].instead
        return tuple(sorted({name for package in wanted for name in instead.get(package, [package])}))

    def find(self, name):
        """By its whole name, or by its family's for the version that is the usual one."""
        if name in self.images:
            return self.images[name]
        default = self._families.get(name, {}).get("default")
        if default:
            return self.images[f"{name}-{default}"]
        raise unknown("image", name, sorted(set(self.images) | {family for family in self._families}))

    def chain(self, image):
        """From its base to the image itself."""
        below = self.chain(self.images[image.parent]) if image.parent else []
        return below + [image]

    def own_packages(self, image):
        """Those that no image below it has declared."""
        declared = {package for other in self.chain(image)[:-1] for package in other.packages}
        return tuple(package for package in image.packages if package not in declared)


def read(path: Path = IMAGES / "catalog.toml"):
    return Catalog(path.read_text())
