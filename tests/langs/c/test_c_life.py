# SPDX-License-Identifier: Apache-2.0
"""The worker itself: its start, its template, a long life, odd texts."""
import os

import pytest
from harness import Worker


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_a_worker_says_ready_with_its_version_and_nothing_else(worker_command, template, language):
    with Worker(argv=worker_command(language)) as worker:
        assert worker.ready[1]["version"].startswith("19.")
        assert worker.ready == template(language).ready
        assert worker.run("").shape == ["done"]
        assert worker.run("1 + 1").value == "2"
        assert worker.close() == 0


def test_long_life_costs_little(c):
    for n in range(300):
        c.run(f"int v{n} = {n}; v{n}++;")
    before = c.rss_mb
    for n in range(300):
        assert c.run(f"v{n}").value == str(n + 1)
    assert c.rss_mb - before < 60
    assert len(os.listdir(f"/proc/{c.pid}/fd")) < 20


def test_odd_texts_are_answered(worker):
    for code in ("\ufeffint bom = 1;", "int cr = 1;\r\ncr\r\n", "#pragma once\n", "\\", "\"", "'", "#include", "#error no", "\0", "{{{{", "?", "@",
                 "int " * 2000, "(" * 3000, "#", "__quern_nothing", "int main;", "struct;", "[[", "[", "]"):
        answer = worker.run(code)
        assert answer.done["status"] in ("ok", "error"), code
    assert worker.run("bom + cr").value == "2"


def test_a_worker_from_a_template_has_its_own_descriptors_folder_and_environment(template, tmp_path):
    for name in ("one", "two words"):
        with Worker(template=template("c"), cwd=tmp_path, env={"MARK": name}) as worker:
            assert os.getsid(worker.pid) == worker.pid
            assert worker.run('getenv("MARK")').value == f'"{name}"'
            assert worker.run("#include <unistd.h>\nchar here[4096]; getcwd(here, 4096)").value == f'"{tmp_path}"'
            assert worker.run("fputs(\"err\", stderr);").err == "err"
            assert worker.close() == 0


def test_a_template_says_what_it_cannot_do_and_goes_on(template, tmp_path):
    null = os.open(os.devnull, os.O_RDWR)
    try:
        error, done = template("c").ask([null] * 5, cwd=tmp_path / "missing")
        assert error[0] == "error" and b"missing" in dict(error[2])["message"]
        assert done[1] == {"status": "error"}
        assert [kind for kind, _, _ in template("c").ask([null])] == ["error", "done"]
    finally:
        os.close(null)
    with Worker(template=template("c")) as worker:
        assert worker.run("1").value == "1"
