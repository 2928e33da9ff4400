"""Adapter: the sessions of the widget: a signed, short-lived secret each, and the conversation that it opens."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from cachetools import TTLCache
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from ..answers import Answer

# Seconds that a session and what was said in it last.
LIFETIME = 2 * 3600
# Conversations kept at a time, and exchanges kept of each.
_KEPT = 2000
LONGEST = 30

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Session:
    """Of one page of one site."""

    id: str
    origin: str


class Sessions:
    """
    Gives out tokens that nobody else can make, for the site that asked and for no other. Without a `key` that
    several machines share, one is made at each start: conversations are in memory then, and no session outlives them.
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


class Conversations(Protocol):
    """What was said in each session, until it has been silent for its lifetime."""

    # Whether it is written down, sealed, for other machines.
    is_written: bool

    @property
    def key(self) -> str:
        """What signs the sessions wherever these are known; "" where they are known to this process alone."""

    def of(self, session: Session) -> tuple[Exchange, ...]: ...

    def begin(self, session: Session, question: str, again: bool = False, code: str = "") -> Exchange:
        """The exchange that the question opens, in the place of the last one where it is asked again."""

    def note(self, session: Session, id: str, answer: Answer | None = None, problem: str = "") -> None:
        """What has come of an exchange, if it still is one: the conversation may have been cleared."""

    def clear(self, session: Session) -> None: ...

    def forget(self, code: str) -> None:
        """What was said under the code of a conversation."""

    def purge(self) -> None:
        """What has been silent too long."""


def updated(exchange: Exchange, answer: Answer | None, problem: str) -> Exchange:
    return replace(exchange, answer=answer or exchange.answer, problem=problem)


class HeldConversations:
    """In memory."""

    key, is_written = "", False

    def __init__(self, clock: Clock = time.time, lifetime: int = LIFETIME, kept: int = _KEPT) -> None:
        self._said: TTLCache[str, tuple[Exchange, ...]] = TTLCache(kept, lifetime, timer=clock)
        self._lock = threading.RLock()

    def of(self, session: Session) -> tuple[Exchange, ...]:
        with self._lock:
            return self._said.get(session.id, ())

    def begin(self, session: Session, question: str, again: bool = False, code: str = "") -> Exchange:
        exchange = Exchange(secrets.token_urlsafe(9), question, code=code)
        with self._lock:
            earlier = self.of(session)[:-1] if again else self.of(session)
            self._said[session.id] = (*earlier, exchange)[-LONGEST:]
        return exchange

    def note(self, session: Session, id: str, answer: Answer | None = None, problem: str = "") -> None:
        with self._lock:
            said = self.of(session)
            if any(exchange.id == id for exchange in said):
                self._said[session.id] = tuple(
                    updated(exchange, answer, problem) if exchange.id == id else exchange for exchange in said
                )

    def clear(self, session: Session) -> None:
        with self._lock:
            self._said.pop(session.id, None)

    def forget(self, code: str) -> None:
        with self._lock:
            for id, said in list(self._said.items()):
                if any(exchange.code == code for exchange in said):
                    self._said[id] = tuple(exchange for exchange in said if exchange.code != code)

    def purge(self) -> None:
        with self._lock:
            self._said.expire()
