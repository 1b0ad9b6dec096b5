# SPDX-License-Identifier: Apache-2.0
"""The events of one run as a client got them, and what must be true of any such list.

Role: `check()` holds every list against the statements that PROTOCOL.md makes for all runs, so each
test of the suite tests them too; `tale()` is the list without times, pids and other chance, in a
form that two runs of the same program share, to be compared with ==. Values only: no socket.
"""
OUTPUT = ("stdout", "stderr")
MAX_BODY = 256 * 1024

# What of an event is not chance. Anything else (times, pids, names, words) is left out of a tale.
TOLD = {
    "accepted": ("queued", "meta"),
    "started": ("phase",),
    "build-finished": ("exit", "signal"),
    "clean-finished": ("exit", "signal"),
    "stdout": ("late",),
    "stderr": ("late",),
    "error": ("kind", "name", "message"),
    "waiting-input": ("prompt", "password", "source"),
    "input-taken": ("outcome",),
    "finished": ("status", "exit", "signal", "context", "open"),
    "note": ("kind",),
    "closed": (),
}


class Record:
    def __init__(self, run, events):
        self.run, self.events = run, events

    def of(self, ev):
        return [e for e in self.events if e["ev"] == ev]

    def one(self, ev):
        found = self.of(ev)
        assert len(found) == 1, f"{len(found)} events {ev} in {self.names()}"
        return found[0]

    def names(self):
        return [e["ev"] for e in self.events]

    def text(self, stream):
        return b"".join(e.body for e in self.of(stream))

    @property
    def stdout(self):
        return self.text("stdout")

    @property
    def stderr(self):
        return self.text("stderr")

    @property
    def finished(self):
        return self.one("finished")

    @property
    def status(self):
        return self.finished["status"]

    @property
    def exit(self):
        return self.finished.get("exit")

    @property
    def results(self):
        return [part for e in self.of("result") for part in parts(e)]

    def tale(self):
        """The list without chance: neighbouring output of one stream is one piece."""
        told = []
        for event in self.events:
            if event["ev"] in ("result", "display"):
                told.append((event["ev"], parts(event)))
                continue
            keys = TOLD.get(event["ev"])
            assert keys is not None, f"an event of no known kind: {event}"
            kept = {k: event[k] for k in keys if event.get(k) is not None and event[k] is not False}
            if event["ev"] in OUTPUT:
                if told and told[-1][:2] == (event["ev"], kept):
                    told[-1] = (event["ev"], kept, told[-1][2] + event.body)
                else:
                    told.append((event["ev"], kept, event.body))
            else:
                told.append((event["ev"], kept))
        return told

    def check(self, first=0):
        """What always holds, of the events from seq `first` on."""
        try:
            self.check_order(first)
            self.check_output(first)
            self.check_prompts(first)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\nin the events:\n{self}") from failure
        return self

    def check_order(self, first):
        expected, when, ended, closed = first, -1, False, False
        for event in self.events:
            name = event["ev"]
            assert event["run"] == self.run, f"an event of another run: {event}"
            if name == "gap":
                assert event["from"] == expected and event["seq"] == event["to"], f"a wrong gap: {event}"
            else:
                assert event["seq"] == expected, f"seq {event['seq']} came where {expected} was due"
            expected = event["seq"] + 1
            assert isinstance(event["t"], int) and event["t"] >= 0, f"no time in {event}"
            if name != "gap":
                assert event["t"] >= when, f"time runs backwards at {event}"
                when = event["t"]
            assert not closed, f"{name} came after closed"
            if ended:
                late = name in OUTPUT and event.get("late") is True
                assert late or name in ("note", "closed", "gap"), f"{name} came after finished"
            assert (name == "accepted") == (event["seq"] == 0) or name == "gap", f"{name} has seq {event['seq']}"
            ended = ended or name == "finished"
            closed = name == "closed"
        phases = [e.get("phase") for e in self.of("started")]
        assert len(set(phases)) == len(phases), f"phases started twice: {phases}"

    def check_output(self, first):
        due = dict.fromkeys(OUTPUT, 0 if first == 0 else None)
        for event in self.events:
            if event["ev"] == "gap":
                due = dict.fromkeys(OUTPUT)
            if event["ev"] in OUTPUT:
                off = due[event["ev"]]
                assert 0 < len(event.body) <= MAX_BODY, f"a body of {len(event.body)} bytes"
                assert off is None or event["off"] == off, f"off {event['off']} came where {off} was due"
                due[event["ev"]] = event["off"] + len(event.body)
            elif event["ev"] in ("result", "display"):
                assert sum(p["size"] for p in event["parts"]) == len(event.body), f"sizes do not add up: {event}"
            else:
                assert event.body == b"", f"{event['ev']} has a body"
            if event["ev"] == "finished":
                for stream in OUTPUT:
                    count = event["bytes"][stream]
                    assert due[stream] in (None, count), f"bytes says {count}, {due[stream]} came of {stream}"

    def check_prompts(self, first):
        pending, seen = None, set()
        for event in self.events:
            if event["ev"] == "waiting-input":
                assert pending is None, "two prompts are open"
                assert event["prompt_id"] not in seen, "a prompt_id came twice"
                pending = event["prompt_id"]
                seen.add(pending)
            elif event["ev"] == "input-taken":
                assert pending == event["prompt_id"] or (first and not seen), f"nobody asked for {event}"
                pending = None
            elif event["ev"] == "finished":
                assert pending is None, "finished came while a prompt was open"

    def __str__(self):
        lines = []
        for event in self.events[-60:]:
            head = {k: v for k, v in event.items() if k != "run"}
            lines.append(f"  {head} {event.body[:80]!r}")
        return "\n".join(lines)


def parts(event):
    """[(mime, bytes)] of a result or display."""
    found, at = [], 0
    for part in event["parts"]:
        found.append((part["mime"], event.body[at:at + part["size"]]))
        at += part["size"]
    return found


# How a tale is written down in a test.

def accepted(queued=0, meta=None):
    return ("accepted", {"meta": meta or {}, "queued": queued})


def started(phase=None):
    return ("started", {"phase": phase} if phase else {})


def out(text, **more):
    return ("stdout", more, text.encode() if isinstance(text, str) else text)


def err(text, **more):
    return ("stderr", more, text.encode() if isinstance(text, str) else text)


def finished(status="ok", exit=0, **more):
    return ("finished", {"status": status, **({} if exit is None else {"exit": exit}), **more})


def told(ev, **keys):
    return (ev, keys)
