# SPDX-License-Identifier: Apache-2.0
"""Completion, inspection and the completeness check: what is asked of a namespace without running it.

Loaded at the first such request. Reads names out of dictionaries and classes only; a property or a
__getattr__ of the user's is never called.
"""
import builtins
import inspect
import keyword
import os
import re
import sys

__builtins__ = dict(__builtins__)

_missing = object()
_path = re.compile(r"(?:[^\W\d]\w*\s*\.\s*)*(?:[^\W\d]\w*)?$")
_importing = re.compile(r"(?:^|[;:\n])[ \t]*(?:from\s+([\w.]*)$|import\s+(?:[\w. ]+,\s*)*([\w.]*)$)")
_from_import = re.compile(r"(?:^|[;:\n])[ \t]*from\s+([\w.]+)\s+import\s+(?:\(?[\w\s,]*[\s,(])?(\w*)$")


# -- looking without touching

def member(value, name):
    """value.name where that runs no foreign code, else _missing."""
    if isinstance(value, type(sys)):
        return value.__dict__.get(name, _missing)
    try:
        found = inspect.getattr_static(value, name, _missing)
    except Exception:
        return _missing
    if isinstance(found, (staticmethod, classmethod)):
        return found.__func__
    if isinstance(found, property) or inspect.isdatadescriptor(found):
        return _missing
    return found


def resolve(path, names):
    first, *rest = path.split(".")
    value = names.get(first, _missing)
    if value is _missing:
        value = vars(builtins).get(first, _missing)
    for name in rest:
        if value is _missing:
            break
        value = member(value, name)
    return value


def members(value):
    """The names behind the dot."""
    if isinstance(value, type(sys)):
        return set(value.__dict__)
    kind = type(value)
    owner = kind.__dict__.get("__dir__")
    if owner is not None and kind.__module__ not in ("__main__", "builtins"):
        try:
            return set(dir(value))  # a library's own idea, such as the columns of a table
        except Exception:
            return set()
    found = set()
    for base in (value if isinstance(value, type) else kind).__mro__:
        found.update(base.__dict__)
    if isinstance(value, type):
        found.update(kind.__dict__)
    else:
        try:
            found.update(object.__getattribute__(value, "__dict__"))
        except AttributeError:
            pass  # slots: they are in the class
    return {name for name in found if isinstance(name, str)}


def word(value):
    """The type that completion tells for a value."""
    if isinstance(value, type(sys)):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(value, property):
        return "property"
    if inspect.ismethod(value) or inspect.ismethoddescriptor(value):
        return "method"
    return "function" if inspect.isroutine(value) else "variable"


# -- complete

def modules(prefix):
    """Modules that could be imported under this dotted prefix, found by listing folders."""
    package, _, start = prefix.rpartition(".")
    places = sys.path
    if package:
        known = sys.modules.get(package)
        places = list(getattr(known, "__path__", ())) or [
            os.path.join(place, *package.split(".")) for place in sys.path]
        found = set()
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


def complete(code, cursor, names):
    """(start, end, [(text, type)]); start and end in bytes."""
    before = code[:cursor].decode("utf-8", "replace")

    def answer(start, items):
        return cursor - len(start.encode()), cursor, items

    if found := _from_import.search(before):
        module, start = sys.modules.get(found[1]), found[2]
        items = [] if module is None else [
            (name, word(value)) for name, value in sorted(vars(module).items()) if _fits(name, start)]
        items += [(name, "module") for name in modules(found[1] + "." + start)[0]
                  if (name, "module") not in items]
        return answer(start, items)
    if found := _importing.search(before):
        matches, start = modules(found[1] or found[2] or "")
        return answer(start, [(name, "module") for name in matches])
    path = _path.search(before)[0]
    owner, dot, start = path.rpartition(".")
    start = start.lstrip()
    if dot:
        value = resolve(re.sub(r"\s", "", owner), names) if owner else _missing
        if value is _missing:
            return answer(start, [])
        static = value if isinstance(value, type) else type(value)
        items = []
        for name in sorted(members(value)):
            if _fits(name, start):
                found = member(value, name)
                if found is _missing:
                    found = inspect.getattr_static(static, name, None)
                items.append((name, "method" if inspect.isfunction(found) and not inspect.ismodule(value)
                              else word(found)))
        return answer(start, items)
    known = {name: "keyword" for name in keyword.kwlist + list(getattr(keyword, "softkwlist", ())) if name != "_"}
    known.update((name, word(value)) for name, value in vars(builtins).items() if name not in known)
    known.update((name, word(value)) for name, value in names.items() if isinstance(name, str))
    items = [(name, known[name]) for name in sorted(known) if _fits(name, start)]
    return answer(start, items)


