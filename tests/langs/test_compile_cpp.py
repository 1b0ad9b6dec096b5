# SPDX-License-Identifier: Apache-2.0
"""C++ in batch: precompiled headers help, and neither change what the compiler says nor let a wrong program through."""
import re
import subprocess

import pytest

from harness import ENVIRONMENT, ROOT

CPP = ROOT / "cpp"
FLAGS = ["-std=c++20", "-Wall"]
SOURCES = {
    "a right program": ('#include <iostream>\nint main() { std::cout << "hello\\n"; }\n', 0),
    "a right program of every header": ('#include <bits/stdc++.h>\nint main() { std::cout << "hello\\n"; }\n', 0),
    "an error deep in a library": ("#include <iostream>\nstruct A {};\nint main() { std::cout << A(); }\n", 1),
    "a header that was not included": ("#include <iostream>\nint main() { std::map<int, int> m; }\n", 1),
    "a function that is nowhere": ("#include <iostream>\nint f();\nint main() { return f(); }\n", 1),
    "a warning": ("#include <iostream>\nint main() { int unused; }\n", 0),
    "a macro before the header": ("#define NDEBUG\n#include <iostream>\nint main() {}\n", 0),
    "no code": ("", 1),
}


def compiled(words, folder, source):
    (folder / "main.cpp").write_text(source)
    done = subprocess.run([*words, *FLAGS, "-o", "main", "main.cpp"], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    return done.returncode, done.stdout, re.sub(r"/tmp/\w+\.o", "OBJECT", done.stderr)


@pytest.mark.parametrize("source, status", SOURCES.values(), ids=SOURCES.keys())
def test_what_is_compiled_with_headers_is_what_the_bare_compiler_makes_of_it(tmp_path, source, status):
    with_headers = compiled(["sh", CPP / "compile.sh", "g++"], tmp_path, source)
    program = (tmp_path / "main").read_bytes() if status == 0 else b""
    assert with_headers == compiled(["g++"], tmp_path, source) and with_headers[0] == status
    assert status or program == (tmp_path / "main").read_bytes()


@pytest.mark.parametrize("header", ["iostream", "bits/stdc++.h"])
def test_the_headers_fit_the_compiler_that_is_here(tmp_path, header):
    (tmp_path / "main.cpp").write_text(f"#include <{header}>\n")
    used = subprocess.run(["g++", "-isystem", CPP / "bin/headers", *FLAGS, "-H", "-fsyntax-only", "main.cpp"], cwd=tmp_path,
                          env=ENVIRONMENT, capture_output=True, text=True).stderr
    assert f"! {CPP}/bin/headers/{header}.gch" in used


def test_without_the_headers_the_compiler_is_bare(tmp_path):
    (tmp_path / "compile.sh").write_text((CPP / "compile.sh").read_text())
    assert compiled(["sh", tmp_path / "compile.sh", "g++"], tmp_path, SOURCES["a right program"][0])[0] == 0
