"""Façade: where answers, opinions and conversations are kept: in the folder of the base, or on its servers."""

import time
from collections.abc import Callable

from knowledge import Home

from .journal import JournalBook
from .sharing import shared
from .shelf import DAY
from .web.keeping import Keeping
from .web.opinions import OpinionBook

JOURNAL, OPINIONS = "journal.sqlite", "assistant.sqlite"


def books(home: Home, days: int, clock: Callable[[], float] = time.time) -> tuple[JournalBook, OpinionBook]:
    """The answers and the opinions of the base, of which none is older than `days`."""
    database = shared(home)
    journal = JournalBook(database or home.folder / JOURNAL, days, clock)
    return journal, OpinionBook(database or home.folder / OPINIONS, clock, days * DAY)


def kept(home: Home, days: int, clock: Callable[[], float] = time.time) -> Keeping:
    """
    What is kept for `days`, with the conversations where machines share them: nothing for 0, and then what was kept
    before is erased.
    """
    journal, opinions = books(home, days, clock)
    if not days:
        opinions.purge()
        journal.purge()
        return Keeping()
    database = shared(home)
    if database is None:
        return Keeping(journal, opinions)
    from .web.conversing import SharedConversations

    return Keeping(journal, opinions, SharedConversations(database, clock))
