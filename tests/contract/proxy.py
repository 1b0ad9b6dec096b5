# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy that breaks what it carries.

Role: stands between a client and the daemon. `cut()` closes both sides of every connection at once;
`cut_after(n)` does so when n more bytes have gone to the client, which is a random moment when n is
random; `freeze()` goes on holding the connections and swallows every byte, as a dead link does.
One thread for each direction of a connection, ended by `close()`. It never alters a byte.
"""
import contextlib
import socket
import threading

CHUNK = 64 * 1024


class Proxy:
    def __init__(self, target):
        host, _, port = target.rpartition("//")[2].rpartition(":")
        self.target = (host, int(port))
        self.lock = threading.Lock()
        self.links, self.threads = [], []
        self.budget, self.cuts, self.frozen = None, 0, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.spawn(self.accept)

    def spawn(self, work, *args):
        thread = threading.Thread(target=work, args=args, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                try:
                    far = socket.create_connection(self.target)
                except OSError:
                    near.close()
                    continue
                with self.lock:
                    self.links.append((near, far))
                self.spawn(self.carry, near, far, False)
                self.spawn(self.carry, far, near, True)

    def carry(self, source, sink, to_client):
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                if self.frozen:
                    continue
                data, spent = self.spend(data) if to_client else (data, False)
                sink.sendall(data)
                if spent:
                    self.cut()
        self.part(source, sink)

    def spend(self, data):
        """What of data still goes out, and whether the budget ends with it."""
        with self.lock:
            if self.budget is None:
                return data, False
            if len(data) < self.budget:
                self.budget -= len(data)
                return data, False
            data, self.budget = data[:self.budget], None
            return data, True

    def part(self, *ends):
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut_after(self, count):
        with self.lock:
            self.budget = max(1, count)

    def cut(self):
        with self.lock:
            links, self.links = self.links, []
            self.budget = None
            self.cuts += 1
        for link in links:
            self.part(*link)

    def freeze(self):
        self.frozen = True

    def close(self):
        self.part(self.listener)
        self.cut()
        for thread in self.threads:
            thread.join(5)
