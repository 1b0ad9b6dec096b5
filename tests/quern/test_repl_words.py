# SPDX-License-Identifier: Apache-2.0
"""What a line that begins with a colon does in quern repl, and what it says when it cannot."""
import json

import pytest

from conftest import QUERN, until


@pytest.fixture
def session(quern, daemon):
    """Runs lines; gives what was written and what was said."""

    def run(*lines, lang="python", env=None):
        result = quern("repl", "-l", lang, input="\n".join([*lines, ""]).encode(), env=env)
        return result.stdout.decode(), result.stderr.decode()

    return run


def test_each_word_has_help(session):
    out, err = session(":help")
    names = [line.split()[0] for line in out.splitlines() if line.startswith(":")]
    assert {":help", ":lang", ":ctx", ":reset", ":load", ":edit", ":time", ":batch", ":env", ":limit", ":runs", ":attach",
            ":interrupt", ":kill", ":put", ":get", ":history", ":save", ":doc", ":keys", ":quit"} == set(names)
    assert max(map(len, out.splitlines())) < 100
    more, err = session(*(f":help {name}" for name in names))
    assert err == "" and all(f"{name} " in more or f"{name}\n" in more for name in names)


@pytest.mark.parametrize("line, sentence", [
    (":wat", "there is no :wat; :help lists what there is."),
    (":histroy", "there is no :histroy; did you mean :history?"),
    (":l bash", ":l may be :lang, :load or :limit; write it out."),
    (":help nothing", "there is no :nothing; :help lists what there is."),
    (":lang pyton", 'there is no language "pyton"; did you mean "python"?'),
    (":ctx a b", "it wants the name of a context alone; put a name with blanks in quotes."),
    (":load", "it wants the name of a file behind it."),
    (":load nowhere.py", 'there is no file "nowhere.py" in '),
    (":load .", ". is a folder; name a file in it."),
    (":load 'x", "the quote ' is not closed."),
    (":edit", ":edit needs a terminal."),
    (":time", ":time wants code behind it, such as :time 1 + 1."),
    (":batch nowhere.c", 'there is no file "nowhere.c" in '),
    (":env X", '"X" is no variable; write NAME=VALUE.'),
    (":env", "no variables are set here; :env NAME=VALUE sets one."),
    (":limit wal=1s", 'there is no limit "wal"; did you mean "wall"?'),
    (":limit", "no limits are set here; the daemon's own hold."),
    (":attach", "no run was left here; :runs lists what the daemon has."),
    (":attach nobody", "there is no run nobody; :runs lists what there is."),
    (":interrupt nobody", "there is no run nobody; :runs lists what there is."),
    (":kill nobody", "there is no run nobody; :runs lists what there is."),
    (":put", "write :put LOCAL [REMOTE]; a name with blanks stands in quotes."),
    (":put nowhere", 'there is no file "nowhere" in '),
    (":get", "write :get REMOTE [LOCAL]; a name with blanks stands in quotes."),
    (":history", "nothing was entered yet in this session."),
    (":save", "write :save FILE; its ending (.md, .ipynb or another) says what it becomes."),
    (":save x.md", "nothing was entered yet, so there is nothing to save."),
    (":doc", ":doc wants a name behind it."),
])
def test_what_a_word_cannot_do_it_says(session, line, sentence):
    out, err = session(line)
    assert f"quern: {sentence}" in err and out == ""


def test_a_name_is_explained(session):
    out, err = session("def twice(x): 'Two of it.'", "", ":doc twice", ":doc no_such_name")
    assert "Two of it." in out and err == "quern: nothing is known of no_such_name.\n"


def test_a_language_keeps_its_contexts(session):
    out, err = session("x = 6", ":ctx other", "x = 7", ":lang bash", "x=8; echo $x", ":lang python", "print(x)", ":ctx main",
                       "print(x)", ":lang bash", "echo $x")
    assert (out, err) == ("8\n7\n6\n8\n", "")


