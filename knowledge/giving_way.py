"""Adapter: what a long work in the background leaves to whoever serves on the same machine."""

import os
from contextlib import suppress

# Of 19: a tenth of the time that others want, and all of what they leave.
_KINDLY = 10


def give_way() -> None:
    """From now on this process, and those it starts, work when nothing else wants to."""
    with suppress(AttributeError, OSError):
        os.nice(_KINDLY)
