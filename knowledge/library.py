"""Adapter: the sources as read, their passages and their vectors, in one SQLite file: the truth."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import CorruptLibrary, LockedBase
from .sources import Passage, Source, digest

SCHEMA = 1
_TABLES = """
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

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Contents:
    """One revision of the library: `ranges` are (source, start, end, digest) of the passages, in order."""

    revision: int
    sources: Mapping[str, Source]
    ranges: tuple[tuple[str, int, int, str], ...]


class Library:
    """
    What has been read, under a revision number that each change moves on by one.

    Every public method is one transaction; a file that SQLite cannot read raises CorruptLibrary, one that
    stays locked for 10 s raises LockedBase.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with self._translated():
            self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.executescript(_TABLES)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @property
    def revision(self) -> int:
        """0 for a library in which nothing was ever published."""
        number = self.fact("revision") or "0"
        if not number.isdecimal():
            raise CorruptLibrary(self._damage("son numéro de révision est illisible"))
        return int(number)

    def fact(self, name: str) -> str | None:
        """What the library remembers about itself: the embedding model, the date of the last change…"""
        rows = self._rows("SELECT value FROM facts WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def facts(self, prefix: str) -> dict[str, str]:
        """Every fact whose name begins with `prefix`, by name."""
        rows = self._rows("SELECT name, value FROM facts WHERE substr(name, 1, ?) = ?", (len(prefix), prefix))
        return dict(rows)

    def remember(self, name: str, value: str) -> None:
        self.note({name: value})

    def note(self, facts: Mapping[str, str | None]) -> None:
        """Facts that leave the revision as it is, all at once; None takes one away."""
        with self._transaction():
            for name, value in facts.items():
                self._set(name, value)

    def digests(self) -> dict[str, str]:
        """Each source's id and digest."""
        return dict(self._rows("SELECT id, digest FROM sources ORDER BY id"))

    def contents(self) -> Contents:
        """Everything that may be shown, as it was at one moment."""
        with self._transaction("DEFERRED"):
            records = self._rows("SELECT id, digest, record FROM sources ORDER BY id")
            ranges = self._rows("SELECT source, start, stop, digest FROM passages ORDER BY source, start")
            revision = self.revision
        sources = {id: self._read(*rest) for id, *rest in records}
        if not _tile(ranges, sources):
            raise CorruptLibrary(self._damage("des passages ne sont plus ceux des textes"))
        return Contents(revision, sources, tuple(ranges))

    def source(self, id: str) -> Source | None:
        rows = self._rows("SELECT digest, record FROM sources WHERE id = ?", (id,))
        return self._read(*rows[0]) if rows else None

    def live_digests(self) -> set[str]:
        """The digests of all passages that may be shown."""
        return {row[0] for row in self._rows("SELECT DISTINCT digest FROM passages")}

    def publish(
        self, changed: Mapping[Source, Sequence[Passage]], forgotten: Iterable[str], facts: Mapping[str, str | None]
    ) -> None:
        """The commit point: all of it happens, or none. `facts` are remembered with it; None takes one away."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction():
            for id in forgotten:
                self._connection.execute("DELETE FROM sources WHERE id = ?", (id,))
            for source, passages in changed.items():
                self._connection.execute("DELETE FROM sources WHERE id = ?", (source.id,))
                self._connection.execute(
                    "INSERT INTO sources VALUES (?, ?, ?, ?, ?)",
                    (source.id, source.digest, source.title, source.to_json(), now),
                )
                self._connection.executemany(
                    "INSERT INTO passages VALUES (?, ?, ?, ?)",
                    [(source.id, passage.start, passage.end, passage.digest) for passage in passages],
                )
            for name, value in facts.items():
                self._set(name, value)
            self._set("revision", str(self.revision + 1))
            self._set("changed_on", now)

    def vectors(self, model: str, digests: Iterable[str]) -> dict[str, Vector]:
        """Those of the wanted vectors that `model` has already made."""
        found: dict[str, Vector] = {}
        wanted = list(digests)
        for at in range(0, len(wanted), 500):
            some = wanted[at : at + 500]
            holes = ",".join("?" * len(some))
            query = f"SELECT digest, vector FROM vectors WHERE model = ? AND digest IN ({holes})"
            for key, blob in self._rows(query, (model, *some)):
                found[key] = np.frombuffer(blob, dtype=np.float32)
        return found

    def keep_vectors(self, model: str, vectors: Mapping[str, Sequence[float] | Vector]) -> None:
        """Vectors outlive the run that made them: the next one does not make them again."""
        rows = [(model, key, np.asarray(vector, dtype=np.float32).tobytes()) for key, vector in vectors.items()]
        with self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def drop_vectors(self, model: str, keep: Set[str]) -> None:
        """Forget what `model` made of texts that no longer exist."""
        with self._transaction():
            held = self._rows("SELECT digest FROM vectors WHERE model = ?", (model,))
            gone = [(model, key) for (key,) in held if key not in keep]
            self._connection.executemany("DELETE FROM vectors WHERE model = ? AND digest = ?", gone)

    def _read(self, key: str, record: str) -> Source:
        """A record that is no longer what was written must not be quoted."""
        if not isinstance(record, str) or digest(record) != key:
            raise CorruptLibrary(self._damage("un texte n'est plus celui qui a été lu"))
        return Source.from_json(record)

    def _damage(self, what: object) -> str:
        return (
            f"La bibliothèque {self._path} est abîmée ({what}) : remettez une sauvegarde à sa place, ou déplacez ce "
            "fichier puis relancez `python -m ingest DOSSIER`."
        )

    def _set(self, name: str, value: str | None) -> None:
        if value is None:
            self._connection.execute("DELETE FROM facts WHERE name = ?", (name,))
        else:
            self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        with self._lock, self._translated():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        with self._lock, self._translated():
            self._connection.execute(f"BEGIN {kind}")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise LockedBase(
                    f"La bibliothèque {self._path} est occupée par un autre programme : réessayez dans un instant."
                ) from error
            raise CorruptLibrary(
                f"La bibliothèque {self._path} ne peut être ni lue ni écrite ({error}) : vérifiez l'espace disque "
                "et les droits du dossier."
            ) from error
        except (
            sqlite3.DatabaseError,
            UnicodeDecodeError,
        ) as error:  # the latter where SQLite quotes what it cannot read
            raise CorruptLibrary(self._damage(error)) from error


def _tile(ranges: Iterable[tuple[str, int, int, str]], sources: Mapping[str, Source]) -> bool:
    """Whether the ranges of each source, in order, are its text from end to end."""
    ends: dict[str, int] = {}
    for id, start, stop, _ in ranges:
        if start != ends.get(id, 0):
            return False
        ends[id] = stop
    return ends == {id: len(source.text) for id, source in sources.items() if source.text}
