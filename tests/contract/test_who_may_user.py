# SPDX-License-Identifier: Apache-2.0
"""Who may, inside: with --user programs are somebody else, and the daemon is out of their reach."""
import contextlib
import json
import os
import shutil
import stat
import subprocess

import pytest

from daemon import BINARY, LANGS, clean_environment, eventually, free_port
from jail import CONTAINER, GROUP, NAME, USER, Jailed, need_root
from keys import Keys

SHELL_ID = 'echo "$(id -u) $(id -g) $(id -G)"'
PYTHON_ID = "import os\nprint(*os.getresuid(), *os.getresgid(), os.getgroups())"
WHO = f"{USER} {GROUP} {GROUP}\n".encode()
PYTHON_WHO = f"{USER} {USER} {USER} {GROUP} {GROUP} {GROUP} []\n".encode()


@pytest.fixture
def jail():
    with contextlib.ExitStack() as stack:
        def make(*args, **keys):
            daemon = Jailed(*args, **keys).start()
            stack.callback(lambda: daemon.stop() if daemon.running() else daemon.discard())
            return daemon
        yield make


# Programs are the user ------------------------------------------------------------------------------------------


def test_every_step_of_a_batch_run_is_the_user(jail):
    record = jail().client().run(b"", mode="batch", build=SHELL_ID, exec=SHELL_ID, clean=SHELL_ID)
    assert (record.status, record.stdout, record.stderr) == ("ok", 3 * WHO, b"")


def test_a_terminal_is_the_users_own(jail):
    client = jail().client()
    script = 'test "$(stat -c %u "$(tty)")" = "$(id -u)" && echo "$(id -u)" > "$(tty)" && echo mine > /dev/tty'
    record = client.collect(client.start(mode="tty", command=["sh", "-c", script]))
    assert (record.status, record.stdout) == ("ok", f"{USER}\r\nmine\r\n".encode())


def test_where_no_terminal_can_be_made_that_is_said(jail):
    no_devpts = ["sh", "-c", 'mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && exec "$@"', "sh"]
    daemon = jail(user=None, inside=no_devpts)
    client = daemon.client()
    assert "tty" not in client.request("hello", protocol=1, client="t/1")["features"]
    record = client.collect(client.start(mode="tty", command=["true"]))
    assert record.status == "error" and "devpts" in record.one("error")["message"] and "devpts" in daemon.log()
    assert client.sh("echo hi").stdout == b"hi\n"


@pytest.mark.parametrize("warm", [[], ["--warm", "python"], ["--warm", "bash=2"]], ids=["cold", "forked", "ready"])
def test_an_interpreter_is_the_user(jail, warm):
    client = jail(*warm).client()
    assert client.query("python", PYTHON_ID).stdout == PYTHON_WHO
    assert client.query("bash", SHELL_ID).stdout == WHO
    assert client.query("bash", "python3 -c '" + PYTHON_ID.replace("\n", ";") + "'").stdout == PYTHON_WHO


def test_without_user_programs_are_what_the_daemon_is(jail):
    assert jail(user=None).client().query("python", PYTHON_ID).stdout.startswith(b"0 0 0 0 0 0")


@pytest.mark.parametrize("user", [NAME, str(USER), f"{NAME}:{GROUP}"])
def test_a_user_that_passwd_knows_is_at_home(jail, user):
    daemon = jail(user=user, env={"MAIL": "/var/mail/root", "XDG_RUNTIME_DIR": "/run/user/0"})
    told = daemon.client().sh('echo "$(id -u):$(id -g) $HOME $USER $LOGNAME ${MAIL-no} ${XDG_RUNTIME_DIR-no}"').stdout.decode()
    assert told == f"{USER}:{GROUP} {daemon.home} {NAME} {NAME} no no\n"


def test_a_number_that_nobody_has_is_at_home_nowhere(jail):
    daemon = jail(user="61299", env={"USER": "root", "LOGNAME": "root"})
    assert daemon.client().sh('echo "$(id -u):$(id -g) $HOME ${USER-no} ${LOGNAME-no}"').stdout == b"61299:61299 / no no\n"


def test_a_program_has_no_capability_and_cannot_get_one(jail):
    status = jail().client().sh(["cat", "/proc/self/status"]).stdout.decode()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert [int(fields[name], 16) for name in ("CapPrm", "CapEff", "CapAmb")] == [0, 0, 0]
    assert fields["NoNewPrivs"] == "1"


