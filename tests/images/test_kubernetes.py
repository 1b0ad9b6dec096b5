# SPDX-License-Identifier: Apache-2.0
"""The pod of images/kubernetes, played by podman."""
import base64
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

import bases
from smoke_test import checks
from smoke_test.client import PATIENCE, Client
from smoke_test.client import program as quern
from smoke_test.container import engine, order

POD = bases.TREE / "images/kubernetes/pod.yaml"


def published(folder):
    """The pod as it is, save that its port is of loopback and free, so that tests are in nobody's way."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = "          containerPort: 7837\n"
    text = POD.read_text()
    assert text.count(line) == 1
    (folder / "pod.yaml").write_text(text.replace(line, f"{line}          hostIP: 127.0.0.1\n          hostPort: {port}\n"))
    return folder / "pod.yaml", port


def remove():
    for words in (["pod", "rm", "-f", "-t", "5", "quern"], ["secret", "rm", "quern-keys"], ["volume", "rm", "-f", "quern-keys", "socket", "work", "tmp"]):
        subprocess.run([engine(), *map(str, words)], capture_output=True, timeout=PATIENCE)


@pytest.fixture(scope="module")
def pod(tmp_path_factory):
    """The daemon's container, and a client who has a key."""
    assert f"image: {bases.built('debian-12')}\n" in POD.read_text()
    folder = tmp_path_factory.mktemp("keys")
    for name in ("daemon.key", "client.key"):
        subprocess.run([quern(), "keygen", "--out", folder / name], check=True, stdout=subprocess.DEVNULL)
    contents = {"daemon.key": folder / "daemon.key", "authorized-keys": folder / "client.key.pub"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "quern-keys"},
              "data": {name: base64.b64encode(file.read_bytes()).decode() for name, file in contents.items()}}
    (folder / "secret.yaml").write_text(json.dumps(secret))
    manifest, port = published(folder)
    remove()  # what a test that was killed has left
    try:
        order("kube", "play", folder / "secret.yaml")
        order("kube", "play", "--start=false", manifest)
        # What a cluster does with a secret, by defaultMode and fsGroup too, and podman 4.3 does not.
        volume = Path(order("volume", "inspect", "--format", "{{.Mountpoint}}", "quern-keys"))
        assert {file.name for file in volume.iterdir()} == set(contents)
        for name, content in contents.items():
            (volume / name).write_bytes(content.read_bytes())
            os.chown(volume / name, 0, 1000)
            (volume / name).chmod(0o440)
        order("pod", "start", "quern")
        yield "quern-quern", Client(f"tcp://127.0.0.1:{port}", "--server-key", folder / "daemon.key.pub", "--secret-key", folder / "client.key")
    finally:
        remove()


def healthcheck(container):
    return subprocess.run([engine(), "exec", container, "/opt/quern/bin/quernd", "healthcheck"], capture_output=True, text=True, timeout=PATIENCE)


def test_its_probes_are_commands_that_the_image_has(pod):
    container, _ = pod
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert f"      {probe}:\n        exec:\n          command: [/opt/quern/bin/quernd, healthcheck]\n" in POD.read_text()
    end = time.monotonic() + PATIENCE
    while (health := healthcheck(container)).returncode != 0:
        assert time.monotonic() < end, f"{health.stderr} {order('logs', container)}"
        time.sleep(0.1)
    assert health.stdout == "quernd answers.\n"


def test_it_serves_whoever_has_a_key(pod):
    _, client = pod
    assert client("run", "--batch", "--exec", "echo good day") == "good day\n"
    checks.kept_query(client, "bash", checks.snippets("bash"))
    checks.strangers_stay_out(client)


def test_a_daemon_that_hangs_is_not_healthy(pod):
    container, _ = pod
    pid = int(order("container", "inspect", "--format", "{{.State.Pid}}", container))
    os.kill(pid, signal.SIGSTOP)
    try:
        health = healthcheck(container)
        assert health.returncode == 1 and "nobody answers" in health.stderr
    finally:
        os.kill(pid, signal.SIGCONT)
