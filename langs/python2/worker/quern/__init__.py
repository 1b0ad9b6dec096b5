# SPDX-License-Identifier: Apache-2.0
"""The worker of Python 2.7; of use to a snippet is only `from quern import display`, which is built in as well."""
from .rich import display

__all__ = ["display"]
