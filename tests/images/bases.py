# SPDX-License-Identifier: Apache-2.0
"""The bases of images/catalog.toml, built as images/build builds them, for tests that start containers of them."""
import functools
import os
import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
OUT = TREE / "build/images"
sys.path.insert(0, str(TREE / "images"))
sys.dont_write_bytecode = True

from builder import catalog  # noqa: E402 (found by the line above)


@functools.cache
def built(name):
    """Builds it, unless it is there, and lets the engine of this process find it."""
    done = subprocess.run([TREE / "images/build", "build", name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    assert done.returncode == 0, done.stdout
    for line in (OUT / "engine/engine.env").read_text().splitlines():
        variable, _, value = line.partition("=")
        os.environ["QUERN_ENGINE" if variable == "ENGINE" else variable] = value
    images = catalog.read()
    return f"{images.prefix}/{images.find(name).ref}"
