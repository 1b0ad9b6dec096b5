# SPDX-License-Identifier: Apache-2.0
"""Where things are: the sources beside this package, and one folder for all that is built."""
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent.parent
IMAGES = TREE / "images"
LANGS = TREE / "langs"
BIN = TREE / "build" / "release" / "bin"


@dataclass(frozen=True)
class Places:
    """Below `root`, and nowhere else, builds leave anything: the engine's store, roots, logs, what is known of them."""

    root: Path

    @property
    def roots(self):
        return self.root / "roots"

    @property
    def contexts(self):
        return self.root / "contexts"

    @property
    def logs(self):
        return self.root / "logs"

    @property
    def states(self):
        return self.root / "states"

    @property
    def engine(self):
        return self.root / "engine"

    def make(self):
        for folder in (self.roots, self.contexts, self.logs, self.states, self.engine):
            folder.mkdir(parents=True, exist_ok=True)
