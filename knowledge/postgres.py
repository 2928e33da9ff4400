"""Adapter: a library in a PostgreSQL database, its failures, and its locks."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from .database import Database
from .errors import (
    BadAddress,
    CorruptLibrary,
    KnowledgeError,
    LockedBase,
    MissingLibrary,
    UnreachableServer,
    UnwritableBase,
)

# Imported where it serves alone.
if TYPE_CHECKING:
    import psycopg

# A lock for each thing that one may do at a time, in each schema of the database.
_KEY = "hashtextextended(current_schema() || '/' || %s, 0)"
_WRITING = "rows"
# Seconds until an address that does not answer counts as unreachable, and a silent connection as broken.
_CONNECTING, _SILENT = 5, 15
# As the server says it, in English or in French.
_USER = ("password", "mot de passe", "authenti", "pg_hba", "role", "rôle")
_DATABASE = ("database", "base de données")


class PostgresDatabase(Database):
    """
    The same tables, in the schema that the connection begins in.

    A connection that was cut is opened again by whoever asks next; what was being written then is not.
    """

    remedy = (
        "restaurez une sauvegarde, ou choisissez une base vide dans KNOWLEDGE_LIBRARY_URL puis relancez l'ingestion."
    )
    elsewhere = "KNOWLEDGE_LIBRARY_URL"

    def __init__(self, url: str, patience: float = 10) -> None:
        """`patience` is how many seconds another program may write."""
        super().__init__()
        self._url, self._patience = url, patience
        self.name = f"La bibliothèque {shown(url)}"
        self._connection: psycopg.Connection[Any] | None = None
        self._is_within = False
        self.prepare()

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock, translated(self.name):
            found: list[Any] = self._at_once(lambda connection: _fetched(connection, query, values))
            return found

    def write(self, query: str, *rows: Sequence[object]) -> None:
        with self._opened().cursor() as cursor:
            if len(rows) == 1:
                cursor.execute(_marked(query), rows[0])
            elif rows:
                cursor.executemany(_marked(query), rows)

    def transaction(self) -> AbstractContextManager[None]:
        return self._between("BEGIN", f"SELECT pg_advisory_xact_lock({_KEY})")

    def reading(self) -> AbstractContextManager[None]:
        return self._between("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    @contextmanager
    def _between(self, begin: str, lock: str = "") -> Iterator[None]:
        with self._lock, translated(self.name):
            self._at_once(lambda connection: connection.execute(begin))
            self._is_within = True
            try:
                if lock:
                    self._opened().execute(lock, (_WRITING,))
                yield
                self._opened().execute("COMMIT")
            except BaseException:
                self._undo()
                raise
            finally:
                self._is_within = False

    def _undo(self) -> None:
        import psycopg

        # A connection that was cut has nothing to undo.
        with contextlib.suppress(psycopg.Error):
            if self._connection is not None:
                self._connection.execute("ROLLBACK")

    def _at_once(self, ask: Callable[["psycopg.Connection[Any]"], Any]) -> Any:
        """Asked again of a new connection where the one at hand turns out to be cut, unless something hangs on it."""
        import psycopg

        try:
            return ask(self._opened())
        except psycopg.OperationalError:
            if self._is_within or self._connection is None or not self._connection.closed:
                raise
            return ask(self._opened())

    def _opened(self) -> "psycopg.Connection[Any]":
        if self._connection is None or (self._connection.closed and not self._is_within):
            self._connection = connect(self._url, self._patience)
        return self._connection

    def _version(self) -> int:
        (found,) = self.rows("SELECT to_regclass('library_schema') IS NOT NULL")
        version: int = self.rows("SELECT version FROM library_schema")[0][0] if found[0] else 0
        return version

    def _define(self, statements: Sequence[str], version: int) -> None:
        for statement in (*statements, "CREATE TABLE library_schema (version INTEGER NOT NULL)"):
            self._opened().execute(_defined(statement))
        self.write("INSERT INTO library_schema VALUES (?)", (version,))


@contextmanager
def alone(url: str, lock: str, patience: float = 0) -> Iterator[Callable[[], None]]:
    """
    Raises LockedBase where another still holds the lock after `patience` seconds. Gives what raises
    UnreachableServer once the lock is lost, because its connection was cut.
    """
    name = f"La bibliothèque {shown(url)}"
    with translated(name, f"Une autre ingestion écrit dans {shown(url)} : attendez qu'elle finisse, puis relancez."):
        # No patience at all (0) would be endless.
        held = connect(url, max(patience, 0.001))
        try:
            held.execute(f"SELECT pg_advisory_lock({_KEY})", (lock,))
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


def connect(url: str, patience: float) -> "psycopg.Connection[Any]":
    """Raises BadAddress and UnreachableServer; no sentence shows the password."""
    driver = _psycopg()
    asked = {
        "connect_timeout": _CONNECTING,
        "application_name": "assistant",
        "keepalives_idle": _SILENT,
        "tcp_user_timeout": _SILENT * 1000,
        **_parts(url),
    }
    try:
        connection: psycopg.Connection[Any] = driver.connect(**asked, autocommit=True)
        # So that the server, too, notices a machine that has gone, and frees its locks.
        connection.execute(f"SET tcp_keepalives_idle = {_SILENT}; SET tcp_keepalives_interval = 5")
        connection.execute(f"SET lock_timeout = {max(1, round(patience * 1000))}; SET tcp_keepalives_count = 3")
    except driver.Error as error:
        raise _refusal(url, str(error)) from error
    return connection


def shown(url: str) -> str:
    """The address without its password."""
    parts = _parts(url)
    where = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}"
    return f"PostgreSQL {where}/{parts.get('dbname', '')}"


@contextmanager
def translated(name: str, locked: str = "") -> Iterator[None]:
    import psycopg
    from psycopg import errors

    try:
        yield
    except (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled) as error:
        raise LockedBase(locked or f"{name} est occupée par un autre programme : réessayez dans un instant.") from error
    except (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction, errors.DiskFull) as error:
        raise UnwritableBase(
            f"{name} ne peut pas être écrite ({_first_line(error)}) : vérifiez l'espace disque du serveur et les "
            "droits de l'utilisateur, puis relancez."
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise _unreachable(name, error) from error
    except psycopg.Error as error:
        raise CorruptLibrary(
            f"{name} est abîmée ou n'est pas une bibliothèque de ce programme ({_first_line(error)}) : "
            + PostgresDatabase.remedy
        ) from error


def _fetched(connection: "psycopg.Connection[Any]", query: str, values: Sequence[object]) -> list[Any]:
    cursor = connection.execute(_marked(query), values)
    return cursor.fetchall() if cursor.description else []


def _marked(query: str) -> Any:
    """psycopg's marks for values, in the place of SQLite's."""
    return query.replace("?", "%s")


def _defined(statement: str) -> Any:
    """A table as PostgreSQL declares it; its texts are in the order of SQLite's, that of their code points."""
    statement = statement.replace(" WITHOUT ROWID", "").replace(" BLOB ", " BYTEA ")
    return statement.replace(" TEXT", ' TEXT COLLATE "C"')


