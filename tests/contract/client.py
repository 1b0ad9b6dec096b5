# SPDX-License-Identifier: Apache-2.0
"""A small client of the protocol, written from PROTOCOL.md alone.

Role: what the tests speak through. One DEALER, one thread; whoever waits takes messages off the
socket and files them: replies by id, events by run. Nothing waits for ever and nothing sleeps.
It acknowledges what it has taken when the socket runs dry or 256 KiB have come, unless `acks` is
off. It never shares code with the daemon, and it never decides whether an answer is right.
"""
import collections
import os
import time
import uuid

import msgpack
import zmq

from record import Record

PATIENCE = float(os.environ.get("PATIENCE", "60"))
LONG = 4 * PATIENCE  # for what is much work even on an idle machine
ACK_BYTES = 256 * 1024


class Message(dict):
    """A head; its body is kept beside it."""

    def __init__(self, head, body):
        super().__init__(head)
        self.body = body


class Refused(AssertionError):
    """The daemon answered ok: false."""

    def __init__(self, op, reply):
        super().__init__(f"{op} was refused: {reply.get('code')}: {reply.get('message')}")
        self.reply = reply
        self.code = reply.get("code")


class Silence(AssertionError):
    """Something that had to come did not come in time."""


class Client:
    def __init__(self, endpoint, acks=True, keys=None, monitored=0):
        self.endpoint, self.acks = endpoint, acks
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.SNDHWM, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 5)
        if keys:  # the daemon's public one, our public one, our secret one
            self.socket.curve_serverkey, self.socket.curve_publickey, self.socket.curve_secretkey = keys
        # Before the first connection, whose fate would else be decided unseen.
        self.monitor = self.socket.get_monitor_socket(monitored) if monitored else None
        self.socket.connect(endpoint)
        self.replies = {}  # id -> every reply that carried it
        self.events = collections.defaultdict(list)
        self.counts = collections.Counter()  # (run, ev) -> how many came
        self.contexts = []  # context events, which belong to no run
        self.order = []  # what came, in order: ("re", id) or (run, ev)
        self.started, self.used = [], set()
        self.owed, self.owed_bytes = {}, 0
        self.ctx = f"c-{uuid.uuid4()}"

    def close(self):
        self.socket.close(0)

    # Frames ----------------------------------------------------------------------------------

    def send_frames(self, *frames):
        self.socket.send_multipart(list(frames))

    def send(self, op, body=b"", id=None, **keys):
        id = id or str(uuid.uuid4())
        self.send_frames(msgpack.packb({"op": op, "id": id, **keys}), body)
        return id

    def pump(self, deadline):
        """Takes one message; False when none came before the deadline."""
        if not self.socket.poll(0):
            self.pay()
            left = int(max(0, deadline - time.monotonic()) * 1000)
            if not self.socket.poll(left):
                return False
        frames = self.socket.recv_multipart()
        assert len(frames) == 2, f"a message of {len(frames)} frames came"
        head = msgpack.unpackb(frames[0])
        assert isinstance(head, dict), f"a head is {head!r}"
        message = Message(head, frames[1])
        if "ev" in message:
            self.file_event(message, len(frames[0]) + len(frames[1]))
        else:
            assert isinstance(message.get("re"), str), f"neither event nor reply: {head!r}"
            assert isinstance(message.get("ok"), bool), f"a reply without ok: {head!r}"
            self.replies.setdefault(message["re"], []).append(message)
            self.order.append(("re", message["re"]))
        return True

    def file_event(self, event, size):
        run = event.get("run")
        if run is None:
            self.contexts.append(event)
            self.order.append((None, event["ev"]))
            return
        self.events[run].append(event)
        self.counts[run, event["ev"]] += 1
        self.order.append((run, event["ev"]))
        self.owed[run] = event["seq"]
        self.owed_bytes += size
        if self.owed_bytes >= ACK_BYTES:
            self.pay()

    def pay(self):
        """Acknowledges what was taken, once for each run."""
        if self.acks:
            for run, seq in self.owed.items():
                self.ack(run, seq)
            self.owed, self.owed_bytes = {}, 0

    def ack(self, run, seq):
        self.send_frames(msgpack.packb({"op": "ack", "run": run, "seq": seq}), b"")

    def until(self, true, what, timeout=None):
        """Takes messages until true() holds."""
        deadline = time.monotonic() + (PATIENCE if timeout is None else timeout)
        while not true():
            if not self.pump(deadline) and not true():
                raise Silence(f"{what} did not come in time")

    # Requests --------------------------------------------------------------------------------

    def reply(self, id, timeout=None):
        self.until(lambda: id in self.replies, f"the reply to {id!r}", timeout)
        return self.replies[id][0]

    def ask(self, op, body=b"", timeout=None, **keys):
        """The reply, whatever it says."""
        return self.reply(self.send(op, body, **keys), timeout)

    def request(self, op, body=b"", timeout=None, **keys):
        """The reply, which must be a good one."""
        reply = self.ask(op, body, timeout, **keys)
        if not reply["ok"]:
            raise Refused(op, reply)
        return reply

    def refusal(self, op, body=b"", **keys):
        """The code of a reply that must be a refusal, with a sentence for a person."""
        reply = self.ask(op, body, **keys)
        assert not reply["ok"], f"{op} was accepted: {reply}"
        message = reply.get("message")
        assert isinstance(message, str) and " " in message, f"no sentence in {reply}"
        return reply["code"]

    # Runs ------------------------------------------------------------------------------------

    def start(self, code=b"", contents=(), **keys):
        """Starts a run and gives its name once the daemon has taken it."""
        body = code.encode() if isinstance(code, str) else code
        run = keys.pop("id", None) or str(uuid.uuid4())
        self.started.append(run)
        if keys.get("mode") == "query":
            keys.setdefault("ctx", self.ctx)
            self.used.add((keys["lang"], keys["ctx"]))
        reply = self.request("run", body + b"".join(contents), id=run, **keys)
        assert reply["run"] == run
        return run

    def run(self, code=b"", last="finished", timeout=None, **keys):
        return self.collect(self.start(code, **keys), last, timeout)

    def sh(self, script, **keys):
        """One batch run of a shell command or an argv, without any language."""
        return self.run(mode="batch", exec=script, **keys)

    def start_sh(self, script, **keys):
        return self.start(mode="batch", exec=script, **keys)

    def query(self, lang, code, **keys):
        return self.run(code, mode="query", lang=getattr(lang, "name", lang), **keys)

    def start_query(self, lang, code, **keys):
        return self.start(code, mode="query", lang=getattr(lang, "name", lang), **keys)

    def wait_event(self, run, ev, count=1, timeout=None):
        """The count-th event of that kind."""
        self.until(lambda: self.counts[run, ev] >= count, f"{ev} of {run}", timeout)
        return [e for e in self.events[run] if e["ev"] == ev][count - 1]

    def wait_output(self, run, text, stream="stdout", timeout=None):
        text = text.encode() if isinstance(text, str) else text
        self.until(lambda: text in self.stream(run, stream), f"{text!r} of {run}", timeout)

    def stream(self, run, stream="stdout"):
        return b"".join(e.body for e in self.events[run] if e["ev"] == stream)

    def record(self, run):
        return Record(run, list(self.events[run]))

    def collect(self, run, last="finished", timeout=None):
        """Everything up to the last event, checked against what always holds."""
        self.wait_event(run, last, timeout=timeout)
        return self.record(run).check()

    def attach(self, run, **keys):
        """Attaches, forgetting what this client had heard of the run."""
        self.events.pop(run, None)
        for key in [k for k in self.counts if k[0] == run]:
            del self.counts[key]
        return self.request("attach", run=run, **keys)

    def input(self, run, text=b"", eof=False, **keys):
        return self.request("input", text.encode() if isinstance(text, str) else text, run=run, eof=eof, **keys)

    def barrier(self):
        """Whatever the daemon had sent to this connection before has been taken after this."""
        return self.request("ping")

    def after_cut(self, conn):
        """Pings until the answer is that of another connection than conn, for a cut swallows requests."""
        pings, deadline = [], time.monotonic() + PATIENCE
        while not any(p in self.replies and self.replies[p][0]["conn"] != conn for p in pings):
            if time.monotonic() > deadline:
                raise Silence("no answer came over a new connection")
            pings.append(self.send("ping"))
            self.pump(time.monotonic() + 0.05)
        self.barrier()
        return self.replies[next(p for p in reversed(pings) if p in self.replies)][0]

    def status_of(self, run):
        return next((r for r in self.request("status")["runs"] if r["run"] == run), None)

    def leave(self):
        """Ends what this client still has running, then goes."""
        for run in self.started:
            if not self.counts[run, "finished"]:
                self.send("signal", run=run, signal="KILL")
        for lang, ctx in self.used:
            self.ask("close", lang=lang, ctx=ctx)
        self.barrier()
        for run in self.started:
            self.send("forget", run=run)
        self.barrier()
        self.close()
