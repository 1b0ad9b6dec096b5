# SPDX-License-Identifier: Apache-2.0
"""What the harness promises to whoever runs the tests."""
import os
import select
import subprocess
import sys
from pathlib import Path

from harness import SECONDS


def test_a_worker_ends_with_the_tests_that_are_killed():
    tests = subprocess.Popen(
        [sys.executable, "-c", "from harness import Worker\nworker = Worker(argv=['sleep', '600'], ready=False)\n"
         "print(worker.pid, flush=True)\ninput()"],
        cwd=Path(__file__).parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with tests:
        worker = os.pidfd_open(int(tests.stdout.readline()))
        tests.kill()
    try:
        assert select.select([worker], [], [], SECONDS)[0]
    finally:
        os.close(worker)
