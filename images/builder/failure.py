# SPDX-License-Identifier: Apache-2.0
"""What went wrong, as a finished sentence for whoever called."""
import difflib


class Failure(Exception):
    pass


def unknown(what, name, known):
    """The sentence for a name that is not known, with the one that was probably meant."""
    near = difflib.get_close_matches(name, known, 1, 0.5)
    if near:
        return Failure(f"There is no {what} `{name}`; did you mean `{near[0]}`?")
    return Failure(f"There is no {what} `{name}`; there are: {', '.join(known)}.")
