# SPDX-License-Identifier: Apache-2.0
"""syntax: how a language looks, for clients that colour code."""
import pytest

from cases import LANGUAGES

pytestmark = pytest.mark.conformance

TEXTS, LISTS = ("comment", "word_end"), ("block_comment", "strings", "multiline", "raw", "keywords")


@pytest.mark.parametrize("lang", LANGUAGES, ids=lambda lang: lang.name)
def test_syntax_tells_what_stands_in_the_adapter(client, lang):
    reply = client.request("syntax", lang=lang.name)
    said = lang.manifest.get("syntax", {})
    assert reply["ok"] and {key: reply[key] for key in (*TEXTS, *LISTS)} == {
        **{key: said.get(key, "") for key in TEXTS}, **{key: said.get(key, []) for key in LISTS}}


def test_an_alias_serves_and_an_unknown_language_does_not(client):
    assert client.request("syntax", lang="py")["keywords"] == client.request("syntax", lang="python")["keywords"]
    reply = client.reply(client.send("syntax", lang="pyton"))
    assert (reply["ok"], reply["code"]) == (False, "unknown-language") and "did you mean" in reply["message"]


def test_a_daemon_that_tells_it_says_so(client):
    assert "syntax" in client.request("hello", protocol=1)["features"]


def test_syntax_starts_nothing(client):
    before = client.request("status")
    client.request("syntax", lang="python")
    after = client.request("status")
    assert (before["contexts"], before["runs"]) == (after["contexts"], after["runs"])
