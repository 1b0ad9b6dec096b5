#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures every language of a daemon beside its bare interpreter and toolchain:   tests/bench/languages.py [NAME …]

For each: a trivial snippet in a kept context, the start of a context, what it takes of memory, and hello world as a
program; beside them the bare interpreter's start and the bare toolchain's hello world, in turns. What to measure, and
against what, stands under [bench] in langs/NAME/cases/cases.toml. Absolute times are the machine's: leave it quiet.
The exit status is 1 when a bound was missed."""
import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Debian's own, and behind it an interpreter that Debian 12 has no more.
PATH = f"/usr/bin:/bin:{Path(__file__).resolve().parents[2]}/build/deps/python2/usr/bin"
os.environ["PATH"] = PATH  # before it is seen which languages are here
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "contract"))
from cases import LANGUAGES, LEFT_OUT
from daemon import LANGS, Daemon

SNIPPETS, STARTS, PROGRAMS = 50, 5, 5
# ms: a snippet (median of 50), the start of a context (the best).
WANTED = {
    "python": (2, 60), "lua": (2, 20), "bash": (2, 20), "php": (2, 60), "octave": (2, 250), "r": (2, 250), "go": (2, 60),
    "javascript": (5, 250), "haskell": (5, 250), "c": (10, 250), "java": (20, 500), "cpp": (20, 800), "scala": (80, 3000),
    "rust": (250, None), "lua5.1": (2, 20), "lua5.2": (2, 20), "lua5.3": (2, 20), "python2": (2, 60),
}
TWICE = {"cpp", "java", "scala"}  # whose second hello world must take half of the bare toolchain's time


def timed(work):
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def bare(words, **keys):
    subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, **keys)


def resident(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


class Measured:
    def __init__(self, language, client):
        self.language, self.client, self.bench = language, client, language.table["bench"]
        self.numbers = itertools.count(1)

    def query(self, ctx):
        record = self.client.query(self.language, self.bench["code"], ctx=ctx)
        assert record.status == "ok", f"{self.language.name}: {record.stderr!r} {record.of('error')}"

    def hello(self, text):
        # Other code each time, so that no cache of results answers.
        return self.language.code("hello", "batch").replace("hello", text)

    def program(self):
        text = f"hello{next(self.numbers)}"
        code = self.hello(text)
        record = self.client.run(code, mode="batch", lang=self.language.name)
        assert text.encode() in record.stdout, f"{self.language.name}: {record.stderr!r}"

    def bare_program(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, self.language.manifest["main"]).write_text(self.hello(f"hello{next(self.numbers)}"))
            bare(["sh", "-c", self.bench["batch"]], cwd=folder, env={**os.environ, "LANGUAGE": str(LANGS / self.language.name)})

    def row(self):
        name, client, bench = self.language.name, self.client, self.bench
        starts, floors = [], []
        for turn in range(STARTS):
            starts.append(timed(lambda: self.query(f"start-{turn}")))
            floors.append(timed(lambda: bare(bench["start"])))
            if turn < STARTS - 1:
                client.request("close", lang=name, ctx=f"start-{turn}")
        last = f"start-{STARTS - 1}"
        snippets = [timed(lambda: self.query(last)) for _ in range(SNIPPETS)]
        context = next(c for c in client.request("status")["contexts"] if (c["lang"], c["ctx"]) == (name, last))
        memory = resident(context["pid"])
        client.request("close", lang=name, ctx=last)
        programs, toolchain = [], []
        for _ in range(PROGRAMS):
            programs.append(timed(self.program))
            toolchain.append(timed(self.bare_program))
        return statistics.median(snippets), min(starts), min(floors), memory, min(programs), min(toolchain)


def verdicts(name, figures):
    snippet, start, _, _, program, toolchain = figures
    wanted = WANTED.get(name, (None, None))
    for what, figure, bound in zip(("a snippet", "the start"), (snippet, start), wanted, strict=True):
        if bound is not None and figure > bound:
            yield f"{name}: {what} takes {figure:.1f} ms, wanted {bound}"
    bound = toolchain / 2 if name in TWICE else toolchain * 1.1 + 20
    if program > bound:
        yield f"{name}: hello world takes {program:.0f} ms, wanted {bound:.0f}"


def main(names):
    missed = []
    print("| language | snippet, median | start of a context | bare interpreter's start | memory | hello world | bare toolchain's |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    daemon = Daemon(env={"PATH": PATH}).start()
    try:
        with contextlib.closing(daemon.client()) as client:
            for language in LANGUAGES:
                if "bench" not in language or (names and language.name not in names):
                    continue
                figures = Measured(language, client).row()
                snippet, start, floor, memory, program, toolchain = figures
                print(f"| {language.manifest['title']} | {snippet:.2f} ms | {start:.0f} ms | {floor:.0f} ms | {memory:.0f} MB | "
                      f"{program:.0f} ms | {toolchain:.0f} ms |", flush=True)
                missed += verdicts(language.name, figures)
    finally:
        daemon.stop()
    for name in LEFT_OUT:
        print(f"Left out, for what it needs is not here: {name}.")
    print("\n".join(f"MISSED {line}" for line in missed) if missed else "Every bound was held.")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
