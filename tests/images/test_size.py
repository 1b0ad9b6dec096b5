# SPDX-License-Identifier: Apache-2.0
"""How large an image may be."""
import types

import pytest
from builder.record import size_findings

STATUS = "Package: {0}\nStatus: install ok installed\nInstalled-Size: {1}\n"
MB = 1_000_000


class Parts:
    """An engine and a builder for the steps of lua-5.4: a base of 80 MB with libc6, packages of 20,480,000 bytes."""

    def __init__(self, sizes):
        self.sizes = sizes

    def ref(self, step):
        return step.key

    def state(self, step):
        return {"size": self.sizes[step.key], "compiled": 2 * MB if step.key == "lua-5.4.packages" else 0}

    def read(self, ref, path):
        base = STATUS.format("libc6", 13000)
        return base if ref == "debian-12.root" else base + "\n" + STATUS.format("lua5.4", 20000)


@pytest.mark.parametrize("beyond, findings", [(10 * MB, 0), (10 * MB + 1, 1)])
def test_an_image_is_its_base_its_packages_its_workers_and_ten_megabytes(world, beyond, findings):
    steps = world.steps("lua")
    image = world.catalog.find("lua")
    catalog = types.SimpleNamespace(suites=world.catalog.suites)
    packages = 80 * MB + 20000 * 1024 + 2 * MB
    parts = Parts({"debian-12.root": 80 * MB, "debian-12.packages": 82 * MB, "lua-5.4.packages": packages,
                   "lua-5.4.adapters": packages + 3 * MB, "lua-5.4.daemon": packages + 3 * MB + beyond})
    found = size_findings(catalog, parts, parts, image, steps)
    assert len(found) == findings and all("its packages (22.5), its workers (3.0) and 10 MB." in sentence for sentence in found)
