"""Adapter: the sessions of the widget: a signed, short-lived secret each, and the conversation that it opens."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cachetools import TTLCache
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from ..answers import Answer

# Seconds that a session and what was said in it last.
LIFETIME = 2 * 3600
# Conversations kept at a time, and exchanges kept of each.
_KEPT = 2000
_LONGEST = 30

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Session:
    """Of one page of one site."""

    id: str
    origin: str


class Sessions:
    """
    Gives out tokens that nobody else can make, for the site that asked and for no other. Without a `key` that
    several machines share, one is made at each start: conversations are in memory, and no session outlives them.
    """

    def __init__(self, clock: Clock = time.time, lifetime: int = LIFETIME, key: str = "") -> None:
        self.lifetime = lifetime
        self._signer = URLSafeTimedSerializer(
            key or secrets.token_bytes(32), salt="session", signer=_Signer, signer_kwargs={"clock": clock}
        )

    def open(self, origin: str) -> str:
        """The token of a new session."""
        return str(self._signer.dumps([secrets.token_urlsafe(16), origin]))

    def read(self, token: str, origin: str) -> Session | None:
        """None for a token that is not ours, too old, or of another site."""
        try:
            id, given_to = self._signer.loads(token, max_age=self.lifetime)
        except BadSignature:
            return None
        return Session(id, given_to) if given_to == origin else None


class _Signer(TimestampSigner):
    def __init__(self, *args: Any, clock: Clock, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what was answered, and why that is not all of it."""

    id: str
    question: str
    answer: Answer | None = None
    problem: str = ""
    # Of the conversation, in what is written down.
    code: str = ""


class Conversations:
    """What was said in each session, in memory, until it has been silent for its lifetime. For one thread."""

    def __init__(self, clock: Clock = time.time, lifetime: int = LIFETIME) -> None:
        self._said: TTLCache[str, tuple[Exchange, ...]] = TTLCache(_KEPT, lifetime, timer=clock)

    def of(self, session: Session) -> tuple[Exchange, ...]:
        return self._said.get(session.id, ())

    def begin(self, session: Session, question: str, again: bool = False, code: str = "") -> Exchange:
        """The exchange that the question opens, in the place of the last one where it is asked again."""
        earlier = self.of(session)[:-1] if again else self.of(session)
        exchange = Exchange(secrets.token_urlsafe(9), question, code=code)
        self._said[session.id] = (*earlier, exchange)[-_LONGEST:]
        return exchange

    def note(self, session: Session, id: str, answer: Answer | None = None, problem: str = "") -> None:
        """What has come of an exchange, if it still is one: the conversation may have been cleared."""
        said = self.of(session)
        if any(exchange.id == id for exchange in said):
            self._said[session.id] = tuple(
                replace(exchange, answer=answer or exchange.answer, problem=problem) if exchange.id == id else exchange
                for exchange in said
            )

    def clear(self, session: Session) -> None:
        self._said.pop(session.id, None)

    def forget(self, code: str) -> None:
        """What was said under the code of a conversation."""
        for id, said in list(self._said.items()):
            if any(exchange.code == code for exchange in said):
                self._said[id] = tuple(exchange for exchange in said if exchange.code != code)
