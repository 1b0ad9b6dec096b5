# SPDX-License-Identifier: Apache-2.0
"""A fresh worker for each test that asks for one; it is gone when the test is."""
import pytest

from harness import Worker


@pytest.fixture
def worker(request):
    with Worker(request.module.LANGUAGE) as worker:
        yield worker


@pytest.fixture
def input_to(worker):
    """Runs a snippet whose whole input is a text."""
    def run(code, text):
        worker.start(code)
        worker.type(text)
        worker.end_input()
        answer = worker.wait()
        worker.fresh_input()
        return answer
    return run
