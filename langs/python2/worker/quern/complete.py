# SPDX-License-Identifier: Apache-2.0
"""Completion: names, members and modules at a cursor, found without running code. Loaded at the first request."""
from __future__ import absolute_import
import __builtin__
import keyword
import re
import sys
import types

from . import look
from .source import NEAR, Place

_from_import = re.compile(r"(?:^|[;\n])[ \t]*from\s+([\w.]+)\s+import\s+(?:\(?[\w\s,]*[\s,(])?(\w*)$")
_import = re.compile(r"(?:^|[;\n])[ \t]*(?:from|import)\s+(?:[\w. ]+,)*\s*(\w*)$")
_word = re.compile(r"(?:[A-Za-z_]\w*)?$")


def complete(before, names):
    """(what the matches begin with, [(text, type)])."""
    place = Place(before)
    if place.quote or place.comment:
        return "", []
    near = before[-NEAR:]
    found = _from_import.search(near)
    if found:
        module = sys.modules.get(found.group(1))
        return _fitting(look.members(module) if look.isinstance_of(module, types.ModuleType) else {}, found.group(2), False)
    found = _import.search(near)
    if found:
        return found.group(1), [(name, "module") for name in _modules() if name.startswith(found.group(1))]
    start = _word.search(near).group()
    left = len(before[:len(before) - len(start)].rstrip())
    if before[:left].endswith("."):
        path = place.operand(left - 1)
        value = look.evaluate(path, names) if path else look.missing
        return _fitting({} if value is look.missing else look.members(value), start,
                        not look.isinstance_of(value, types.ModuleType))
    if re.search(r"\d\w*$", near):
        return start, []  # a number
    known = dict(vars(__builtin__))
    known.update((name, value) for name, value in names.items() if type(name) is str)
    start, items = _fitting(known, start, False)
    return start, sorted(items + [(name, "keyword") for name in keyword.kwlist if name.startswith(start)])


def _fitting(known, start, methods):
    """Those names that begin so; `methods`: a function among them is one."""
    items = []
    for name in sorted(known):
        if name.startswith(start) and (start.startswith("_") or not name.startswith("_")):
            kind = look.word(known[name])
            items.append((name, "method" if methods and kind == "function" else kind))
    return start, items


def _modules():
    import pkgutil
    found = set(sys.builtin_module_names)
    found.update(name for _, name, _ in pkgutil.iter_modules())
    return sorted(name for name in found if re.match(r"[A-Za-z]\w*$", name))
