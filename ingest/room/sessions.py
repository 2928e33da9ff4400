"""Adapter: who has come in, in a file of the room: known by a digest of their cookie until they leave or time is up."""

import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# In seconds: a day of work.
LASTS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whom a provider knows: `proof` is what ends their session there too."""

    email: str
    name: str = ""
    proof: str = ""

    @property
    def text(self) -> str:
        return f"{self.name} ({self.email})" if self.name else self.email


@dataclass(frozen=True, slots=True)
class Session:
    """`way` is how they came in, `token` what their forms carry and no other site can know."""

    way: str
    token: str
    person: Person | None = None

    @property
    def by(self) -> str:
        """Who it is; "" where only a password is known."""
        return self.person.text if self.person else ""

    def is_token(self, token: str) -> bool:
        return hmac.compare_digest(self.token.encode(), token.encode())


class Sessions:
    """They outlive a restart; `clock` counts in seconds. What the file holds opens nothing: cookies are not in it."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        try:
            self._connection = _connected(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            # Damaged: everybody signs in again.
            path.unlink()
            self._connection = _connected(path)

    def open(self, way: str, person: Person | None = None) -> str:
        """The value of a cookie. Those whose time is up go."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        who = person or Person("")
        with self._lock, self._connection:
            self._connection.execute("DELETE FROM sessions WHERE until <= ?", (now,))
            row = (_digest(cookie), now + LASTS, way, who.email, who.name, who.proof)
            self._connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)", row)
        return cookie

    def find(self, cookie: str) -> Session | None:
        """None where there is none, or where it has ended."""
        query = "SELECT way, email, name, proof FROM sessions WHERE id = ? AND until > ?"
        with self._lock:
            row = self._connection.execute(query, (_digest(cookie), self._clock())).fetchone()
        if row is None:
            return None
        way, *who = row
        token = hmac.new(cookie.encode(), b"csrf", hashlib.sha256).hexdigest()
        return Session(way, token, Person(*who) if who[0] else None)

    def close(self, cookie: str) -> None:
        """From now on the cookie opens nothing, whoever holds a copy of it."""
        with self._lock, self._connection:
            self._connection.execute("DELETE FROM sessions WHERE id = ?", (_digest(cookie),))


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _connected(path: Path) -> sqlite3.Connection:
    # Only we may read it: SQLite gives its journal the same rights.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, until REAL NOT NULL, way TEXT NOT NULL, "
            "email TEXT NOT NULL, name TEXT NOT NULL, proof TEXT NOT NULL)"
        )
    except sqlite3.Error:
        connection.close()
        raise
    return connection
