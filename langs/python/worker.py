# SPDX-License-Identifier: Apache-2.0
"""Starts the Python worker: see langs/WORKER.md for what it speaks, quern/session.py for what it does.

Started as `python3 -E -S -X utf8 worker.py`, so that no PYTHONHOME can spoil the start; what those
switches leave out (site-packages, PYTHONPATH) is added by the session. This file stays tiny because
the main script is compiled anew at every start, while the package beside it is cached.
"""
import sys

if __name__ == "__main__":
    import quern.session

    del sys.path[0]
    quern.session.main(sys.modules["__main__"])
