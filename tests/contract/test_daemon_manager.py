# SPDX-License-Identifier: Apache-2.0
"""What a service manager sees: the notifications of sd_notify, and `quernd healthcheck`."""
import os
import signal
import socket
import uuid

import pytest
import zmq

from client import PATIENCE
from daemon import free_port
from quernd import quernd


class Manager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, name):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name.replace("@", "\0", 1))
        self.socket.settimeout(PATIENCE)

    def hear(self):
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def until(self, key):
        while True:
            words = self.hear()
            if key in words:
                return words


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    made = Manager(f"{tmp_path}/notify" if request.param == "path" else f"@quern-{uuid.uuid4()}")
    yield made
    made.socket.close()


def test_it_is_told_when_the_daemon_serves_and_when_it_stops(own_daemon, manager):
    daemon = own_daemon(env={"NOTIFY_SOCKET": manager.name})
    ready = manager.hear()
    assert ready["READY"] == "1" and daemon.ipc in ready["STATUS"]
    daemon.process.terminate()
    assert manager.hear()["STOPPING"] == "1"
    assert daemon.process.wait(PATIENCE) == 0


def test_its_watchdog_is_fed(own_daemon, manager):
    own_daemon(env={"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "100000"})
    for _ in range(3):
        manager.until("WATCHDOG")


def test_a_daemon_that_does_not_run_does_not_feed_it(own_daemon, manager):
    daemon = own_daemon(env={"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "100000"})
    manager.until("WATCHDOG")
    daemon.process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, daemon.pid, os.WSTOPPED)
    manager.socket.settimeout(1)
    with pytest.raises(TimeoutError):
        while True:
            manager.hear()
    daemon.process.send_signal(signal.SIGCONT)
    manager.socket.settimeout(PATIENCE)
    manager.until("WATCHDOG")


def test_the_watchdog_of_another_process_is_not_fed(own_daemon, manager):
    daemon = own_daemon(env={"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"})
    manager.until("READY")
    daemon.client().sh("true")
    daemon.process.terminate()
    assert "STOPPING" in manager.hear()


def test_programs_do_not_inherit_its_variables(own_daemon, manager):
    client = own_daemon(env={"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "60000000", "LISTEN_FDS": "0"}).client()
    told = client.sh("env").stdout
    assert b"PATH=" in told and not any(name in told for name in (b"NOTIFY_SOCKET", b"WATCHDOG", b"LISTEN_FDS"))


def test_a_manager_that_is_not_there_is_only_warned_of(own_daemon, tmp_path):
    for name in (f"{tmp_path}/none", "vsock:2:1234", "@" + "x" * 200):
        daemon = own_daemon(env={"NOTIFY_SOCKET": name})
        assert daemon.client().sh("echo hi").stdout == b"hi\n"
        assert len([line for line in daemon.log().splitlines() if "NOTIFY_SOCKET" in line]) == 1


# healthcheck ---------------------------------------------------------------------------------------


def answer(result):
    said = (result.stdout + result.stderr).splitlines()
    assert len(said) == 1, result
    return result.returncode, said[0]


def test_a_daemon_that_answers_at_all_its_endpoints_is_healthy(daemon):
    assert answer(quernd("healthcheck", "--endpoint", daemon.ipc, "--endpoint", daemon.tcp)) == (0, "quernd answers.")
    assert answer(quernd("--endpoint", daemon.ipc, "healthcheck")) == (0, "quernd answers.")


def test_it_finds_the_daemon_by_the_same_configuration(daemon, tmp_path):
    (tmp_path / "quernd.toml").write_text(f'endpoints = ["{daemon.ipc}"]\n')
    assert answer(quernd("healthcheck", "--config", tmp_path / "quernd.toml"))[0] == 0
    assert answer(quernd("healthcheck", env={"QUERND_ENDPOINT": f"{daemon.ipc},{daemon.tcp}"}))[0] == 0


def test_it_reaches_a_wildcard_by_loopback(daemon):
    port = daemon.tcp.rpartition(":")[2]
    for host in ("*", "0.0.0.0"):
        assert answer(quernd("healthcheck", "--insecure", "--endpoint", f"tcp://{host}:{port}"))[0] == 0


def test_it_wants_neither_languages_nor_directories(daemon, tmp_path):
    result = quernd("healthcheck", "--endpoint", daemon.ipc, "--work-dir", tmp_path / "w", "--langs", tmp_path / "l")
    assert answer(result)[0] == 0 and not list(tmp_path.iterdir())


def test_one_endpoint_without_an_answer_is_unhealthy(daemon, tmp_path):
    for silent in (f"ipc://{tmp_path}/none", f"tcp://127.0.0.1:{free_port()}"):
        code, said = answer(quernd("healthcheck", "--endpoint", daemon.ipc, "--endpoint", silent))
        assert code == 1 and said == f"nobody answers at {silent}."


def test_a_daemon_that_hangs_is_unhealthy(own_daemon):
    daemon = own_daemon()
    daemon.process.send_signal(signal.SIGSTOP)
    code, said = answer(quernd("healthcheck", "--endpoint", daemon.ipc))
    daemon.process.send_signal(signal.SIGCONT)
    assert code == 1 and said == f"nobody answers at {daemon.ipc}."


def test_something_else_that_answers_is_unhealthy(tmp_path):
    import subprocess
    from daemon import BINARY, clean_environment
    endpoint = f"ipc://{tmp_path}/other"
    with zmq.Context.instance().socket(zmq.ROUTER) as other:
        other.bind(endpoint)
        asked = subprocess.Popen([BINARY, "healthcheck", "--endpoint", endpoint], env=clean_environment(), text=True,
                                 stderr=subprocess.PIPE)
        route, *_ = other.recv_multipart()
        other.send_multipart([route, b"HTTP/1.1 200 OK"])
        _, said = asked.communicate(timeout=PATIENCE)
    assert asked.returncode == 1 and said == f"{endpoint}: what answers there does not speak this protocol.\n"


def test_an_endpoint_that_only_the_daemon_knows_is_said(daemon):
    code, said = answer(quernd("healthcheck", "--endpoint", "tcp://127.0.0.1:*"))
    assert code == 1 and "--endpoint" in said


def test_a_wrong_use_ends_with_2():
    assert answer(quernd("healthcheck", "--colour"))[0] == 2
