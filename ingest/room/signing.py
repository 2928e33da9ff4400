"""Adapter: who may come in: one password, kept as its argon2 hash; a signed cookie; a token in every form."""

import hashlib
import hmac
import os
import secrets
import threading
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from cachetools import TTLCache
from itsdangerous import BadSignature, URLSafeSerializer

# In seconds: a day of work.
LASTS = 12 * 3600
# Wrong passwords from one address, and from all of them, within so many seconds of each other.
TRIES, TRIES_IN_ALL, WITHIN = 5, 60, 300
# Shorter ones are guessed.
SHORTEST = 12


def hash_of(password: str) -> str:
    """What is kept in the place of a password."""
    return PasswordHasher().hash(password)


class Door:
    """Lets editors in by their password, slowly where it is wrong; `clock` counts in seconds."""

    def __init__(self, password_hash: str, folder: Path, clock: Callable[[], float]) -> None:
        self._hash, self._clock = password_hash, clock
        # A new password shuts all open sessions.
        key = hashlib.sha256(_secret(folder / "secret") + password_hash.encode()).hexdigest()
        self._serializer = URLSafeSerializer(key, "redaction")
        self._key = key.encode()
        self._wrong: MutableMapping[str, int] = TTLCache(10_000, WITHIN, clock)
        # One at a time: each takes 64 MB.
        self._lock = threading.Lock()

    def is_shut(self, address: str) -> bool:
        """Whether too many wrong passwords came from there."""
        with self._lock:
            return self._wrong.get(_network(address), 0) >= TRIES or self._wrong.get("", 0) >= TRIES_IN_ALL

    def admits(self, password: str, address: str) -> bool:
        """Whether it is the password; a wrong one is counted."""
        network = _network(address)
        with self._lock:
            with suppress(Argon2Error, ValueError):
                if PasswordHasher().verify(self._hash, password):
                    self._wrong.pop(network, None)
                    return True
            for key in (network, ""):
                self._wrong[key] = self._wrong.get(key, 0) + 1
            return False

    def open_session(self) -> str:
        """The value of a cookie."""
        return str(self._serializer.dumps({"id": secrets.token_hex(16), "until": self._clock() + LASTS}))

    def session(self, cookie: str) -> str | None:
        """The id of the session that a cookie is of, None where it is not one of ours or has ended."""
        try:
            held = self._serializer.loads(cookie)
        except BadSignature:
            return None
        return str(held["id"]) if held["until"] > self._clock() else None

    def token(self, session: str) -> str:
        """What a form of this session carries, and no other site can know."""
        return hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()

    def is_token(self, session: str, token: str) -> bool:
        return hmac.compare_digest(self.token(session).encode(), token.encode())


def _network(address: str) -> str:
    """Who has an IPv6 address has 2^64 of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{parsed}/64", strict=False)) if isinstance(parsed, IPv6Address) else address


def _secret(path: Path) -> bytes:
    """Made once; only we may read it."""
    with suppress(FileExistsError):
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()
