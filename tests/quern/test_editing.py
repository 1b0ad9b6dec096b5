# SPDX-License-Identifier: Apache-2.0
"""quern repl's editor on a screen, with the languages that are really there: colours, menus, keys, and typing that waits for nothing."""
import re
import stat

import pytest

from conftest import QUERN, until
from test_terminal import check_python, codes, completing, screen  # noqa: F401 (a fixture)
from tmux import Tmux, without_numbers

LANGUAGES = ("python", "bash", "cpp", "lua")
COLOURS = {35: "keyword", 32: "text", 36: "number"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One daemon for all tests that only look at it."""
    from conftest import ROOT, QUERND, Quern
    import subprocess
    quern = Quern(tmp_path_factory.mktemp("editing"))
    quern.endpoint = f"ipc://{quern.link}/real"
    process = subprocess.Popen([QUERND, "--endpoint", quern.endpoint, "--langs", ROOT / "langs", "--work-dir", quern.cwd, "--ready-fd", "1"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert process.stdout.read(1)
    opened = []

    def start(lang, **more):
        opened.append(Tmux(quern, QUERN, "repl", "-l", lang, **more))
        opened[-1].expect(f"{lang}>")
        return opened[-1]

    start.quern = quern
    yield start
    for one in opened:
        one.end()
    process.terminate()
    assert process.wait(60) == 0
    quern.link.unlink()


def seen(t):
    """Prompts and values as if they had no numbers."""
    return [re.sub(r"^Out\[\d+\]: ", "", row.rstrip()) for row in without_numbers(t.rows())]


def painted(t):
    """The parts of the last line that have a colour, by their meaning."""
    line = t.rows("-e")[-1].replace("\x1b[49m", "")
    found = re.findall(r"\x1b\[([0-9;]*)m([^\x1b]*)", line)
    return {(COLOURS[code], text) for codes_, text in found for code in [int(n) for n in codes_.split(";") if n] if code in COLOURS and "> " not in text}


@pytest.mark.parametrize("lang, line, expected", [
    ("python", "for i in range(12): print('a')", {("keyword", "for"), ("keyword", "in"), ("number", "12"), ("text", "'a'")}),
    ("bash", "for i in 1 2; do echo \"$i\"; done", {("keyword", "for"), ("keyword", "in"), ("number", "1"), ("number", "2"), ("keyword", "do"),
                                                    ("text", '"$i"'), ("keyword", "done")}),
    ("cpp", "int x = 1'000; auto s = \"int\";", {("keyword", "int"), ("number", "1'000"), ("keyword", "auto"), ("text", '"int"')}),
    ("lua", "local s = [[end]] .. 7", {("keyword", "local"), ("text", "[[end]]"), ("number", "7")}),
], ids=LANGUAGES)
def test_code_is_coloured_as_it_is_typed(shared, lang, line, expected):
    t = shared(lang, columns=100)
    t.type(line)
    assert until(lambda: painted(t) == expected), (painted(t), t.rows("-e"))


def test_no_color_is_obeyed(shared):
    t = shared("python", env={"NO_COLOR": "1"})
    t.type("for i in range(12): print('a')")
    t.expect("python> for i in range(12): print('a')")
    assert "\x1b" not in t.rows("-e")[-1]


def test_the_bracket_at_the_cursor_shows_its_counterpart(shared):
    t = shared("python")
    t.type("f(')', [1])")
    assert until(lambda: len(re.findall(r"\x1b\[[0-9;]*4[0-9;]*m[()]", t.rows("-e")[-1])) == 2), t.rows("-e")


@pytest.mark.parametrize("lang, lines, shown", [
    ("python", ["def f(x):", "return x * 2", "", "f(21)"],
     ["python> def f(x):", "......      return x * 2", "......", "python> f(21)", "42", "python>"]),
    ("bash", ["if true; then", "echo yes", "fi"], ["bash> if true; then", "....      echo yes", "....  fi", "yes", "bash>"]),
    ("cpp", ["int f(int x) {", "return x * 2;", "}", "f(21)"], ["cpp> int f(int x) {", "...      return x * 2;", "...  }", "cpp> f(21)", "42", "cpp>"]),
    ("lua", ["function f(x)", "return x * 2", "end", "f(21)"], ["lua> function f(x)", "...      return x * 2", "...  end", "lua> f(21)", "42", "lua>"]),
], ids=LANGUAGES)
def test_what_is_not_whole_goes_on_indented_in_each_language(shared, lang, lines, shown):
    t = shared(lang)
    for line in lines:
        rows = len(t.rows())
        t.type(line)
        t.press("Enter")
        assert until(lambda: len(t.rows()) > rows and t.rows()[-1].rstrip()[-1:] in "> ."), t.rows()
    assert until(lambda: [re.sub(r"^(\.+) +", r"\1 ", row.rstrip()) for row in seen(t)][-len(shown):]
                 == [re.sub(r"^(\.+) +", r"\1 ", row) for row in shown], 20), t.rows()


@pytest.mark.parametrize("lang, begun, completed", [
    ("python", "import o", None), ("python", "pri", "print"), ("bash", "unal", "unalias"), ("lua", "setmetat", "setmetatable"),
    ("cpp", "nullp", "nullptr"),
])
def test_tab_completes_in_each_language(shared, lang, begun, completed):
    t = shared(lang)
    t.type(begun)
    t.press("Tab")
    if completed is None:
        assert until(lambda: any("os" in row.split() for row in t.rows()[-8:])), t.rows()
    else:
        # A context that has only begun may not answer yet.
        assert until(lambda: any(row.startswith(f"{lang}> {completed}") for row in seen(t))
                     or (any("at work" in row for row in t.rows()) and t.press("Tab"))), t.rows()


def test_a_menu_is_walked_taken_and_closed(screen, fake):  # noqa: F811
    completing(fake, ["print", "printable", "prime"])
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("p")
    t.press("Tab")
    t.expect("python> pri", "print      printable  prime")
    t.press("Tab")
    t.expect("python> print", "print      printable  prime")
    t.press("Right")
    t.expect("python> printable", "print      printable  prime")
    assert "\x1b[7m" in t.rows("-e")[-1]
    t.press("BTab", "BTab")
    t.expect("python> prime", "print      printable  prime")
    t.press("Escape")
    t.expect("python> pri")
    t.press("Tab")
    t.expect("python> pri", "print      printable  prime")
    t.press("Down")
    t.expect("python> print", "print      printable  prime")
    t.press("Enter")
    t.expect("python> print")
    t.type("(1)")
    t.expect("python> print(1)")
    assert codes(fake) == []
    t.press("Enter")
    t.expect("1", "python>")


def test_a_menu_has_kinds_and_fits_a_narrow_window(screen, fake):  # noqa: F811
    def complete(peer, head, body):
        fake.reply(peer, head, start=0, end=head["cursor"], matches=[{"text": f"p{i:02}", "type": "function"} for i in range(60)])
        return True

    fake.handlers["complete"] = complete
    t = screen("repl", "-l", "python", columns=30, rows=8)
    t.expect("python>")
    t.type("p")
    t.press("Tab")
    t.expect("python> p", "p00 function  p30 function", "p01 function  p31 function", "p02 function  p32 function",
             "p03 function  p33 function", "p04 function  p34 function", "… and 50 more")
    t.press("BTab")
    t.expect("python> p59", "p25 function  p55 function", "p26 function  p56 function", "p27 function  p57 function",
             "p28 function  p58 function", "p29 function  p59 function", "… and 50 more")
    t.resize(10, 8)
    t.press("Tab")
    t.expect("python>", " p00", "p00  p30", "p01  p31", "p02  p32", "p03  p33", "p04  p34", "… and 50 m")


def test_typing_does_not_wait_for_a_completion_and_a_late_one_is_dropped(screen, fake):  # noqa: F811
    held = []
    fake.handlers["complete"] = lambda peer, head, body: held.append((peer, head)) or True
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("pri")
    t.press("Tab")
    assert until(lambda: held)
    t.type("nt(1)")
    t.expect("python> print(1)")
    peer, head = held[0]
    fake.reply(peer, head, start=0, end=3, matches=[{"text": "private"}])
    t.type(" + 2")
    t.expect("python> print(1) + 2")


def test_typing_does_not_wait_for_a_check_and_what_is_typed_comes_behind(screen, fake):  # noqa: F811
    held = []
    fake.handlers["check"] = lambda peer, head, body: held.append((peer, head)) or True
    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    t.type("echo 1")
    t.press("Enter")
    assert until(lambda: held)
    t.type("echo 2")
    t.expect("bash> echo 1", "....  echo 2")
    fake.reply(*held[0], state="complete", indent="")
    t.expect("bash> echo 1", "1", "bash> echo 2")
    t.press("Enter")
    assert until(lambda: len(held) == 2)
    t.press("C-c")
    t.expect("bash> echo 2^C", "bash>")
    assert codes(fake) == ["echo 1"]


def test_words_for_the_prompt_complete_too(screen, fake, quern):  # noqa: F811
    (quern.cwd / "data").mkdir()
    (quern.cwd / "data.csv").write_text("")
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type(":he")
    t.press("Tab")
    t.expect("python> :help")
    t.press("C-u")
    t.type(":lang ba")
    t.press("Tab")
    t.expect("python> :lang bash")
    t.press("C-u")
    t.type(":put da")
    t.press("Tab")
    t.expect("python> :put data", "data.csv file    data/    folder")
    t.press("C-u")
    t.type(":keys v")
    t.press("Tab")
    t.expect("python> :keys vi")


def test_a_name_with_a_question_mark_is_asked_about(shared):
    t = shared("python")
    t.type("import os.path")
    t.press("Enter")
    t.expect("python> import os.path", "python>")
    t.type("os.path.isabs?")
    t.press("Enter")
    assert until(lambda: any("Test whether a path is absolute" in row for row in t.rows()) and seen(t)[-1] == "python>"), t.rows()
    t.press("C-l")
    t.type("?no_such_name")
    t.press("Enter")
    assert until(lambda: any("nothing is known of no_such_name" in row for row in t.rows())), t.rows()
    t.press("Up")
    t.expect("python> ?no_such_name")


def test_two_question_marks_ask_for_the_source_too(screen, fake):  # noqa: F811
    def inspect(peer, head, body):
        fake.reply(peer, head, found=True, data={"text/plain": f"{body.decode()} in detail {head.get('detail', 0)}"})
        return True

    fake.handlers["inspect"] = inspect
    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    t.type("map??")
    t.press("Enter")
    t.expect("bash> map??", "map in detail 1", "bash>")
    t.type("?map")
    t.press("Enter")
    t.expect("bash> ?map", "map in detail 0", "bash>")
    assert codes(fake) == []


def test_vi_keys_are_chosen_shown_and_kept(screen, fake, quern):  # noqa: F811
    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    t.type(":keys vi")
    t.press("Enter")
    t.expect("bash> :keys vi", "bash>")
    t.type("echo one two")
    t.press("Escape")
    t.expect("bash: echo one two")
    t.type("bcwthree")
    t.expect("bash> echo one three")
    t.press("Escape")
    t.type("0wdw")
    t.expect("bash: echo three")
    t.type("u")
    t.expect("bash: echo one three")
    t.press("Enter")
    t.expect("bash> echo one three", "one three", "bash>")
    t.press("Escape")
    t.type("k")
    t.expect("bash: echo one three")
    t.press("C-c")
    t.type(":keys emcs")
    t.press("Enter")
    t.expect("bash> :keys emcs", "quern: the keys are vi's; :keys vi or :keys emacs chooses.", "bash>")
    kept = quern.tmp.parent / ".config/quern/repl.toml"
    assert kept.read_text() == 'keys = "vi"\n'
    t.end()
    kept.write_text('# mine\nother = 1\nkeys = "vi"\n')
    t = screen("repl", "-l", "bash")
    t.expect("bash>")
    t.press("Escape")
    t.expect("bash:")
    t.type("i:keys emacs")
    t.press("Enter")
    assert until(lambda: kept.read_text() == '# mine\nother = 1\nkeys = "emacs"\n'), kept.read_text()
    t = screen("repl", "-l", "bash", env={"QUERN_KEYS": "vy"})
    assert_said(t, 'quern: QUERN_KEYS is "vy"; it may be vi or emacs.')


def assert_said(t, sentence):
    assert until(lambda: any(row.rstrip() == sentence for row in t.rows())), t.rows()


def test_another_editor_takes_the_input_and_gives_it_back(screen, fake, quern):  # noqa: F811
    editor = quern.tmp / "editor"
    editor.write_text("#!/bin/sh\ngrep -q 'echo 1' \"$1\" && printf 'echo edited\\necho twice\\n' > \"$1\"\n")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    t = screen("repl", "-l", "bash", env={"EDITOR": editor})
    t.expect("bash>")
    t.type("echo 1")
    t.press("C-x", "C-e")
    t.expect("bash> echo edited", "....  echo twice")
    t.press("Enter")
    t.expect("edited", "twice", "bash>")
    t.end()
    t = screen("repl", "-l", "bash", env={"EDITOR": "no-such-editor"}, columns=100)
    t.expect("bash>")
    t.type("echo 1")
    t.press("C-x", "C-e")
    assert_said(t, 'quern: The editor "no-such-editor" is not there; name another in EDITOR.')
    t.expect("bash> echo 1")


def test_undo_and_the_indentation(screen, fake):  # noqa: F811
    check_python(fake)
    t = screen("repl", "-l", "python")
    t.expect("python>")
    t.type("x = [1, 2]")
    t.press("C-w", "C-w")
    t.expect("python> x =")
    t.press("C-_")
    t.expect("python> x = [1,")
    t.press("C-_")
    t.expect("python> x = [1, 2]")
    t.press("C-u")
    t.type("if 1:")
    t.press("M-Enter")
    t.type("f({")
    t.press("M-Enter")
    t.type("}")
    t.expect("python> if 1:", "......      f({", "......      }")
    t.press("M-Enter", "BSpace")
    t.type("x")
    t.expect("python> if 1:", "......      f({", "......      }", "......  x")


def test_a_thread_that_floods_keeps_no_key_waiting(shared):
    t = shared("python")
    t.type("import threading, itertools; go = threading.Event()")
    t.press("Enter")
    t.expect("python> import threading, itertools; go = threading.Event()", "python>")
    t.type("threading.Thread(target=lambda: [print('flood', i) for i in itertools.takewhile(lambda i: not go.is_set(), itertools.count())]).start()")
    t.press("Enter")
    assert until(lambda: sum("flood" in row for row in t.rows()) > 10), t.rows()
    t.type("go.set()")
    assert until(lambda: seen(t)[-1] == "python> go.set()"), t.rows()
    t.press("Enter")
    assert until(lambda: seen(t)[-1] == "python>"), t.rows()
    t.type("print(6 * 7)")
    t.press("Enter")
    t.expect("python> print(6 * 7)", "42", "python>")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_history_is_searched_and_survives_in_each_language(shared, lang):
    comment = {"python": "# one", "bash": "# one", "cpp": "// one", "lua": "-- one"}[lang]
    t = shared(lang)
    for line in (comment, "", comment.replace("one", "two")):
        t.type(line)
        t.press("Enter")
        assert until(lambda: seen(t)[-1] == f"{lang}>"), t.rows()
    t.end()
    t = shared(lang)
    t.press("C-r")
    t.type("on")
    t.expect(f'(search "on") {comment}')
    t.press("Escape")
    t.expect(f"{lang}>")
    t.press("Up")
    t.expect(f"{lang}> {comment.replace('one', 'two')}")


def last_lines(t, count):
    return [re.sub(r"^\.+  ", "", row.rstrip()) for row in t.rows()[-count:]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_paste_of_a_thousand_lines_and_a_resize_in_each_language(shared, lang):
    comment = {"python": "#", "bash": "#", "cpp": "//", "lua": "--"}[lang]
    t = shared(lang, columns=60, rows=12)
    t.paste("\n".join(f"{comment} line {n}" for n in range(1000)))
    lines = [f"{comment} line {n}" for n in range(1000)]
    assert until(lambda: last_lines(t, 12) == lines[988:]), t.rows()
    t.resize(40, 9)
    t.type("!")
    assert until(lambda: last_lines(t, 9) == [*lines[991:999], lines[999] + "!"]), t.rows()
    t.press("C-c")
    t.expect(f"{lang}>")
    assert last_lines(t, 2)[0] == lines[999] + "!^C"
