# SPDX-License-Identifier: Apache-2.0
"""A fresh worker for each test that asks for one; it is gone when the test is."""
import pytest

from harness import Worker


@pytest.fixture
def worker(request):
    with Worker(request.module.LANGUAGE) as worker:
        yield worker
