"""Adapter: the answers that were given, each under a code that opens it again."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .shelf import DAY, open_shelf

# Imported where it serves alone.
if TYPE_CHECKING:
    from knowledge.postgres import PostgresDatabase

COLUMNS = {"record": "text not null"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What was kept of an answer; `at` and `until`, when it is forgotten, are seconds since 1970."""

    id: str
    at: int
    until: int
    record: dict[str, Any]


class Journal(Protocol):
    """Where the answers that were given are kept, with the code of the conversation that each is of."""

    def note(self, id: str, record: dict[str, Any], conversation: str = "") -> None: ...
    def read(self, id: str) -> Entry | None: ...
    def of(self, conversation: str) -> list[Entry]: ...
    def forget(self, conversation: str) -> int: ...
    def has_forgotten(self, conversation: str) -> bool: ...
    def purge(self) -> int: ...


class JournalBook:
    """Keeps records for `days` in a file, or where machines share them, and nothing of who asked."""

    def __init__(self, place: "Path | PostgresDatabase", days: int, clock: Callable[[], float] = time.time) -> None:
        self._shelf = open_shelf(place, "answers", COLUMNS, days * DAY, clock)

    def note(self, id: str, record: dict[str, Any], conversation: str = "") -> None:
        """Nothing, where the conversation has been forgotten meanwhile."""
        self._shelf.put(id, conversation, {"record": json.dumps(record)})

    def read(self, id: str) -> Entry | None:
        """None for a code that was never given, and for one whose time is over."""
        row = self._shelf.one(id)
        return self._entry(row) if row else None

    def of(self, conversation: str) -> list[Entry]:
        """What was answered in a conversation, oldest first."""
        return [self._entry(row) for row in self._shelf.of(conversation)]

    def all(self) -> list[Entry]:
        return [self._entry(row) for row in self._shelf.all()]

    def forget(self, conversation: str) -> int:
        return self._shelf.forget(conversation)

    def has_forgotten(self, conversation: str) -> bool:
        return self._shelf.has_forgotten(conversation)

    def purge(self) -> int:
        """How many had outlived their time."""
        return self._shelf.purge()

    def _entry(self, row: dict[str, Any]) -> Entry:
        return Entry(row["id"], row["at"], row["at"] + self._shelf.kept, json.loads(row["record"]))
