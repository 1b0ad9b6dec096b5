# SPDX-License-Identifier: Apache-2.0
"""What an image must show. Each check is given what it needs, and fails with a sentence."""
import json
import subprocess
import time
import tomllib
import uuid

from .client import PATIENCE, ROOT, Failed, Terminal

INSIDE = "/opt/quern-smoke"  # where a folder with a program of ours is mounted
STOP = 1000  # milliseconds


def expect(good, sentence):
    if not good:
        raise Failed(sentence)


def snippets(lang):
    """The language's side of the contract suite; also of one that the suite cannot run, for want of its program here."""
    for file in (ROOT / "langs" / lang / "cases" / name for name in ("cases.toml", "waiting.toml")):
        if file.exists():
            return tomllib.loads(file.read_text())
    return {}


def languages_are(client, wanted):
    there = {language["name"] for language in client.languages()}
    missing = sorted(set(wanted) - there)
    expect(not missing, f"the daemon leaves out {', '.join(missing)}; it has {', '.join(sorted(there)) or 'no language'}.")


def prints(client, lang, case, *more, given=None):
    out = client("run", "-l", lang, *more, "-c", case["code"], given=given)
    expect(out == case["stdout"], f"{lang} printed {out!r}, not {case['stdout']!r}.")


def batch(client, lang, cases):
    prints(client, lang, {**cases["hello"], **cases.get("batch_hello", {})}, "--batch")


def kept_query(client, lang, cases):
    """The variable of one snippet is there in the next."""
    for state in ("state1", "state2"):
        client("run", "-l", lang, "-c", cases[state]["code"])
    prints(client, lang, cases["state3"])


def given_input(client, lang, cases):
    out = client("run", "-l", lang, "-c", cases["read_line"]["code"], given="good day\n")
    expect("[good day]" in out, f"{lang} was given `good day` and printed {out!r}.")


def interrupt(client, lang, cases):
    """A loop ends by it, at once, and the context is kept."""
    name = f"loop-{uuid.uuid4().hex[:8]}"
    loop = client.start("run", "--json", "-n", "--name", name, "-l", lang, "-c", cases["loop"]["code"],
                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        events = []
        for line in loop.stdout:
            events.append(json.loads(line))
            if events[-1]["ev"] == "stdout" and "ready" in events[-1].get("text", ""):
                client("interrupt", name)
        expect(events and events[-1]["ev"] == "finished" and events[-1]["status"] == "interrupted",
               f"{lang}'s loop was interrupted and ended so: {events[-1] if events else 'with no word'}.")
        expect(loop.wait(PATIENCE) == 130, f"quern exits with {loop.returncode} after an interrupt, not with 130.")
    finally:
        loop.kill()
        loop.wait()
    prints(client, lang, cases["state3"])


def terminal(client, lang, cases):
    case = cases["tty"]
    screen = Terminal(client, "-l", lang, "--env", "HOME=/nonexistent")
    try:
        screen.until(bool, "a prompt")
        screen.type(case["code"] + "\n")
        screen.until(lambda shown: case["shows"] in shown.split(case["code"])[-1], case["shows"])
        end = time.monotonic() + PATIENCE
        while screen.process.poll() is None:  # what is typed between two prompts may be lost
            expect(time.monotonic() < end, f"{lang}'s prompt is not left by {case.get('leave', 'Ctrl-D')!r}.")
            screen.type(case.get("leave", "\x04"))
            since = time.monotonic()
            while time.monotonic() - since < 1 and screen.look(0.2):
                pass
            if not screen.look(0):
                screen.process.wait(PATIENCE)
    finally:
        screen.close()


def is_program(client, path):
    screen = Terminal(client, "--", f"{INSIDE}/busybox", "test", "-x", path)
    try:
        expect(screen.end() == 0, f"its labels name the program {path}, which is not there.")
    finally:
        screen.close()


def bare_program(client):
    """Of an image with no language: a program in a terminal, which needs no shell."""
    screen = Terminal(client, "--", f"{INSIDE}/busybox", "echo", "good day")
    try:
        code = screen.end()
        expect(code == 0 and "good day" in screen.shown, f"a program ended with {code} and showed {screen.shown!r}.")
    finally:
        screen.close()


def memory_limit(client, limit):
    """What takes more than the container may have is killed by the kernel, and that is what is told."""
    name = f"hog-{uuid.uuid4().hex[:8]}"
    screen = Terminal(client, "--keep", "--name", name, "--", f"{INSIDE}/busybox", "dd", "if=/dev/zero", "of=/dev/null",
                      f"bs={4 * limit}", "count=1")
    try:
        code = screen.end()
    finally:
        screen.close()
    told = [json.loads(line) for line in client.try_to("attach", "--json", name)[1].splitlines()]
    client("forget", name)
    expect(code == 137 and told and told[-1].get("status") == "memory" and "memory" in told[-1].get("cause", ""),
           f"a program that took {4 * limit} bytes of {limit} ended with {code}, told as {told[-1] if told else 'nothing'}.")
    client("langs")


def strangers_stay_out(client):
    """With keys, nobody comes in without one."""
    client("langs")
    stranger = type(client)(client.endpoint)
    expect(stranger.try_to("langs")[0] != 0, "a client without a key was let in by the published port.")


def stops(container):
    took, code = container.stop()
    expect(code == 0, f"the daemon ended with {code} on SIGTERM: {container.log()}")
    expect(took < STOP, f"it took {took:.0f} ms to stop.")
    return took
