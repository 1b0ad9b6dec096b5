# SPDX-License-Identifier: Apache-2.0
"""Inspection and the completeness check, and how values are looked at without running anything of the user's.

Loaded at the first such request. Reads names out of dictionaries and classes only: a property, a
__getattr__ or a __class__ of the user's is never asked.
"""
import builtins
import inspect
import re
import sys

from .text import Place, next_indent

__builtins__ = dict(__builtins__)

missing = object()


class Instance:
    """Some value of a class, where only the class is known."""

    def __init__(self, kind):
        self.kind = kind

    def method(self):
        """For the type of bound methods."""


Module, Function, Method = type(sys), type(lambda: 0), type(Instance(int).method)
Slot = type(str.join)  # a method of a built-in class
ROUTINES = (Function, Method, Slot, type(len), type(object.__init__), type(object().__str__),
            type(dict.__dict__["fromkeys"]))
DISPLAYS = {"List": list, "ListComp": list, "Dict": dict, "DictComp": dict, "Set": set, "SetComp": set, "Tuple": tuple,
            "JoinedStr": str}


# -- looking without touching

def is_a(value, *kinds):
    """isinstance, which would ask the value for its __class__."""
    return issubclass(type(value), kinds)


def _has(value, name):
    return any(name in base.__dict__ for base in type(value).__mro__)


def _static(value, name):
    try:
        return inspect.getattr_static(value.kind if is_a(value, Instance) else value, name, missing)
    except Exception:
        return missing


def member(value, name):
    """value.name where that runs no foreign code, else missing."""
    if is_a(value, Module):
        return value.__dict__.get(name, missing)
    found = _static(value, name)
    if is_a(found, staticmethod, classmethod):
        found = found.__func__
    computed = _has(found, "__get__") and not is_a(found, type, *ROUTINES)
    return missing if computed or _has(found, "__set__") else found


def bound(owner, name):
    """The member as it comes with its owner: a method without its `self`."""
    value = member(owner, name)
    if is_a(owner, Module) or value is missing:
        return value
    kept = _static(owner, name)
    if is_a(kept, classmethod) and is_a(value, Function):
        return Method(value, owner if is_a(owner, type) else type(owner))
    if is_a(owner, type) or is_a(kept, staticmethod):
        return value
    if type(value) is Function and kept is not _own(owner).get(name):
        return Method(value, owner)
    if type(value) is Slot and type(owner).__module__ == "builtins":
        return value.__get__(owner)
    return value


def _own(value):
    try:
        return object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}  # slots: they are in the class


def evaluate(expression, names):
    """The value of an operand where finding it runs no foreign code; an Instance of it, or `missing`."""
    import ast
    try:
        return _value(ast.parse(expression.strip(), mode="eval").body, names)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return missing


def _value(node, names):
    kind = type(node).__name__
    if kind == "Constant":
        return node.value
    if kind == "Name":
        value = names.get(node.id, missing)
        return vars(builtins).get(node.id, missing) if value is missing else value
    if kind in DISPLAYS:
        return Instance(DISPLAYS[kind])
    if kind not in ("Attribute", "Subscript", "Call"):
        return missing
    owner = _value(node.func if kind == "Call" else node.value, names)
    if owner is missing:
        return missing
    if kind == "Attribute":
        return bound(owner, node.attr)
    return _given_by(owner) if kind == "Call" else _item(owner, getattr(node.slice, "value", missing))


def _item(owner, key):
    if type(owner) in (list, tuple) and type(key) is int and key < len(owner):
        return owner[key]
    if type(owner) is dict and type(key) in (str, int):
        return next((value for known, value in owner.items() if type(known) is type(key) and known == key), missing)
    return missing


def _given_by(function):
    """What a call gives, where that is plain: an instance of a class, or of what is annotated."""
    if type(function) is type:
        return Instance(function)
    if type(function) is Method:
        function = function.__func__
    annotated = function.__annotations__.get("return") if type(function) is Function else None
    return Instance(annotated) if type(annotated) is type else missing


def signature(value):
    """Of a class or a function; None where it is not known."""
    if not is_a(value, type, *ROUTINES):
        return None
    try:
        return inspect.signature(value)
    except (TypeError, ValueError):
        return None  # built in, without a signature


def members(value):
    """The names behind the dot."""
    if is_a(value, Module):
        return set(value.__dict__)
    kind = value.kind if is_a(value, Instance) else type(value)
    owner = kind.__dict__.get("__dir__")
    if owner is not None and kind.__module__ not in ("__main__", "builtins") and not is_a(value, Instance):
        try:
            return set(dir(value))  # a library's own idea, such as the columns of a table
        except Exception:
            return set()
    found = set()
    for base in (value if is_a(value, type) else kind).__mro__:
        found.update(base.__dict__)
    if is_a(value, type):
        found.update(kind.__dict__)
    elif not is_a(value, Instance):
        found.update(_own(value))
    return {name for name in found if type(name) is str}


def word(value):
    """The type that completion tells for a value."""
    if is_a(value, Module):
        return "module"
    if is_a(value, type):
        return "class"
    if is_a(value, property):
        return "property"
    if is_a(value, Method, Slot):
        return "method"
    return "function" if is_a(value, *ROUTINES) else "variable"


