"""Pure: how often to run, and running again and again."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

_UNITS = {"m": "minutes", "h": "hours", "j": "days"}
# Longer is a slip of the hand, and more than a clock can count.
_LONGEST = timedelta(days=366)


def duration(text: str) -> timedelta:
    """
    30m, 24h or 7j. Raises ValueError, with a French sentence.
    Example: 24h -> timedelta(days=1)
    """
    match = re.fullmatch(r"([0-9]{1,6})\s*([mhj])", text.strip().lower())
    every = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if not timedelta() < every <= _LONGEST:
        raise ValueError(f"« {text} » n'est pas une durée : écrivez 30m (minutes), 24h (heures) ou 7j (jours).")
    return every


def refresh(
    run: Callable[[], object], every: timedelta, clock: Callable[[], float], wait: Callable[[float], object]
) -> NoReturn:
    """
    Runs now, then every so often from start to start, until interrupted. A run that lasts longer than that skips the
    turns that it has missed. `clock` and `wait` count in seconds.
    """
    period = every.total_seconds()
    began = clock()
    while True:
        run()
        wait(period - (clock() - began) % period)
