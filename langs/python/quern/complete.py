# SPDX-License-Identifier: Apache-2.0
"""Completion: names, members, keys, arguments, modules and files at a cursor, found without running code.

Loaded at the first such request. Looks at values by names.py only.
"""
import builtins
import inspect
import keyword
import os
import re
import sys

from .names import Function, Instance, evaluate, fits, is_a, member, members, missing, signature, word
from .text import Place

__builtins__ = dict(__builtins__)

_importing = re.compile(r"(?:^|[;:\n])[ \t]*(?:from\s+([\w.]*)$|import\s+(?:[\w. ]+,)*\s*([\w.]*)$)")
_from_import = re.compile(r"(?:^|[;:\n])[ \t]*from\s+([\w.]+)\s+import\s+(?:\(?[\w\s,]*[\s,(])?(\w*)$")
_from = re.compile(r"(?:^|[;:\n])[ \t]*from\s+[\w.]+\s+(i?m?p?o?r?t?)$")
_word = re.compile(r"(?:[^\W\d]\w*)?$")
MOST_KEYS = 1000
NEAR = 4000  # no statement that is typed by hand is longer; patterns may take the square of that


def complete(code, cursor, names):
    """(start, end, [(text, type)]); start and end in bytes."""
    start, items = find(code[:cursor].decode("utf-8", "replace"), names)
    return cursor - len(start.encode()), cursor, items


def find(before, names):
    """(what the matches begin with, the matches)."""
    place = Place(before)
    if place.string is not None:
        code = place.within_braces()
        if code is not None:
            return find(code, names)
        return keys(place, names) or files(before[place.string:])
    if place.comment:
        return "", []
    near = before[-NEAR:]
    if found := _from_import.search(near):
        return found[2], from_module(found[1], found[2])
    if found := _importing.search(near):
        matches, start = modules(found[1] or found[2] or "")
        return start, [(name, "module") for name in matches]
    if found := _from.search(near):
        return found[1], [("import", "keyword")]
    start = _word.search(near)[0]
    left = len(before[:len(before) - len(start)].rstrip())
    if before[:left].endswith("."):
        return start, attributes(place.operand(left - 1), start, names)
    if re.search(r"\d\w*$", near):
        return start, []  # a number
    return start, arguments(place, start, names) + known(start, names)


def attributes(owner, start, names):
    value = missing if owner.isdigit() else evaluate(owner, names)  # `1.` begins a number
    if value is missing:
        return []
    kind = value.kind if is_a(value, Instance) else type(value)
    static = value if is_a(value, type) else kind
    items = []
    for name in sorted(members(value)):
        if fits(name, start):
            found = member(value, name)
            if found is missing:
                found = inspect.getattr_static(static, name, None)
            module = is_a(value, type(sys))
            items.append((name, "method" if is_a(found, Function) and not module else word(found)))
    return items


def arguments(place, start, names):
    """Those that the call around the cursor may name."""
    if not place.brackets or place.brackets[-1][0] != "(" or not place.mask[:len(place.mask) - len(start)].rstrip().endswith(("(", ",")):
        return []
    value = evaluate(place.operand(place.brackets[-1][1]), names)
    found = None if value is missing else signature(value)
    return [(name + "=", "argument") for name, parameter in (found.parameters.items() if found else ())
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY) and fits(name, start)]


def known(start, names):
    found = {name: "keyword" for name in keyword.kwlist + list(getattr(keyword, "softkwlist", ())) if name != "_"}
    found.update((name, word(value)) for name, value in vars(builtins).items() if name not in found)
    found.update((name, word(value)) for name, value in names.items() if isinstance(name, str))
    return [(name, found[name]) for name in sorted(found) if fits(name, start)]


def keys(place, names):
    """(start, items) where the open string is the key of a subscript; else None."""
    opening = place.mask[:place.string].rstrip("\x01").rstrip()
    if place.prefix or not opening.endswith("[") or not place.brackets or place.brackets[-1][1] != len(opening) - 1:
        return None
    value = evaluate(place.operand(len(opening) - 1), names)
    if is_a(value, dict):
        known = dict.keys(value)
    elif value is not missing and type(value).__module__ not in ("__main__", "builtins"):
        try:
            known = type(value)._ipython_key_completions_(value)  # a library's own, such as the columns of a table
        except Exception:
            return None
    else:
        return None
    start = place.text[place.string:]
    return start, [(key, "key") for key in sorted(key for key in known if type(key) is str and key.startswith(start)
                                                 and key.isprintable() and not set(key) & {"\\", place.quote[0]})][:MOST_KEYS]


def files(path):
    """(start, items) for a string that may become the name of a file."""
    folder, _, start = path.rpartition("/")
    if not path or not path.isprintable() or "\\" in path:
        return start, []
    try:
        entries = list(os.scandir(os.path.expanduser(folder + "/") if "/" in path else "."))
    except (OSError, ValueError):
        return start, []
    items = []
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name.startswith(start) and (start or not entry.name.startswith(".")) and entry.name.isprintable():
            items.append((entry.name + "/", "directory") if entry.is_dir() else (entry.name, "file"))
    return start, items


# -- modules

def from_module(name, start):
    module = sys.modules.get(name)
    items = [] if module is None else [
        (name, word(value)) for name, value in sorted(vars(module).items()) if fits(name, start)]
    return items + [(found, "module") for found in modules(name + "." + start)[0] if (found, "module") not in items]


def modules(prefix):
    """Modules that could be imported under this dotted prefix, found by listing folders."""
    package, _, start = prefix.rpartition(".")
    places = sys.path
    if package:
        known = sys.modules.get(package)
        places = list(getattr(known, "__path__", ())) or [
            os.path.join(place, *package.split(".")) for place in sys.path]
        found = {name[len(package) + 1:] for name in list(sys.modules) if name.startswith(package + ".")}
    else:
        found = set(sys.builtin_module_names)
    for place in places:
        try:
            entries = list(os.scandir(place or "."))
        except OSError:
            continue  # a path entry that is no folder
        for entry in entries:
            name, dot, ending = entry.name.partition(".")
            if dot and ending != "py" and not ending.endswith("so"):
                continue
            if dot or os.path.exists(os.path.join(entry.path, "__init__.py")):
                found.add(name)
    return sorted(name for name in found if name.startswith(start) and name.isidentifier()
                  and (start.startswith("_") or not name.startswith("_"))), start
