# SPDX-License-Identifier: Apache-2.0
"""An exception as the parts of an `error` frame: without the worker's own frames, with the
snippets' lines. Loaded at the first failure. Calls the exception's __str__, so it may raise.
"""
import os
import sys
import traceback

__builtins__ = dict(__builtins__)

_here = os.path.dirname(__file__) + os.sep


def _own(filename):
    return filename.startswith(_here)


def _trim(report, sources, seen):
    """Take the worker's frames, and what leads from it to the snippet, out of the whole chain."""
    if report is None or id(report) in seen:
        return
    seen.add(id(report))
    frames = report.stack
    if frames and _own(frames[0].filename):
        first = next((i for i, frame in enumerate(frames) if frame.filename in sources), 0)
        frames[:] = frames[first:]
    frames[:] = [frame for frame in frames if not _own(frame.filename)]
    _trim(report.__cause__, sources, seen)
    _trim(report.__context__, sources, seen)
    for part in getattr(report, "exceptions", None) or ():
        _trim(part, sources, seen)


def _place(error, report, sources, compiling):
    """(file, line, column) where it happened, counting from 1: a snippet's own line if there is one."""
    if isinstance(error, SyntaxError) and (compiling or not report.stack):
        return error.filename, error.lineno, error.offset
    frames = [frame for frame in report.stack if frame.filename in sources] or report.stack
    if not frames:
        return None, None, None
    frame = frames[-1]
    column = getattr(frame, "colno", None)
    return frame.filename, frame.lineno, None if column is None else column + 1


def describe(error, sources, compiling):
    """(attributes, parts) of the frame that tells of `error`."""
    report = traceback.TracebackException(type(error), error, error.__traceback__, compact=True)
    _trim(report, sources, set())
    if compiling:
        report.stack[:] = []
    entries = [text.rstrip("\n") for text in report.format()]
    if not report.stack and entries and entries[0].startswith("Traceback (most"):
        del entries[0]
    file, line, column = _place(error, report, sources, compiling)
    attributes = {"kind": "compile" if compiling else "runtime"}
    if line:
        attributes["line"] = line
    if column:
        attributes["column"] = column
    if isinstance(error, SyntaxError):
        message = error.msg
    else:
        # as format() has it: without the name, with a word where __str__ fails
        try:
            message = str(error)
        except Exception:
            message = f"<{type(error).__name__} whose __str__ fails>"
    parts = [("name", type(error).__name__), ("message", str(message))]
    if file:
        parts.append(("file", str(file)))
    parts += [("traceback", entry) for entry in entries]
    return attributes, parts


def print_here(error):
    """In a forked child: what an interpreter of its own would print."""
    traceback.print_exception(error, file=sys.stderr)