def test_a_setuid_program_stays_the_user(jail):
    daemon = jail()
    shell = daemon.dir / "root-shell"
    shutil.copy("/usr/bin/id", shell)
    shell.chmod(0o4755)
    assert daemon.client().sh([str(shell), "-u"]).stdout == f"{USER}\n".encode()


@pytest.mark.parametrize("lang, code", [
    ("bash", 'echo out > /dev/stdout; echo err > /dev/stderr'),
    ("python", "open('/dev/stdout', 'w').write('out\\n')\nopen('/dev/stderr', 'w').write('err\\n')\nNone"),
])
@pytest.mark.parametrize("warm", [[], ["--warm", "python"]], ids=["cold", "forked"])
def test_programs_can_open_their_own_streams_by_name(jail, lang, code, warm):
    record = jail(*warm).client().query(lang, code)
    assert (record.status, record.stdout, record.stderr) == ("ok", b"out\n", b"err\n")


def test_a_batch_program_can_open_its_streams_by_name_and_is_given_input(jail):
    client = jail().client()
    run = client.start_sh("cat /dev/stdin > /dev/stderr")
    client.input(run, "asked for\n", eof=True)
    assert client.collect(run).stderr == b"asked for\n"


def test_a_question_of_an_interpreter_is_answered(jail):
    client = jail().client()
    run = client.start_query("python", "print(input('? '))")
    client.wait_event(run, "waiting-input")
    client.input(run, "yes\n")
    assert client.collect(run).stdout.endswith(b"yes\n")


def test_a_program_that_only_root_can_execute_is_not_found(jail):
    daemon = jail()
    hidden = daemon.dir / "hidden"
    hidden.mkdir(mode=0o700)
    shutil.copy("/bin/true", hidden / "id")
    found = daemon.client().run(b"", mode="batch", exec=["id", "-u"], env={"PATH": f"{hidden}:/usr/bin:/bin"})
    assert found.stdout == f"{USER}\n".encode()
    assert daemon.client().sh([str(hidden / "id")]).finished["exit"] == 127


def test_a_directory_that_only_root_can_enter_is_told(jail):
    daemon = jail()
    record = daemon.client().sh("pwd", cwd=str(daemon.state))
    assert record.finished["exit"] == 127 and str(daemon.state) in record.finished["cause"]


# The daemon is out of their reach -------------------------------------------------------------------------------

SNOOP = r'''
import ctypes, os, resource, signal, socket, sys
pid, ipc, tcp, *files = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
ATTACH, SEIZE = 16, 0x4206

def call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "no")

class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]

def memory(function):
    mine, theirs = ctypes.create_string_buffer(8), Vector(0x400000, 8)
    local = Vector(ctypes.addressof(mine), 8)
    call(function(pid, ctypes.byref(local), 1, ctypes.byref(theirs), 1, 0))

def proc(name, mode="rb"):
    return lambda: open(f"/proc/{pid}/{name}", mode).read(1)

def connect():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(ipc)

tries = {
    **{f"signal {n.name}": lambda n=n: os.kill(pid, n) for n in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD)},
    "signal 0": lambda: os.kill(pid, 0),
    "pidfd signal": lambda: signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGTERM),
    "ptrace attach": lambda: call(libc.ptrace(ATTACH, pid, 0, 0)),
    "ptrace seize": lambda: call(libc.ptrace(SEIZE, pid, 0, 0)),
    "read memory": lambda: memory(libc.process_vm_readv),
    "write memory": lambda: memory(libc.process_vm_writev),
    **{name: proc(name) for name in ("mem", "environ", "maps", "auxv", "stack", "syscall", "io")},
    "write mem": proc("mem", "r+b"),
    "write oom_score_adj": lambda: open(f"/proc/{pid}/oom_score_adj", "w").write("1000"),
    **{name: lambda name=name: os.listdir(f"/proc/{pid}/{name}") for name in ("fd", "map_files")},
    **{f"link {name}": lambda name=name: os.readlink(f"/proc/{pid}/{name}") for name in ("exe", "cwd", "root", "fd/0")},
    "limits": lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3)),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
    "affinity": lambda: os.sched_setaffinity(pid, {0}),
    "connect": connect,
    **{f"read {file}": lambda file=file: os.listdir(file) if os.path.isdir(file) else open(file).read() for file in files},
    **{f"write {file}": lambda file=file: open(file + "/x" if os.path.isdir(file) else file, "a") for file in files},
}
for what, do in tries.items():
    try:
        do()
        print(what, "DONE")
    except PermissionError:
        print(what, "denied")
    except Exception as other:
        print(what, repr(other))
'''


