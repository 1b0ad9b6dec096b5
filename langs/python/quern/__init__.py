# SPDX-License-Identifier: Apache-2.0
"""What a snippet may import from the worker that runs it: `from quern import display, HTML`.

`display`, `update_display` and `clear_output` are also built in, as plain names. Everything else in
this package is the worker itself and of no use to a snippet.
"""
from .rich import (HTML, JSON, SVG, DisplayHandle, Image, Latex, Markdown, clear_output, display,
                   progress, update_display)

__all__ = ["HTML", "JSON", "SVG", "DisplayHandle", "Image", "Latex", "Markdown", "clear_output",
           "display", "progress", "update_display"]
