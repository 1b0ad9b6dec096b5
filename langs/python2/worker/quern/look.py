# SPDX-License-Identifier: Apache-2.0
"""How values are looked at without running anything of the user's: names are read out of dictionaries and
classes, new and old; a property, a __getattr__ or a __class__ is never asked.
"""
from __future__ import absolute_import
import __builtin__
import types

missing = object()
_mro, _dict = type.__dict__["__mro__"].__get__, type.__dict__["__dict__"].__get__
_module = types.ModuleType.__dict__["__dict__"].__get__
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)
METHODS = (types.MethodType, type(str.join), type(object.__init__), type(dict.__dict__["fromkeys"]))


class Some(object):
    """A value of which only the class is known."""

    def __init__(self, kind):
        self.kind = kind


def _class_dicts(kind):
    """Of a class and its bases, in the order of look-up."""
    if type(kind) is types.ClassType:
        found = [kind.__dict__]
        for base in kind.__bases__:
            found += _class_dicts(base)
        return found
    return [base.__dict__ if type(base) is types.ClassType else _dict(base) for base in _mro(kind)]


def class_of(value):
    kind = type(value)
    if kind is types.InstanceType:
        return value.__class__  # answered by the interpreter itself for an old class
    return value.kind if kind is Some else kind


def _own(value):
    for names in _class_dicts(type(value)):
        if "__dict__" in names:
            found = names["__dict__"]
            return [found.__get__(value)] if type(found) is types.GetSetDescriptorType else []
    return []


def dicts(value):
    """Where the names behind its dot are found."""
    kind = type(value)
    if issubclass(kind, types.ModuleType):
        return [_module(value)]
    if kind is types.InstanceType:
        return [value.__dict__] + _class_dicts(value.__class__)
    if kind is Some:
        return _class_dicts(value.kind)
    if kind is types.ClassType:
        return _class_dicts(value)
    if issubclass(kind, type):
        return _class_dicts(value) + _class_dicts(kind)
    return _own(value) + _class_dicts(kind)


def members(value):
    """{name: what the dictionary holds under it}"""
    found = {}
    for names in reversed(dicts(value)):
        found.update((name, kept) for name, kept in names.items() if type(name) is str)
    return found


def static(value, name):
    for names in dicts(value):
        if name in names:
            return names[name]
    return missing


def member(value, name):
    """value.name where that runs no foreign code, else missing."""
    found = static(value, name)
    if isinstance_of(value, types.ModuleType):
        return found
    if isinstance_of(found, staticmethod, classmethod):
        return found.__func__
    if isinstance_of(found, type, *FUNCTIONS + METHODS):
        return found
    computed = type(found) is not types.ClassType and any(["__get__" in names for names in _class_dicts(type(found))])
    return missing if computed else found


def isinstance_of(value, *kinds):
    """isinstance, which would ask the value for its __class__."""
    return issubclass(type(value), kinds)


def evaluate(path, names):
    """The value of an operand as Place has it, or missing."""
    first, _, rest = path.partition(".")
    if path[:1] in "\"'[{":
        first, rest = path[0], path[max(path.rfind(mark) for mark in "\"']}") + 1:].lstrip(" .")
        value = Some({"[": list, "{": dict}.get(first, str))
    else:
        first = first.strip()
        value = names.get(first, missing)
        if value is missing:
            value = vars(__builtin__).get(first, missing)
    for name in [name.strip() for name in rest.split(".")] if rest else []:
        if value is missing:
            break
        value = member(value, name)
    return value


def word(value):
    """The type that completion tells for a value."""
    if isinstance_of(value, types.ModuleType):
        return "module"
    if isinstance_of(value, type, types.ClassType):
        return "class"
    if isinstance_of(value, property):
        return "property"
    if isinstance_of(value, staticmethod, classmethod, *METHODS):
        return "method"
    return "function" if isinstance_of(value, *FUNCTIONS) else "variable"
