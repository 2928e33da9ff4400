"""Adapter: who may come in by the password of the room, kept as its argon2 hash; slowly where it is wrong."""

import hashlib
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

# Failures from one address, and from all of them, within so many seconds of each other.
TRIES, TRIES_IN_ALL, WITHIN = 5, 60, 300
# Shorter ones are guessed.
SHORTEST = 12


def hash_of(password: str) -> str:
    """What is kept in the place of a password."""
    return PasswordHasher().hash(password)


class Tries:
    """What has failed lately, from where; `in_all` failures shut the door to everybody, None: never."""

    def __init__(self, clock: Callable[[], float], in_all: int | None = None) -> None:
        self._failed: MutableMapping[str, int] = TTLCache(10_000, WITHIN, clock)
        self._in_all = in_all
        self._lock = threading.Lock()

    def are_over(self, address: str) -> bool:
        with self._lock:
            too_many = self._in_all is not None and self._failed.get("", 0) >= self._in_all
            return too_many or self._failed.get(_network(address), 0) >= TRIES

    def count(self, address: str) -> None:
        with self._lock:
            for key in (_network(address), ""):
                self._failed[key] = self._failed.get(key, 0) + 1

    def forget(self, address: str) -> None:
        with self._lock:
            self._failed.pop(_network(address), None)


class Door:
    """Lets editors in by their password; without a hash, nobody."""

    def __init__(self, password_hash: str, clock: Callable[[], float]) -> None:
        self._hash = password_hash
        self._tries = Tries(clock, TRIES_IN_ALL)
        # One at a time: each takes 64 MB.
        self._lock = threading.Lock()
        # A new password shuts all sessions that the former one has opened.
        self.way = f"password {hashlib.sha256(password_hash.encode()).hexdigest()}" if password_hash else ""

    def is_shut(self, address: str) -> bool:
        """Whether too many wrong passwords came from there."""
        return self._tries.are_over(address)

    def admits(self, password: str, address: str) -> bool:
        """Whether it is the password; a wrong one is counted."""
        with self._lock, suppress(Argon2Error, ValueError):
            if PasswordHasher().verify(self._hash, password):
                self._tries.forget(address)
                return True
        self._tries.count(address)
        return False


def _network(address: str) -> str:
    """Who has an IPv6 address has 2^64 of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{parsed}/64", strict=False)) if isinstance(parsed, IPv6Address) else address


def secret(path: Path) -> bytes:
    """Made once; only we may read it."""
    with suppress(FileExistsError):
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()
