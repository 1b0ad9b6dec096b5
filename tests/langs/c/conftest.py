# SPDX-License-Identifier: Apache-2.0
"""Fresh workers of C and C++, forked from one template for each language; they are gone when the test is."""
import os
import tomllib

import pytest
from harness import ROOT, Worker
from template import Template


def command(language):
    folder = ROOT / language
    manifest = tomllib.loads((folder / "adapter.toml").read_text())
    return [word.replace("{dir}", str(folder)) for word in manifest["query"]["worker"]]


@pytest.fixture(scope="session")
def worker_command():
    """worker_command(language): the argv of a worker, which is there."""
    def found(language):
        argv = command(language)
        assert os.access(argv[0], os.X_OK), f"{argv[0]} is not there: tools/build makes it (langs/c/README.md)"
        return argv
    return found


@pytest.fixture(scope="session")
def template(worker_command):
    """template(language): the session's template, started when it is first asked for."""
    made = {}

    def of(language):
        if language not in made:
            made[language] = Template(worker_command(language))
        return made[language]

    yield of
    assert [one.close() for one in made.values()] == [0] * len(made)


@pytest.fixture
def c(template):
    with Worker(template=template("c")) as worker:
        yield worker


@pytest.fixture
def cpp(template):
    with Worker(template=template("cpp")) as worker:
        yield worker


@pytest.fixture(params=["c", "cpp"])
def worker(request, template):
    with Worker(template=template(request.param)) as worker:
        worker.language = request.param
        yield worker
