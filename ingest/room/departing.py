"""Adapter: what ties the return from a provider to the browser that left for it, once and for a short while."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass

from cachetools import TTLCache
from itsdangerous import BadSignature, URLSafeSerializer

# In seconds: the time to sign in over there, with a second factor too.
AWAY = 900


@dataclass(frozen=True, slots=True)
class Departure:
    """What is told to the provider (`state`, `nonce`, a digest of `verifier`), and has to come back."""

    state: str
    nonce: str
    verifier: str


class Departures:
    """All of a departure follows from a cookie and from `key`: nothing is kept of those who never come back."""

    def __init__(self, key: bytes, clock: Callable[[], float]) -> None:
        self._key, self._clock = key, clock
        self._serializer = URLSafeSerializer(hashlib.sha256(key).hexdigest(), "depart")
        self._returned: MutableMapping[str, bool] = TTLCache(10_000, AWAY, clock)

    def begin(self) -> tuple[str, Departure]:
        """The value of a cookie with it."""
        id = secrets.token_hex(16)
        return str(self._serializer.dumps({"id": id, "until": self._clock() + AWAY})), self._departure(id)

    def end(self, cookie: str, state: str) -> Departure | None:
        """That of a cookie, where the state is its own; None the second time, and when it took too long."""
        try:
            held = self._serializer.loads(cookie)
        except BadSignature:
            return None
        departure = self._departure(str(held["id"]))
        is_ours = hmac.compare_digest(departure.state.encode(), state.encode())
        if not is_ours or held["until"] <= self._clock() or departure.state in self._returned:
            return None
        self._returned[departure.state] = True
        return departure

    def _departure(self, id: str) -> Departure:
        made = (hmac.new(self._key, f"{name} {id}".encode(), hashlib.sha256) for name in Departure.__dataclass_fields__)
        return Departure(*(one.hexdigest() for one in made))
