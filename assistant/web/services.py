"""Adapter: what the interfaces answer with, and how many questions at once."""

import logging
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from anyio import CapacityLimiter
from fastapi import HTTPException

from ..answers import Answer
from ..shelf import OUT_OF_REACH
from .limiting import Limits
from .measuring import Answerer
from .opinions import Opinions
from .origins import Origins
from .records import Records
from .sessions import LONGEST, Conversations, Session, Sessions

# Answers made at the same time, and those that wait for their turn.
_AT_ONCE = 8
_WAITING = 64


@dataclass(frozen=True, slots=True)
class Begun:
    """A question of a conversation, with those before it, and the code of what is kept of it."""

    id: str
    code: str
    earlier: tuple[str, ...]


class Services:
    """What the interface works with; `opinions` is None where none are kept."""

    def __init__(
        self,
        assistant: Answerer,
        origins: Origins,
        limits: Limits,
        sessions: Sessions,
        conversations: Conversations,
        opinions: Opinions | None = None,
        records: Records | None = None,
    ) -> None:
        self.assistant, self.origins, self.limits, self.opinions = assistant, origins, limits, opinions
        self.sessions, self.conversations, self.records = sessions, conversations, records
        self.turnstile = CapacityLimiter(_AT_ONCE)
        self.inside = 0

    def code(self, session: Session) -> str:
        """Under which what is kept of its conversation is, "" where nothing is."""
        return self.records.conversation(session.id) if self.records else ""

    def begin(self, session: Session, question: str, again: bool) -> Begun:
        """
        Raises KnowledgeError where the conversation cannot be read: nobody knows what the question goes on from. One
        that cannot be written down is answered all the same.
        """
        code, said = self.code(session), self.conversations.of(session)
        earlier = tuple(exchange.question for exchange in (said[:-1] if again else said))[1 - LONGEST :]
        try:
            id = self.conversations.begin(session, question, again, code).id
        except OUT_OF_REACH:
            logging.getLogger(__name__).exception("a conversation could not be kept")
            id = secrets.token_urlsafe(9)
        return Begun(id, code, earlier)

    def note(self, session: Session, id: str, step: Answer | str) -> None:
        """An answer, or the sentence that says why there is no more of it."""
        answer, problem = (step, "") if isinstance(step, Answer) else (None, step)
        try:
            self.conversations.note(session, id, answer, problem)
        except OUT_OF_REACH:
            logging.getLogger(__name__).exception("a conversation could not be kept")

    async def erase(self, code: str) -> int:
        """How many answers and opinions were kept under the code."""
        return await self.records.erase(code) if self.records and code else 0

    async def admitted(self) -> AsyncIterator[None]:
        """A place for one more question, kept until all of its answer has been sent."""
        if self.inside >= _AT_ONCE + _WAITING:
            raise HTTPException(503, "Trop de questions à la fois : réessayez dans un instant.", {"retry-after": "10"})
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1