def test_contexts_and_languages_are_listed(session):
    out, _ = session("1", ":ctx", ":lang")
    assert any(line.split()[:3] == ["*", "python", "main"] for line in out.splitlines())
    assert any(line.split()[:4] == ["*", "python", "Python", "3"] for line in out.splitlines())


def test_a_file_is_loaded_into_the_context(session, quern):
    (quern.cwd / "my file.py").write_text("def twice(x):\n    return 2 * x\n")
    assert session(":load 'my file.py'", "print(twice(21))") == ("42\n", "")


def test_variables_hold_for_what_is_opened_from_then_on(session):
    out, err = session("echo old $GREETING", ":env GREETING=hello world", ":env", "echo old $GREETING", ":ctx new", "echo new $GREETING",
                       ":ctx main", ":reset", "echo reset $GREETING", lang="bash")
    assert (out, err) == ("old\nGREETING=hello world\nold\nnew hello world\nreset hello world\n", "")


def test_limits_hold_from_then_on_until_they_are_lifted(session):
    out, err = session(":limit wall=300ms memory=2G", ":limit", "while True: pass", "", ":limit wall=none", "print('fine')")
    assert "300ms" in out and "2.0 GiB" in out and out.endswith("fine\n") and "time limit" in err


def test_a_time_is_told(session):
    out, _ = session(":time sum(range(10))")
    assert out.startswith("45\n") and " s on the clock, " in out and "of memory.\n" in out


def test_a_program_runs_by_itself(session, quern):
    (quern.cwd / "script.sh").write_text("echo shell $((6 * 7))\n")
    out, err = session("x = 1", ":batch", "print('x' in globals())", "print(x)", ":batch script.sh")
    assert (out, err) == ("False\n1\nshell 42\n", "")


def test_files_go_and_come(session, quern, tmp_path):
    (quern.cwd / "data.txt").write_text("some\n")
    out, err = session(":put data.txt inputs/", "print(open('inputs/data.txt').read(), end='')", ":get inputs/data.txt back.txt")
    assert (out, err) == ("some\n", "") and (quern.cwd / "back.txt").read_text() == "some\n"


def test_files_that_go_and_come_are_told_at_a_terminal(quern, daemon, terminal, tmp_path):
    (quern.cwd / "data.txt").write_text("some\n")
    t = terminal(QUERN, "repl", "-l", "bash", columns=250)
    t.expect("bash>")
    t.type(":put data.txt inputs/\n")
    t.expect("inputs/data.txt: 5 B.", "bash>")
    t.type(":get inputs/data.txt back.txt\n")
    t.expect("back.txt: 5 B.", "bash>")
    assert (tmp_path / "inputs/data.txt").read_text() == (quern.cwd / "back.txt").read_text() == "some\n"
    t.type(":get nowhere.txt\n")
    assert until(lambda: any(row.startswith("quern: ") and "nowhere.txt" in row for row in t.rows())), t.rows()
    assert not (quern.cwd / "nowhere.txt").exists()


def editor_of(quern, script):
    editor = quern.tmp / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o755)
    return editor


def test_an_editor_is_given_the_last_input_and_what_it_saves_runs(quern, daemon, terminal):
    t = terminal(QUERN, "repl", "-l", "bash", env={"EDITOR": str(editor_of(quern, """sed -i 's/first/second/; $aecho third' "$1\""""))})
    t.expect("bash>")
    t.type("echo first\n")
    t.expect("first", "bash>")
    t.type(":edit\n")
    t.expect("echo second", "echo third", "second", "third", "bash>")
    t.type(":edit\n")
    t.expect("echo second", "echo third", "echo third", "second", "third", "third", "bash>")


def test_an_editor_edits_a_file_and_what_it_saves_runs(quern, daemon, terminal):
    (quern.cwd / "script.sh").write_text("echo one\n")
    t = terminal(QUERN, "repl", "-l", "bash", env={"VISUAL": str(editor_of(quern, """echo 'echo two' >> "$1\""""))})
    t.expect("bash>")
    t.type(":edit script.sh\n")
    t.expect("echo one", "echo two", "one", "two", "bash>")
    assert (quern.cwd / "script.sh").read_text() == "echo one\necho two\n"


