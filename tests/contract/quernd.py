# SPDX-License-Identifier: Apache-2.0
"""quernd as a command that says something and leaves."""
import subprocess

from daemon import BINARY, clean_environment


def quernd(*args, env=None, binary=BINARY, **keys):
    environment = {**clean_environment(), **(env or {})}
    return subprocess.run([str(binary), *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60, env=environment, **keys)
