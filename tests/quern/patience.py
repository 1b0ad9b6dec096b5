# SPDX-License-Identifier: Apache-2.0
"""Waiting for what a program does in its own time."""
import time


def until(condition, seconds=60):
    """Waits for what nobody tells us of; gives whether it came. The limit is there against hanging alone."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
