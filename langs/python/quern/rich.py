# SPDX-License-Identifier: Apache-2.0
"""Values as MIME parts, and what a snippet may show on its way: display and its kin.

`connect` gives it the wire once; in a child that a snippet forked there is none, and what would
have been shown is printed as text. Never shows anything by itself.
"""
import sys

__builtins__ = dict(__builtins__)

_send = None
_methods = (
    ("_repr_html_", "text/html"), ("_repr_markdown_", "text/markdown"),
    ("_repr_svg_", "image/svg+xml"), ("_repr_png_", "image/png"), ("_repr_jpeg_", "image/jpeg"),
    ("_repr_latex_", "text/latex"), ("_repr_json_", "application/json"),
    ("_repr_javascript_", "application/javascript"), ("_repr_pdf_", "application/pdf"),
)


def connect(send):
    global _send
    _send = send


def _json(value):
    import json
    return json.dumps(value, ensure_ascii=False, default=repr)


def _body(mime, data):
    """The bytes or text of one MIME form; None when the object gave nothing usable."""
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    if mime.startswith("image/") and mime != "image/svg+xml" or mime == "application/pdf":
        if not isinstance(data, str):
            return None
        import base64
        return base64.b64decode(data)
    if isinstance(data, str) and not mime.endswith("json"):
        return data
    return _json(data)


def _call(value, method, *arguments, **options):
    try:
        return getattr(value, method)(*arguments, **options)
    except NotImplementedError:
        return None
    except Exception as error:
        print(f"{type(value).__name__}.{method} failed: {type(error).__name__}: {error}", file=sys.stderr)
        return None


def _figure(value):
    import io
    image = io.BytesIO()
    value.savefig(image, format="png", bbox_inches="tight")
    plt = sys.modules.get("matplotlib.pyplot")
    if plt:
        plt.close(value)
    return image.getvalue()


def render(value):
    """[(mime, body)] with text/plain first, and `metadata` last where there is any."""
    kind = type(value)
    if kind.__module__ == "builtins":
        return [("text/plain", repr(value))]
    forms, metadata = {}, {}
    if not isinstance(value, type):
        if hasattr(kind, "_repr_mimebundle_"):
            bundle = _call(value, "_repr_mimebundle_", include=None, exclude=None)
            if isinstance(bundle, tuple):
                bundle, metadata = bundle[0], dict(bundle[1] or {})
            forms.update(bundle or {})
        for method, mime in _methods:
            if mime not in forms and hasattr(kind, method):
                data = _call(value, method)
                if isinstance(data, tuple) and len(data) == 2:
                    data, metadata[mime] = data
                if data is not None:
                    forms[mime] = data
        if kind.__module__ == "matplotlib.figure" and "image/png" not in forms:
            forms["image/png"] = _figure(value)
    plain = forms.pop("text/plain", None)
    parts = [("text/plain", plain if isinstance(plain, str) else repr(value))]
    return parts + _bodies(forms, metadata)


def _bodies(forms, metadata):
    parts = []
    for mime, data in forms.items():
        body = _body(str(mime), data)
        if body is not None and " " not in mime:
            parts.append((mime, body))
    if metadata:
        parts.append(("metadata", _json(metadata)))
    return parts


class DisplayHandle:
    """What display(…, display_id=…) returns: the place on the screen, to be shown anew."""

    def __init__(self, display_id=None):
        if display_id is None or display_id is True:
            import os
            display_id = os.urandom(8).hex()
        self.display_id = str(display_id)

    def display(self, value, **options):
        display(value, display_id=self.display_id, **options)

    def update(self, value, **options):
        display(value, display_id=self.display_id, update=True, **options)

    def __repr__(self):
        return f"<DisplayHandle display_id={self.display_id}>"


def display(*values, include=None, exclude=None, metadata=None, transient=None, display_id=None,
            raw=False, clear=False, update=False, **ignored):
    """Show values on the way, each in every form that it offers (HTML, PNG, Markdown, text, …)."""
    handle = DisplayHandle(display_id) if display_id is not None else None
    if clear:
        clear_output(wait=True)
    attributes = {}
    if handle:
        from urllib.parse import quote
        attributes["display"] = quote(handle.display_id, safe="/@!$*+,;~")
    if update:
        attributes["update"] = 1
    for value in values:
        if not raw and hasattr(type(value), "_ipython_display_"):
            value._ipython_display_()
            continue
        parts = _bodies(value, metadata) if raw else render(value)
        if metadata and not raw:
            parts.append(("metadata", _json(metadata)))
        if include or exclude:
            parts = [part for part in parts if part[0] == "metadata"
                     or (not include or part[0] in include) and part[0] not in (exclude or ())]
        if _send:
            _send("display", attributes, parts)
        else:
            print(next((body for mime, body in parts if mime == "text/plain"), repr(value)))
    return handle


def update_display(value, *, display_id, **options):
    """Show a value in the place of what was shown under this id."""
    display(value, display_id=display_id, update=True, **options)


def clear_output(wait=False):
    """Forget what was shown; with wait=True only when something new comes."""
    if _send:
        _send("clear", {"wait": int(bool(wait))})


def progress(current, total=None, label=""):
    """Tell how far a long snippet is."""
    if _send:
        counts = {"current": current} if total is None else {"current": current, "total": total}
        _send("progress", counts, [("label", label)] if label else [])


def show_figures(visible=True):
    """Matplotlib figures still open: shown as PNG, oldest first, and closed."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None or not hasattr(plt, "get_fignums"):
        return
    if not visible:
        plt.close("all")
        return
    for number in plt.get_fignums():
        display(plt.figure(number))


class _Data:
    mime = "text/plain"

    def __init__(self, data=None, url=None, filename=None, **ignored):
        if filename is not None:
            with open(filename, "rb") as file:
                data = file.read()
            if not self.mime.startswith("image/p"):
                data = data.decode("utf-8", "replace")
        elif url is not None and data is None:
            from urllib.request import urlopen
            data = urlopen(url).read()
        self.data = data

    def __repr__(self):
        return f"<{type(self).__name__}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.mime: self.data}


class HTML(_Data):
    mime = "text/html"


class Markdown(_Data):
    mime = "text/markdown"


class Latex(_Data):
    mime = "text/latex"


class SVG(_Data):
    mime = "image/svg+xml"


class JSON(_Data):
    mime = "application/json"


class Image(_Data):
    mime = "image/png"

    def __init__(self, data=None, url=None, filename=None, **ignored):
        if isinstance(data, str):
            data, filename = None, data
        super().__init__(data, url, filename)
        if bytes(self.data[:3]) == b"\xff\xd8\xff":
            self.mime = "image/jpeg"
        elif bytes(self.data[:4]) == b"GIF8":
            self.mime = "image/gif"
