"""Adapter: a library in a PostgreSQL database, its failures, and its locks."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from .connecting import CONNECTING, REMEDY, connect, shown, translated
from .database import LIBRARY_TABLES, Database, Tables
from .outages import READING, Outage

# Imported where it serves alone.
if TYPE_CHECKING:
    from .bounding import Bounded

# A lock for each thing that one may do at a time, in each schema of the database.
_KEY = "hashtextextended(current_schema() || '/' || %s, 0)"


class PostgresDatabase(Database):
    """
    The same tables, or others beside them, in the schema that the connection begins in.

    A connection that was cut, or that has been silent for too long, is opened again by whoever asks next; what was
    being written then is not.
    """

    remedy = REMEDY
    elsewhere = "KNOWLEDGE_LIBRARY_URL"

    def __init__(
        self, url: str, patience: float = 10, silence: float = READING, tables: Tables = LIBRARY_TABLES
    ) -> None:
        """
        `patience` is how many seconds another program may write, and `silence` how many the server may say nothing to
        those who read; to those who write, twice as many beyond their patience.
        """
        super().__init__(tables)
        self._url, self._patience, self._silence = url, patience, silence
        self._outage = Outage()
        self.name = f"La bibliothèque {shown(url)}"
        self._connection: Bounded | None = None
        self._is_within = False
        self.prepare()

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._outage.asking(self._lock), translated(self.name):
            found: list[Any] = self._at_once(lambda connection: _fetched(connection, query, values))
            return found

    def write(self, query: str, *rows: Sequence[object]) -> None:
        with self._opened().cursor() as cursor:
            if len(rows) == 1:
                cursor.execute(_marked(query), rows[0])
            elif rows:
                cursor.executemany(_marked(query), rows)

    def transaction(self, lock: str = "") -> AbstractContextManager[None]:
        """While nobody else holds the same `lock`: that of all that is written, unless it is of less."""
        return self._between("BEGIN", lock or self._tables.lock, self._patience + 2 * self._silence)

    def reading(self) -> AbstractContextManager[None]:
        return self._between("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", silence=self._silence)

    @contextmanager
    def _between(self, begin: str, lock: str = "", silence: float = READING) -> Iterator[None]:
        with self._outage.asking(self._lock), translated(self.name):
            self._at_once(lambda connection: connection.execute(begin))
            self._is_within = True
            try:
                self._opened().silence = silence
                if lock:
                    self._opened().execute(f"SELECT pg_advisory_xact_lock({_KEY})", (lock,))
                yield
                self._opened().execute("COMMIT")
            except BaseException:
                self._undo()
                raise
            finally:
                self._is_within = False
                if self._connection is not None:
                    self._connection.silence = self._silence

    def _undo(self) -> None:
        import psycopg

        # A connection that was cut has nothing to undo.
        with contextlib.suppress(psycopg.Error):
            if self._connection is not None:
                self._connection.execute("ROLLBACK")

    def _at_once(self, ask: Callable[["Bounded"], Any]) -> Any:
        """Asked again of a new connection where the one at hand turns out to be cut, unless something hangs on it."""
        import psycopg

        try:
            return ask(self._opened())
        except psycopg.errors.ConnectionTimeout:
            # A new one would be waited for as long again.
            raise
        except psycopg.OperationalError:
            if self._is_within or self._connection is None or not self._connection.closed:
                raise
            return ask(self._opened())

    def _opened(self) -> "Bounded":
        if self._connection is None or (self._connection.closed and not self._is_within):
            self._connection = connect(self._url, self._patience, self._silence, self._outage.patience(CONNECTING))
        return self._connection

    def _version(self) -> int:
        mark = self._tables.mark
        # Read as any rows are: to_regclass may not hear of what another has just made.
        found = self.rows(
            "SELECT 1 FROM pg_class JOIN pg_namespace AS within ON within.oid = relnamespace "
            "WHERE relname = ? AND nspname = ANY (current_schemas(false))",
            (mark,),
        )
        version: int = self.rows(f"SELECT version FROM {mark}")[0][0] if found else 0
        return version

    def _define(self, statements: Sequence[str], version: int) -> None:
        for statement in (*statements, f"CREATE TABLE {self._tables.mark} (version INTEGER NOT NULL)"):
            self._opened().execute(_defined(statement))
        self.write(f"INSERT INTO {self._tables.mark} VALUES (?)", (version,))


@contextmanager
def alone(url: str, lock: str, patience: float = 0, silence: float = 2 * READING) -> Iterator[Callable[[], None]]:
    """
    Raises LockedBase where another still holds the lock after `patience` seconds. Gives what raises
    UnreachableServer once the lock is lost, because its connection was cut or has been silent for `silence` seconds.
    """
    name = f"La bibliothèque {shown(url)}"
    with translated(name, f"Une autre ingestion écrit dans {shown(url)} : attendez qu'elle finisse, puis relancez."):
        # No patience at all (0) would be endless.
        held = connect(url, max(patience, 0.001), patience + silence)
        try:
            held.execute(f"SELECT pg_advisory_lock({_KEY})", (lock,))
            held.silence = silence
        except BaseException:
            held.close()
            raise

    def confirm() -> None:
        with translated(name):
            held.execute("SELECT 1")

    try:
        yield confirm
    finally:
        held.close()


def _fetched(connection: "Bounded", query: str, values: Sequence[object]) -> list[Any]:
    cursor = connection.execute(_marked(query), values)
    return cursor.fetchall() if cursor.description else []


def _marked(query: str) -> Any:
    """psycopg's marks for values, in the place of SQLite's."""
    return query.replace("?", "%s")


def _defined(statement: str) -> Any:
    """A table as PostgreSQL declares it; its texts are in the order of SQLite's, that of their code points."""
    statement = statement.replace(" WITHOUT ROWID", "").replace(" BLOB ", " BYTEA ")
    return statement.replace(" TEXT", ' TEXT COLLATE "C"')
