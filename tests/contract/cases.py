# SPDX-License-Identifier: Apache-2.0
"""The languages under test: one langs/NAME/cases/cases.toml each (README.md has the format).

Role: reads the tables and gives tests their parameter. A test names the cases that it needs and runs
for each language that has them all; a language joins the suite by adding its table and nothing else.
"""
import shutil
import tomllib

import pytest

from daemon import LANGS


def manifest(folder):
    return tomllib.loads((folder / "adapter.toml").read_text())


class Language:
    def __init__(self, path):
        self.name = path.parent.parent.name
        self.manifest = manifest(path.parent.parent)
        # What makes a daemon fork its contexts from a warm interpreter, where that can be.
        self.warm = ("--warm", self.name) if self.manifest.get("query", {}).get("fork") else ()
        self.table = tomllib.loads(path.read_text())
        for key, case in self.table.items():
            assert isinstance(case, dict), f"{path}: {key} is no table"
            assert case.keys() & {"code", "files"} or {"line", "times", "last"} <= case.keys(), f"{path}: {key} has no code"

    def __contains__(self, key):
        return key in self.table

    def case(self, key, mode="query"):
        own = f"batch_{key}"
        return self.table[own] if mode == "batch" and own in self.table else self.table[key]

    def code(self, key, mode="query", **words):
        """The snippet; @WORD@ in it becomes the value of word."""
        case = self.case(key, mode)
        code = case["code"] if "code" in case else (case["line"] + "\n") * case["times"] + case["last"]
        for word, value in words.items():
            code = code.replace(f"@{word.upper()}@", str(value))
        return code

    def stdout(self, key, mode="query"):
        return self.case(key, mode).get("stdout", "").encode()

    def stderr(self, key, mode="query"):
        return self.case(key, mode).get("stderr", "").encode()

    def start(self, client, key, mode="query", words=None, **keys):
        return client.start(self.code(key, mode, **(words or {})), mode=mode, lang=self.name, **keys)

    def run(self, client, key, mode="query", words=None, last="finished", **keys):
        return client.collect(self.start(client, key, mode, words, **keys), last)


def is_here(folder):
    """As the daemon sees it: a language whose programs are missing is left out, and so are its tests, all but one:
    test_no_language_that_has_cases_is_left_out."""
    needs = manifest(folder).get("needs", {})
    return all(shutil.which(program.replace("{dir}", str(folder))) for program in needs.get("programs", []))


FOLDERS = [path.parent.parent for path in sorted(LANGS.glob("*/cases/cases.toml"))]
LEFT_OUT = [folder.name for folder in FOLDERS if not is_here(folder)]
LANGUAGES = [Language(folder / "cases" / "cases.toml") for folder in FOLDERS if is_here(folder)]


def each_language(*keys):
    """Runs the test for each language that has all these cases; where none of them is on this machine it is skipped."""
    found = [language for language in LANGUAGES if all(key in language for key in keys)]
    if not found:
        assert LEFT_OUT, f"no language has the cases {keys}"
        return pytest.mark.skip(reason=f"the languages that have {', '.join(keys)} are left out here")
    return pytest.mark.parametrize("lang", found, ids=lambda language: language.name)


def each_project():
    """Runs the test for each case project_… of each language whose programs are here."""
    found = [(language, key) for language in LANGUAGES for key in language.table if key.startswith("project_")
             and all(shutil.which(program) for program in language.table[key].get("programs", []))]
    return pytest.mark.parametrize("lang, key", found, ids=lambda v: getattr(v, "name", v))


both_modes = pytest.mark.parametrize("mode", ["query", "batch"])
