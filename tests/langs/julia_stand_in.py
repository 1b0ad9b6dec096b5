#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Stands in for the program `julia`, so that its manifest can be run where there is no Julia.

It knows the command lines that the manifest may use and refuses all others; of the language a few statements, which it
refuses to guess beyond; and of the worker contract the frames that go with them. It shows that the manifest asks for
the right things in the right order. Of the worker in Julia it shows nothing."""
import os
import re
import signal
import sys
from pathlib import Path

VERSION = "1.10.0"
OPTIONS = {"--startup-file=no", "--history-file=no", "--color=no", "--project=.", "--project=@.", "-q"}
WORKER = Path(__file__).resolve().parents[2] / "langs/julia/worker/worker.jl"


class Failed(Exception):
    """An error of the program's own."""


class Exited(Exception):
    pass


def value_of(text, names):
    """Numbers, strings, names, ARGS and sums and products of them."""
    text = text.strip()
    for operator in "+*":
        left, found, right = text.rpartition(operator)
        if found and text[0] != '"':
            left, right = value_of(left, names), value_of(right, names)
            return left + right if operator == "+" else left * right
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r'"[^"]*"', text):
        return text[1:-1]
    if text == 'join(ARGS, "|")':
        return "|".join(names["ARGS"])
    if text == "readline()":
        return names["readline"]()
    if text == "pwd()":
        return os.getcwd()
    if text == "Base.active_project()":
        return names["project"]
    if got := re.fullmatch(r'get\(ENV, "(\w+)", "(\w*)"\)', text):
        return os.environ.get(got[1], got[2])
    if text in names:
        return names[text]
    raise Failed(f"UndefVarError: `{text}` not defined")


def execute(code, names):
    """Statement by statement; the value of the last."""
    value = None
    for line in code.splitlines():
        line = line.partition("#")[0].strip().rstrip(";")
        if not line:
            continue
        value = None
        if got := re.fullmatch(r'include\("(.*)"\)', line):
            execute(Path(names["folder"], got[1]).read_text(), names)
        elif got := re.fullmatch(r"print(ln)?\((.*)\)", line):
            os.write(1, (str(value_of(got[2], names)) + ("\n" if got[1] else "")).encode())
        elif got := re.fullmatch(r"exit\((\d+)\)", line):
            raise Exited(int(got[1]))
        elif got := re.fullmatch(r'error\("(.*)"\)', line):
            raise Failed(got[1])
        elif got := re.fullmatch(r"sleep\((\d+)\)", line):
            signal.sigtimedwait([], int(got[1]))
        elif got := re.fullmatch(r"(\w+) = (.*)", line):
            names[got[1]] = value = value_of(got[2], names)
        else:
            value = value_of(line, names)
    return value


def run_program(path, words, project):
    try:
        execute(path.read_text(), {"ARGS": words, "folder": path.parent, "project": project, "readline": sys.stdin.readline})
    except Failed as error:
        sys.exit(f"ERROR: LoadError: {error}")
    except Exited as exited:
        sys.exit(exited.args[0])


# -- as a worker

def send(kind, attributes=(), **parts):
    words = [kind, *(f"{key}={value}" for key, value in attributes), *(f"{name}:{len(body.encode())}" for name, body in parts.items())]
    frame = " ".join(words).encode() + b"\n" + "".join(parts.values()).encode()
    while frame:
        frame = frame[os.write(4, frame):]


def requests():
    with open(3, "rb") as wire:
        while line := wire.readline():
            kind, *words = line.decode().split()
            request = {"kind": kind}
            for word in words:
                name, colon, size = word.rpartition(":")
                if colon and size.isdigit():
                    request[name] = wire.read(int(size)).decode()
                else:
                    key, _, value = word.partition("=")
                    request[key] = value
            yield request


def ask():
    send("prompt", [("password", 0)], prompt="")
    text = b""
    while not text.endswith(b"\n") and (byte := os.read(0, 1)):
        text += byte
    send("taken")
    return text.decode().rstrip("\n")


def run(request, names):
    if "argv" in request:
        names["ARGS"] = request["argv"].split("\0")[:-1]
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        value = execute(request["code"], names)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except Exited as exited:
        return [("status", "error" if exited.args[0] else "ok"), ("exit", exited.args[0])]
    except Failed as error:
        send("error", [("kind", "runtime")], name="ErrorException", message=str(error), traceback=f"ERROR: {error}")
        return [("status", "error")]
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        send("error", [("kind", "runtime")], name="InterruptException", message="", traceback="ERROR: InterruptException:")
        return [("status", "interrupted")]
    if value is not None and not request["code"].rstrip().endswith(";") and request.get("silent") != "1":
        send("result", **{"text/plain": str(value)})
    return [("status", "ok")]


def serve():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for included in re.findall(r'^include\("(.*)"\)$', WORKER.read_text(), re.M):
        assert (WORKER.parent / included).is_file(), f"worker.jl includes {included}, which is not there"
    send("ready", [("version", VERSION)], title=f"Julia {VERSION}")
    names = {"ARGS": [], "folder": ".", "project": None, "readline": ask}
    for request in requests():
        done = [("status", "ok")]
        if request["kind"] == "run":
            done = run(request, names)
        elif request["kind"] == "check":
            send("checked", [("state", "unknown")], indent="")
        elif request["kind"] == "complete":
            send("matches", [("start", request["cursor"]), ("end", request["cursor"])], items="")
        send("done", done)


def main(words):
    options = []
    while words and words[0].startswith("-") and words[0] != "-e":
        options.append(words.pop(0))
    if unknown := set(options) - OPTIONS:
        sys.exit(f"ERROR: this stand-in for julia does not know {sorted(unknown)}")
    project = str(Path("Project.toml").resolve()) if "--project=." in options and Path("Project.toml").is_file() else None
    if words == ["-e", "println(VERSION)"]:
        print(VERSION)
    elif words == ["-e", "using Pkg; Pkg.instantiate()"]:
        if not project:
            sys.exit("ERROR: there is no project to instantiate")
        Path("Manifest.toml").write_text("# resolved\n")
    elif len(words) == 1 and Path(words[0]).resolve() == WORKER:
        serve()
    elif words and words[0] != "-e":
        run_program(Path(words[0]), words[1:], project)
    else:
        sys.exit(f"ERROR: this stand-in for julia does not know {words}")


if __name__ == "__main__":
    main(sys.argv[1:])
