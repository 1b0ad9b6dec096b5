# SPDX-License-Identifier: Apache-2.0
"""Values as MIME parts, and `display`, by which a snippet shows them on its way.

`connect` gives it the wire once; in a child that a snippet forked there is none, and what would have
been shown is printed as text.
"""
from __future__ import absolute_import, print_function
import sys

from .wire import utf8

_send = None
_methods = (
    ("_repr_html_", "text/html"), ("_repr_markdown_", "text/markdown"), ("_repr_svg_", "image/svg+xml"),
    ("_repr_png_", "image/png"), ("_repr_jpeg_", "image/jpeg"), ("_repr_latex_", "text/latex"),
)


def connect(send):
    global _send
    _send = send


def render(value):
    """[(mime, body)] with text/plain first."""
    parts = [("text/plain", utf8(repr(value)))]
    kind = type(value)
    if kind.__module__ == "__builtin__" and kind.__name__ != "instance" or isinstance(value, type):
        return parts
    for method, mime in _methods:
        if not hasattr(getattr(value, "__class__", kind), method):
            continue
        try:
            data = getattr(value, method)()
        except Exception as error:
            print("%s failed: %s: %s" % (method, type(error).__name__, error), file=sys.stderr)
            continue
        if isinstance(data, basestring):
            binary = isinstance(data, bytes) and mime in ("image/png", "image/jpeg")
            parts.append((mime, data if binary else utf8(data)))
    return parts


def display(*values):
    """Show values in the richest form that they have: _repr_html_, _repr_png_ and the like."""
    for value in values:
        if _send is None:
            print(repr(value))
        else:
            _send("display", (), render(value))
