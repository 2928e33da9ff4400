"""Adapter: what assistants on several machines share, in tables beside the library, in PostgreSQL."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from knowledge import Home, Tables
from knowledge.postgres import PostgresDatabase

from .shelf import REMEMBERED

# The comments say in which file of one machine, and in which of its tables, a backup puts the rows. An exchange is
# sealed: nothing here opens it.
TABLES = Tables(
    "assistant_schema",
    "assistant",
    1,
    """
    CREATE TABLE assistant_answers (
        id TEXT PRIMARY KEY, number BIGINT GENERATED ALWAYS AS IDENTITY, at BIGINT NOT NULL,
        conversation TEXT NOT NULL, record TEXT NOT NULL
    );
    COMMENT ON TABLE assistant_answers IS 'journal.sqlite/answers';
    CREATE INDEX ON assistant_answers (at);
    CREATE INDEX ON assistant_answers (conversation);
    CREATE TABLE assistant_opinions (
        id TEXT PRIMARY KEY, number BIGINT GENERATED ALWAYS AS IDENTITY, at BIGINT NOT NULL,
        conversation TEXT NOT NULL, useful BIGINT NOT NULL, comment TEXT NOT NULL, question TEXT NOT NULL,
        answer TEXT NOT NULL
    );
    COMMENT ON TABLE assistant_opinions IS 'assistant.sqlite/opinions';
    CREATE INDEX ON assistant_opinions (at);
    CREATE INDEX ON assistant_opinions (conversation);
    CREATE TABLE assistant_forgotten (conversation TEXT PRIMARY KEY, at BIGINT NOT NULL);
    CREATE TABLE assistant_sessions (session TEXT PRIMARY KEY, at BIGINT NOT NULL);
    CREATE INDEX ON assistant_sessions (at);
    CREATE TABLE assistant_exchanges (
        id TEXT PRIMARY KEY, number BIGINT GENERATED ALWAYS AS IDENTITY,
        session TEXT NOT NULL REFERENCES assistant_sessions ON DELETE CASCADE,
        code TEXT NOT NULL, sealed TEXT NOT NULL
    );
    CREATE INDEX ON assistant_exchanges (session);
    CREATE INDEX ON assistant_exchanges (code);
    CREATE TABLE assistant_facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)
    """,
)


def shared(home: Home) -> PostgresDatabase | None:
    """The tables that the assistants on a base share; None where there is one, and its files."""
    return home.beside(TABLES)


class SharedShelf:
    """As in a file: what has outlived its time is not read, and is deleted by the purge of whichever machine."""

    def __init__(
        self,
        database: PostgresDatabase,
        table: str,
        columns: tuple[str, ...],
        kept: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._table = database, f"assistant_{table}"
        self._names = ("id", "at", "conversation", *columns)
        marks = ", ".join("?" * len(self._names))
        self._insert = f"INSERT INTO {self._table} ({', '.join(self._names)}) VALUES ({marks})"
        self.kept, self._clock = kept, clock

    def put(self, id: str, conversation: str, values: dict[str, Any]) -> None:
        row = {"id": id, "at": self._now(), "conversation": conversation} | values
        with self._database.transaction(f"conversation {conversation or id}"):
            if self.has_forgotten(conversation):
                return
            self._database.write(f"DELETE FROM {self._table} WHERE id = ?", (id,))
            self._database.write(self._insert, self._stored(row))

    def take(self, rows: Iterable[dict[str, Any]]) -> None:
        """Rows of elsewhere, of the moments that they say, but for what is here already or has been forgotten."""
        taken = [row for row in rows if not self.has_forgotten(row["conversation"])]
        with self._database.transaction("take"):
            self._database.write(f"{self._insert} ON CONFLICT (id) DO NOTHING", *map(self._stored, taken))

    def one(self, id: str) -> dict[str, Any] | None:
        return next(iter(self._rows("id = ?", id)), None)

    def of(self, conversation: str) -> list[dict[str, Any]]:
        """Its rows, oldest first."""
        return self._rows("conversation = ?", conversation) if conversation else []

    def all(self) -> list[dict[str, Any]]:
        return self._rows("true")

    def forget(self, conversation: str) -> int:
        """How many rows it had; it will have no more, whichever machine is still at work on one."""
        if not conversation:
            return 0
        with self._database.transaction(f"conversation {conversation}"):
            query = "INSERT INTO assistant_forgotten VALUES (?, ?) ON CONFLICT (conversation) DO UPDATE SET at = ?"
            self._database.write(query, (conversation, self._now(), self._now()))
            query = f"DELETE FROM {self._table} WHERE conversation = ? RETURNING id"
            return len(self._database.rows(query, (conversation,)))

    def has_forgotten(self, conversation: str) -> bool:
        query = "SELECT 1 FROM assistant_forgotten WHERE conversation = ? AND at >= ?"
        return bool(conversation and self._database.rows(query, (conversation, self._now() - REMEMBERED)))

    def purge(self) -> int:
        """How many rows had outlived their time; their room is for others to take."""
        with self._database.transaction("purge"):
            self._database.write("DELETE FROM assistant_forgotten WHERE at < ?", (self._now() - REMEMBERED,))
            gone = self._database.rows(
                f"DELETE FROM {self._table} WHERE at < ? RETURNING id", (self._now() - self.kept,)
            )
        self._database.rows(f"VACUUM (SKIP_LOCKED) {self._table}")
        return len(gone)

    def _rows(self, condition: str, *values: object) -> list[dict[str, Any]]:
        query = f"SELECT {', '.join(self._names)} FROM {self._table} WHERE {condition} AND at >= ? ORDER BY at, number"
        found = self._database.rows(query, (*values, self._now() - self.kept))
        return [dict(zip(self._names, row, strict=True)) for row in found]

    def _stored(self, row: Mapping[str, object]) -> tuple[object, ...]:
        return tuple(_storable(row[name]) for name in self._names)

    def _now(self) -> int:
        return int(self._clock())


def _storable(value: object) -> object:
    """PostgreSQL has no place for the character 0."""
    return value.replace("\0", "") if isinstance(value, str) else value
