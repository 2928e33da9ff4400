"""Adapter: a library in one SQLite file, and its failures."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from .database import Database
from .errors import CorruptLibrary, LockedBase, UnwritableBase


class SqliteDatabase(Database):
    """Its schema is kept in the file itself (PRAGMA user_version)."""

    remedy = "remettez une sauvegarde à sa place, ou déplacez ce fichier puis relancez `python -m ingest DOSSIER`."
    elsewhere = "KNOWLEDGE_BASE"
    bytes_of = "CAST({} AS BLOB)"

    def __init__(self, path: Path, patience: float = 10) -> None:
        """`patience` is how many seconds another program may hold the file."""
        super().__init__()
        self.name = f"La bibliothèque {path}"
        with self._translated():
            self._connection = sqlite3.connect(path, timeout=patience, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        self.prepare()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock, self._translated():
            return self._connection.execute(query, values).fetchall()

    def write(self, query: str, *rows: Sequence[object]) -> None:
        self._connection.executemany(query, rows)

    def transaction(self) -> AbstractContextManager[None]:
        return self._between("BEGIN IMMEDIATE")

    def reading(self) -> AbstractContextManager[None]:
        return self._between("BEGIN DEFERRED")

    @contextmanager
    def _between(self, begin: str) -> Iterator[None]:
        with self._lock, self._translated():
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite itself rolls back when the disk is full.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _version(self) -> int:
        version: int = self.rows("PRAGMA user_version")[0][0]
        return version

    def _define(self, statements: Sequence[str], version: int) -> None:
        for statement in statements:
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA user_version = {version}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise LockedBase(
                    f"{self.name} est occupée par un autre programme : réessayez dans un instant."
                ) from error
            if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL):
                raise UnwritableBase(
                    f"{self.name} ne peut pas être écrite ({error}) : libérez de l'espace disque, ou "
                    "donnez le droit d'écrire dans son dossier, puis relancez."
                ) from error
            raise CorruptLibrary(
                f"{self.name} ne peut être ni lue ni écrite ({error}) : vérifiez l'espace disque et les droits du "
                "dossier."
            ) from error
        except (
            sqlite3.DatabaseError,
            UnicodeDecodeError,
        ) as error:  # the latter where SQLite quotes what it cannot read
            raise self.damage(error) from error


def copy_file(source: Path, target: Path) -> None:
    """As it was at one moment, in one transaction."""
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as copy:
        whole.backup(copy)
