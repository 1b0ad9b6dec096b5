# SPDX-License-Identifier: Apache-2.0
"""An exception as the parts of an `error` frame: without the worker's own frames, with the
snippets' lines. Calls the exception's __str__, so it may raise.
"""
from __future__ import absolute_import
import os
import traceback
import types

from .wire import utf8

MOST_FRAMES = 200  # a recursion has thousands, and each is a part of one line
_here = os.path.dirname(__file__) + os.sep


def name_of(kind):
    """The name of a class, new or old, without asking the class."""
    return type.__dict__["__name__"].__get__(kind) if isinstance(kind, type) else kind.__name__


def _message(kind, error):
    if isinstance(error, SyntaxError):
        return utf8(error.msg)
    try:
        return utf8(error if isinstance(error, unicode) else str(error))
    except UnicodeError:
        return utf8(unicode(error))  # as for an exception of u"\xe9", which str() cannot tell
    except Exception:
        return "<%s whose __str__ fails>" % name_of(kind)


def _place(error, stack, sources, compiling):
    """(file, line, column) where it happened, counting from 1: a snippet's own line if there is one."""
    if isinstance(error, SyntaxError) and (compiling or not stack):
        column = error.offset
        if column and isinstance(error.text, bytes):  # it counts bytes
            column = len(error.text[:column - 1].decode("utf-8", "replace")) + 1
        return error.filename, error.lineno, column
    frames = [frame for frame in stack if frame[0] in sources] or stack
    return (frames[-1][0], frames[-1][1], None) if frames else (None, None, None)


def describe(kind, error, trace, sources, compiling):
    """(attributes, parts) of the frame that tells of `error`."""
    stack = [] if compiling else [frame for frame in traceback.extract_tb(trace) if not frame[0].startswith(_here)]
    entries = traceback.format_list(stack)
    over = len(entries) - MOST_FRAMES
    if over > 0:
        entries[MOST_FRAMES // 2:-MOST_FRAMES // 2] = ["  [%d frames are left out]" % over]
    entries += traceback.format_exception_only(kind, error)
    if stack:
        entries.insert(0, "Traceback (most recent call last):\n")
    file, line, column = _place(error, stack, sources, compiling)
    attributes = {"kind": "compile" if compiling else "runtime"}
    if line:
        attributes["line"] = line
    if column:
        attributes["column"] = column
    name = kind.__name__ if isinstance(kind, types.ClassType) else name_of(kind)
    parts = [("name", name), ("message", _message(kind, error))]
    if file:
        parts.append(("file", utf8(file)))
    parts += [("traceback", utf8(entry.rstrip("\n"))) for entry in entries]
    return attributes, parts
