# SPDX-License-Identifier: Apache-2.0
"""Where a cursor stands in unfinished Python text: in code, a string or a comment, and within which brackets.

Pure, and lenient: the text before a cursor rarely parses.
"""
import re

__builtins__ = dict(__builtins__)

_token = re.compile(r"#[^\n]*|([rRbBuUfF]{0,2})(\"\"\"|'''|\"|')|[()\[\]{}]")
_closers = {quote: re.compile(r"(?:\\.|[^\\])*?" + quote if len(quote) == 3 else r"(?:\\.|[^\\\n" + quote + r"])*" + quote,
                              re.S) for quote in ('"""', "'''", '"', "'")}
_pairs = {")": "(", "]": "[", "}": "{"}
_operand = re.compile(r"(?:[^\W\d]\w*|\d[\w.]*(?<!\.)|[\x01\x02]+)(?:\s*\.\s*[^\W\d]\w*|\x02+)*$")
NEAR = 4000  # no operand that is typed by hand is longer; the pattern may take the square of that


class Place:
    """The end of a text."""

    def __init__(self, text):
        self.text = text
        self.comment = False
        self.string = None  # where the content of an open string begins
        self.quote = self.prefix = ""
        self.brackets = []  # (bracket, where), the innermost last
        mask = list(text)
        at = 0
        while found := _token.search(text, at):
            at = found.end()
            if text[found.start()] == "#":
                self.comment = at == len(text)
                mask[found.start():at] = " " * (at - found.start())
            elif found[2]:
                closed = _closers[found[2]].match(text, at)
                line = text.find("\n", at)
                if closed:
                    at = closed.end()
                elif len(found[2]) == 3 or line < 0:
                    self.string, self.quote, self.prefix = at, found[2], found[1].lower()
                    at = len(text)
                else:
                    at = line  # a string that its line does not close
                mask[found.start():at] = "\x01" * (at - found.start())
            elif found[0] in "([{":
                self.brackets.append((found[0], found.start()))
            elif self.brackets and self.brackets[-1][0] == _pairs[found[0]]:
                _, start = self.brackets.pop()
                mask[start:at] = "\x02" * (at - start)
        self.mask = "".join(mask)

    def operand(self, end):
        """The text of the operand that ends there (`a.b[0]`, `'x'`, `f(1).y`), or nothing."""
        end = len(self.mask[:end].rstrip())
        found = _operand.search(self.mask, max(0, end - NEAR), end) if end else None
        return self.text[found.start():end] if found else ""

    def within_braces(self):
        """Of an open f-string: the text behind its open brace; else None."""
        content = self.text[self.string:].replace("{{", "\x00\x00").replace("}}", "\x00\x00")
        brace = content.rfind("{")
        if "f" not in self.prefix or brace < content.rfind("}") or brace < 0:
            return None
        return self.text[self.string + brace + 1:]


def indentation(line):
    return line[:len(line) - len(line.lstrip())]


def next_indent(source):
    """The indentation of the line to come."""
    place = Place(source)
    if place.string is not None:
        return indentation(source[source.rfind("\n") + 1:]) if len(place.quote) == 3 else ""
    mask = place.mask.rstrip()
    if not mask:
        return ""
    begin = mask.rfind("\n") + 1
    if place.brackets:
        _, where = place.brackets[-1]
        line = source.rfind("\n", 0, where) + 1
        opened = indentation(source[line:where])
        if line < begin:  # not on this line: as this line has it
            return indentation(source[begin:])
        return opened + _step(opened)
    # A statement over several lines is indented as its first: closed brackets are \x02, newlines and all.
    line = source[begin:]
    indent = indentation(line)
    code = mask[begin:].rstrip(" \t")
    if code.endswith(":"):
        return indent + _step(indent)
    if re.match(r"\s*(return|pass|raise|break|continue)\b", code):
        return indent[:-1] if indent.endswith("\t") else indent[:-4]
    return indent


def _step(indent):
    return "\t" if indent.endswith("\t") else "    "
