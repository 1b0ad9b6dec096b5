# SPDX-License-Identifier: Apache-2.0
"""What a real build came to: held to its bound, and written into the catalog."""
import json
import re

from .failure import Failure
from .places import IMAGES, LANGS

SPARE = 10_000_000  # what an image may be larger than the sum of its declared parts


def installed_sizes(engine, ref):
    """Bytes by package, as Debian's own list in the image tells them."""
    text = engine.read(ref, "/var/lib/dpkg/status")
    sizes = {}
    for entry in text.split("\n\n"):
        name = re.search(r"^Package: (.*)$", entry, re.M)
        size = re.search(r"^Installed-Size: (\d+)$", entry, re.M)
        if name and size and re.search(r"^Status: .* installed$", entry, re.M):
            sizes[name[1]] = int(size[1]) * 1024
    return sizes


def size_findings(catalog, engine, builder, image, steps):
    """Nothing, or the sentence that it is larger than base, packages, workers and a little more."""
    if not image.suite or catalog.suites[image.suite].install != "apt":
        return []
    size = {step.key: builder.state(step)["size"] for step in steps}
    base = steps[0]
    adapters = next((step for step in steps if step.kind == "adapters" and step.image is image), None)
    workers = size[adapters.key] - size[adapters.below.key] if adapters else 0
    before, after = installed_sizes(engine, builder.ref(base)), installed_sizes(engine, builder.ref(steps[-1]))
    packages = sum(bytes_ for name, bytes_ in after.items() if name not in before)
    # Python's modules and the JVM's archives are compiled when packages are installed; their sizes do not tell that.
    packages += sum(builder.state(step)["compiled"] for step in steps if step.kind == "packages")
    bound = size[base.key] + packages + workers + SPARE
    total = size[steps[-1].key]
    if total > bound:
        return [f"It has {total / 1e6:.1f} MB, more than its base ({size[base.key] / 1e6:.1f}), its packages ({packages / 1e6:.1f}), "
                f"its workers ({workers / 1e6:.1f}) and 10 MB."]
    return []


def record(image, state, places):
    """The line of the catalog that says when the image was built, and beside it the log of its test, which it must have passed."""
    path = places.logs / f"{image.name}.smoke.json"
    report = json.loads(path.read_text()) if path.is_file() else {}
    if not report.get("ok") or report.get("id") != state["id"]:
        raise Failure(f"{image.name} as it is has not passed its test; `images/build test {image.name}` tries it.")
    log = IMAGES / "logs" / f"{image.name}.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("".join(line + "\n" for line in in_words(image, state, report)))
    built = f'built = {{ date = {state["built"][:10]}, bytes = {state["size"]:_}, digest = "sha256:{state["id"]}" }}'
    path = IMAGES / "catalog.toml"
    path.write_text(with_built(path.read_text(), image.name, built))


def in_words(image, state, report):
    yield f"{image.name}, built {state['built']}, {state['size'] / 1e6:.1f} MB, sha256:{state['id']}"
    for check in report["checks"]:
        yield f"ok     {check['check']}"
    quernd = f", of which quernd {report['quernd_ms']} ms" if "quernd_ms" in report else ""
    yield f"first hello after {report['hello_ms']} ms{quernd}; stopped in {report['stop_ms']} ms"


def with_built(text, name, line):
    head = f'[image."{name}"]' if f'[image."{name}"]' in text else f"[image.{name}]"
    before, after = text.split(head + "\n", 1)
    table, *rest = re.split(r"(?m)^(?=\[|# ---)", after, maxsplit=1)
    kept = re.sub(r"(?m)^built = .*\n", "", table).rstrip("\n")
    return f"{before}{head}\n{kept}\n{line}\n" + "".join("\n" + part for part in rest)
