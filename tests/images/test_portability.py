# SPDX-License-Identifier: Apache-2.0
"""The daemon as shipped is the same in any base, whoever it is there and whatever it is given."""
import pytest

from bases import built
from smoke_test import checks
from smoke_test.client import Terminal, program
from smoke_test.container import Container, order

BASES = ["scratch", "busybox", "debian-11", "debian-12", "debian-13"]
BUSYBOX = ("-v", f"/bin/busybox:{checks.INSIDE}/busybox:ro")
# All that an operator can take away: the network, the root, rights, the ways to more of them, an entry in /etc/passwd.
BARE = ("--network", "none", "--read-only", "--read-only-tmpfs=false", "--cap-drop", "all", "--security-opt", "no-new-privileges",
        "--user", "12345:12345")
RUBBISH = {
    "PATH": "/nowhere/bin:not/absolute", "VIRTUAL_ENV": "/nowhere", "LD_LIBRARY_PATH": "/nowhere:/dev/null", "PYTHONHOME": "/nowhere",
    "PYTHONPATH": "/dev/null", "HOME": "/nowhere", "TMPDIR": "/nowhere", "LC_ALL": "xx_YY.nonsense", "SHELL": "/nowhere", "BASH_ENV": "/nowhere",
}


def serves(container):
    """Hello, a batch run, a query where there is an interpreter, a clean stop."""
    container.start()
    client = container.client
    languages = [language["name"] for language in client.languages()]
    if container.image == built("scratch"):
        checks.bare_program(client)
    else:
        assert client("run", "--batch", "--exec", "echo good day; exec cat /proc/1/comm") == "good day\nquernd\n"
    if "debian" in container.image:
        assert languages == ["bash"]
        checks.kept_query(client, "bash", checks.snippets("bash"))
    assert container.stop()[1] == 0, container.log()


@pytest.mark.parametrize("base", BASES)
def test_it_serves_on_every_base_with_all_taken_away(base):
    with Container(built(base), *BARE, *BUSYBOX) as container:
        serves(container)


@pytest.mark.parametrize("base", ["busybox", "debian-12"])
def test_it_serves_as_root_with_a_network_below_an_init(base):
    with Container(built(base), "--user", "0", "--init") as container:
        container.start()
        client = container.client
        assert client("run", "--batch", "--exec", "id -u; cat /proc/1/comm").split() != ["0", "quernd"]
        assert container.stop()[1] == 0, container.log()


def test_it_serves_with_a_tmp_that_cannot_be_written():
    with Container(built("debian-12"), "--mount", "type=tmpfs,destination=/tmp,ro=true,tmpfs-mode=0555") as container:
        serves(container)


def test_it_serves_with_rubbish_in_its_variables():
    variables = [word for name, value in RUBBISH.items() for word in ("-e", f"{name}={value}")]
    with Container(built("debian-12"), *variables) as container:
        serves(container)


def test_a_container_that_names_no_endpoint_and_no_keys_has_a_socket_alone():
    with Container(built("busybox"), "--network", "none") as container:
        container.start()
        assert [line.rpartition("listening on ")[2] for line in container.log().splitlines() if "listening on" in line] == [
            "ipc:///run/quern/quern.sock"]


def test_the_client_in_an_image_finds_the_daemon_there():
    with Container(built("busybox"), "--network", "none", "-v", f"{program()}:/opt/quern/bin/quern:ro") as container:
        container.start()
        assert order("exec", container.id, "/opt/quern/bin/quern", "run", "--batch", "--exec", "cat /proc/1/comm") == "quernd"


def test_mounted_keys_open_a_port_and_close_it_to_all_others():
    with Container(built("scratch"), keys=True) as container:
        container.start()
        inside = container.by_port()
        assert inside.languages() == []
        checks.strangers_stay_out(inside)


def test_half_of_the_keys_is_a_mistake_that_is_told():
    with Container(built("scratch"), keys=True) as container:
        (container.folder / "keys/authorized-keys").unlink()
        with pytest.raises(checks.Failed, match="--curve-secret-key and --authorized-keys go together"):
            container.start()


def test_a_terminal_is_there_in_a_container_with_nothing_else():
    with Container(built("scratch"), *BARE, *BUSYBOX) as container:
        container.start()
        screen = Terminal(container.client, "--", f"{checks.INSIDE}/busybox", "tty")
        try:
            assert screen.end() == 0 and "/dev/pts/" in screen.shown
        finally:
            screen.close()
