# SPDX-License-Identifier: Apache-2.0
"""quern embed: the daemon and languages into the root of an image."""
import json
import os
import shutil
import stat
import tomllib

import pytest

from conftest import QUERND, ROOT

LANGS = ROOT / "langs"
BUILT = sorted(manifest.parent.name for manifest in LANGS.glob("*/adapter.toml"))


def embed(quern, *args, **more):
    done = quern("embed", *args, "--json", **more)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def refused(quern, *args, **more):
    done = quern("embed", *args, **more)
    assert done.returncode == 125 and done.stdout == b""
    return done.stderr.decode()


def everything(root):
    return {str(path.relative_to(root)): (oct(path.lstat().st_mode), path.read_bytes() if path.is_file() else None)
            for path in sorted(root.rglob("*"))}


def test_what_is_embedded_is_the_daemon_the_languages_and_a_place_for_the_socket(quern):
    told = embed(quern, "lua", "bash", "--root", "image")
    root = quern.cwd / "image"
    files = {f"/{path.relative_to(root)}" for path in root.rglob("*") if path.is_file()}
    lua = {"adapter.toml", "bin/quern-lua-worker", "worker/questions.lua", "worker/manual.lua"}
    assert files == {"/opt/quern/bin/quernd", "/opt/quern/langs/bash/adapter.toml", "/opt/quern/langs/bash/worker.sh",
                     *(f"/opt/quern/langs/lua/{file}" for file in lua)}
    assert files == {file["path"] for file in told["files"]}
    assert told["bytes"] == sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) <= 8_000_000
    assert stat.S_IMODE((root / "run/quern").stat().st_mode) == 0o1777


@pytest.mark.parametrize("lang", [lang for lang in BUILT if lang not in ("cpp", "go", "rust", "scala")])
def test_a_language_adds_little_to_an_image_beside_the_daemon(quern, lang):
    """The others bring what their toolchain has no room for: headers compiled beforehand, an interpreter, a library, a compiler."""
    assert embed(quern, lang, "--root", "image")["bytes"] <= 8_000_000


def test_the_packages_are_those_of_the_manifests(quern):
    told = embed(quern, "lua", "bash", "--root", "image")
    wanted = {name: tomllib.loads((LANGS / name / "adapter.toml").read_text())["needs"]["packages"]["debian"]
              for name in ("bash", "lua")}
    assert {one["name"]: one["packages"]["debian"] for one in told["languages"]} == wanted
    assert set(told["packages"]["debian"]) == set(wanted["bash"] + wanted["lua"])
    said = quern("embed", "lua", "--root", "image").stdout.decode().splitlines()
    assert said[-1] == "The image must have, of Debian: " + " ".join(wanted["lua"])


def test_once_more_changes_nothing_and_an_alias_is_the_same(quern):
    first = embed(quern, "python", "--root", "image")
    before = everything(quern.cwd / "image")
    again = embed(quern, "py", "python", "--root", "image")
    assert first["changes"] > 0 and again["changes"] == 0 and everything(quern.cwd / "image") == before
    assert quern("embed", "python", "--root", "image").stdout.decode().splitlines()[0].endswith(", as it was before.")


def test_what_is_not_of_a_language_goes_and_other_languages_stay(quern):
    embed(quern, "lua5.1", "python", "--root", "image")
    langs = quern.cwd / "image/opt/quern/langs"
    (langs / "python/left/over").mkdir(parents=True)
    (langs / "python/left/over/from.before").write_text("")
    (langs / "python/worker.py").write_text("broken")
    before = everything(langs / "lua5.1")
    told = embed(quern, "lua", "python", "--root", "image")
    assert told["changes"] > 0 and not (langs / "python/left").exists()
    assert (langs / "python/worker.py").read_bytes() == (LANGS / "python/worker.py").read_bytes()
    # lua's folder holds what Lua 5.1 is started from, too.
    assert everything(langs / "lua5.1") == before and (langs / "lua/bin/quern-lua5.1-worker").exists()


def test_the_rights_of_files_do_not_hang_on_who_embeds(quern):
    old = os.umask(0o077)
    try:
        embed(quern, "lua", "--root", "image")
    finally:
        os.umask(old)
    root = quern.cwd / "image"
    for path in (root, *root.rglob("*")):
        program = path.is_dir() or path.name in ("quernd", "quern-lua-worker")
        if path != root / "run/quern":
            assert stat.S_IMODE(path.stat().st_mode) == (0o755 if program else 0o644), path


def test_a_misspelt_language_is_named_and_nothing_is_written(quern):
    assert refused(quern, "pyton", "--root", "image") == 'quern: there is no language "pyton"; did you mean "python"?\n'
    assert 'there is no language "klingon"; there are: bash, c, ' in refused(quern, "klingon", "--root", "image")
    assert not (quern.cwd / "image").exists()


def test_a_worker_that_was_not_built_is_told_with_what_to_do(quern):
    langs = quern.cwd / "langs"
    shutil.copytree(LANGS / "lua", langs / "lua", ignore=shutil.ignore_patterns("bin"))
    said = refused(quern, "lua", "--root", "image", env={"QUERND_LANGS": str(langs)})
    assert said == (f"quern: Lua cannot be embedded, for {langs}/lua/bin/quern-lua-worker is not there: install what its worker "
                    "is built from with tools/deps --lang lua, then build it with tools/build.\n")


def test_a_daemon_that_needs_libraries_is_no_daemon_for_images(quern):
    said = refused(quern, "bash", "--root", "image", env={"QUERND_BIN": "/usr/bin/env"})
    assert said.startswith("quern: /usr/bin/env needs shared libraries")


def test_a_root_that_cannot_be_written_is_told(quern):
    (quern.cwd / "file").write_text("")
    assert f"making the folder {quern.cwd}/file" in refused(quern, "bash", "--root", "file")


@pytest.fixture(scope="module")
def all_embedded(tmp_path_factory):
    """Every language, embedded by the client itself."""
    import subprocess
    from conftest import QUERN
    root = tmp_path_factory.mktemp("root")
    ready = [name for name in BUILT if name != "julia"]
    done = subprocess.run([QUERN, "embed", *ready, "--root", root], capture_output=True, text=True, timeout=120,
                          env={"QUERND_BIN": str(QUERND), "QUERND_LANGS": str(LANGS)})
    assert done.returncode == 0, done.stderr
    for folder in root.glob("opt/quern/langs/*/bin/training"):
        (folder.parent / "archiving").mkdir()  # the JVM's archives are not made for one test: one makes them already
    yield root / "opt/quern"
    shutil.rmtree(root)


@pytest.mark.parametrize("lang", [name for name in BUILT if (LANGS / name / "cases/cases.toml").exists()])
def test_a_language_runs_from_what_was_embedded(quern, all_embedded, lang):
    hello = tomllib.loads((LANGS / lang / "cases/cases.toml").read_text())["hello"]
    env = {"QUERND_BIN": str(all_embedded / "bin/quernd"), "QUERND_LANGS": str(all_embedded / "langs"),
           "PATH": f"/usr/bin:/bin:{ROOT}/build/deps/python2/usr/bin"}
    for mode in ([], ["--batch"]):
        done = quern("run", "-l", lang, *mode, "-c", hello["code"], env=env)
        assert (done.returncode, done.stdout.decode()) == (0, hello["stdout"]), done.stderr.decode()
