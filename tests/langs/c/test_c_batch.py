# SPDX-License-Identifier: Apache-2.0
"""What the adapters of C and C++ make of a folder in batch mode: the rules are read as the daemon reads them, and run."""
import subprocess
import tomllib
from pathlib import Path

import pytest
from harness import ROOT


def matches(pattern, path):
    """The daemon's patterns, as far as these manifests use them."""
    return path.suffix == pattern[4:] if pattern.startswith("**/*.") else str(path) == pattern


def step(language, kind, folder, arguments=()):
    """The first rule that fits, run in the folder; None when there is none."""
    manifest = tomllib.loads((ROOT / language / "adapter.toml").read_text())
    files = sorted(path.relative_to(folder) for path in Path(folder).rglob("*") if path.is_file())
    for rule in manifest["batch"][kind]:
        if all(any(matches(pattern, path) for path in files) for pattern in rule["if"]):
            words = []
            for word in rule["run"]:
                if word.startswith("{glob:"):
                    words += [str(path) for path in files if matches(word[6:-1], path)]
                elif word == "{argv}":
                    words += arguments
                else:
                    words.append(word.replace("{dir}", str(ROOT / language)))
            if kind == "exec" and "{argv}" not in rule["run"]:
                words += arguments
            return subprocess.run(words, cwd=folder, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    return None


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


C = {"main.c": '#include <math.h>\n#include <stdio.h>\nint helped(int);\n'
               'int main(int n, char **v) { for (int i = 1; i < n; i++) printf("<%s>", v[i]); volatile double x = n; '
               'printf("%d %g\\n", helped(n), sqrt(x * x)); return 3; }\n',
     "src/helper.c": "int helped(int n) { return n * 2; }\n"}
CPP = {"main.cpp": '#include <iostream>\n#include <span>\nint helped(int), also(int);\n'
                   'int main(int n, char **v) { for (auto word : std::span(v, n).subspan(1)) std::cout << "<" << word << ">"; '
                   'std::cout << helped(n) << " " << also(n) << "\\n"; return 3; }\n',
       "src/helper.cc": "int helped(int n) { return n * 2; }\n", "src/more.cxx": "int also(int n) { return n; }\n"}
PROJECTS = {"c": C, "cpp": CPP}
both = pytest.mark.parametrize("language", ["c", "cpp"])


@both
def test_all_sources_are_compiled_and_the_program_gets_its_arguments(language, tmp_path):
    write(tmp_path, PROJECTS[language])
    built = step(language, "build", tmp_path)
    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    ran = step(language, "exec", tmp_path, ["one", "two words", ""])
    assert (ran.returncode, ran.stdout) == (3, "<one><two words><>8 4\n")


@both
def test_without_a_build_step_the_program_is_compiled_when_it_has_to_be(language, tmp_path):
    write(tmp_path, PROJECTS[language])
    assert step(language, "exec", tmp_path, ["a", "--", "b"]).stdout == "<a><--><b>8 4\n"
    made = (tmp_path / "main").stat().st_mtime_ns
    assert step(language, "exec", tmp_path).stdout == "2 1\n"
    assert (tmp_path / "main").stat().st_mtime_ns == made
    helper = next((tmp_path / "src").glob("helper.*"))
    helper.write_text("int helped(int n) { return n * 3; }\n")
    assert step(language, "exec", tmp_path).stdout == "3 1\n"


@both
def test_a_mistake_fails_the_step_with_the_compilers_words(language, tmp_path):
    write(tmp_path, {f"main.{language}": "int main() { return nope; }\n"})
    for kind in ("build", "exec"):
        failed = step(language, kind, tmp_path)
        assert failed.returncode != 0 and "nope" in failed.stderr and failed.stdout == ""


@both
def test_a_makefile_comes_before_the_sources(language, tmp_path):
    write(tmp_path, {f"main.{language}": "int main() { return 1; }\n", "Makefile": "main:\n\tprintf '#!/bin/sh\\necho made $$1' > main; chmod +x main\n"})
    assert step(language, "build", tmp_path).returncode == 0
    assert step(language, "exec", tmp_path, ["it"]).stdout == "made it\n"


@both
def test_cmake_comes_before_the_sources(language, tmp_path):
    kind = {"c": "C", "cpp": "CXX"}[language]
    write(tmp_path, {f"main.{language}": '#include <stdio.h>\nint main() { puts("by cmake"); }\n',
                     "CMakeLists.txt": f"cmake_minimum_required(VERSION 3.20)\nproject(p {kind})\nadd_executable(main main.{language})\n"})
    assert step(language, "build", tmp_path).returncode == 0
    assert step(language, "exec", tmp_path).stdout == "by cmake\n"
