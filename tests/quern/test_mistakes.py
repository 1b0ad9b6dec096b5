# SPDX-License-Identifier: Apache-2.0
"""What newcomers do wrong: one table of a command line, the setting it is given in, and the sentence that must come.

Each sentence names the cause and the cure. Where it is compared as a whole, {cwd}, {home}, {endpoint} and {tcp} stand
for this test's own.
"""
import ctypes
import dataclasses
import os
import re
import socket
import stat
import subprocess
import threading

import pytest

from conftest import QUERND, ROOT

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24


def nothing(place):
    pass


@dataclasses.dataclass
class Mistake:
    title: str
    line: str  # the arguments, parted at blanks; _ is a blank within one
    says: object  # the whole of stderr, or a pattern that all of it matches
    exit: int = 125
    setting: object = nothing
    program: str = "quern"
    streams: dict = dataclasses.field(default_factory=dict)


class Place:
    """Where one mistake is made: its folder, its variables, and the daemons that it meets."""

    def __init__(self, quern, tmp_path):
        self.quern, self.env, self.tmp, self.ends = quern, {}, tmp_path, []
        self.words = {"cwd": str(quern.cwd), "home": str(tmp_path), "tmp": quern.link}

    def file(self, name, content=b"", mode=0o644):
        path = self.quern.cwd / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
        return path

    def daemon(self, *options, endpoint=None, langs=ROOT / "langs"):
        endpoint = endpoint or f"ipc://{self.quern.link}/real"
        process = subprocess.Popen([QUERND, "--endpoint", endpoint, "--langs", langs, "--work-dir", self.quern.cwd, "--state-dir",
                                    self.tmp / "state", "--log-level", "off", "--ready-fd", "1", *options],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.ends.append(lambda: (process.terminate(), process.wait(60)))
        assert process.stdout.read(1)
        self.words["endpoint"] = endpoint
        self.env["QUERN_ENDPOINT"] = endpoint

    def end(self):
        for end in self.ends:
            end()


def a_daemon(place):
    place.daemon()


def near_file(place):
    place.file("main.py", b"print(1)\n")


def a_script(place):
    place.file("hello.py", b"print(1)\n")


def unreadable(place):
    place.file("secret.py", b"print(1)\n", 0)


def a_program(place):
    place.daemon()
    place.file("prime", b"\x7fELF\x02\x01\x01\0\0")


def folder(place):
    (place.quern.cwd / "src").mkdir()


def empty(place):
    place.daemon()
    place.file("nothing.py")


def odd_extension(place):
    place.daemon(langs=languages(place))
    place.file("notes.xyz", b"1\n")


def languages(place):
    """A folder of one language that can be used, and one whose program is not here."""
    adapters = place.tmp / "langs"
    adapters.mkdir()
    (adapters / "bash").symlink_to(ROOT / "langs" / "bash")
    (adapters / "snobol").mkdir()
    (adapters / "snobol" / "adapter.toml").write_text(
        'name = "snobol"\ntitle = "SNOBOL"\nextension = "sno"\nmain = "main.sno"\n[needs]\nprograms = ["snobol4-of-nobody"]\n'
        'packages.debian = ["snobol4"]\n[[batch.exec]]\nif = ["{main}"]\nrun = ["snobol4-of-nobody", "{main}"]\n')
    return adapters


def missing_toolchain(place):
    place.daemon(langs=languages(place))


def keys(place, *authorized):
    for name in ("daemon", "known", "stranger"):
        assert place.quern("keygen", "--out", name).returncode == 0
    known = "".join((place.quern.cwd / f"{name}.pub").read_text() for name in authorized)
    place.file("authorized", known.encode(), 0o600)
    place.daemon("--curve-secret-key", place.quern.cwd / "daemon",
                 "--authorized-keys", place.quern.cwd / "authorized")


def locked(place):
    keys(place, "known")


def stranger(place):
    keys(place, "known")
    place.env |= {"QUERN_SERVER_KEY": "daemon.pub", "QUERN_SECRET_KEY": "stranger"}
    place.words["key"] = (place.quern.cwd / "stranger.pub").read_text().split()[0]


def wrong_server_key(place):
    keys(place, "known")
    place.env |= {"QUERN_SERVER_KEY": "stranger.pub", "QUERN_SECRET_KEY": "known"}


def open_key(place):
    assert place.quern("keygen", "--out", "mine").returncode == 0
    (place.quern.cwd / "mine").chmod(0o644)
    place.env |= {"QUERN_SERVER_KEY": "mine.pub", "QUERN_SECRET_KEY": "mine"}


def a_web_server(place):
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                client.recv(64)
                client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    place.ends.append(lambda: (server.shutdown(socket.SHUT_RDWR), server.close(), thread.join(60)))
    place.words["tcp"] = f"tcp://127.0.0.1:{server.getsockname()[1]}"


def somebody_else(place):
    server = socket.create_server(("127.0.0.1", 0))
    place.ends.append(server.close)
    place.words["tcp"] = f"tcp://127.0.0.1:{server.getsockname()[1]}"


def finished_run(place):
    place.daemon()
    assert place.quern("run", "--batch", "--keep", "--name", "over", "--exec", "exit 3", env=place.env).returncode == 3


def read_only(place):
    place.quern.cwd.chmod(0o555)
    place.ends.append(lambda: place.quern.cwd.chmod(0o755))


def no_room_for_a_socket(place):
    place.quern.tmp.chmod(0o555)
    place.ends.append(lambda: place.quern.tmp.chmod(0o755))


def no_daemon_program(place):
    place.env["QUERND_BIN"] = "/no/such/quernd"


def config(place):
    place.file("quernd.toml", b'[limits]\nmemry = 5\n')


QUERN = [
    Mistake("a command misspelt", "rnu", 'there is no command "rnu"; did you mean "run"?'),
    Mistake("a command that there is not", "frobnicate", 'there is no command "frobnicate"; quern --help lists them.'),
    Mistake("an option misspelt", "run -l bash --limt wall=3s -c true", 'quern run has no option "--limt"; did you mean "--limit"?'),
    Mistake("an option that there is not", "ps --all-of-them", 'quern ps has no option "--all-of-them"; see quern ps --help.'),
    Mistake("an option of the program's", "run -l bash -c true --wat",
            'quern run has no option "--wat"; see quern run --help, and put the program\'s own options behind a --.'),
    Mistake("an option before the command", "--json ps", "the command comes first, its options behind it: quern ps --json …; see quern --help."),
    Mistake("a word too many", "ps all", 'there is no place for "all"; it goes: quern ps (see quern ps --help).'),
    Mistake("a word too few", "signal work", "SIGNAL is missing; it goes: quern signal RUN SIGNAL (see quern signal --help)."),
    Mistake("an option without its value", "run -c true -l", "--lang wants a value behind it; see quern run --help."),
    Mistake("a number that is none", "output work --from start", '--from wants a number, and "start" is none; see quern output --help.'),
    Mistake("nothing to run", "run", "there is nothing to run; give -c CODE, a FILE, or - for stdin; see quern run --help."),
    Mistake("no language", "run -c true", "say with -l which language this is; quern langs lists them."),
    Mistake("a language misspelt", "run -l pyton -c 1", 'There is no language "pyton" here; did you mean "python"?', setting=a_daemon),
    Mistake("a language whose program is not here", "run --batch -l snobol -c 1", "The language snobol cannot be used here: "
            "`snobol4-of-nobody` is not on PATH (Debian: apt install snobol4).", setting=missing_toolchain),
    Mistake("an extension of no language", "run notes.xyz", 'There is no language "xyz" here; there are: bash; say with -l which language '
            "notes.xyz is in, where its extension does not.", setting=odd_extension),
    Mistake("a language without its -l", "run python hello.py",
            'there is no file "python"; a language goes behind -l: quern run -l python hello.py', setting=a_script),
    Mistake("code without its -c", "run -l python print(1)", 'there is no file "print(1)"; code itself goes behind -c.'),
    Mistake("a file misspelt", "run mian.py", 'there is no file "mian.py"; did you mean "main.py"?', setting=near_file),
    Mistake("a file that is elsewhere", "run report.py", 'there is no file "report.py" in {cwd}.'),
    Mistake("a file that may not be read", "run secret.py",
            "secret.py may not be read by you (Permission denied); see ls -l secret.py for who may.", setting=unreadable),
    Mistake("a folder as code", "run -l python src", "src is a folder; name the file in it that is to run.", setting=folder),
    Mistake("a built program as code", "run -l python prime", "prime is no text (see its byte 7), and code is UTF-8; a program that is built "
            "already goes as: quern run --batch --exec ./PROGRAM", setting=a_program),
    Mistake("an empty file", "run nothing.py", "", exit=0, setting=empty),
    Mistake("a limit misspelt", "run -l bash -c true --limit memroy=1G", 'there is no limit "memroy"; did you mean "memory"?'),
    Mistake("a limit of no size", "run -l bash -c true --limit memory=lots", '"lots" is no size; write 1000000, 512K, 64M or 2G.'),
    Mistake("a limit without a value", "run -l bash -c true --limit wall", '"wall" is no limit; write NAME=VALUE.'),
    Mistake("a time that is none", "wait work --timeout soon", '"soon" is no duration; write 500ms, 10s, 2m or 1h.', setting=a_daemon),
    Mistake("a run that nobody knows", "wait nobody", "There is no run `nobody` in this boot; quern ps lists those that are there.",
            setting=a_daemon),
    Mistake("to interrupt what is over", "interrupt over", "in run over there was nothing left to deliver it to.", exit=1, setting=finished_run),
    Mistake("to attach to what is over", "attach over", "", exit=3, setting=finished_run),
    Mistake("a signal misspelt", "signal over TREM", 'there is no signal "TREM" to send; did you mean "TERM"?'),
    Mistake("a context that there is not", "reset bash wrok", re.compile(r"quern: .*wrok.*; quern status lists those that are there\.\n"),
            setting=a_daemon),
    Mistake("no daemon at the usual place", "ps", "no daemon is running at tcp://127.0.0.1:7837; start quernd, or say with --endpoint where "
            "one listens."),
    Mistake("no daemon at the endpoint", "ps --endpoint ipc:///no/such/socket",
            "nobody listens at ipc:///no/such/socket; start one with: quernd --endpoint ipc:///no/such/socket"),
    Mistake("an endpoint of the web's", "ps --endpoint http://localhost:7837",
            '"http://localhost:7837" is no endpoint; did you mean "tcp://localhost:7837"?'),
    Mistake("an endpoint without its scheme", "ps --endpoint localhost:7837",
            '"localhost:7837" is no endpoint; did you mean "tcp://localhost:7837"?'),
    Mistake("a path as endpoint", "ps --endpoint /run/quern.sock",
            '"/run/quern.sock" is no endpoint; did you mean "ipc:///run/quern.sock"?'),
    Mistake("an endpoint without a port", "ps --endpoint tcp://localhost",
            '"tcp://localhost" is no endpoint: it lacks the port, as in tcp://127.0.0.1:7837.'),
    Mistake("a web server at the endpoint", "ps --endpoint {tcp}", "the daemon at {tcp} does not let us in: it wants keys (--server-key and "
            "--secret-key), or what listens there is no quernd.", setting=a_web_server),
    Mistake("no key where one is wanted", "ps", "the daemon at {endpoint} does not let us in: it wants keys (--server-key and --secret-key), "
            "or what listens there is no quernd.", setting=locked),
    Mistake("a key that the daemon does not know", "ps", "the daemon at {endpoint} does not know our key: add {key} to its authorized keys.",
            setting=stranger),
    Mistake("another daemon's key", "ps", "the daemon at {endpoint} does not let us in: its key is not the one that --server-key says, or it "
            "has none and wants none.", setting=wrong_server_key),
    Mistake("a key that all can read", "ps", "the secret key file mine can be read by others: run chmod 600 mine.", setting=open_key),
    Mistake("one key of two", "ps --server-key daemon.pub", "--server-key and --secret-key go together: the one says who the daemon is, the "
            "other who we are (also QUERN_SERVER_KEY and QUERN_SECRET_KEY)."),
    Mistake("no terminal for a terminal", "tty -- bash", "stdin and stdout must be a terminal for this; quern run needs none."),
    Mistake("no terminal to draw on", "top", "quern top draws on a terminal, and there is none; say --once for one look, or --json for a line "
            "each."),
    Mistake("stdin that is closed", "run -l bash -", "stdin is closed, so there is no code to read; give a FILE, or -c CODE.",
            streams={"stdin": "closed"}),
    Mistake("stdin that is closed, and a program that reads it", "run --batch --exec read_x;_echo_$?", "", exit=0, setting=a_daemon,
            streams={"stdin": "closed"}),
    Mistake("a disk that is full", "langs", "stdout cannot be written: No space left on device.", setting=a_daemon,
            streams={"stdout": "/dev/full"}),
    Mistake("a reader that has gone", "langs", "", exit=141, setting=a_daemon, streams={"stdout": "closed pipe"}),
    Mistake("a folder that cannot be written", "keygen", "the key file quern.key cannot be written: Permission denied.", setting=read_only),
    Mistake("nowhere for a daemon of one's own", "run -l bash -c true", "no folder can be made in {tmp}: Permission denied; say with TMPDIR "
            "where one can, or with --endpoint where a daemon listens.", setting=no_room_for_a_socket),
    Mistake("QUERND_BIN that names nothing", "run -l bash -c true", "QUERND_BIN says /no/such/quernd, but there is no such program.",
            setting=no_daemon_program),
    Mistake("a file to send that is not there", "put mian.py x", 'there is no file "mian.py"; did you mean "main.py"?', setting=near_file),
    Mistake("a file to fetch that is not there", "get nothing.csv", re.compile(r"quern: .*nothing\.csv.*\n"), setting=a_daemon),
]

QUERND_TOO = [
    Mistake("a port in use", "--endpoint {tcp}", "cannot listen on `{tcp}`: Address already in use; end what listens there, or choose another "
            "--endpoint", exit=1, setting=somebody_else, program="quernd"),
    Mistake("a socket in use", "--endpoint {endpoint}", "cannot listen on `{endpoint}`: a daemon serves there; end what listens there, or "
            "choose another --endpoint", exit=1, setting=a_daemon, program="quernd"),
    Mistake("an option of quernd misspelt", "--endpont ipc:///x", 'there is no option "--endpont"; did you mean "--endpoint"?', exit=2,
            program="quernd"),
    Mistake("a key of its config misspelt", "--config quernd.toml", "quernd.toml:2: there is no limit `memry`; did you mean `memory`?", exit=2,
            setting=config, program="quernd"),
    Mistake("a language to keep warm misspelt", "--warm pyton", '--warm: There is no language "pyton" here; did you mean "python"?', exit=1,
            program="quernd"),
]


@pytest.fixture
def place(quern, tmp_path):
    made = Place(quern, tmp_path)
    yield made
    made.end()


def without_override():
    """Root reads and writes everything; these programs are to be like anybody else's."""
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def outcome(place, mistake):
    words = [word.replace("_", " ").format(**place.words) for word in mistake.line.split()]
    streams, closes_stdin = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}, False
    if mistake.streams.get("stdin") == "closed":
        closes_stdin = True
    if mistake.streams.get("stdout") == "/dev/full":
        streams["stdout"] = open("/dev/full", "wb")
    if mistake.streams.get("stdout") == "closed pipe":
        reader, writer = os.pipe()
        os.close(reader)
        streams["stdout"] = open(writer, "wb", buffering=0)

    def prepare():
        without_override()
        if closes_stdin:
            os.close(0)

    program = QUERND if mistake.program == "quernd" else None
    env = place.quern.env | place.env
    argv = [program, "--langs", ROOT / "langs", "--log-level", "off", *words] if program else None
    process = (subprocess.Popen(argv, env=env, cwd=place.quern.cwd, stderr=subprocess.PIPE, preexec_fn=prepare, **streams) if program
               else place.quern.start(*words, env=place.env, preexec_fn=prepare, **streams))
    if streams["stdout"] is not subprocess.PIPE:
        streams["stdout"].close()
    _, err = process.communicate(timeout=60)
    return process.returncode, err.decode()


@pytest.mark.parametrize("mistake", QUERN + QUERND_TOO, ids=lambda mistake: mistake.title)
def test_a_newcomer_is_told_cause_and_cure(place, mistake):
    if mistake.title == "no daemon at the usual place":
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", 7837)) != 0, "somebody listens on the default port; end that daemon first"
    mistake.setting(place)
    code, said = outcome(place, mistake)
    if isinstance(mistake.says, re.Pattern):
        assert mistake.says.fullmatch(said), said
    else:
        assert said == (f"{mistake.program}: {mistake.says.format(**place.words)}\n" if mistake.says else "")
    assert code == mistake.exit


def test_a_read_only_home_takes_no_history_and_no_offence(quern, daemon):
    home = quern.cwd / "home"
    home.mkdir(mode=0o555)
    process = quern.start("repl", "-l", "bash", env={"HOME": str(home)}, stdin=subprocess.PIPE, preexec_fn=without_override)
    out, err = process.communicate(b"echo hi\n", 60)
    assert (process.returncode, out, err) == (0, b"hi\n", b"") and stat.S_IMODE(home.stat().st_mode) == 0o555
    assert list(home.iterdir()) == []
