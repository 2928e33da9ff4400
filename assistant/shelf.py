"""Adapter: rows in one SQLite file, forgotten in their time or with their conversation, and then wiped off the disk."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from knowledge import KnowledgeError

# Imported where it serves alone.
if TYPE_CHECKING:
    from knowledge.postgres import PostgresDatabase

DAY = 24 * 3600
# Seconds that a conversation is remembered to be forgotten: what is still in memory elsewhere is gone by then.
REMEMBERED = DAY
# What a shelf raises where it can be neither read nor written.
OUT_OF_REACH = (sqlite3.Error, KnowledgeError)
_FORGOTTEN = "create table if not exists forgotten (conversation text primary key, at integer not null)"


class Shelf(Protocol):
    """Rows that are kept for `kept` seconds, each under its `id` and of a `conversation` ("" for none)."""

    kept: int

    def put(self, id: str, conversation: str, values: dict[str, Any]) -> None: ...
    def one(self, id: str) -> dict[str, Any] | None: ...
    def of(self, conversation: str) -> list[dict[str, Any]]: ...
    def all(self) -> list[dict[str, Any]]: ...
    def forget(self, conversation: str) -> int: ...
    def has_forgotten(self, conversation: str) -> bool: ...
    def purge(self) -> int: ...


def open_shelf(
    place: "Path | PostgresDatabase",
    table: str,
    columns: dict[str, str],
    kept: int,
    clock: Callable[[], float] = time.time,
) -> Shelf:
    """`columns` are the rows' own: name and type each."""
    if isinstance(place, Path):
        return FileShelf(place, table, columns, kept, clock)
    from .sharing import SharedShelf

    return SharedShelf(place, table, tuple(columns), kept, clock)


class FileShelf:
    """
    A table of `path`, whose rows have an `id`, a moment `at` in seconds since 1970, a `conversation` ("" for none) and
    `columns` (name and type each); they are kept for `kept` seconds. Nothing is made before there is a row to keep.
    """

    def __init__(
        self, path: Path, table: str, columns: dict[str, str], kept: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._path, self._table, self._columns = path, table, columns
        self.kept, self._clock = kept, clock

    def put(self, id: str, conversation: str, values: dict[str, Any]) -> None:
        """In the place of a row of that id. Nothing, where the conversation has been forgotten meanwhile."""
        row = {"id": id, "at": int(self._clock()), "conversation": conversation} | values
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        with self._opened() as book:
            self._expire(book)
            if not _is_forgotten(book, conversation):
                book.execute(f"insert or replace into {self._table} ({names}) values ({marks})", row)

    def one(self, id: str) -> dict[str, Any] | None:
        return next(iter(self._rows("id", id)), None)

    def of(self, conversation: str) -> list[dict[str, Any]]:
        """Its rows, oldest first."""
        return self._rows("conversation", conversation) if conversation else []

    def all(self) -> list[dict[str, Any]]:
        return self._rows("1", 1)

    def forget(self, conversation: str) -> int:
        """How many rows it had; it will have no more."""
        if not conversation or not self._path.exists():
            return 0
        with self._opened() as book:
            self._expire(book)
            book.execute("insert or replace into forgotten values (?, ?)", (conversation, int(self._clock())))
            return book.execute(f"delete from {self._table} where conversation = ?", (conversation,)).rowcount

    def has_forgotten(self, conversation: str) -> bool:
        if not conversation or not self._path.exists():
            return False
        with self._opened() as book:
            return _is_forgotten(book, conversation)

    def purge(self) -> int:
        """How many rows had outlived their time; the file gives their room back to the disk."""
        if not self._path.exists():
            return 0
        with self._opened() as book:
            gone = self._expire(book)
        with closing(sqlite3.connect(self._path, timeout=10)) as book:
            # A file of before, or one put back from a backup, may keep what is deleted, in itself or beside it.
            if book.execute("pragma journal_mode").fetchone()[0] != "delete":
                book.execute("pragma journal_mode = delete")
            if not book.execute("pragma auto_vacuum").fetchone()[0]:
                book.execute("pragma auto_vacuum = full")
                book.execute("vacuum")
        return gone

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10)) as book:
            book.row_factory = sqlite3.Row
            book.execute("pragma secure_delete = on")
            # Heard by a new file only, before its first table.
            book.execute("pragma auto_vacuum = full")
            with book:
                self._lay_out(book)
                yield book

    def _lay_out(self, book: sqlite3.Connection) -> None:
        own = ", ".join(f"{name} {kind}" for name, kind in self._columns.items())
        book.execute(
            f"create table if not exists {self._table} (id text primary key, at integer not null, {own}, "
            "conversation text not null default '')"
        )
        if "conversation" not in {row["name"] for row in book.execute(f"pragma table_info({self._table})")}:
            book.execute(f"alter table {self._table} add column conversation text not null default ''")
        for name in ("at", "conversation"):
            book.execute(f"create index if not exists {self._table}_{name} on {self._table} ({name})")
        book.execute(_FORGOTTEN)

    def _rows(self, column: str, value: object) -> list[dict[str, Any]]:
        """Reading makes no file."""
        if not self._path.exists():
            return []
        with self._opened() as book:
            self._expire(book)
            found = book.execute(f"select * from {self._table} where {column} = ? order by at, rowid", (value,))
            return [dict(row) for row in found]

    def _expire(self, book: sqlite3.Connection) -> int:
        now = int(self._clock())
        book.execute("delete from forgotten where at < ?", (now - REMEMBERED,))
        return book.execute(f"delete from {self._table} where at < ?", (now - self.kept,)).rowcount


def _is_forgotten(book: sqlite3.Connection, conversation: str) -> bool:
    return book.execute("select 1 from forgotten where conversation = ?", (conversation,)).fetchone() is not None