def denied(told):
    lines = told.decode().splitlines()
    assert len(lines) > 30 and all(line.endswith(" denied") for line in lines), told.decode()


@pytest.mark.parametrize("inside", [[], CONTAINER], ids=["all-capabilities", "as-in-a-container"])
def test_the_daemon_cannot_be_signalled_traced_read_or_connected_to(jail, tmp_path, inside):
    keys = Keys(tmp_path)
    tmp_path.chmod(0o755)
    daemon = jail(*keys.args, inside=inside, env=no_leak_check())
    with contextlib.closing(daemon.client(keys=keys.of(keys.ada))) as client:
        pid = client.request("hello", protocol=1, client="contract/1")["pid"]
        targets = json.dumps([pid, daemon.ipc.removeprefix("ipc://"), None, str(keys.secret_file), str(daemon.state)])
        record = client.sh(["python3", "-c", "import json" + SNOOP, targets])
        denied(record.stdout)
        # And from within an interpreter, warm or not.
        told = client.query("python", f"import json, sys\nsys.argv = ['', {targets!r}]\nexec({SNOOP!r})")
        denied(told.stdout)
        client.barrier()


def no_leak_check():
    """Of a sanitizer's, which traces the daemon to look for leaks: what this test forbids."""
    return {"ASAN_OPTIONS": ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "detect_leaks=0"]))}


def test_a_program_gets_in_over_tcp_only_with_a_key(jail, tmp_path):
    keys = Keys(tmp_path)
    daemon = jail(*keys.args, tcp=True)
    code = ("import sys, zmq\ns = zmq.Context().socket(zmq.DEALER)\ns.linger = 0\nm = s.get_monitor_socket()\n"
            "if len(sys.argv) > 2:\n s.curve_serverkey, s.curve_publickey, s.curve_secretkey = [k.encode() for k in sys.argv[2:]]\n"
            "s.connect(sys.argv[1])\nfrom zmq.utils.monitor import recv_monitor_message as next\n"
            "while True:\n e = next(m)['event']\n"
            " if e == zmq.EVENT_HANDSHAKE_SUCCEEDED: print('in'); break\n"
            " if e == zmq.EVENT_DISCONNECTED: print('out'); break\n")
    with contextlib.closing(daemon.client(keys=keys.of(keys.ada))) as client:
        assert client.sh(["python3", "-c", code, daemon.tcp]).stdout == b"out\n"
        given = [key.decode() for key in keys.of(keys.ada)]
        assert client.sh(["python3", "-c", code, daemon.tcp, *given]).stdout == b"in\n"


# Files are the user's -------------------------------------------------------------------------------------------


def owner(path):
    info = os.lstat(path)
    return info.st_uid, info.st_gid


def test_what_is_put_belongs_to_the_user(jail):
    daemon = jail()
    client = daemon.client()
    client.request("put", b"hello", path="made/of/it", mode=0o600)
    client.request("put", b"hello", path="made/whole", atomic=True)
    made = [daemon.work / name for name in ("made", "made/of", "made/of/it", "made/whole")]
    assert {owner(path) for path in made} == {(USER, GROUP)}
    assert client.sh("cat made/of/it").stdout == b"hello"
    client.request("move", path="made/of/it", to="moved")
    client.request("remove", path="made", recursive=True)
    assert client.request("get", path="moved").body == b"hello" and not made[0].exists()


@pytest.fixture
def guarded(jail):
    """A daemon in whose work dir stand things of root's."""
    daemon = jail()
    secret, locked, sticky = daemon.work / "secret", daemon.work / "locked", daemon.work / "sticky"
    secret.write_text("root's")
    secret.chmod(0o600)
    locked.mkdir(mode=0o700)
    (locked / "inside").write_text("root's")
    sticky.mkdir()
    sticky.chmod(0o1777)
    (sticky / "file").write_text("root's")
    (sticky / "file").chmod(0o644)
    (daemon.work / "link").symlink_to(secret)
    (daemon.work / "up").symlink_to(locked)
    return daemon


