"""Adapter: the answers that were given, each under a code that opens it again, in one SQLite file."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

_DAY = 24 * 3600
_TABLE = "create table if not exists answers (id text primary key, at integer not null, record text not null)"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was kept of an answer; `at` and `until`, when it is forgotten, are seconds since 1970."""

    id: str
    at: int
    until: int
    record: dict[str, Any]


class Journal(Protocol):
    """Where the answers that were given are kept."""

    def note(self, id: str, record: dict[str, Any]) -> None: ...
    def read(self, id: str) -> Entry | None: ...


class JournalBook:
    """Keeps records for `days` in `path`, and nothing of who asked. What is forgotten is wiped off the disk."""

    def __init__(self, path: Path, days: int, clock: Callable[[], float] = time.time) -> None:
        self._path, self._kept, self._clock = path, days * _DAY, clock

    def note(self, id: str, record: dict[str, Any]) -> None:
        now = int(self._clock())
        with closing(self._opened()) as book, book:
            self._forget(book, now)
            book.execute("insert or replace into answers values (?, ?, ?)", (id, now, json.dumps(record)))

    def read(self, id: str) -> Entry | None:
        """None for a code that was never given, and for one whose time is over."""
        if not self._path.exists():
            return None
        with closing(self._opened()) as book, book:
            self._forget(book, int(self._clock()))
            row = book.execute("select at, record from answers where id = ?", (id,)).fetchone()
        return Entry(id, row[0], row[0] + self._kept, json.loads(row[1])) if row else None

    def _opened(self) -> sqlite3.Connection:
        book = sqlite3.connect(self._path, timeout=10)
        book.execute("pragma secure_delete = on")
        book.execute(_TABLE)
        return book

    def _forget(self, book: sqlite3.Connection, now: int) -> None:
        book.execute("delete from answers where at < ?", (now - self._kept,))
