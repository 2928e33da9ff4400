"""Adapter: what readers think of answers, in one SQLite file, without their addresses."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..masking import masked

# Seconds that an opinion is kept.
KEPT = 365 * 24 * 3600
_TABLE = """create table if not exists opinions (
    id text primary key, at integer not null,
    useful integer not null, comment text not null, question text not null, answer text not null
)"""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A thumb and a comment, about what was answered to a question; a later one of the same `id` replaces it."""

    id: str
    useful: bool
    comment: str
    question: str
    answer: str


class Opinions(Protocol):
    """Where opinions go."""

    def note(self, opinion: Opinion) -> None: ...


class OpinionBook:
    """Keeps opinions for `kept` seconds in `path`, what names a person masked."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time, kept: int = KEPT) -> None:
        self._path, self._clock, self._kept = path, clock, kept

    def note(self, opinion: Opinion) -> None:
        now = int(self._clock())
        row = (opinion.id, now, opinion.useful, masked(opinion.comment), masked(opinion.question), opinion.answer)
        with closing(sqlite3.connect(self._path)) as book, book:
            book.execute(_TABLE)
            book.execute("delete from opinions where at < ?", (now - self._kept,))
            book.execute("insert or replace into opinions values (?, ?, ?, ?, ?, ?)", row)