@pytest.mark.parametrize("op, keys", [
    ("get", {"path": "secret"}), ("get", {"path": "link"}), ("get", {"path": "locked/inside"}), ("get", {"path": "up/inside"}),
    ("stat", {"path": "locked/inside"}), ("stat", {"path": "secret", "sha256": True}), ("list", {"path": "locked"}),
    ("put", {"path": "secret"}), ("put", {"path": "link"}), ("put", {"path": "locked/new"}), ("put", {"path": "sticky/file"}),
    ("put", {"path": "/etc/quern-of-the-tests"}), ("put", {"path": "locked/new/below"}),
    ("move", {"path": "sticky/file", "to": "mine"}), ("move", {"path": "locked/inside", "to": "mine"}),
    ("remove", {"path": "sticky/file"}), ("remove", {"path": "locked/inside"}), ("remove", {"path": "locked", "recursive": True}),
    ("get", {"path": "/etc/shadow"}),
], ids=lambda value: value if isinstance(value, str) else value["path"])
def test_a_file_op_has_none_of_roots_rights(guarded, op, keys):
    assert guarded.client().refusal(op, b"x" if op == "put" else b"", **keys) == "denied"
    for name in ("secret", "locked/inside", "sticky/file"):
        assert (guarded.work / name).read_text() == "root's"
    assert not os.path.exists("/etc/quern-of-the-tests")


