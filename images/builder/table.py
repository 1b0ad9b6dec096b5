# SPDX-License-Identifier: Apache-2.0
"""The table of the images in images/README.md, as the catalog tells them."""
from .failure import Failure

BEGIN, END = "<!-- the table of images/build begins -->\n", "<!-- the table of images/build ends -->\n"


def when_built(image):
    if image.recipe:
        return f"recipe: {image.recipe}"
    if not image.built:
        return "recipe: not built by us yet"
    return f"{image.built['date']}, {image.built['bytes'] / 1e6:.1f} MB, {image.built['digest'].removeprefix('sha256:')[:12]}"


def row(image):
    languages = ", ".join(name + (" (batch only)" if name in image.batch_only else "") for name in image.adapters) or "–"
    cells = [f"`{image.name}`", image.title, image.parent or "–", languages, when_built(image), image.note]
    return "| " + " | ".join(cells).rstrip() + " |\n"


def table(catalog):
    text = "| image | what it has | on | languages | built | |\n| --- | --- | --- | --- | --- | --- |\n"
    return text + "".join(row(image) for image in catalog.images.values())


def write(catalog, readme, check):
    text = readme.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise Failure("images/README.md has not the two comments between which the table stands.")
    before, rest = text.split(BEGIN)
    fresh = before + BEGIN + "\n" + table(catalog) + "\n" + END + rest.split(END)[1]
    if check and fresh != text:
        raise Failure("The table in images/README.md is not what the catalog says; `images/build table` writes it.")
    if fresh != text:
        readme.write_text(fresh)
