"""Values: the tables of a library, and what is asked of whatever keeps them."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from .errors import CorruptLibrary, NewerLibrary

# Kept with the tables; the first schema left 0.
SCHEMA = 2
# In an order in which rows can be copied: a passage after its source.
TABLES = ("facts", "sources", "passages", "vectors", "revisions", "past_sources", "past_passages", "past_facts")
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


@dataclass(frozen=True, slots=True)
class Tables:
    """
    What a database is made of, in the SQL of SQLite: `statements` parted by semicolons, of one `version`. In a
    database that other tables share, the version is kept in the table `mark`, and `lock` is who writes at a time.
    """

    mark: str
    lock: str
    version: int
    statements: str


LIBRARY_TABLES = Tables("library_schema", "rows", SCHEMA, _FIRST + _HISTORY)


class Database(ABC):
    """
    Rows and transactions, one at a time: `?` for each value, in the SQL that SQLite and PostgreSQL share.

    What cannot be read raises CorruptLibrary, what stays locked LockedBase, what may not be written UnwritableBase, a
    later schema NewerLibrary, a server that does not answer UnreachableServer.
    """

    # In sentences: « La bibliothèque … », and what to do where it is damaged or of a later schema.
    name: str
    remedy: str
    elsewhere: str
    # What gives a text as its bytes in UTF-8, where that spares decoding and encoding it.
    bytes_of = "{}"

    def __init__(self, tables: Tables = LIBRARY_TABLES) -> None:
        self._tables = tables
        self._lock = threading.RLock()

    @abstractmethod
    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]: ...

    @abstractmethod
    def write(self, query: str, *rows: Sequence[object]) -> None:
        """`query` once for each row. Part of the transaction around it."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, while nobody else writes."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """Whatever is read within it is of one moment."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _version(self) -> int: ...

    @abstractmethod
    def _define(self, statements: Sequence[str], version: int) -> None:
        """The tables made, under their version."""

    def damage(self, what: object) -> CorruptLibrary:
        return CorruptLibrary(f"{self.name} est abîmée ({what}) : {self.remedy}")

    def prepare(self) -> None:
        """Make the tables of this version: all or nothing; whoever comes second finds it done."""
        if self._schema() == self._tables.version:
            return
        with self.transaction():
            if self._schema() != self._tables.version:
                statements = self._tables.statements.split(";")
                self._define([made for statement in statements if (made := statement.strip())], self._tables.version)

    def _schema(self) -> int:
        version, known = self._version(), self._tables.version
        if version > known:
            raise NewerLibrary(
                f"{self.name} a été écrite par une version plus récente de ce programme (schéma "
                f"{version}, celui-ci lit le {known}) : mettez le programme à jour, ou choisissez une autre base "
                f"dans {self.elsewhere}."
            )
        return version
