# SPDX-License-Identifier: Apache-2.0
"""Carries out steps: in the order of their dependencies, several at a time, each only when its inputs changed."""
import concurrent.futures
import datetime
import fcntl
import json
import os
import re
import shutil
import threading
import time

from .failure import Failure
from .places import BIN

# What an engine or apt says when the network is at fault, with the address.
UNREACHABLE = re.compile(
    r"(?:Could not resolve '|Failed to fetch |Cannot initiate the connection to |Unable to connect to |Could not connect to |"
    r"pinging container registry |dial tcp: lookup )([^\s':]+(?:://[^\s']+)?)")


class Builder:
    def __init__(self, plan, roots, engine, places, prefix, say, fresh=False, keep_free=5):
        self._plan = plan
        self._roots = roots
        self._engine = engine
        self._places = places
        self._prefix = prefix
        self._say = say
        self._fresh = fresh
        self._keep_free = keep_free << 30
        self._lock = threading.Lock()
        self._there = engine.ids()
        self._count = 0
        self._total = 0

    def build(self, images, jobs):
        """Builds all, as far as it can. The steps that failed, by key, with the sentence for each."""
        for program in ("quernd", "quern"):
            if not (BIN / program).is_file():
                raise Failure(f"{BIN / program} is not built; tools/build does that.")
        steps = self._plan.needed(images)
        self._total = len(steps)
        failed, done, running = {}, set(), {}
        with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
            while len(done) + len(failed) < len(steps):
                for key, step in steps.items():
                    if key in done or key in failed or key in running.values():
                        continue
                    waits_for = [other.key for other in step.waits_for]
                    lost = [other for other in waits_for if other in failed]
                    if lost:
                        failed[key] = f"What it stands on, {lost[0]}, was not built."
                    elif done.issuperset(waits_for):
                        running[pool.submit(self._carry_out, step)] = key
                if not running:
                    continue
                finished, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in finished:
                    key = running.pop(future)
                    why = future.exception()
                    if isinstance(why, Failure):
                        failed[key] = str(why)
                    elif why:
                        raise why
                    else:
                        done.add(key)
        return failed

    def state(self, step):
        """What the last build of the step came to, or nothing."""
        path = self._places.states / f"{step.key}.json"
        return json.loads(path.read_text()) if path.is_file() else {}

    def is_current(self, step):
        state = self.state(step)
        if state.get("hash") != step.hash:
            return False
        if state["id"] not in self._there:
            self._there |= self._engine.ids()  # another images/build may have made it meanwhile
        return state["id"] in self._there

    def ref(self, step):
        return f"{self._prefix}/{step.image.ref}" if step.is_last else f"{self._prefix}/step:{step.key}"

    def _told(self, step, sentence):
        with self._lock:
            self._count += 1
            self._say(f"[{self._count}/{self._total}] {step.image.name:14} {step.kind:9} {sentence}")

    def _carry_out(self, step):
        """Several images/build at once do not make the same step: the later one finds it made."""
        with open(self._places.states / f"{step.key}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._fresh and self.is_current(step):
                self._told(step, "unchanged")
            else:
                self._make_anew(step)

    def _make_anew(self, step):
        log_path = self._places.logs / f"{step.key}.log"
        free = shutil.disk_usage(self._places.root).free
        if free < self._keep_free:
            raise Failure(f"Only {free >> 20:,} MiB are free at {self._places.root}, and {self._keep_free >> 30} GiB are to stay "
                          "free (--keep-free).")
        start = time.monotonic()
        with open(log_path, "w") as log:
            try:
                image_id, size = self._make(step, log)
            except Failure as why:
                log.flush()
                raise self._explained(step, str(why), log_path) from None
        before = self.state(step)
        state = {"hash": step.hash, "id": image_id, "size": size, "compiled": self._compiled(log_path),
                 "built": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}
        path = self._places.states / f"{step.key}.json"
        path.with_suffix(".new").write_text(json.dumps(state, indent=2) + "\n")
        os.replace(path.with_suffix(".new"), path)
        same = ", the same image" if before.get("id") == image_id else ""
        self._told(step, f"built in {time.monotonic() - start:.0f} s, {size / 1e6:.1f} MB{same}")
        with self._lock:
            self._there.add(image_id)
        old = before.get("id")
        if old and old != image_id and old in self._there:
            self._remove(old, log_path)

    def _make(self, step, log):
        context = self._places.contexts / step.key
        shutil.rmtree(context, ignore_errors=True)
        context.mkdir(parents=True)
        for name, path in step.files.items():
            target = context / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(path, bytes):
                target.write_bytes(path)
            else:
                shutil.copy(path, target)
        if step.kind == "root":
            os.link(self._roots.make(step.image, log), context / "root.tar")
        below = self.ref(step.below) if step.below else self._plan.bottom(step.image)
        text = step.text if "{below}" in step.text else f"FROM {{below}}\n{step.text}"
        text = text.replace("{below}", below).replace("{beside}", self.ref(step.beside) if step.beside else "")
        containerfile = context.with_suffix(".Containerfile")
        containerfile.write_text(text)
        log.write(text + "\n")
        log.flush()
        built = self._engine.build(containerfile, context, self.ref(step), log)
        shutil.rmtree(context)
        return built

    def _compiled(self, log_path):
        """The bytes that packages compiled of themselves when they were installed, as settle.sh says."""
        return sum(map(int, re.findall(r"^settle: compiled (\d+)$", log_path.read_text(errors="replace"), re.M)))

    def _remove(self, image_id, log_path):
        """The image that this one takes the place of; it stays while others stand on it, which the log then says."""
        try:
            self._engine.remove(image_id)
        except Failure as why:
            with open(log_path, "a") as log:
                log.write(f"The image before, {image_id}, was left: {why}\n")

    def _explained(self, step, sentence, log_path):
        if place := UNREACHABLE.search(log_path.read_text(errors="replace")):
            sentence = f"{place[1]} cannot be reached from here: see to the network, a proxy, or another mirror in images/catalog.toml."
        return Failure(f"{sentence} All that was said is in {log_path}.")
