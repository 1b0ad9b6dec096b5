# SPDX-License-Identifier: Apache-2.0
"""A daemon of a few lines, to see how the client behaves where a real one does not misbehave.

It speaks the protocol from its page alone. Queries and batch runs become `bash -c` or `python3 -c`.
A test may take over any op by a handler of its own: handlers[op](peer, head, body) -> handled?

As a program (QUERND_BIN may name it) it takes quernd's options and obeys --endpoint and --ready-fd.
"""
import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import uuid

import msgpack
import zmq


class Run:
    def __init__(self, daemon, peer, head, body):
        self.daemon, self.peer, self.name = daemon, peer, head["run"] if "run" in head else head["id"]
        self.events, self.head, self.off = [], head, {"stdout": 0, "stderr": 0}
        self.killed_by, self.state = None, "running"
        code = body.decode("utf-8", "surrogateescape")
        if isinstance(head.get("exec"), str) and head["exec"] not in ("*", ""):
            argv = ["/bin/sh", "-c", head["exec"], "sh"]
        else:
            program = "python3" if head.get("lang") in ("python", "py") else "bash"
            argv = [program, "-c", code] + (["bash"] if program == "bash" else [])
        self.child = subprocess.Popen(
            argv + head.get("argv", []), start_new_session=True, env={**os.environ, **head.get("env", {})},
            stdin=subprocess.DEVNULL if head.get("stdin") == "none" else subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=head.get("cwd") or None)

    def emit(self, ev, body=b"", **keys):
        head = {"ev": ev, "run": self.name, "seq": len(self.events), "t": 0, **keys}
        self.events.append((head, body))
        self.daemon.send(self.peer, head, body)

    def pump(self):
        pipes = {self.child.stdout.fileno(): "stdout", self.child.stderr.fileno(): "stderr"}
        while pipes:
            for fd in select.select(list(pipes), [], [], 0.05)[0]:
                data = os.read(fd, 256 * 1024)
                if not data:
                    del pipes[fd]
                    continue
                stream = pipes[fd]
                self.emit(stream, data, off=self.off[stream])
                self.off[stream] += len(data)
            if self.child.poll() is not None and not select.select(list(pipes), [], [], 0)[0]:
                break
        code = self.child.wait()
        keys = {"exit": code if code >= 0 else None, "signal": -code if code < 0 else None}
        status = "ok" if code == 0 else "error" if code > 0 else "crashed"
        if code < 0 and self.killed_by:
            status = "interrupted" if self.killed_by == "INT" else "killed"
        if code == 130 and self.killed_by == "INT":
            status = "interrupted"
        self.finish(status, **{k: v for k, v in keys.items() if v is not None})

    def finish(self, status, cause="", **keys):
        self.state = "finished"
        self.emit("finished", status=status, cause=cause, usage={"wall_ms": 1, "cpu_ms": 1, "max_rss": 1},
                  bytes={"stdout": self.off["stdout"], "stderr": self.off["stderr"]}, open=False, **keys)

    def kill(self, name):
        self.killed_by = name
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, getattr(signal, "SIG" + name))


