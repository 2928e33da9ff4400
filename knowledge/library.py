"""Adapter: the sources as read, their passages and their vectors, in one database: the truth."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .copying import copy_library
from .database import Database
from .errors import CorruptLibrary
from .history import History, read_record, read_source
from .records import Records
from .sources import Passage, Source
from .sparing import lasting
from .sqlite import SqliteDatabase

# The fact that holds the last revision whose run came to its end.
SETTLED = "settled"
# Records read at once.
_RECORDS = 1000

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Contents:
    """
    One revision of the library: `ranges` are (source, start, end, digest) of the passages, in order, and `digests`
    those of the sources.
    """

    revision: int
    sources: Mapping[str, Source]
    ranges: tuple[tuple[str, int, int, str], ...]
    digests: Mapping[str, str]


class Library:
    """
    What has been read, under a revision number that each change moves on by one; `history` undoes the last ones.

    Every public method is one transaction.
    """

    def __init__(self, database: Database | Path, patience: float = 10) -> None:
        """A path is one of a SQLite file; `patience` is how many seconds another program may hold it."""
        self._database = SqliteDatabase(database, patience) if isinstance(database, Path) else database
        self.history = History(self._database)

    def close(self) -> None:
        self._database.close()

    def copy_to(self, other: "Library", own: str) -> None:
        """All of it in the place of what `other` holds, which keeps its own fact of the name `own`."""
        copy_library(self._database, other._database, own)

    @property
    def revision(self) -> int:
        """0 for a library in which nothing was ever published."""
        number = self.fact("revision") or "0"
        if not number.isdecimal():
            raise self._database.damage("son numéro de révision est illisible")
        return int(number)

    @property
    def settled(self) -> int:
        """The last revision whose run came to its end, with nothing left to put away."""
        return int(self.fact(SETTLED) or 0)

    def fact(self, name: str) -> str | None:
        """What the library remembers about itself: the embedding model, the date of the last change…"""
        rows = self._database.rows("SELECT value FROM facts WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def facts(self, prefix: str) -> dict[str, str]:
        """Every fact whose name begins with `prefix`, by name."""
        rows = self._database.rows("SELECT name, value FROM facts WHERE substr(name, 1, ?) = ?", (len(prefix), prefix))
        return dict(rows)

    def remember(self, name: str, value: str) -> None:
        self.note({name: value})

    def settle_on(self, name: str, value: str) -> str:
        """The fact, which is `value` unless another process was there first."""
        with self._database.transaction():
            self._database.write("INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, value))
            found: str = self._database.rows("SELECT value FROM facts WHERE name = ?", (name,))[0][0]
        return found

    def note(self, facts: Mapping[str, str | None]) -> None:
        """Facts that leave the revision as it is, all at once; None takes one away."""
        with self._database.transaction():
            for name, value in facts.items():
                self._set(name, value)

    @property
    def is_empty(self) -> bool:
        """Whether there is no source in it."""
        return not self._database.rows("SELECT 1 FROM sources LIMIT 1")

    def digests(self) -> dict[str, str]:
        """Each source's id and digest."""
        return dict(self._database.rows("SELECT id, digest FROM sources ORDER BY id"))

    @lasting()
    def contents(self, unread: bool = False) -> Contents:
        """
        Everything that may be shown, as it was at one moment. `unread`: each source is read when it is first asked
        for, and only then compared with its passages; its record is what was published all the same.
        """
        with self._database.reading():
            ranges = self._database.rows("SELECT source, start, stop, digest FROM passages ORDER BY source, start")
            revision = self.revision
            digests = self.digests()
            records = [(id, read_record(self._database, key, record)) for id, key, record in self._records()]
        ends = _ends(ranges)
        if ends is None or not ends.keys() <= digests.keys():
            raise self._damage()
        sources = Records(records, ends, self._damage)
        if not unread:
            for id in sources:
                sources[id]
        return Contents(revision, sources, tuple(ranges), digests)

    def source(self, id: str) -> Source | None:
        rows = self._database.rows("SELECT digest, record FROM sources WHERE id = ?", (id,))
        return read_source(self._database, *rows[0]) if rows else None

    def live_digests(self) -> set[str]:
        """The digests of all passages that may be shown."""
        return {row[0] for row in self._database.rows("SELECT digest FROM passages")}

    def publish(
        self,
        changed: Mapping[Source, Sequence[Passage]],
        forgotten: Iterable[str],
        facts: Mapping[str, str | None],
        restored: int | None = None,
    ) -> None:
        """
        The commit point: all of it happens, or none. `facts` are remembered with it; None takes one away.
        `restored` is the revision whose state this one goes back to.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction():
            revision = self.revision + 1
            held = self.digests()
            gone = held.keys() & set(forgotten)
            other = [source.id for source in changed if held.get(source.id) != source.digest]
            added = set(other) - held.keys()
            known = self.facts("")
            noted = {name: value for name, value in facts.items() if known.get(name) != value}
            self.history.keep(revision, [*gone, *other], noted)
            self._write(changed, gone, now)
            for name, value in {**noted, "revision": str(revision), "changed_on": now}.items():
                self._set(name, value)
            self.history.end(revision, now, (len(added), len(other) - len(added), len(gone)), restored)

    def vectors(self, model: str, digests: Iterable[str]) -> dict[str, Vector]:
        """Those of the wanted vectors that `model` has already made."""
        found: dict[str, Vector] = {}
        wanted = list(digests)
        for at in range(0, len(wanted), 500):
            some = wanted[at : at + 500]
            holes = ",".join("?" * len(some))
            query = f"SELECT digest, vector FROM vectors WHERE model = ? AND digest IN ({holes})"
            for key, blob in self._database.rows(query, (model, *some)):
                found[key] = np.frombuffer(blob, dtype=np.float32)
        return found

    def embedded(self, model: str) -> set[str]:
        """The digests of what `model` has made vectors of."""
        return {key for (key,) in self._database.rows("SELECT digest FROM vectors WHERE model = ?", (model,))}

    def keep_vectors(self, model: str, vectors: Mapping[str, Sequence[float] | Vector]) -> None:
        """Vectors outlive the run that made them: the next one does not make them again."""
        rows = [(model, key, np.asarray(vector, dtype=np.float32).tobytes()) for key, vector in vectors.items()]
        with self._database.transaction():
            self._database.write(
                "INSERT INTO vectors VALUES (?, ?, ?) "
                "ON CONFLICT (model, digest) DO UPDATE SET vector = excluded.vector",
                *rows,
            )

    def drop_vectors(self, model: str, keep: Set[str]) -> None:
        """Forget what `model` made of texts that no longer exist."""
        with self._database.transaction():
            held = self._database.rows("SELECT digest FROM vectors WHERE model = ?", (model,))
            gone = [(model, key) for (key,) in held if key not in keep]
            self._database.write("DELETE FROM vectors WHERE model = ? AND digest = ?", *gone)

    def _records(self) -> Iterator[tuple[str, str, object]]:
        """Some at a time: the rows of a large library hold its texts once more."""
        query = f"SELECT id, digest, {self._database.bytes_of.format('record')} FROM sources {{}} ORDER BY id LIMIT ?"
        rows = self._database.rows(query.format(""), (_RECORDS,))
        while rows:
            yield from rows
            rows = self._database.rows(query.format("WHERE id > ?"), (rows[-1][0], _RECORDS))

    def _damage(self) -> CorruptLibrary:
        return self._database.damage("des passages ne sont plus ceux des textes")

    def _write(self, changed: Mapping[Source, Sequence[Passage]], gone: Iterable[str], now: str) -> None:
        self._database.write("DELETE FROM sources WHERE id = ?", *((id,) for id in gone))
        for source, passages in changed.items():
            self._database.write("DELETE FROM sources WHERE id = ?", (source.id,))
            self._database.write(
                "INSERT INTO sources VALUES (?, ?, ?, ?, ?)",
                (source.id, source.digest, source.title, source.to_json(), now),
            )
            self._database.write(
                "INSERT INTO passages VALUES (?, ?, ?, ?)",
                *((source.id, passage.start, passage.end, passage.digest) for passage in passages),
            )

    def _set(self, name: str, value: str | None) -> None:
        if value is None:
            self._database.write("DELETE FROM facts WHERE name = ?", (name,))
        else:
            self._database.write(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
            )


def _ends(ranges: Iterable[tuple[str, int, int, str]]) -> dict[str, int] | None:
    """Where the passages of each source end; None where they do not follow one another from its beginning on."""
    ends: dict[str, int] = {}
    for id, start, stop, _ in ranges:
        if start != ends.get(id, 0):
            return None
        ends[id] = stop
    return ends
