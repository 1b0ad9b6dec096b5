# SPDX-License-Identifier: Apache-2.0
"""Python 2.7 as text: compiling it, telling what is incomplete, and where in it a cursor stands.

Pure: runs nothing. All text is bytes of UTF-8, as the wire brings it.
"""
from __future__ import absolute_import
import _ast
import re
import warnings

FUTURES = 0x3E000  # division, absolute_import, with_statement, print_function, unicode_literals
DONT_IMPLY_DEDENT = 0x200
NEAR = 4000  # no operand that is typed by hand is longer; the pattern may take the square of that
_cookie = re.compile(r"(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*[-\w.]")
_token = re.compile(r"#[^\n]*|[rRbBuU]{0,2}(\"\"\"|'''|\"|')|[()\[\]{}]")
_rest = {'"': re.compile(r'(?:\\.|[^\\\n"])*"', re.S), "'": re.compile(r"(?:\\.|[^\\\n'])*'", re.S),
         '"""': re.compile(r'(?:\\.|[^\\])*?"""', re.S), "'''": re.compile(r"(?:\\.|[^\\])*?'''", re.S)}
_pairs = {")": "(", "]": "[", "}": "{"}
_operand = re.compile(r"(?:[A-Za-z_]\w*|\x01+|\x02+)(?:\s*\.\s*[A-Za-z_]\w*)*$")
_leaves = re.compile(r"\s*(?:return|pass|raise|break|continue)\b")


def compiled(code, name, mode, flags):
    """As of a file with the encoding that it declares, which is UTF-8 where it declares none."""
    if not _cookie.match(code):
        code = code.decode("utf-8", "replace")
    return compile(code, name, mode, flags, True)


def hidden(code, line):
    """Whether a `;` follows the last expression, which is on that line (of a long string it is the last one)."""
    if ";" not in code:
        return False
    lines = code.splitlines()
    last = _last_token(lines[line - 1:])
    return (last or _last_token(lines)) == ";"


def _last_token(lines):
    import tokenize
    last = ""
    try:
        for kind, text, _, _, _ in tokenize.generate_tokens(iter([text + "\n" for text in lines]).next):
            if kind not in (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.DEDENT, tokenize.ENDMARKER):
                last = text
    except (tokenize.TokenError, SyntaxError):
        return ""  # they begin within a string
    return last


class Place(object):
    """The end of a text, which rarely parses."""

    def __init__(self, text):
        self.text = text
        self.quote = ""  # of the string that is open
        self.comment = False
        self.brackets = []  # (bracket, where), the innermost last
        mask = list(text)
        at = 0
        while True:
            found = _token.search(text, at)
            if not found:
                break
            at = found.end()
            token, quote = found.group(), found.group(1)
            if token[0] == "#":
                self.comment = at == len(text)
                mask[found.start():at] = " " * len(token)
            elif quote:
                closed = _rest[quote].match(text, at)
                line = text.find("\n", at)
                if closed:
                    at = closed.end()
                elif len(quote) == 3 or line < 0:
                    self.quote, at = quote, len(text)
                else:
                    at = line  # a string that its line does not close
                mask[found.start():at] = "\x01" * (at - found.start())
            elif token in "([{":
                self.brackets.append((token, found.start()))
            elif self.brackets and self.brackets[-1][0] == _pairs[token]:
                start = self.brackets.pop()[1]
                mask[start:at] = "\x02" * (at - start)
        self.mask = "".join(mask)

    def operand(self, end):
        """The text of the operand that ends there (`a.b`, `'x'`, `[1].y`), or nothing."""
        end = len(self.mask[:end].rstrip())
        found = _operand.search(self.mask, max(0, end - NEAR), end)
        if not found or re.search(r"[\w\x01\x02.]$", self.mask[:found.start()]):
            return ""  # what a call or a subscript gives is not known
        return self.text[found.start():end]


# -- check

def check(code, futures):
    """(state, indent): whether Enter should run this text or go to a next line, indented so."""
    if not code.strip():
        return "complete", ""
    if re.search(r"\\\n?$", code):
        return "incomplete", next_indent(code)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        error = _trouble(code, futures)
        if error is None:
            tree = compiled(code, "<check>", "exec", futures | _ast.PyCF_ONLY_AST)
            last = code.split("\n")[-1]
            if tree.body and hasattr(tree.body[-1], "body") and last.strip() and last[:1].isspace():
                return "incomplete", next_indent(code)  # a block ends with an empty line
            return "complete", ""
        # What more newlines do not change is wrong; where the error moves with the end, something is missing there.
        if repr(_trouble(code + "\n", futures)) == repr(_trouble(code + "\n\n", futures)):
            return "invalid", ""
    return "incomplete", next_indent(code)


def _trouble(code, futures):
    try:
        compiled(code, "<check>", "exec", futures | _ast.PyCF_ONLY_AST | DONT_IMPLY_DEDENT)
    except (SyntaxError, ValueError, OverflowError, TypeError, MemoryError) as error:
        return error
    return None


def _indentation(line):
    return line[:len(line) - len(line.lstrip())]


def next_indent(code):
    """The indentation of the line to come."""
    place = Place(code)
    if place.quote:
        return _indentation(code[code.rfind("\n") + 1:]) if len(place.quote) == 3 else ""
    mask = place.mask.rstrip()
    begin = mask.rfind("\n") + 1
    indent = _indentation(code[begin:])
    step = "\t" if indent.endswith("\t") else "    "
    if place.brackets:
        return indent + step if place.brackets[-1][1] >= begin else indent
    if mask.endswith(":"):
        return indent + step
    return indent[:-len(step)] if _leaves.match(mask[begin:]) else indent
