"""Adapter: what readers think of answers, without their addresses."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..masking import hidden, masked, without
from ..shelf import DAY, open_shelf

# Imported where it serves alone.
if TYPE_CHECKING:
    from knowledge.postgres import PostgresDatabase

# Seconds that an opinion is kept.
KEPT = 365 * DAY
COLUMNS = {
    "useful": "integer not null",
    "comment": "text not null",
    "question": "text not null",
    "answer": "text not null",
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """
    A thumb and a comment, about what was answered to a question of a conversation; a later one of the same `id`
    replaces it. `earlier` are the questions before it, of which nothing is kept with it.
    """

    id: str
    useful: bool
    comment: str
    question: str
    answer: str
    conversation: str = ""
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """An opinion as it was written down; `at` is in seconds since 1970."""

    at: int
    opinion: Opinion


class Opinions(Protocol):
    """Where opinions go."""

    def note(self, opinion: Opinion) -> None: ...
    def of(self, conversation: str) -> list[Kept]: ...
    def forget(self, conversation: str) -> int: ...
    def purge(self) -> int: ...


class OpinionBook:
    """Keeps opinions for `kept` seconds in a file, or where machines share them; who is named or reached is masked."""

    def __init__(
        self, place: "Path | PostgresDatabase", clock: Callable[[], float] = time.time, kept: int = KEPT
    ) -> None:
        self._shelf = open_shelf(place, "opinions", COLUMNS, kept, clock)

    def note(self, opinion: Opinion) -> None:
        secret = hidden((*opinion.earlier, opinion.question, opinion.comment))
        values = {
            "useful": int(opinion.useful),
            "comment": without(masked(opinion.comment), secret),
            "question": without(masked(opinion.question), secret),
            "answer": opinion.answer,
        }
        self._shelf.put(opinion.id, opinion.conversation, values)

    def of(self, conversation: str) -> list[Kept]:
        """Those of a conversation, oldest first."""
        return [_read(row) for row in self._shelf.of(conversation)]

    def all(self) -> list[Kept]:
        return [_read(row) for row in self._shelf.all()]

    def forget(self, conversation: str) -> int:
        return self._shelf.forget(conversation)

    def purge(self) -> int:
        """How many had outlived their time."""
        return self._shelf.purge()


def _read(row: dict[str, object]) -> Kept:
    comment, question, answer = (str(row[name]) for name in ("comment", "question", "answer"))
    opinion = Opinion(str(row["id"]), bool(row["useful"]), comment, question, answer, str(row["conversation"]))
    return Kept(int(str(row["at"])), opinion)