@pytest.mark.parametrize("script, sentence", [
    ("exit 0", "quern: nothing was saved, so nothing is run."),
    ("exit 1", "failed; the text is as it was."),
    (': > "$1"', "quern: what was saved is empty, so there is nothing to run."),
    ("printf '\\377' > \"$1\"", "is no text in UTF-8, so it cannot be code."),
])
def test_an_editor_that_leaves_nothing_to_run_is_told(quern, daemon, terminal, script, sentence):
    t = terminal(QUERN, "repl", "-l", "bash", columns=150, env={"EDITOR": str(editor_of(quern, script))})
    t.expect("bash>")
    t.type(":edit\n")
    assert until(lambda: any(row.rstrip().endswith(sentence) for row in t.rows())), t.rows()
    t.type("echo on\n")
    t.expect("on", "bash>")


def test_what_was_entered_is_listed_and_searched(session):
    out, _ = session("x = 1", "for i in range(1):", "    x", "", ":history", ":history range")
    assert out.endswith("   1  x = 1\n   2  for i in range(1):\n          x\n      \n   2  for i in range(1):\n          x\n      \n") or \
        out.endswith("   1  x = 1\n   2  for i in range(1):\n          x\n   2  for i in range(1):\n          x\n")


def test_nothing_runs_is_said(session):
    assert "Nothing runs, and nothing was left." in session(":runs")[0]


def test_a_session_is_saved_as_source(session, quern):
    session("x = 1", ":lang bash", "echo shell", ":lang python", "x + 1", ":save notes.py")
    assert (quern.cwd / "notes.py").read_text() == "x = 1\n\nx + 1\n"


def test_a_session_is_saved_as_markdown_with_what_came_of_it(session, quern):
    session("print('some ```')", "6 * 7", ":lang bash", "echo shell", ":save notes.md")
    assert (quern.cwd / "notes.md").read_text() == (
        "# Session\n\n## python\n\n````python\nprint('some ```')\n````\n\n````text\nsome ```\n````\n\n```python\n6 * 7\n```\n\n"
        "```text\n42\n```\n\n## bash\n\n```bash\necho shell\n```\n\n```text\nshell\n```\n")


def test_a_session_is_saved_as_a_notebook(session, quern):
    session("import sys; print('a'); print('b'); _ = sys.stderr.write('c')", "6 * 7", "1 / 0", ":lang bash", "echo shell", ":lang python", ":save notes.ipynb")
    notebook = json.loads((quern.cwd / "notes.ipynb").read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python" and notebook["metadata"]["language_info"] == {"name": "python"}
    cells = notebook["cells"]
    for cell in cells:
        assert set(cell) == {"cell_type", "id", "execution_count", "metadata", "source", "outputs"} and cell["cell_type"] == "code"
    assert len({cell["id"] for cell in cells}) == 4 and [cell["execution_count"] for cell in cells] == [1, 2, 3, 4]
    assert cells[0]["outputs"] == [{"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]},
                                   {"output_type": "stream", "name": "stderr", "text": ["c"]}]
    assert cells[1]["outputs"] == [{"output_type": "execute_result", "data": {"text/plain": ["42"]}, "metadata": {}, "execution_count": 2}]
    assert cells[2]["outputs"][0]["ename"] == "ZeroDivisionError" and cells[2]["outputs"][0]["traceback"]
    assert cells[3]["metadata"]["quern"] == {"lang": "bash", "ctx": "main"} and cells[3]["source"] == ["echo shell"]


def test_what_is_there_is_replaced_when_asked_for_only(session, quern):
    (quern.cwd / "notes.md").write_text("mine")
    _, err = session("1", ":save notes.md")
    assert "notes.md is there already; :save -f notes.md replaces it." in err and (quern.cwd / "notes.md").read_text() == "mine"
    _, err = session("1", ":save -f notes.md", ":save notes.md")
    assert err == "" and (quern.cwd / "notes.md").read_text().startswith("# Session")
    assert "cannot be" in session("1", ":save nowhere/notes.md")[1]
