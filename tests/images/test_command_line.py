# SPDX-License-Identifier: Apache-2.0
"""images/build as it is called: mistakes are one sentence and status 1."""
import os
import subprocess
from pathlib import Path

import pytest
from builder.record import with_built

TREE = Path(__file__).resolve().parent.parent.parent


def call(*words, **environment):
    return subprocess.run(["/usr/bin/python3", TREE / "images" / "build", *words], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **environment})


@pytest.mark.parametrize("words, sentence", [
    (["build", "luaa"], "build: There is no image `luaa`; did you mean `lua`?\n"),
    (["build"], "build: Which images? Name some, as in `images/build build lua`, or say --all.\n"),
    (["build", "lua", "--engine", "dokcer"], "build: The engine must be one of buildah, podman, docker, not `dokcer`.\n"),
])
def test_a_mistake_is_one_sentence(tmp_path, words, sentence):
    done = call(*words, "--root", str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)


def test_a_machine_without_an_engine_is_told_what_brings_one(tmp_path):
    done = call("build", "lua", "--root", str(tmp_path), PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("build: There is no buildah, podman or docker on this machine; on Debian `apt-get install ")
    assert done.stderr.count("\n") == 1


def test_help_names_every_command():
    done = call("--help")
    assert done.returncode == 0
    for command in ("list", "graph", "build", "test", "push", "sbom", "record", "table"):
        assert f"images/build {command}" in done.stdout


def test_the_graph_shows_what_stands_on_what():
    lines = call("graph").stdout.splitlines()
    assert lines.index("  python-3.13") > lines.index("debian-13") and "    numpy" in lines


def test_the_table_of_the_readme_is_the_catalogs():
    done = call("table", "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_record_takes_the_place_of_the_one_before():
    text = '[image.a]\nroot = "x"\nbuilt = { old = 1 }\n\n[image."b-1"]\nparent = "a"\n\n# --- more\n\n[image.c]\nroot = "x"\n'
    text = with_built(text, "a", "built = { new = 1 }")
    text = with_built(text, "b-1", "built = { b = 1 }")
    assert with_built(text, "c", "built = { c = 1 }") == (
        '[image.a]\nroot = "x"\nbuilt = { new = 1 }\n\n[image."b-1"]\nparent = "a"\nbuilt = { b = 1 }\n\n# --- more\n\n'
        '[image.c]\nroot = "x"\nbuilt = { c = 1 }\n')
