# SPDX-License-Identifier: Apache-2.0
"""What an image consists of, as CycloneDX: Debian's packages in it, and what is linked into our own program."""
import gzip
import json
import re
import subprocess

from .failure import Failure
from .places import TREE

DEPS = TREE / "build" / "deps"
# What quernd is linked with, statically; where its version is known from: Debian's package here, headers unpacked beside
# the build, or libzmq's own header.
INSTALLED = {"glibc": "libc6-dev", "libstdc++": "libstdc++-12-dev", "libsodium": "libsodium-dev", "spdlog": "libspdlog-dev",
             "fmt": "libfmt-dev", "cli11": "libcli11-dev", "tomlplusplus": "libtomlplusplus-dev", "nlohmann-json": "nlohmann-json3-dev"}
UNPACKED = {"boost": "libboost1.81-dev", "msgpack-cxx": "libmsgpack-cxx-dev", "cppzmq": "cppzmq-dev"}


def linked_parts():
    parts = {}
    for name, package in INSTALLED.items():
        asked = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
        if asked.returncode:
            raise Failure(f"What quernd is made of is not known here: {package} is not installed, which tools/deps does.")
        parts[name] = asked.stdout
    for name, package in UNPACKED.items():
        with gzip.open(DEPS / "root/usr/share/doc" / package / "changelog.Debian.gz", "rt") as text:
            parts[name] = re.search(r"\(([^)]*)\)", text.readline())[1]
    header = (DEPS / "zmq/include/zmq.h").read_text()
    parts["libzmq"] = ".".join(re.search(rf"ZMQ_VERSION_{part} (\d+)", header)[1] for part in ("MAJOR", "MINOR", "PATCH"))
    return parts


def installed_packages(status, release):
    for entry in status.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Version|Architecture|Status): (.*)$", entry, re.M))
        if fields.get("Status", "").endswith(" installed"):
            name, version = fields["Package"], fields["Version"]
            yield {"type": "library", "name": name, "version": version,
                   "purl": f"pkg:deb/debian/{name}@{version}?arch={fields['Architecture']}&distro={release}"}


def sbom(catalog, engine, builder, image, steps):
    components = [{"type": "application", "name": "quernd",
                   "components": [{"type": "library", "name": name, "version": version}
                                  for name, version in sorted(linked_parts().items())]}]
    if image.suite and catalog.suites[image.suite].install == "apt":
        status = engine.read(builder.ref(steps[-1]), "/var/lib/dpkg/status")
        components += installed_packages(status, image.suite)
    state = builder.state(steps[-1])
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
                "metadata": {"component": {"type": "container", "name": builder.ref(steps[-1]), "version": f"sha256:{state['id']}"}},
                "components": components}
    return json.dumps(document, indent=2)
