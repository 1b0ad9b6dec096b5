# SPDX-License-Identifier: Apache-2.0
"""What the folders of langs/ say of themselves, and which of their files a build depends on."""
import functools
import re
import subprocess
import tomllib

from .failure import Failure, unknown
from .places import LANGS, TREE

# What only people and tests read: no image changes by it.
UNUSED = re.compile(r"(^|/)(cases/|README\.md$|WORKER\.md$|__pycache__/)")


def names():
    return sorted(path.parent.name for path in LANGS.glob("*/adapter.toml"))


@functools.cache
def manifest(name):
    path = LANGS / name / "adapter.toml"
    if not path.is_file():
        raise unknown("language", name, names())
    try:
        return tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as why:
        raise Failure(f"{path.relative_to(TREE)} is no TOML: {why}.") from None


def needs_of(text):
    return tomllib.loads(text).get("needs", {})


def needs(name, key):
    return manifest(name).get("needs", {}).get(key, {}).get("debian", [])


@functools.cache
def folders(name):
    """The language's folder and those beside it that its manifest or its worker's build takes something of."""
    found = [name]
    for folder in found:
        for file in ("adapter.toml", "worker/CMakeLists.txt"):
            path = LANGS / folder / file
            text = path.read_text() if path.is_file() else ""
            for other in re.findall(r"(?:^|[^./])(?:\.\./)+([a-z][a-z0-9.+-]*)/", text):
                if other not in found and (LANGS / other / "adapter.toml").is_file():
                    found.append(other)
    return found


@functools.cache
def sources(folder):
    """The files of a language's folder that an image may depend on, relative to langs/."""
    listed = subprocess.run(
        ["git", "-C", str(LANGS), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder],
        capture_output=True, text=True)
    if listed.returncode == 0:
        files = [name for name in listed.stdout.split("\0") if name]
    else:
        files = [str(path.relative_to(LANGS)) for path in (LANGS / folder).rglob("*")
                 if path.relative_to(LANGS).parts[1] not in ("bin", "lib")]
    return sorted(name for name in files if (LANGS / name).is_file() and not UNUSED.search(name))


@functools.cache
def made(folder):
    """What tools/build has made of a language's worker, relative to langs/; nothing if a source is newer."""
    place = LANGS / folder / "bin"
    # A JVM's archives, and the note of what they hold for, are made anew at a start.
    files = sorted(path for path in place.rglob("*")
                   if path.is_file() and path.suffix not in (".jsa", ".log") and path.name != "archived")
    newest = max((LANGS / name).stat().st_mtime for name in sources(folder) if "/worker/" in name)
    if not files or max(path.stat().st_mtime for path in files) < newest:
        return ()
    return tuple(str(path.relative_to(LANGS)) for path in files)


def fetched(folder):
    """What the folder's worker/fetch has brought to this machine, relative to langs/, so that a build need not fetch it again:
    whether it is the right thing fetch knows."""
    if not (LANGS / folder / "worker" / "fetch").is_file():
        return ()
    return tuple(sorted(str(path.relative_to(LANGS)) for path in (LANGS / folder / "lib").glob("*") if path.is_file()))


def batch_needs_worker(folder):
    """Whether its batch runs use files of what is built, which its manifest then names one by one."""
    files = needs_of(without_query((LANGS / folder / "adapter.toml").read_text())).get("files", [])
    return any(name.startswith("bin/") for name in files)


def without_query(text):
    """A manifest's text without what its worker does, for where that cannot be had: batch runs are left, and a terminal of
    another program's."""
    tables = re.split(r"(?m)^(?=\[)", text)
    kept = [table for table in tables
            if not table.startswith("[query") and not (table.startswith("[tty]") and '"{dir}/bin/' in table)]
    text = re.sub(r'(?m)^programs = .*$', lambda line: re.sub(r',?\s*"\{dir\}[^"]*"', "", line[0]), "".join(kept))
    return re.sub(r"(?m)^files = .*$", lambda line: re.sub(r'"(\.\./[^"]*/)?bin(/[^"]*)?",?\s*', "", line[0]), text)
