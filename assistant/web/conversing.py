"""Adapter: the conversations of the widget where machines share them, sealed: a session alone opens its own."""

import base64
import hashlib
import secrets
import time
from dataclasses import replace
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken
from pydantic import TypeAdapter, ValidationError

from knowledge.postgres import PostgresDatabase

from ..answers import Answer
from .sessions import LIFETIME, LONGEST, Clock, Exchange, Session, updated

# Conversations kept at a time, all machines together.
_KEPT = 10_000
_EXCHANGE = TypeAdapter(Exchange)


class SharedConversations:
    """
    A row for each exchange, sealed with what its session alone gives: neither the server, nor a copy of it, tells what
    was said, nor in which session. Of a conversation, one machine writes at a time.
    """

    is_written = True

    def __init__(
        self, database: PostgresDatabase, clock: Clock = time.time, lifetime: int = LIFETIME, kept: int = _KEPT
    ) -> None:
        self._database, self._clock = database, clock
        self._lifetime, self._kept = lifetime, kept

    @cached_property
    def key(self) -> str:
        """Made by whichever machine comes first."""
        name = "session_key"
        with self._database.transaction():
            self._database.write(
                "INSERT INTO assistant_facts VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (name, secrets.token_urlsafe(32)),
            )
            found: str = self._database.rows("SELECT value FROM assistant_facts WHERE name = ?", (name,))[0][0]
        return found

    def of(self, session: Session) -> tuple[Exchange, ...]:
        query = (
            "SELECT sealed FROM assistant_exchanges JOIN assistant_sessions USING (session) "
            "WHERE session = ? AND at > ? ORDER BY number"
        )
        rows = self._database.rows(query, (_name(session), self._over()))
        opened = (_opened(session, sealed) for (sealed,) in rows)
        return tuple(exchange for exchange in opened if exchange is not None)

    def begin(self, session: Session, question: str, again: bool = False, code: str = "") -> Exchange:
        exchange = Exchange(secrets.token_urlsafe(9), question, code=code)
        name = _name(session)
        with self._database.transaction(_lock(session)):
            self._database.write("DELETE FROM assistant_sessions WHERE session = ? AND at <= ?", (name, self._over()))
            self._touch(name)
            query = "SELECT id FROM assistant_exchanges WHERE session = ? ORDER BY number"
            held = [id for (id,) in self._database.rows(query, (name,))]
            gone = held[-1:] if again else held[: max(0, len(held) + 1 - LONGEST)]
            self._database.write("DELETE FROM assistant_exchanges WHERE id = ?", *((id,) for id in gone))
            self._database.write(
                "INSERT INTO assistant_exchanges (id, session, code, sealed) VALUES (?, ?, ?, ?)",
                (exchange.id, name, code, _sealed(session, exchange)),
            )
        if not held:
            self._make_room()
        return exchange

    def note(self, session: Session, id: str, answer: Answer | None = None, problem: str = "") -> None:
        name = _name(session)
        with self._database.transaction(_lock(session)):
            query = "SELECT sealed FROM assistant_exchanges WHERE session = ? AND id = ?"
            held = [_opened(session, sealed) for (sealed,) in self._database.rows(query, (name, id))]
            for exchange in filter(None, held):
                query = "UPDATE assistant_exchanges SET sealed = ? WHERE id = ?"
                self._database.write(query, (_sealed(session, updated(exchange, answer, problem)), id))
                self._touch(name)

    def clear(self, session: Session) -> None:
        with self._database.transaction(_lock(session)):
            self._database.write("DELETE FROM assistant_sessions WHERE session = ?", (_name(session),))

    def forget(self, code: str) -> None:
        if code:
            self._database.rows("DELETE FROM assistant_exchanges WHERE code = ?", (code,))

    def purge(self) -> None:
        with self._database.transaction("purge"):
            self._drop("at <= ?", self._over())
        self._database.rows("VACUUM (SKIP_LOCKED) assistant_sessions, assistant_exchanges")

    def _touch(self, name: str) -> None:
        query = "INSERT INTO assistant_sessions VALUES (?, ?) ON CONFLICT (session) DO UPDATE SET at = excluded.at"
        self._database.write(query, (name, int(self._clock())))

    def _make_room(self) -> None:
        """The most silent conversations go where there are too many."""
        self._drop("session IN (SELECT session FROM assistant_sessions ORDER BY at DESC, session OFFSET ?)", self._kept)

    def _drop(self, condition: str, value: int) -> None:
        """But for those that are being written: they are not silent."""
        query = f"SELECT session FROM assistant_sessions WHERE {condition} FOR UPDATE SKIP LOCKED"
        self._database.rows(f"DELETE FROM assistant_sessions WHERE session IN ({query})", (value,))

    def _over(self) -> int:
        """A conversation that has been silent since is over."""
        return int(self._clock()) - self._lifetime


def _lock(session: Session) -> str:
    return f"session {_name(session)}"


def _name(session: Session) -> str:
    """Under which its conversation is, which does not give the session away."""
    return hashlib.sha256(f"session {session.id}".encode()).hexdigest()


def _seal(session: Session) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"seal {session.id}".encode()).digest()))


def _sealed(session: Session, exchange: Exchange) -> str:
    """How an answer came to be is no part of it."""
    answer = replace(exchange.answer, trace=None) if exchange.answer else None
    return _seal(session).encrypt(_EXCHANGE.dump_json(replace(exchange, answer=answer))).decode()


def _opened(session: Session, sealed: str) -> Exchange | None:
    """None for one that another version of this program has written otherwise."""
    try:
        return _EXCHANGE.validate_json(_seal(session).decrypt(sealed.encode()))
    except (InvalidToken, ValidationError):
        return None