class FakeDaemon:
    def __init__(self, endpoint):
        self.context = zmq.Context()
        self.context.linger = 0
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.bind(endpoint)
        self.boot, self.conn_of = str(uuid.uuid4()), {}
        self.runs, self.requests, self.handlers = {}, [], {}
        self.outbox, self.wake_address = [], "inproc://wake-" + self.boot
        self.lock, self.local = threading.Lock(), threading.local()
        self.over = threading.Event()
        self.pumps = []
        self.asked = threading.Condition()

    def heads(self, *ops):
        return [head for head, _ in list(self.requests) if head["op"] in ops]

    # Until so many requests of these kinds have come.
    def await_requests(self, *ops, count=1, seconds=60):
        with self.asked:
            assert self.asked.wait_for(lambda: len(self.heads(*ops)) >= count, seconds), (ops, count, self.heads(*ops))

    # From any thread: the socket belongs to serve() alone.
    def send(self, peer, head, body=b""):
        with self.lock:
            self.outbox.append((peer, msgpack.packb(head), body))
        if not hasattr(self.local, "poke"):
            self.local.poke = self.context.socket(zmq.PUSH)
            self.local.poke.linger = 0
            self.local.poke.connect(self.wake_address)
        with contextlib.suppress(zmq.Again):  # nobody to wake: it is over
            self.local.poke.send(b"", zmq.DONTWAIT)

    def reply(self, peer, head, body=b"", **keys):
        self.send(peer, {"re": head["id"], "ok": True, **keys}, body)

    def refuse(self, peer, head, code, message, **keys):
        self.send(peer, {"re": head["id"], "ok": False, "code": code, "message": message, **keys})

    def serve(self):
        pull = self.context.socket(zmq.PULL)
        pull.bind(self.wake_address)
        try:
            self.serve_with(pull)
        finally:
            for run in self.runs.values():
                if run.state != "finished":
                    run.kill("KILL")
            for pump in self.pumps:
                pump.join()
            # Not left to the collector: it would end the context wherever it runs, and wait there for its sockets.
            self.context.destroy(linger=10_000)

    def serve_with(self, pull):
        poller = zmq.Poller()
        poller.register(self.socket, zmq.POLLIN)
        poller.register(pull, zmq.POLLIN)
        while not self.over.is_set() or self.outbox:
            ready = dict(poller.poll(100))
            if pull in ready:
                pull.recv()
            with self.lock:
                out, self.outbox = self.outbox, []
            for peer, head, body in out:
                self.socket.send_multipart([peer, head, body])
            if self.socket in ready:
                peer, head, body = self.socket.recv_multipart()
                self.on_request(peer, msgpack.unpackb(head), body)

    def on_request(self, peer, head, body):
        with self.asked:
            self.requests.append((head, body))
            self.asked.notify_all()
        op = head["op"]
        if op in self.handlers and self.handlers[op](peer, head, body):
            return
        getattr(self, "on_" + op.replace("-", "_"))(peer, head, body)

    def conn(self, peer):
        return self.conn_of.setdefault(peer, str(uuid.uuid4()))

    def on_hello(self, peer, head, body):
        languages = [
            {"name": name, "title": name.title(), "version": "1", "modes": ["query", "batch"], "context": "kept"}
            for name in ("bash", "python")]
        self.reply(peer, head, protocol=1, daemon="quernd/fake", boot=self.boot, conn=self.conn(peer),
                   pid=os.getpid(), languages=languages, features=["fake"], limits={"runs": 64})

    def on_ping(self, peer, head, body):
        self.reply(peer, head, conn=self.conn(peer), boot=self.boot)

    def on_run(self, peer, head, body):
        if head["id"] in self.runs:
            return self.refuse(peer, head, "exists", "There is such a run.", state="running", same=True)
        if head.get("lang") not in ("bash", "python", "py", "sh", None, ""):
            return self.refuse(peer, head, "unknown-language", 'There is no language "%s" here.' % head["lang"])
        self.reply(peer, head, run=head["id"])
        run = self.runs[head["id"]] = Run(self, peer, head, body)
        run.emit("accepted", queued=0, cwd="/", meta={}, wall=0)
        run.emit("started", pid=run.child.pid)
        self.pumps.append(threading.Thread(target=run.pump, daemon=True))
        self.pumps[-1].start()

    def on_input(self, peer, head, body):
        run = self.runs.get(head["run"])
        try:
            if not run:
                raise OSError
            if body:
                run.child.stdin.write(body)
                run.child.stdin.flush()
            if head.get("eof"):
                run.child.stdin.close()
        except OSError:
            return self.refuse(peer, head, "not-found", "The run has ended.")
        self.reply(peer, head)

    def on_interrupt(self, peer, head, body):
        self.runs[head["run"]].kill("INT")
        self.reply(peer, head, delivered=True)

    def on_signal(self, peer, head, body):
        self.runs[head["run"]].kill(head["signal"])
        self.reply(peer, head, delivered=True)

    def on_attach(self, peer, head, body):
        run = self.runs.get(head["run"])
        if not run:
            return self.refuse(peer, head, "unknown-run", 'There is no run "%s".' % head["run"])
        self.reply(peer, head, next=head.get("after", -1) + 1, state=run.state)
        run.peer = peer
        for event, data in run.events[head.get("after", -1) + 1:]:
            self.send(peer, event, data)

    def on_open(self, peer, head, body):
        self.reply(peer, head, gen=1, pid=os.getpid())

    def on_check(self, peer, head, body):
        self.refuse(peer, head, "unsupported", "This daemon cannot check.")

    def on_ack(self, peer, head, body):
        pass

    def on_forget(self, peer, head, body):
        self.runs.pop(head["run"], None)
        self.reply(peer, head)

    def on_shutdown(self, peer, head, body):
        self.reply(peer, head)
        self.over.set()


def main():
    options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    daemon = FakeDaemon(options["--endpoint"])
    signal.signal(signal.SIGTERM, lambda *_: daemon.over.set())
    if "--ready-fd" in options:
        os.write(int(options["--ready-fd"]), b"ready\n")
        os.close(int(options["--ready-fd"]))
    daemon.serve()


if __name__ == "__main__":
    main()
