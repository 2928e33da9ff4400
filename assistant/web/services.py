"""Adapter: what the interfaces answer with, and how many questions at once."""

from collections.abc import AsyncIterator

from anyio import CapacityLimiter
from fastapi import HTTPException

from .limiting import Limits
from .measuring import Answerer
from .opinions import Opinions
from .origins import Origins
from .records import Records
from .sessions import Conversations, Session, Sessions

# Answers made at the same time, and those that wait for their turn.
_AT_ONCE = 8
_WAITING = 64


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
