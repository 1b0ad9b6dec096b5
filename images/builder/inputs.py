# SPDX-License-Identifier: Apache-2.0
"""What a step is made of, as one number: the same inputs, the same hash, and nothing is built again."""
import hashlib


class Inputs:
    def __init__(self, *words):
        self._hash = hashlib.sha256()
        for word in words:
            self.text("word", word)

    def text(self, name, value):
        data = str(value).encode()
        self._hash.update(f"{name}\0{len(data)}\0".encode() + data)
        return self

    def file(self, name, path):
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return self.text(name, f"{path.stat().st_mode & 0o111:o} {digest}")

    def digest(self):
        return self._hash.hexdigest()