def _fits(name, start):
    return name.startswith(start) and (start.startswith("_") or not name.startswith("_"))


# -- inspect

def describe(code, cursor, names, detail):
    """[(mime, text)] about the name at the cursor, or about the function being called there."""
    before = code[:cursor].decode("utf-8", "replace")
    after = re.match(r"\w*", code[cursor:].decode("utf-8", "replace"))[0]
    path = re.sub(r"\s", "", _path.search(before)[0] + after)
    value = resolve(path, names) if path else _missing
    if value is _missing:
        path, value = _called(before, names)
    if value is _missing:
        return []
    facts = []
    try:
        facts.append(("Signature", path.rpartition(".")[2] + str(inspect.signature(value))))
    except (TypeError, ValueError):
        pass  # nothing callable, or its signature is not known
    facts.append(("Type", type(value).__qualname__))
    if not callable(value) and not inspect.ismodule(value) and type(value).__module__ == "builtins":
        text = repr(value) if not isinstance(value, (list, tuple, dict, set, frozenset)) else f"{len(value)} items"
        facts.append(("Value", text if len(text) < 2000 else text[:2000] + "…"))
    plain_kind = inspect.isroutine(value) or inspect.isclass(value) or inspect.ismodule(value)
    doc = value.__doc__ if plain_kind else member(value, "__doc__")
    doc = inspect.cleandoc(doc) if isinstance(doc, str) else ""
    source = ""
    if detail:
        try:
            source = inspect.getsource(value)
        except (TypeError, OSError):
            source = ""  # built in, or made without a source
    plain = "\n".join(f"{key}: {text}" for key, text in facts) + (f"\n\n{doc}" if doc else "")
    marked = "\n".join(f"```python\n{text}\n```" if key == "Signature" else f"**{key}:** `{text}`\n"
                       for key, text in facts) + (f"\n\n```text\n{doc}\n```" if doc else "")
    if source:
        plain += f"\n\nSource:\n{source}"
        marked += f"\n\n```python\n{source}```"
    return [("text/plain", plain), ("text/markdown", marked)]


def _called(before, names):
    """The function whose open parenthesis is nearest before the cursor."""
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += {")": 1, "]": 1, "}": 1, "(": -1, "[": -1, "{": -1}.get(before[at], 0)
        if depth < 0:
            path = re.sub(r"\s", "", _path.search(before[:at].rstrip())[0])
            value = resolve(path, names) if before[at] == "(" and path else _missing
            if value is not _missing:
                return path, value
            depth = 0
    return "", _missing


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
            return "incomplete", _indent(source)
        try:
            tree = compile(source, "<check>", "exec", flags, True)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
            return ("incomplete", _indent(source)) if _unfinished(source, flags, error) else ("invalid", "")
    lines = source.split("\n")
    compound = tree.body and tree.body[-1].end_lineno > tree.body[-1].lineno and hasattr(tree.body[-1], "body")
    if compound and lines[-1].strip() and lines[-1][:1].isspace():
        return "incomplete", _indent(source)  # a block ends with an empty line
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


def _indent(source):
    """The indentation of the line to come."""
    line = next((line for line in reversed(source.split("\n")) if line.strip()), "")
    indent = line[:len(line) - len(line.lstrip())]
    code = re.sub(r"\s*#[^\"']*$", "", line).rstrip()
    if code.endswith((":", "(", "[", "{")):
        return indent + ("\t" if indent.endswith("\t") else "    ")
    if re.match(r"\s*(return|pass|raise|break|continue)\b", code):
        return indent[:-4] if indent.endswith("    ") else indent[:-1]
    return indent
