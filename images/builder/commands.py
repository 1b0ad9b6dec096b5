# SPDX-License-Identifier: Apache-2.0
"""The command line of images/build."""
import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from . import catalog as catalogs
from . import engine as engines
from . import table
from .build import UNREACHABLE, Builder
from .failure import Failure
from .places import BIN, IMAGES, TREE, Places
from .record import record, size_findings
from .roots import Roots
from .sbom import sbom
from .steps import Plan

USAGE = """images/build: builds and tests the images of images/catalog.toml.

  images/build list                          what images there are
  images/build graph                         what stands on what
  images/build build debian-12 lua           these, and what they stand on, as far as something changed
  images/build build --all --jobs 2          all that are not mere recipes
  images/build test lua                      build if need be, start and try it (images/smoke)
  images/build push lua --to registry/team   to a registry; or --to oci:DIR with podman and buildah
  images/build sbom lua                      what it consists of, as CycloneDX
  images/build record lua                    write date, size and digest into the catalog
  images/build table [--check]               the table of images/README.md, from the catalog"""


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)


def release():
    """The codename of the Debian that this machine is, else nothing."""
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return ""
    return told.get("VERSION_CODENAME", "") if told.get("ID") == "debian" else ""


class Session:
    def __init__(self, options):
        self.catalog = catalogs.read()
        self.places = Places(Path(options.root).absolute())
        self.options = options

    def images(self):
        if self.options.all:
            return [image for image in self.catalog.images.values() if not image.recipe]
        if not self.options.names:
            raise Failure(f"Which images? Name some, as in `images/build {self.options.command} lua`, or say --all.")
        return [self.catalog.find(name) for name in self.options.names]

    def builder(self, fresh=False):
        self.places.make()
        roots = Roots(self.catalog, self.places.roots)
        plan = Plan(self.catalog, roots.inputs, release())
        self.engine = engines.Engine(engines.choose(self.options.engine), self.places.engine, self.catalog.epoch)
        return plan, Builder(plan, roots, self.engine, self.places, self.catalog.prefix, say, fresh, self.options.keep_free)

    def built(self):
        """The images asked for, built, each with its steps."""
        images = self.images()
        plan, builder = self.builder(getattr(self.options, "no_cache", False))
        failed = builder.build(images, self.options.jobs)
        for key, why in failed.items():
            say(f"build: {key}: {why}")
        if failed:
            raise Failure(f"{len(failed)} steps were not built.")
        return builder, [(image, plan.steps(image)) for image in images]


def list_images(session):
    for image in session.catalog.images.values():
        print(f"{image.name:16} {image.kind:10} {image.suite or '-':11} {table.when_built(image)}")


def graph(session):
    images = session.catalog.images.values()

    def show(image, depth):
        print("  " * depth + image.name + (" (recipe)" if image.recipe else ""))
        for other in images:
            if other.parent == image.name:
                show(other, depth + 1)

    for image in images:
        if not image.parent:
            show(image, 0)


def build(session):
    session.built()


def test(session):
    builder, built = session.built()
    failed = []
    for image, steps in built:
        findings = size_findings(session.catalog, session.engine, builder, image, steps)
        for sentence in findings:
            say(f"test: {image.name}: {sentence}")
        if not smoke(session, builder, image, steps, findings) or findings:
            failed.append(image.name)
        say(f"test: {image.name} {'failed' if image.name in failed else 'passed'}")
    if failed:
        raise Failure(f"{len(failed)} of {len(built)} images failed: {', '.join(failed)}.")


def smoke(session, builder, image, steps, findings):
    """Tries the image; the report is kept, with the id that it is of; it is not ok if there are findings of its size."""
    path = session.places.logs / f"{image.name}.smoke.json"
    path.unlink(missing_ok=True)
    words = [IMAGES / "smoke", session.engine.env_file, builder.ref(steps[-1]), "--catalog-name", image.name, "--json", path]
    good = subprocess.run(words, env={**os.environ, "QUERN_BIN": str(BIN / "quern")}).returncode == 0
    if path.is_file():
        report = json.loads(path.read_text())
        report = {"id": builder.state(steps[-1])["id"], **report, "ok": report["ok"] and not findings}
        path.write_text(json.dumps(report, indent=2) + "\n")
    return good


def push(session):
    builder, built = session.built()
    for image, steps in built:
        target = session.options.to.rstrip("/")
        is_folder = target.startswith(("oci:", "dir:"))
        if is_folder:
            Path(target.split(":", 1)[1]).mkdir(parents=True, exist_ok=True)
        name = f"{target}/{image.name}" if is_folder else f"{target}/{image.ref}"
        try:
            session.engine.push(builder.ref(steps[-1]), name)
        except Failure as why:
            if place := UNREACHABLE.search(str(why)):
                raise Failure(f"{place[1]} cannot be reached from here: see to the network, or a proxy.") from None
            raise
        say(f"push: {name}")


def records(session):
    builder, built = session.built()
    for image, steps in built:
        record(image, builder.state(steps[-1]), session.places)
        say(f"record: {image.name}")


def boms(session):
    builder, built = session.built()
    for image, steps in built:
        print(sbom(session.catalog, session.engine, builder, image, steps))


def write_table(session):
    table.write(session.catalog, TREE / "images" / "README.md", session.options.check)


def parser():
    top = argparse.ArgumentParser(prog="images/build", usage=USAGE, add_help=False)
    top.add_argument("-h", "--help", action="store_true")
    commands = top.add_subparsers(dest="command")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("names", nargs="*", metavar="NAME")
    common.add_argument("--all", action="store_true", help="all images that are not mere recipes")
    common.add_argument("--jobs", type=int, default=1, metavar="N", help="so many steps at a time")
    common.add_argument("--no-cache", action="store_true", help="build again what did not change, too")
    common.add_argument("--root", default=TREE / "build" / "images", metavar="DIR", help="where all that is built is kept")
    common.add_argument("--engine", metavar="NAME", help="buildah, podman or docker; the first that is there")
    common.add_argument("--keep-free", type=int, default=5, metavar="GIB", help="stop before less is free on the disk")
    for name, does in (("list", list_images), ("graph", graph), ("build", build), ("test", test), ("push", push),
                       ("record", records), ("sbom", boms), ("table", write_table)):
        command = commands.add_parser(name, parents=[common])
        command.set_defaults(does=does)
        if name == "push":
            command.add_argument("--to", required=True, metavar="PLACE", help="the registry and what comes before the image's name")
        if name == "table":
            command.add_argument("--check", action="store_true", help="only say whether the table is as the catalog is")
    return top


def main(arguments):
    options = parser().parse_args(arguments)
    if options.help or not options.command:
        print(USAGE)
        return 0 if options.help else 2
    try:
        options.does(Session(options))
    except Failure as why:
        say(f"build: {why}")
        return 1
    except KeyboardInterrupt:
        say("build: stopped; what was finished is kept.")
        return 130
    return 0
