# SPDX-License-Identifier: Apache-2.0
"""complete, inspect and check: what is asked and how the answers are shown."""
import json

import pytest


def answering(fake, op, **keys):
    def handler(peer, head, body):
        fake.reply(peer, head, **keys)
        return True

    fake.handlers[op] = handler


def asked(fake, op):
    return [(head, body) for head, body in fake.requests if head["op"] == op][-1]


def test_completions_are_listed_with_their_types(quern, fake):
    answering(fake, "complete", start=0, end=2, matches=[{"text": "path", "type": "module"}, {"text": "pathsep"}])
    result = quern("complete", "-l", "python", "--ctx", "other", "os.pä")
    assert (result.returncode, result.stdout) == (0, b"path\tmodule\npathsep\n")
    head, body = asked(fake, "complete")
    assert (head["lang"], head["ctx"], head["cursor"], body.decode()) == ("python", "other", 6, "os.pä")
    assert json.loads(quern("complete", "-l", "python", "--json", "--cursor", "2", "-", input=b"os.pa").stdout) == {
        "start": 0, "end": 2, "matches": [{"text": "path", "type": "module"}, {"text": "pathsep"}]}
    assert asked(fake, "complete")[0]["cursor"] == 2


def test_nothing_to_complete_or_to_tell_exits_1(quern, fake):
    answering(fake, "complete", start=0, end=0, matches=[])
    answering(fake, "inspect", found=False, data={})
    assert quern("complete", "-l", "python", "zz").returncode == 1
    result = quern("inspect", "-l", "python", "zz")
    assert (result.returncode, result.stdout) == (1, b"")


def test_what_is_known_of_a_name_is_shown_as_text(quern, fake):
    answering(fake, "inspect", found=True, data={"text/html": "<b>len</b>", "text/plain": "len(obj)"})
    result = quern("inspect", "-l", "python", "--detail", "len")
    assert (result.returncode, result.stdout) == (0, b"len(obj)\n")
    assert asked(fake, "inspect")[0]["detail"] == 1
    assert json.loads(quern("inspect", "-l", "python", "len", "--json").stdout)["data"]["text/html"] == "<b>len</b>"


@pytest.mark.parametrize("state,code", [("complete", 0), ("incomplete", 1), ("invalid", 2), ("unknown", 3)])
def test_whether_code_is_whole_is_the_exit_code_too(quern, fake, state, code):
    answering(fake, "check", state=state, indent="  ")
    result = quern("check", "-l", "python", "if x:")
    assert (result.returncode, result.stdout.decode()) == (code, state + "\n")
    assert json.loads(quern("check", "-l", "python", "if x:", "--json").stdout) == {"state": state, "indent": "  "}


def test_a_cursor_behind_the_code_is_refused(quern, fake):
    result = quern("complete", "-l", "python", "--cursor", "9", "abc")
    assert (result.returncode, result.stderr) == (125, b"quern: --cursor 9 lies behind the code, which has 3 bytes.\n")


def test_a_refusal_is_told_with_its_code(quern, fake):
    result = quern("check", "-l", "python", "x", "--json")
    assert result.returncode == 125
    assert json.loads(result.stdout)["error"]["code"] == "unsupported"
