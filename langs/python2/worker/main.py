# SPDX-License-Identifier: Apache-2.0
"""Starts the Python 2.7 worker: see langs/WORKER.md for what it speaks, quern/session.py for what it does.

Started as `python2.7 -E -S main.py`, so that no PYTHONHOME can spoil the start; what those switches
leave out is added by the session. The package beside this file is cached as .pyc, this file never.
"""
import sys

if __name__ == "__main__":
    import quern.session

    del sys.path[0]
    quern.session.main(sys.modules["__main__"])
