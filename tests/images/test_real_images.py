# SPDX-License-Identifier: Apache-2.0
"""Two small images, really built and tried: Lua on Debian 12, and nothing but a static program of C."""
import json
import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TREE / "images"), str(TREE / "tests" / "contract")]
import bases  # noqa: E402
from client import Client  # noqa: E402 (these are found by the line above)
from smoke_test.container import Container  # noqa: E402

PROGRAM = '#include <stdio.h>\nint main(void) { char line[80]; if (fgets(line, sizeof line, stdin)) printf("[%s]", line); return 7; }\n'


def images_build(*words):
    return subprocess.run([TREE / "images" / "build", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1500)


@pytest.fixture(scope="module")
def built():
    """What the first build of both says."""
    done = images_build("test", "scratch", "lua", "--jobs", "2")
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_both_are_built_and_pass_the_tests_of_an_image(built):
    assert "test: scratch passed\n" in built and "test: lua-5.4 passed\n" in built


def test_a_second_time_nothing_is_built_and_scratch_built_again_has_the_same_ids(built):
    again = images_build("build", "scratch", "lua")
    assert again.returncode == 0 and again.stdout.count(" unchanged\n") == again.stdout.count("\n")
    anew = images_build("build", "scratch", "--no-cache")
    assert anew.returncode == 0 and anew.stdout.count(", the same image\n") == 2, anew.stdout


def test_a_static_program_runs_as_a_batch_where_there_is_nothing_else(built, tmp_path):
    (tmp_path / "program.c").write_text(PROGRAM)
    subprocess.run(["gcc", "-static", "-Os", "-s", "-o", tmp_path / "program", tmp_path / "program.c"], check=True, timeout=60)
    (tmp_path / "Containerfile").write_text("FROM localhost/quern/scratch\nCOPY program /program\n")
    bases.built("scratch")  # for the engine's variables
    subprocess.run(["podman", "build", "-q", "--isolation", "chroot", "--format", "docker", "-t", "localhost/quern-test/program", tmp_path],
                   check=True, timeout=120)
    with Container("localhost/quern-test/program", "--network", "none") as container:
        container.start()
        client = Client(container.client.endpoint)
        run = client.start_sh(["/program"], input=True)
        client.input(run, "good day\n", eof=True)
        end = client.collect(run).events[-1]
        client.close()
        assert end["exit"] == 7
        assert client.stream(run) == b"[good day\n]"


def test_the_bill_of_materials_names_debians_packages_and_our_own_parts(built):
    bill = json.loads(images_build("sbom", "lua").stdout.split("\n{", 1)[1].join(["{", ""]))
    names = {component["name"] for component in bill["components"]}
    assert {"quernd", "lua5.4", "libc6"} <= names
    assert {"libzmq", "boost", "glibc"} <= {part["name"] for part in bill["components"][0]["components"]}
