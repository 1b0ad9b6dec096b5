# SPDX-License-Identifier: Apache-2.0
"""A terminal to look at: programs run in tmux, and what stands on its screen is waited for."""
import itertools
import os
import re
import subprocess

from patience import until

servers = itertools.count()


def without_numbers(rows):
    """Rows of a prompt as if its inputs had no numbers: `bash[3]> x` is `bash> x`, and the lines below it move along."""
    result, width = [], 0
    for row in rows:
        prompt = re.match(r"[a-z][a-z0-9]*(?::\w+)?(\[\d+\])[>:]", row)
        if prompt:
            width = len(prompt[1])
        elif not re.match(r"\.{%d,}(  |$)" % (width + 3), row):
            width = 0
        result.append(row.replace(prompt[1], "", 1) if prompt else row[width:])
    return result


class Tmux:
    def __init__(self, quern, *args, columns=80, rows=24, env=None):
        # A socket of its own: a server told to end still listens for a moment, and would take the next one's terminal along.
        self.socket = f"{quern.link}/tmux{next(servers)}"
        environment = {"TERM": "tmux-256color", **quern.env, **({"QUERN_ENDPOINT": quern.endpoint} if quern.endpoint else {}), **(env or {})}
        command = ["env", "-i", *(f"{name}={value}" for name, value in environment.items()), *map(str, args)]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", str(columns), "-y", str(rows),
                  # The shell behind tells how the program left the terminal, and keeps the screen, whatever was typed.
                  "-c", str(quern.cwd), "sh", "-c", 'trap : INT; "$@"; echo "[left $?]"; stty -a | grep -o " .\\?icanon\\| .\\?echo "; exec cat', "sh", *command,
                  env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"})

    def tmux(self, *args, env=None):
        done = subprocess.run(["tmux", "-u", "-S", self.socket, *args], capture_output=True, env=env, timeout=60)
        assert done.returncode == 0, (args, done.stderr)
        return done.stdout.decode()

    def type(self, text):
        # A semicolon at the end would part commands of tmux's.
        self.tmux("send-keys", "-t", "t", "-l", "--", text[:-1] + "\\;" if text.endswith(";") else text)

    def press(self, *keys):
        self.tmux("send-keys", "-t", "t", *keys)

    def paste(self, text):
        self.tmux("set-buffer", "-b", "paste", "--", text)
        self.tmux("paste-buffer", "-p", "-b", "paste", "-t", "t")

    def resize(self, columns, rows):
        self.tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(rows))

    def rows(self, *how):
        """What stands on the screen; with -e its colours, too."""
        return self.tmux("capture-pane", "-p", *how, "-t", "t").rstrip("\n").split("\n")

    def history(self):
        return self.tmux("capture-pane", "-p", "-S", "-", "-t", "t").rstrip("\n").split("\n")

    def cursor(self):
        x, y = self.tmux("display-message", "-p", "-t", "t", "#{cursor_x} #{cursor_y}").split()
        return int(x), int(y)

    def expect(self, *rows):
        """Waits until the last rows that are not empty are these. Only where one of them says so do prompts have numbers."""
        seen = (lambda rows: rows) if any(re.match(r"\w+\[\d+\]>", row) for row in rows) else without_numbers
        assert until(lambda: [row.rstrip() for row in seen(self.rows())][-len(rows):] == list(rows)), (rows, self.rows())

    def expect_left(self, code=0):
        self.expect(f"[left {code}]", " icanon", " echo")

    def end(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True, timeout=60)
