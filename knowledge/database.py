"""Adapter: one SQLite file, its tables and its failures."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import CorruptLibrary, LockedBase, NewerLibrary, UnwritableBase

# Kept in the file itself (PRAGMA user_version), where the first schema left 0.
SCHEMA = 2
_FIRST = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sources (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, title TEXT NOT NULL, record TEXT NOT NULL, read_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    source TEXT NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (source, start)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vectors (
    model TEXT NOT NULL, digest TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (model, digest)
) WITHOUT ROWID;
"""
# past_*: what stood in the place of what a revision changed; nothing (NULL) where it brought something new.
# `added` is NULL for a revision made before there was a history.
_HISTORY = """
CREATE TABLE revisions (
    number INTEGER PRIMARY KEY, made_on TEXT NOT NULL,
    added INTEGER, changed INTEGER, forgotten INTEGER, restored INTEGER
);
CREATE TABLE past_sources (
    revision INTEGER NOT NULL, id TEXT NOT NULL, digest TEXT, title TEXT, record TEXT,
    PRIMARY KEY (revision, id)
) WITHOUT ROWID;
CREATE TABLE past_passages (
    revision INTEGER NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (revision, source, digest)
) WITHOUT ROWID;
CREATE TABLE past_facts (
    revision INTEGER NOT NULL, name TEXT NOT NULL, value TEXT, PRIMARY KEY (revision, name)
) WITHOUT ROWID;
INSERT INTO revisions (number, made_on)
    SELECT CAST(revision.value AS INTEGER), changed_on.value FROM facts AS revision, facts AS changed_on
    WHERE revision.name = 'revision' AND changed_on.name = 'changed_on';
"""


class Database:
    """
    Rows and transactions, one at a time.

    A file that SQLite cannot read raises CorruptLibrary, one that stays locked LockedBase, one that may not be
    written UnwritableBase, one of a later schema NewerLibrary.
    """

    def __init__(self, path: Path, patience: float = 10) -> None:
        """`patience` is how many seconds another program may hold the file."""
        self._path = path
        self._lock = threading.RLock()
        with self._translated():
            self._connection = sqlite3.connect(path, timeout=patience, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        if self._schema() != SCHEMA:
            self._migrate()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock, self._translated():
            return self._connection.execute(query, values).fetchall()

    def write(self, query: str, *rows: Sequence[object]) -> None:
        """`query` once for each row. Part of the transaction around it."""
        self._connection.executemany(query, rows)

    @contextmanager
    def transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        with self._lock, self._translated():
            self._connection.execute(f"BEGIN {kind}")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite itself rolls back when the disk is full.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def damage(self, what: object) -> CorruptLibrary:
        return CorruptLibrary(
            f"La bibliothèque {self._path} est abîmée ({what}) : remettez une sauvegarde à sa place, ou déplacez ce "
            "fichier puis relancez `python -m ingest DOSSIER`."
        )

    def _schema(self) -> int:
        version: int = self.rows("PRAGMA user_version")[0][0]
        if version > SCHEMA:
            raise NewerLibrary(
                f"La bibliothèque {self._path} a été écrite par une version plus récente de ce programme (schéma "
                f"{version}, celui-ci lit le {SCHEMA}) : mettez le programme à jour, ou choisissez une autre base "
                "dans KNOWLEDGE_BASE."
            )
        return version

    def _migrate(self) -> None:
        """All or nothing; whoever comes second finds it done."""
        with self.transaction():
            if self._schema() == SCHEMA:
                return
            for statement in f"{_FIRST}{_HISTORY}".split(";"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {SCHEMA}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise LockedBase(
                    f"La bibliothèque {self._path} est occupée par un autre programme : réessayez dans un instant."
                ) from error
            if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL):
                raise UnwritableBase(
                    f"La bibliothèque {self._path} ne peut pas être écrite ({error}) : libérez de l'espace disque, ou "
                    "donnez le droit d'écrire dans son dossier, puis relancez."
                ) from error
            raise CorruptLibrary(
                f"La bibliothèque {self._path} ne peut être ni lue ni écrite ({error}) : vérifiez l'espace disque "
                "et les droits du dossier."
            ) from error
        except (
            sqlite3.DatabaseError,
            UnicodeDecodeError,
        ) as error:  # the latter where SQLite quotes what it cannot read
            raise self.damage(error) from error
