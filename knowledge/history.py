"""Adapter: what the last revisions of the library replaced, so that a run can be undone."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .database import Database
from .errors import UnknownRevision
from .sources import Source

# Revisions that can be undone: today's reading, and the two before it in case the fault is seen late.
KEPT = 3
# Revisions that are listed: three months of daily readings.
_LISTED = 100


@dataclass(frozen=True, slots=True)
class Revision:
    """
    What one publication did. `counts` are the sources added, changed and forgotten, None before there was a history;
    `restored` is the revision whose state it went back to; `is_kept`: its state can be gone back to.
    """

    number: int
    made_on: str
    counts: tuple[int, int, int] | None
    restored: int | None
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Return:
    """What to publish to be back at the state of `revision`."""

    revision: int
    changed: tuple[Source, ...]
    forgotten: tuple[str, ...]
    facts: Mapping[str, str | None]


class History:
    """
    Each revision keeps the former version of what it changed, and nothing of what it left alone.

    A state is reached by laying those of all later revisions, the earliest on top, over the present one.
    `keep` and `end` are parts of the transaction that publishes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, revision: int, ids: Iterable[str], facts: Iterable[str]) -> None:
        """Set aside what is about to be replaced or taken away, and that there was nothing where nothing was."""
        for id in ids:
            self._database.write(
                "INSERT INTO past_sources SELECT ?, ?, digest, title, record "
                "FROM (SELECT 1) AS one LEFT JOIN sources ON sources.id = ? WHERE true ON CONFLICT DO NOTHING",
                (revision, id, id),
            )
            self._database.write(
                "INSERT INTO past_passages SELECT ?, source, digest FROM passages WHERE source = ? "
                "ON CONFLICT DO NOTHING",
                (revision, id),
            )
        for name in facts:
            self._database.write(
                "INSERT INTO past_facts SELECT ?, ?, value "
                "FROM (SELECT 1) AS one LEFT JOIN facts ON facts.name = ? WHERE true ON CONFLICT DO NOTHING",
                (revision, name, name),
            )

    def end(self, revision: int, made_on: str, counts: tuple[int, int, int], restored: int | None) -> None:
        """List the revision, and let go of what only older states need."""
        self._database.write("DELETE FROM revisions WHERE number = ?", (revision,))
        self._database.write("INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?)", (revision, made_on, *counts, restored))
        undoable = self._database.rows(
            "SELECT DISTINCT revision FROM past_sources ORDER BY revision DESC LIMIT ?", (KEPT,)
        )
        oldest = undoable[-1][0] if undoable else revision
        for table in ("past_sources", "past_passages", "past_facts"):
            self._database.write(f"DELETE FROM {table} WHERE revision < ?", (oldest,))
        self._database.write("DELETE FROM revisions WHERE number <= ?", (revision - _LISTED,))

    def revisions(self) -> list[Revision]:
        """Those that are listed, the present one first."""
        rows = self._database.rows("SELECT * FROM revisions ORDER BY number DESC")
        oldest = self._oldest()
        return [
            Revision(number, made_on, None if added is None else (added, *counts), restored, number >= oldest)
            for number, made_on, added, *counts, restored in rows
        ]

    def way_back(self, wanted: int | None) -> Return:
        """
        To the state of the `wanted` revision (None: of the one before the last that changed a source).
        Raises UnknownRevision where it is not kept.
        """
        with self._database.reading():
            to = self._reachable(wanted)
            former = self._database.rows(
                "SELECT past.id, digest, record FROM past_sources AS past JOIN "
                "(SELECT id, min(revision) AS first FROM past_sources WHERE revision > ? GROUP BY id) AS firsts "
                "ON past.id = firsts.id AND past.revision = firsts.first ORDER BY past.id",
                (to,),
            )
            facts = self._database.rows(
                "SELECT past.name, value FROM past_facts AS past JOIN "
                "(SELECT name, min(revision) AS first FROM past_facts WHERE revision > ? GROUP BY name) AS firsts "
                "ON past.name = firsts.name AND past.revision = firsts.first",
                (to,),
            )
            held = dict(self._database.rows("SELECT id, digest FROM sources"))
        other = [(id, key, record) for id, key, record in former if held.get(id) != key]
        return Return(
            to,
            tuple(read_source(self._database, key, record) for _, key, record in other if key is not None),
            tuple(id for id, key, _ in other if key is None),
            dict(facts),
        )

    def digests(self) -> set[str]:
        """Of the passages that the states kept would show."""
        return {row[0] for row in self._database.rows("SELECT DISTINCT digest FROM past_passages")}

    def titles(self) -> set[str]:
        return {
            row[0] for row in self._database.rows("SELECT DISTINCT title FROM past_sources WHERE title IS NOT NULL")
        }

    def _reachable(self, wanted: int | None) -> int:
        last = self._database.rows("SELECT max(revision) FROM past_sources")[0][0]
        to = wanted if wanted is not None else (last or 0) - 1
        if last is None or not self._oldest() <= to < self._present():
            which = "précédent" if wanted is None else f"de la révision {wanted}"
            raise UnknownRevision(
                f"L'état {which} n'est pas gardé : `python -m knowledge history` dit auxquels on peut revenir."
            )
        return to

    def _oldest(self) -> int:
        """The oldest revision whose state can be gone back to; the empty base before the first is not one."""
        undoable: int | None = self._database.rows("SELECT min(revision) FROM past_sources")[0][0]
        return self._present() if undoable is None else max(1, undoable - 1)

    def _present(self) -> int:
        return self._database.rows("SELECT max(number) FROM revisions")[0][0] or 0


def read_source(database: Database, key: str, record: object) -> Source:
    return Source.from_json(read_record(database, key, record).decode())


def read_record(database: Database, key: str, record: object) -> bytes:
    """A record that is no longer what was written must not be quoted: CorruptLibrary."""
    data = record.encode() if isinstance(record, str) else record if isinstance(record, bytes) else b""
    if hashlib.sha256(data).hexdigest() != key:
        raise database.damage("un texte n'est plus celui qui a été lu")
    return data