def _parts(url: str) -> dict[str, Any]:
    driver = _psycopg()
    try:
        parts: dict[str, Any] = driver.conninfo.conninfo_to_dict(url)
    except driver.Error:
        parts = {}
    if not url.startswith(("postgresql://", "postgres://")) or not parts.get("dbname"):
        # Without the cause, which would show the password.
        raise BadAddress(
            "KNOWLEDGE_LIBRARY_URL n'est pas une adresse PostgreSQL : écrivez "
            "postgresql://utilisateur:motdepasse@hôte:5432/base."
        ) from None
    return parts


def _refusal(url: str, said: str) -> KnowledgeError:
    """What the server, or nobody, answered to a connection."""
    where, _, refused = shown(url), *said.lower().partition("fatal:")[1:]
    if "exist" in refused and any(word in refused for word in _DATABASE):
        return BadAddress(
            f"La base de données de KNOWLEDGE_LIBRARY_URL n'existe pas ({where}) : créez-la (createdb), ou corrigez ce "
            "réglage."
        )
    if any(word in refused for word in _USER):
        return BadAddress(f"{where} refuse l'utilisateur ou le mot de passe : corrigez KNOWLEDGE_LIBRARY_URL.")
    return _unreachable(f"La bibliothèque {where}", said)


def _unreachable(name: str, error: object) -> UnreachableServer:
    return UnreachableServer(
        f"{name} ne répond pas ({_first_line(error)}) : vérifiez que PostgreSQL tourne et que KNOWLEDGE_LIBRARY_URL "
        "mène à lui. La connexion se rétablit d'elle-même à son retour."
    )


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise MissingLibrary(
            "KNOWLEDGE_LIBRARY_URL demande psycopg : pip install -r requirements-servers.txt."
        ) from error
    return psycopg
