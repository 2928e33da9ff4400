"""Façade: all that is kept under the code of a conversation, given back to whoever holds the code, or erased."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..journal import Entry, Journal
from .opinions import Kept, Opinions
from .sessions import Conversations


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is written down, neither a journal nor opinions where nothing is; and the conversations that go on."""

    journal: Journal | None = None
    opinions: Opinions | None = None
    conversations: Conversations | None = None

    def export(self, code: str) -> dict[str, Any] | None:
        """For JSON, in French, as those who asked read it; None when nothing is kept under the code."""
        entries = self.journal.of(code) if self.journal else []
        opinions = self.opinions.of(code) if self.opinions else []
        if not entries and not opinions:
            return None
        return {
            "code": code,
            "reponses": [_answer(entry) for entry in entries],
            "avis": [_opinion(kept) for kept in opinions],
        }

    def forget(self, code: str) -> int:
        """How many answers and opinions there were; nothing more will be written under that code."""
        erased = sum(book.forget(code) for book in (self.journal, self.opinions) if book)
        if self.conversations is not None:
            self.conversations.forget(code)
        return erased

    def has_forgotten(self, code: str) -> bool:
        return self.journal is not None and self.journal.has_forgotten(code)

    def purge(self) -> int:
        """How many answers and opinions had outlived their time."""
        if self.conversations is not None:
            self.conversations.purge()
        return sum(book.purge() for book in (self.journal, self.opinions) if book)


def _answer(entry: Entry) -> dict[str, Any]:
    shown = entry.record["answer"]
    return {
        "donnee_le": _moment(entry.at),
        "effacee_le": _moment(entry.until),
        "lien": f"reponse/{entry.id}",
        "question": shown["question"],
        "reponse": shown["text"],
        "tout_ce_qui_est_garde": entry.record,
    }


def _opinion(kept: Kept) -> dict[str, Any]:
    return {
        "donne_le": _moment(kept.at),
        "utile": kept.opinion.useful,
        "commentaire": kept.opinion.comment,
        "question": kept.opinion.question,
        "reponse": kept.opinion.answer,
    }


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
