# SPDX-License-Identifier: Apache-2.0
"""What is known of the name at a cursor, found without running code. Loaded at the first request."""
from __future__ import absolute_import
import inspect
import linecache
import re
import types

from . import look
from .source import Place
from .wire import utf8

MOST = 2000
_plain = (type(None), bool, int, long, float, complex, bytes, unicode)


def describe(code, cursor, names, detail):
    """[(mime, text)] about the name at the cursor, or about the function being called there."""
    place = Place(code[:cursor] + re.match(r"\w*", code[cursor:]).group())
    if place.comment or place.quote:
        path = ""
    else:
        path = place.operand(len(place.text))
    value = _value(path, names)
    for bracket, where in reversed(place.brackets):
        if value is not look.missing:
            break
        path = place.operand(where) if bracket == "(" else ""
        value = _value(path, names)
    if value is look.missing:
        return []
    owner, _, name = path.rpartition(".")
    owner = look.evaluate(owner, names) if owner else look.missing
    return _facts(name.strip(), value, detail, _is_bound(owner, name.strip()))


def _is_bound(owner, name):
    """Whether the owner takes the place of the first argument."""
    kept = look.missing if owner is look.missing else look.static(owner, name)
    if look.isinstance_of(kept, classmethod):
        return True
    plain = look.isinstance_of(owner, type, types.ClassType, types.ModuleType) or look.isinstance_of(kept, staticmethod)
    return owner is not look.missing and not plain


def _value(path, names):
    if not re.search(r"[A-Za-z_]\w*$", path):
        return look.missing
    value = look.evaluate(path, names)
    if value is look.missing:
        owner, _, name = path.rpartition(".")
        value = look.evaluate(owner, names) if owner else value
        found = look.missing if value is look.missing else look.static(value, name.strip())
        value = found if look.isinstance_of(found, property) else look.missing  # itself, not what it gives
    return value


def _signature(name, value, bound):
    """Of a function, or of a class by its __init__; `bound`: without its `self`."""
    function = value
    if look.isinstance_of(value, type, types.ClassType):
        function, bound = look.static(value, "__init__"), True
    if look.isinstance_of(function, types.MethodType):
        function, bound = function.im_func, function.im_self is not None
    if not look.isinstance_of(function, types.FunctionType):
        return ""
    arguments, rest, options, defaults = inspect.getargspec(function)
    arguments = arguments[int(bound):]
    return name + inspect.formatargspec(arguments, rest, options, defaults, formatvalue=_default)


def _default(value):
    return "=" + (repr(value) if type(value) in _plain else "<%s>" % _class_name(look.class_of(value)))


def _facts(name, value, detail, bound):
    kind = look.class_of(value)
    routine = look.isinstance_of(value, type, types.ClassType, types.ModuleType, property, *look.FUNCTIONS + look.METHODS)
    facts = []
    signature = _signature(name, value, bound)
    if signature:
        facts.append(("Signature", signature))
    facts.append(("Type", _class_name(kind)))
    if kind in _plain:
        text = repr(value)
        facts.append(("Value", text if len(text) < MOST else text[:MOST] + "..."))
    elif kind in (list, tuple, dict, set, frozenset) and kind is type(value):
        facts.append(("Value", "%d items" % len(value)))
    if look.isinstance_of(value, *look.FUNCTIONS + look.METHODS + (property,)):
        doc = value.__doc__
    else:
        doc = look.static(value if routine else look.Some(kind), "__doc__")
        if look.isinstance_of(doc, types.GetSetDescriptorType):
            doc = kind.__doc__ if not routine else type.__doc__
    text = "\n".join("%s: %s" % fact for fact in facts)
    marked = "\n".join("```python\n%s\n```" % fact[1] if fact[0] == "Signature" else "**%s:** `%s`\n" % fact for fact in facts)
    if type(doc) in (bytes, unicode):
        doc = utf8(inspect.cleandoc(doc))
        text, marked = text + "\n\n" + doc, marked + "\n\n```text\n" + doc + "\n```"
    source = _source(value) if detail and routine else ""
    if source:
        text, marked = text + "\n\nSource:\n" + source, marked + "\n\n```python\n" + source + "```"
    return [("text/plain", utf8(text)), ("text/markdown", utf8(marked))]


def _source(value):
    if look.isinstance_of(value, property):
        value = value.fget
    try:
        return utf8(inspect.getsource(value))
    except Exception:
        return _class_source(value)  # built in, or made without a source


def _class_source(value):
    """Of a class of a snippet, whose module has no file: by where its methods were written."""
    if not look.isinstance_of(value, type, types.ClassType):
        return ""
    for function in look.dicts(value)[0].values():
        if not look.isinstance_of(function, types.FunctionType):
            continue
        lines = linecache.getlines(function.func_code.co_filename)
        for at in range(min(function.func_code.co_firstlineno, len(lines)) - 1, -1, -1):
            if re.match(r"\s*class\s+%s\b" % _class_name(value), lines[at]):
                return utf8("".join(inspect.getblock(lines[at:])))
    return ""


def _class_name(kind):
    return type.__dict__["__name__"].__get__(kind) if look.isinstance_of(kind, type) else kind.__name__
