# SPDX-License-Identifier: Apache-2.0
"""What the Python 2.7 worker tells of code without running it: completion, inspection and the check."""
import pytest
from test_worker_python2 import worker  # noqa: F401

LANGUAGE = "python2"

TABLE = """
import os, sys
class Field(object):
    "A field."
    kind = 1
    def __init__(self, name, size=2): self.name = name
    def grow(self, by, times=[Sly()] if 0 else 2): "Grows."
    @classmethod
    def make(cls, name): return cls(name)
    @property
    def size(self):
        "Its size."
        os._exit(9)
class Old:
    "An old class."
    shared = 1
    def __init__(self): self.mine = 2
    def __getattr__(self, name): os._exit(9)
class Slots(object):
    __slots__ = ["one"]
class Sly(object):
    def __getattribute__(self, name): os._exit(9)
    def __dir__(self): os._exit(9)
    def __repr__(self): os._exit(9)
    __class__ = __dict__ = property(lambda self: os._exit(9))
def of(text=Sly(), *rest, **options): "Of."
field, old, sly, slots, text = Field("a"), Old(), Sly(), Slots(), u"x"
"""


@pytest.mark.parametrize("code, start, some", [
    ("field.gr", 6, {"grow": "method"}), ("field.", 6, {"name": "variable", "size": "property", "make": "method", "kind": "variable"}),
    ("field.size.", 11, {}), ("old.", 4, {"mine": "variable", "shared": "variable"}), ("old.nope.", 9, {}), ("Old.sh", 4, {"shared": "variable"}),
    ("slots.o", 6, {"one": "variable"}), ("sly.", 4, {}), ("sly.x.", 6, {}), ("text.enc", 5, {"encode": "method"}), ("Fie", 0, {"Field": "class"}),
    ("'x'.uppe", 4, {"upper": "method"}), ("[1, 2].app", 7, {"append": "method"}), ("{}.has", 3, {"has_key": "method"}),
    ("f(1).a", 5, {}), ("a[0].b", 5, {}), ("1.", 2, {}), ("1a", None, {}), ("# fie", 5, {}), ("'fie", 4, {}), ("'é' + fie", 7, {"field": "variable"}),
    ("os.pathc", 3, {"pathconf": "function", "pathconf_names": "variable"}), ("import jso", 7, {"json": "module"}), ("whil", 0, {"while": "keyword"}),
    ("from os import pathc", 15, {"pathconf": "function"}), ("xra", 0, {"xrange": "class"}), ("import a, b, c, d" * 99 + "(", None, None),
])
def test_completion_reads_names_and_runs_nothing(worker, code, start, some):
    assert worker.run(TABLE).done == {"status": "ok"}
    found, end, items = worker.complete(code)
    assert start is None or (found, end) == (start, len(code.encode()))
    assert some is None or {name: items.get(name) for name in some} == some and (some or not items or code == "sly.")
    assert worker.run("1").value == "1"


@pytest.mark.parametrize("code, text", [
    ("field.grow", "Signature: grow(by, times=2)\nType: function\n\nGrows."), ("Field.make", "Signature: make(name)\nType: function"),
    ("Field.grow", "Signature: grow(self, by, times=2)"), ("Field", "Signature: Field(name, size=2)\nType: type\n\nA field."),
    ("field.size", "Type: property\n\nIts size."), ("field.kind", "Type: int\nValue: 1"), ("of(1, ", "Signature: of(text=<Sly>, *rest, **options)"),
    ("old", "Type: Old\n\nAn old class."), ("sly", "Type: Sly"), ("sly.nope", None), ("len([1", "Type: builtin_function_or_method\n\nlen(object)"),
    ("'os", None), ("nope", None), ("text", "Type: unicode\nValue: u'x'"), ("os", "Type: module\n\nOS routines"),
])
def test_inspection_looks_without_touching(worker, code, text):
    assert worker.run(TABLE).done == {"status": "ok"}
    found = worker.inspect(code)
    assert found is None if text is None else found.startswith(text)
    assert worker.inspect("Field", 1).endswith('        "Its size."\n        os._exit(9)\n')
    assert 'def of(text=Sly()' in worker.inspect("of", 1) and worker.run("1").value == "1"


@pytest.mark.parametrize("code, state, indent", [
    ("1 + 1", "complete", ""), ("if x:", "incomplete", "    "), ("if x:\n  1", "incomplete", "  "), ("# a", "complete", ""),
    ("if x:\n  1\n", "complete", ""), ("@d", "incomplete", ""), ("f(1,", "incomplete", "    "), ("f(1,\n  2,", "incomplete", "  "),
    ('"""a', "incomplete", ""), ("x = \\", "incomplete", ""), ("1 +", "invalid", ""), ("a b", "invalid", ""), ("print 'é'", "complete", ""),
    ("def f():\n    return 1", "incomplete", ""), ("", "complete", ""), ("if a:\n\tif b:", "incomplete", "\t\t"), ("x = 'a", "invalid", ""),
    ("class A:\n    def f(self): # it's", "incomplete", "        "), ("exec 'x' in {}", "complete", ""), ("async def f(): pass", "invalid", ""),
    ("1\0", "invalid", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)
