# SPDX-License-Identifier: Apache-2.0
"""A daemon that is killed can end nothing any more: what it runs ends by itself, even in an endless loop."""
import pytest

from cases import each_language
from daemon import eventually


def killed(daemon):
    daemon.process.kill()
    daemon.process.wait()
    eventually(lambda: not daemon.programs(), "every program gone after the daemon was killed")


@pytest.mark.conformance
@each_language("loop")
def test_no_interpreter_computes_on_for_a_daemon_that_was_killed(own_daemon, lang):
    daemon = own_daemon(*lang.warm)
    client = daemon.client()
    client.wait_output(lang.start(client, "loop"), "ready\n")
    killed(daemon)


def test_no_program_computes_on_for_a_daemon_that_was_killed(own_daemon):
    daemon = own_daemon()
    client = daemon.client()
    client.wait_output(client.start_sh("echo ready; while :; do :; done"), "ready\n")
    killed(daemon)