def test_the_daemon_has_its_own_rights_again_when_it_has_used_the_users(jail):
    daemon = jail()
    client = daemon.client(acks=False)
    assert client.run(b"echo hi", mode="batch", lang="bash").stdout == b"hi\n"  # in a private directory of the user's
    assert client.refusal("get", path="/etc/shadow") == "denied"
    # What nobody acknowledges goes to the state dir, which only root can enter.
    client.request("wait", run=client.start_sh("head -c 40000000 /dev/zero"), timeout_ms=60_000, timeout=90)
    opened = []
    for fd in os.listdir(f"/proc/{daemon.pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            opened.append(os.readlink(f"/proc/{daemon.pid}/fd/{fd}"))
    assert any(name.startswith(str(daemon.state)) for name in opened), opened


def test_files_of_a_run_and_its_private_directory_are_the_users(jail):
    daemon = jail()
    client = daemon.client()
    record = client.run(b"echo code", contents=[b"more"], mode="batch", lang="bash", file="main.sh", build="chmod 700 .",
                        files=[{"path": "sub/file", "size": 4}],
                        exec='stat -c "%u %g %n" . main.sh sub sub/file; mkdir -m 0 shut; bash main.sh')
    who = f"{USER} {GROUP}"
    assert record.stdout.decode() == f"{who} .\n{who} main.sh\n{who} sub\n{who} sub/file\ncode\n", record.stderr
    cwd = record.one("accepted")["cwd"]
    # It is not below the state dir, which the user cannot enter.
    assert os.path.isdir(cwd) and not cwd.startswith(str(daemon.state))
    client.request("forget", run=record.run)
    eventually(lambda: not os.path.exists(os.path.join(cwd, "main.sh")), "the private directory removed")


def test_files_of_a_run_cannot_be_written_where_the_user_cannot(guarded):
    client = guarded.client()
    record = client.run(b"code", mode="batch", exec="true", file="name", cwd="locked")
    assert record.status == "error" and record.finished["error"]["name"] == "FileError"
    assert not (guarded.work / "locked/name").exists()


def test_a_link_cannot_lead_the_saving_of_code_to_roots_files(guarded):
    record = guarded.client().run(b"code", mode="batch", exec="true", file="link", cwd=".")
    assert record.status == "error" and record.finished["error"]["name"] == "FileError"
    assert (guarded.work / "secret").read_text() == "root's"


def test_a_work_dir_that_the_daemon_makes_is_the_users(jail):
    daemon = jail(fresh_work=True)
    told = daemon.client().sh("echo hi > file; stat -c '%u %g' . file").stdout
    assert told == f"{USER} {GROUP}\n".encode() * 2


# What the daemon still can --------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", [[], CONTAINER], ids=["all-capabilities", "as-in-a-container"])
class TestTheDaemonStill:
    @pytest.fixture
    def daemon(self, jail, inside):
        return jail(inside=inside, env=no_leak_check())

    def test_interrupts(self, daemon):
        client = daemon.client()
        run = client.start_query("python", "import time\nprint('up', flush=True)\ntime.sleep(1000)")
        client.wait_output(run, "up\n")
        client.request("interrupt", run=run)
        record = client.collect(run)
        assert (record.status, record.finished["context"]) == ("interrupted", "kept")

    def test_signals(self, daemon):
        client = daemon.client()
        run = client.start_sh("trap 'echo got it; exit 3' USR1; echo up; while :; do sleep 0.01; done")
        client.wait_output(run, "up\n")
        assert client.request("signal", run=run, signal="USR1")["delivered"]
        record = client.collect(run)
        assert (record.stdout, record.finished["exit"]) == (b"up\ngot it\n", 3)

    def test_kills_what_heeds_no_signal(self, daemon):
        client = daemon.client()
        run = client.start_sh("trap '' INT TERM; echo up; while :; do sleep 0.01; done")
        client.wait_output(run, "up\n")
        client.request("interrupt", run=run, grace_ms=10)
        assert client.collect(run).finished["signal"] == 9

    def test_limits_time_and_memory(self, daemon):
        client = daemon.client()
        assert client.sh("sleep 1000", limits={"wall_ms": 200}).status == "timeout"
        assert client.sh("while :; do :; done", limits={"cpu_ms": 200}).status == "timeout"
        hungry = ["python3", "-c", "import time\nx = bytearray(b'x') * 300_000_000\ntime.sleep(1000)"]
        assert client.sh(hungry, limits={"memory": 100_000_000}).status == "memory"

    @pytest.mark.parametrize("flees", [
        "setsid sh -c 'echo $$ > up; exec sleep 1000' > /dev/null 2>&1 < /dev/null &",
        "env -i setsid sh -c 'echo $$ > up; exec sleep 1000' &",
    ], ids=["known-by-its-mark", "known-by-its-pipe"])
    def test_finds_who_left_the_session(self, daemon, flees):
        client = daemon.client()
        record = client.sh(f"({flees}) ; while [ ! -s up ]; do sleep 0.01; done; echo hi")
        assert (record.stdout, record.status) == (b"hi\n", "ok")
        fled = [pid for pid in daemon.children() if comm(pid) == "sleep"]
        eventually(lambda: not [pid for pid in fled if comm(pid)], "an end of who had fled")

    def test_shuts_down_with_everything(self, daemon):
        client = daemon.client()
        client.query("python", "import subprocess\nx = subprocess.Popen(['sleep', '1000'])")
        run = client.start_sh("echo up; sleep 1000")
        client.wait_output(run, "up\n")
        client.request("shutdown", grace_ms=1000)
        assert client.collect(run).status == "killed"


def comm(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/comm") as file:
            return file.read().strip()


# Refused at the start -------------------------------------------------------------------------------------------


def quernd(tmp_path, *args, before=(), binary=BINARY):
    need_root()
    command = [*before, str(binary), "--endpoint", f"ipc://{tmp_path}/s", "--langs", str(LANGS), "--work-dir", str(tmp_path),
               "--state-dir", str(tmp_path), *args]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          env={**clean_environment(), **no_leak_check()})


def sentence(result):
    assert result.returncode == 2 and result.stdout == "", result
    (line,) = result.stderr.strip().splitlines()
    return line


@pytest.mark.parametrize("user", ["0", "root", "nobody-of-this-name", "-1", "61234:x", "4294967295", "61234:61234:1"])
def test_a_user_that_makes_no_sense_is_refused(tmp_path, user):
    assert "--user" in sentence(quernd(tmp_path, f"--user={user}"))


def test_only_root_can_name_a_user(tmp_path):
    with contextlib.ExitStack() as stack:
        # Where that user can execute it, whatever folder the build is in.
        folder = tmp_path / "bin"
        folder.mkdir()
        binary = shutil.copy(BINARY, folder / "quernd")
        os.chmod(binary, 0o755)
        for above in [folder, *folder.parents]:
            mode = os.stat(above).st_mode
            if not mode & 0o001:
                above.chmod(stat.S_IMODE(mode) | 0o011)
                stack.callback(above.chmod, stat.S_IMODE(mode))
        before = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups"]
        line = sentence(quernd(tmp_path, "--user", "61235", before=before, binary=binary))
    assert "root" in line and "61234" in line


@pytest.mark.parametrize("lacking", ["setuid", "setgid", "kill", "dac_override", "chown"])
def test_a_root_that_lacks_a_capability_says_which(tmp_path, lacking):
    before = ["setpriv", f"--bounding-set=-{lacking}"]
    assert lacking.upper() in sentence(quernd(tmp_path, "--user", str(USER), before=before))


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:1", "tcp://[::1]:1", "ipc://@quern-of-the-tests"])
def test_an_endpoint_that_programs_could_reach_without_a_key_is_refused(tmp_path, endpoint):
    line = sentence(quernd(tmp_path, "--user", str(USER), "--endpoint", endpoint))
    assert all(word in line for word in (endpoint, "--user", "--curve-secret-key", "--insecure"))


def test_insecure_lets_programs_reach_it(jail):
    daemon = jail("--insecure", "--endpoint", f"tcp://127.0.0.1:{free_port()}")
    assert "user" in daemon.client().request("hello", protocol=1, client="contract/1")["features"]
