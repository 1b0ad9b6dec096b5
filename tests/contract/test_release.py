# SPDX-License-Identifier: Apache-2.0
"""What is shipped: static, stripped and small programs, and the bench that measures them. Its figures are for an idle
machine and a person; here it only has to measure everything."""
import json
import os
import struct
import subprocess
from pathlib import Path

import pytest

from daemon import BINARY, LANGS

pytestmark = pytest.mark.release

QUERN = Path(os.environ.get("QUERN_BIN", BINARY.with_name("quern")))
BENCH = BINARY.with_name("quern_bench")
MOST_BYTES = 6_000_000
PT_DYNAMIC, PT_INTERP, SHT_SYMTAB = 2, 3, 2
DT_NEEDED = 1


def entries(image, offset, size, count):
    return [image[offset + i * size:offset + (i + 1) * size] for i in range(count)]


class Elf:
    def __init__(self, path):
        self.image = Path(path).read_bytes()
        assert self.image[:5] == b"\x7fELF\x02", f"{path} is no 64-bit ELF file"
        segments_at, sections_at = struct.unpack_from("<QQ", self.image, 32)
        segment_size, segments, section_size, sections = struct.unpack_from("<HHHH", self.image, 54)
        self.segments = entries(self.image, segments_at, segment_size, segments)
        self.sections = entries(self.image, sections_at, section_size, sections)

    def kinds_of_segments(self):
        return [struct.unpack_from("<I", segment)[0] for segment in self.segments]

    def kinds_of_sections(self):
        return [struct.unpack_from("<I", section, 4)[0] for section in self.sections]

    def needed(self):
        """How many shared libraries it asks for."""
        count = 0
        for segment in self.segments:
            kind, _, offset, _, _, size = struct.unpack_from("<IIQQQQ", segment)
            if kind == PT_DYNAMIC:
                tags = [struct.unpack_from("<q", self.image, at)[0] for at in range(offset, offset + size, 16)]
                count += tags.count(DT_NEEDED)
        return count


@pytest.mark.parametrize("program", [BINARY, QUERN], ids=["quernd", "quern"])
def test_a_program_is_static_stripped_and_small(program):
    elf = Elf(program)
    assert PT_INTERP not in elf.kinds_of_segments()
    assert elf.needed() == 0
    assert SHT_SYMTAB not in elf.kinds_of_sections()
    assert len(elf.image) <= MOST_BYTES


def test_this_would_notice_a_dynamic_program():
    # Python's own interpreter needs a loader and libraries wherever Debian has built it.
    elf = Elf(os.path.realpath("/usr/bin/python3"))
    assert PT_INTERP in elf.kinds_of_segments()
    assert elf.needed() > 0


def test_the_bench_measures_everything(tmp_path):
    told = tmp_path / "bench.json"
    done = subprocess.run([BENCH, "--quick", "--quernd", BINARY, "--langs", LANGS, "--json", told],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(told.read_text())
    assert [row["what"] for row in rows if not row["quern"]["count"]] == []
    assert len(rows) == 15
    for row in rows:
        assert row["what"] in done.stdout
