"""Façade: where answers, opinions and conversations are kept: in the folder of the base, or on its servers."""

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from knowledge import Home
from knowledge.postgres import PostgresDatabase

from .errors import MissingPackage
from .journal import COLUMNS as ANSWERED
from .journal import JournalBook
from .sharing import SharedShelf, shared
from .shelf import DAY, FileShelf
from .web.keeping import Keeping
from .web.opinions import COLUMNS as THOUGHT
from .web.opinions import OpinionBook
from .web.sessions import LIFETIME, Conversations

JOURNAL, OPINIONS = "journal.sqlite", "assistant.sqlite"


def books(home: Home, days: int, clock: Callable[[], float] = time.time) -> tuple[JournalBook, OpinionBook]:
    """
    The answers and the opinions of the base, of which none is older than `days`. Where machines share them, what this
    one kept before, or was given back by a backup, joins them.
    """
    database = shared(home)
    if database is not None:
        for file, table, columns in ((JOURNAL, "answers", ANSWERED), (OPINIONS, "opinions", THOUGHT)):
            if (home.folder / file).exists():
                _join(database, home.folder / file, table, columns, days * DAY, clock)
    journal = JournalBook(database or home.folder / JOURNAL, days, clock)
    return journal, OpinionBook(database or home.folder / OPINIONS, clock, days * DAY)


def _join(
    database: PostgresDatabase, file: Path, table: str, columns: dict[str, str], kept: int, clock: Callable[[], float]
) -> None:
    try:
        rows = FileShelf(file, table, columns, kept, clock).all()
        SharedShelf(database, table, tuple(columns), kept, clock).take(rows)
        file.unlink()
    except (sqlite3.Error, OSError):
        logging.getLogger(__name__).exception("a file of answers or opinions could not join the others")


def kept(home: Home, days: int, clock: Callable[[], float] = time.time) -> Keeping:
    """
    What is kept for `days`, with the conversations where machines share them: nothing for 0, and then what was kept
    before is erased.
    """
    journal, opinions = books(home, days, clock)
    conversations = _shared_conversations(home, clock, days)
    if days:
        return Keeping(journal, opinions, conversations)
    Keeping(journal, opinions, conversations).purge()
    return Keeping()


def _shared_conversations(home: Home, clock: Callable[[], float], days: int) -> Conversations | None:
    """They last no time where nothing is to be kept."""
    database = shared(home)
    if database is None:
        return None
    try:
        from .web.conversing import SharedConversations
    except ImportError as error:
        raise MissingPackage(
            "KNOWLEDGE_LIBRARY_URL demande cryptography : pip install -r requirements-servers.txt."
        ) from error
    return SharedConversations(database, clock, LIFETIME if days else 0)