def fits(name, start):
    return name.startswith(start) and (start.startswith("_") or not name.startswith("_"))


# -- inspect

def describe(code, cursor, names, detail):
    """[(mime, text)] about the name at the cursor, or about the function being called there."""
    before = code[:cursor].decode("utf-8", "replace")
    after = re.match(r"\w*", code[cursor:].decode("utf-8", "replace"))[0]
    place = Place(before + after)
    if place.string is not None and (inner := place.within_braces()) is not None:
        place = Place(inner)
    path = "" if place.string is not None or place.comment else place.operand(len(place.text))
    value = evaluate(path, names) if re.search(r"[^\W\d]\w*$", path) else missing
    if value is missing and not is_a(computed := _computed(path, names), property):
        path, value = _called(place, names)
    elif value is missing:
        value = computed
    return [] if value is missing else _facts(path, value, detail)


def _computed(path, names):
    """The property that the path names, not what it gives."""
    owner, _, name = path.rpartition(".")
    value = evaluate(owner, names) if owner else missing
    if value is missing:
        return missing
    return _static(value if is_a(value, type, Instance) else type(value), name.strip())


def _called(place, names):
    """The function whose open parenthesis is nearest before the cursor."""
    for bracket, where in reversed(place.brackets):
        path = place.operand(where) if bracket == "(" else ""
        value = evaluate(path, names) if path else missing
        if value is not missing:
            return path, value
    return "", missing


def _facts(path, value, detail):
    facts = []
    kind = value.kind if is_a(value, Instance) else type(value)
    name = path.rpartition(".")[2].strip()
    if found := signature(value):
        facts.append(("Signature", name + str(found)))
    facts.append(("Type", kind.__qualname__))
    sized = is_a(value, list, tuple, dict, set, frozenset)
    if kind.__module__ == "builtins" and not is_a(value, type, Module, property, Instance, *ROUTINES):
        text = f"{len(value)} items" if sized else repr(value)
        facts.append(("Value", text if len(text) < 2000 else text[:2000] + "…"))
    plain_kind = is_a(value, type, Module, property, *ROUTINES)
    doc = value.__doc__ if plain_kind else _static(kind, "__doc__")
    doc = inspect.cleandoc(doc) if type(doc) is str else ""
    source = _source(value) if detail else ""
    plain = "\n".join(f"{key}: {text}" for key, text in facts) + (f"\n\n{doc}" if doc else "")
    marked = "\n".join(f"```python\n{text}\n```" if key == "Signature" else f"**{key}:** `{text}`\n"
                       for key, text in facts) + (f"\n\n```text\n{doc}\n```" if doc else "")
    if source:
        plain += f"\n\nSource:\n{source}"
        marked += f"\n\n```python\n{source}```"
    return [("text/plain", plain), ("text/markdown", marked)]


def _source(value):
    if is_a(value, property):
        value = value.fget
    try:
        return inspect.getsource(value)
    except Exception:
        return _class_source(value) if is_a(value, type) else ""  # built in, or made without a source


def _class_source(value):
    """Of a class of a snippet, whose module has no file: by where its methods were written."""
    import ast
    import linecache
    for function in value.__dict__.values():
        lines = linecache.getlines(function.__code__.co_filename) if type(function) is Function else []
        try:
            tree = ast.parse("".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == value.__name__ and \
                    node.lineno <= function.__code__.co_firstlineno <= node.end_lineno:
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                return "".join(lines[first - 1:node.end_lineno])
    return ""


# -- check

ONLY_AST, DONT_IMPLY_DEDENT, ALLOW_INCOMPLETE, TOP_LEVEL_AWAIT = 0x400, 0x200, 0x4000, 0x2000


def check(source, futures):
    """(state, indent): whether Enter should run this text or go to a next line, indented so."""
    flags = ONLY_AST | TOP_LEVEL_AWAIT | futures
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not source.strip():
            return "complete", ""
        if re.search(r"\\\n?$", source):
            return "incomplete", next_indent(source)
        try:
            tree = compile(source, "<check>", "exec", flags, True)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
            return ("incomplete", next_indent(source)) if _unfinished(source, flags, error) else ("invalid", "")
    lines = source.split("\n")
    compound = tree.body and tree.body[-1].end_lineno > tree.body[-1].lineno and hasattr(tree.body[-1], "body")
    if compound and lines[-1].strip() and lines[-1][:1].isspace():
        return "incomplete", next_indent(source)  # a block ends with an empty line
    return "complete", ""


def _unfinished(source, flags, error):
    if sys.version_info >= (3, 11):
        try:
            compile(source, "<check>", "exec", flags | DONT_IMPLY_DEDENT | ALLOW_INCOMPLETE, True)
        except SyntaxError as again:
            return "incomplete input" in str(again)
        except (ValueError, OverflowError, MemoryError, RecursionError):
            return False
        return False
    import codeop
    try:
        return codeop.compile_command(source, "<check>", "exec") is None
    except (SyntaxError, ValueError, OverflowError):
        return False
