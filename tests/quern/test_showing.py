# SPDX-License-Identifier: Apache-2.0
"""What quern repl shows of values, errors and pictures: on a screen, and by the bytes that a terminal gets."""
import base64
import fcntl
import functools
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import termios
import time
import zlib

import pytest

from conftest import QUERN, finished, until


def png(width, height, point):
    """A picture by Python's own code; point(x, y) gives red, green and blue."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(value for x in range(width) for value in point(x, y)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def without_colours(row):
    return re.sub(r"\x1b\[[0-9;]*m", "", row)


FLAG = png(40, 40, lambda x, y: (255, 0, 0) if y < 20 else (0, 0, 255))  # red over blue


def shown(kind="display", **forms):
    parts = [(mime.replace("_", "/"), data if isinstance(data, bytes) else data.encode()) for mime, data in forms.items()]
    return (kind, {"parts": [{"mime": mime, "size": len(data)} for mime, data in parts], "metadata": {}}, b"".join(data for _, data in parts))


@pytest.fixture
def screen(terminal):
    return functools.partial(terminal, QUERN, "repl", "-l", "bash")


@pytest.fixture
def shows(screen, scripted):
    """Has a run emit events, and gives the screen behind it."""

    def run(*events, after="bash[2]>", colours=False, end=finished(), **more):
        scripted(*events, end)
        t = screen(**more)
        t.expect(after.replace("2", "1"))
        t.type("x")
        t.press("Enter")
        assert until(lambda: t.rows()[-1].rstrip() == after), t.rows()
        entered = next(at for at, row in enumerate(t.rows()) if row.rstrip() == "bash[1]> x")
        return [row.rstrip() for row in t.rows(*(["-e"] if colours else []))][entered + 1:-1]

    return run


def test_values_have_the_numbers_of_their_inputs(shows):
    assert shows(shown("result", text_plain="42"), shown(text_plain="shown"), shown("result", text_plain="a\nb")) == [
        "Out[1]: 42", "shown", "Out[1]:", "a", "b"]


def test_a_frame_is_a_table_that_fits(shows):
    html = '<table class="dataframe"><tr><th></th><th>name</th><th>n</th></tr><tr><th>0</th><td>' + "long " * 12 + "</td><td>7</td></tr></table>"
    assert shows(shown("result", text_plain="raw", text_html=html), columns=40) == [
        "Out[1]:", "   name                                n", "─" * 40, "0  long long long long long long lon…  7"]


def test_a_traceback_says_in_red_what_is_wrong_and_dimly_where(shows):
    rows = shows(("error", {"kind": "runtime", "name": "ValueError", "message": "bad \x1b[2J", "traceback": [
        "Traceback (most recent call last):", '  File "<cell 1>", line 1, in <module>\n    x', "ValueError: bad \x1b[2J"]}, b""),
        colours=True, end=finished("error", exit=1))
    assert [without_colours(row) for row in rows] == [
        "Traceback (most recent call last):", '  File "<cell 1>", line 1, in <module>', "    x", "ValueError: bad \\x1b[2J"]
    assert "\x1b[2m" in rows[0] and "\x1b[1m\x1b[31m" in rows[3].replace("\x1b[0;1m", "\x1b[1m"), rows


def test_a_compile_error_shows_the_line_it_means(shows):
    assert shows(("error", {"kind": "compile", "name": "E", "message": "no x", "traceback": ["1:1: no x"], "line": 1, "column": 1}, b""),
                 end=finished("error", exit=1)) == ["1:1: no x", "  1 | x", "    | ^"]


def test_a_slow_cell_tells_its_time_and_a_quick_one_does_not(shows):
    slow = ("finished", {**finished()[1], "usage": {"wall_ms": 75_300, "cpu_ms": 1, "max_rss": 1}}, b"")
    assert shows(("stdout", {"off": 0}, b"done"), end=slow) == ["done", "took 1 min 15 s"]


def test_lines_that_a_program_writes_anew_stay_one_line(shows):
    assert shows(("stderr", {"off": 0}, b"10%\r"), ("stderr", {"off": 4}, b"100%\nwarn\n"), ("stdout", {"off": 0}, b"out")) == ["100%", "warn", "out"]


def test_progress_stands_on_one_line_and_goes(shows):
    assert shows(("progress", {"current": 1, "total": 2, "label": "half"}, b""), ("stdout", {"off": 0}, b"a\n"),
                 ("progress", {"current": 2, "total": 2, "label": "half"}, b"")) == ["a"]


def test_stderr_is_red_for_as_long_as_it_lasts(shows):
    rows = shows(("stdout", {"off": 0}, b"one\n"), ("stderr", {"off": 0}, b"two\n"), ("stdout", {"off": 4}, b"three\n"), colours=True)
    assert rows == ["one", "\x1b[31mtwo", "\x1b[39mthree"]
    assert "\x1b" not in "".join(shows(("stderr", {"off": 0}, b"two\n"), colours=True, env={"NO_COLOR": "1"}))


def test_a_picture_is_half_blocks_where_the_terminal_knows_no_better(shows):
    rows = shows(shown("result", text_plain="<Figure>", image_png=FLAG), colours=True)
    # 40 points are 5 cells of 8, and 3 rows of 16: six rows of points, three red and three blue.
    assert [without_colours(row) for row in rows] == ["Out[1]:", "▀▀▀▀▀", "▀▀▀▀▀", "▀▀▀▀▀"]
    assert "38;5;196m" in rows[1] and "48;5;196m" in rows[1] and "48;5;21m" in rows[2] and "38;5;21m" in rows[3]


@pytest.mark.parametrize("how", [{"env": {"NO_COLOR": "1"}}, {"env": {"TERM": "xterm"}}])
def test_a_picture_that_cannot_be_shown_is_saved_and_its_path_told(shows, how):
    (row,) = shows(shown(text_plain="<Figure>", image_png=FLAG), columns=150, **how)
    what, _, path = row.partition(" saved as ")
    assert what == "<Figure>" and pathlib.Path(path).read_bytes() == FLAG and path.endswith("/1.png")


def test_a_drawing_is_saved_too_and_plain_words_are_for_pipes(quern, scripted):
    scripted(shown(text_plain="<plot>", **{"image_svg+xml": "<svg/>"}), shown("result", text_plain="42"), shown(text_html="<b>bold</b>"), finished())
    said = quern("repl", "-l", "bash", input=b"x\n").stdout.decode().splitlines()
    assert re.fullmatch(r"<plot> saved as \S+/quern-shown-\S+/1\.svg", said[0]) and said[1:] == ["42", "bold"]


def test_plain_at_a_terminal_has_no_numbers_no_colours_and_no_editing(screen, scripted):
    scripted(shown("result", text_plain="42"), ("stderr", {"off": 0}, b"warn\n"), finished())
    t = screen("--plain")
    t.expect("bash>")
    t.type("x")
    t.press("Enter")
    t.expect("bash> x", "42", "warn", "bash>")
    assert "\x1b" not in "".join(t.rows("-e"))


class Terminal:
    """A terminal of which we see every byte, and that answers as we like."""

    def __init__(self, quern, *args, env=None, typed=b""):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.write(self.master, typed)  # waits there before it begins
        self.process = subprocess.Popen([QUERN, "repl", "-l", "bash", *args], stdin=slave, stdout=slave, stderr=slave, start_new_session=True, cwd=quern.cwd,
                                        env={**quern.env, "QUERN_ENDPOINT": quern.endpoint, "TERM": "xterm-256color", **(env or {})})
        os.close(slave)
        self.seen = b""

    def until(self, what, seconds=60):
        deadline = time.monotonic() + seconds
        while what not in self.seen:
            assert select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0], (what, self.seen)
            self.seen += os.read(self.master, 65536)
        before, _, self.seen = self.seen.partition(what)
        return before

    def type(self, data):
        os.write(self.master, data)

    def end(self):
        self.type(b"\x04")
        code = self.process.wait(60)
        os.close(self.master)
        return code


QUESTION = b"\x1b[c"
KITTY = b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.32.2)\x1b\\\x1b[6;20;10t\x1b[?62;c"
ITERM = b"\x1bP>|iTerm2 3.5.4\x1b\\\x1b[?62;4c"
SIXEL = b"\x1bP>|XTerm(380)\x1b\\\x1b[6;20;10t\x1b[?63;1;4;22c"


def show_to(quern, answer):
    t = Terminal(quern, typed=answer)
    t.until(QUESTION)
    t.until(b"bash[1]> ")
    t.type(b"x\r")
    t.until(b"Out[1]:")
    picture = t.until(b"bash[2]> ")
    assert t.end() == 0
    return picture


def test_kitty_gets_the_file_itself(quern, scripted):
    scripted(shown("result", image_png=FLAG), finished())
    picture = show_to(quern, KITTY)
    assert b"\x1b_Ga=T,q=2,f=100,c=4,r=2,m=0;" + base64.b64encode(FLAG) + b"\x1b\\" in picture


def test_iterm_gets_the_file_too(quern, scripted):
    scripted(shown("result", image_png=FLAG), finished())
    picture = show_to(quern, ITERM)
    assert b"\x1b]1337;File=inline=1;size=%d;width=5;height=3;preserveAspectRatio=1:" % len(FLAG) + base64.b64encode(FLAG) + b"\x07" in picture


def test_a_terminal_with_sixels_gets_those(quern, scripted):
    scripted(shown("result", image_png=FLAG), finished())
    picture = show_to(quern, SIXEL)
    sixels = re.search(rb'\x1bP0;1q"1;1;40;40(.*?)\x1b\\', picture)[1]
    # Six and a third bands; the fourth has two rows of red above four of blue.
    assert sorted(re.findall(rb"#\d;2;(\d+;\d+;\d+)", sixels)) == [b"0;0;100", b"100;0;0"]
    bands = re.sub(rb"#\d;2;\d+;\d+;\d+", b"", sixels).split(b"-")
    assert len(bands) == 7 and bands[0].endswith(b"!40~") and b"!40B" in bands[3] and b"!40{" in bands[3] and bands[6].endswith(b"!40N")


def test_prompts_and_outputs_are_marked(quern, scripted):
    scripted(("stdout", {"off": 0}, b"out\n"), finished("error", exit=3))
    t = Terminal(quern)
    t.until(QUESTION)
    t.type(SIXEL)
    assert t.until(b"bash[1]> ").count(b"\x1b]133;A\x07") == 1
    t.until(b"\x1b]133;B\x07")
    t.type(b"x\r")
    t.until(b"\x1b]133;C\x07")
    assert t.until(b"\x1b]133;D;3\x07") == b"out\r\n"
    t.until(b"\x1b]133;A\x07")
    t.until(b"bash[2]> ")
    assert t.end() == 3


def test_what_is_typed_before_the_answer_is_not_lost(quern, scripted):
    scripted(shown("result", text_plain="42"), finished())
    t = Terminal(quern)
    t.until(QUESTION)
    t.type(b"ec" + KITTY + b"ho\r")
    assert b"echo" in re.sub(rb"\x1b[^a-zA-Z]*[a-zA-Z\x07]", b"", t.until(b"Out[1]:"))
    t.until(b"bash[2]> ")
    assert t.end() == 0


def test_an_answer_that_comes_too_late_is_no_input(quern, scripted):
    scripted(shown("result", text_plain="42"), finished())
    t = Terminal(quern)
    t.until(b"bash[1]> ")  # it has given up waiting
    t.type(KITTY + b"echo")
    t.until(b"echo")
    t.type(b"\r")
    t.until(b"Out[1]:")
    t.until(b"bash[2]> ")
    assert t.end() == 0


@pytest.mark.parametrize("env", [{"TMUX": "/tmp/x,1,0"}, {"TERM": "screen-256color"}, {"NO_COLOR": "1"}, {"TERM": "linux"}])
def test_who_would_not_answer_for_himself_is_not_asked(quern, scripted, env):
    t = Terminal(quern, env=env)
    assert QUESTION not in t.until(b"bash[1]> ")
    assert t.end() == 0
