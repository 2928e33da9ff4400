"""Pure: the keys that an operator gives to other software."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Keys:
    """Kept as digests: equal lengths compare in equal times, and no key can be shown."""

    digests: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, keys: Iterable[SecretStr] | None) -> "Keys":
        return cls(tuple(_digest(key.get_secret_value()) for key in keys or ()))

    def __bool__(self) -> bool:
        return bool(self.digests)

    def holder(self, shown: str) -> str:
        """A name for whoever shows this key, "" where it is none of ours; all are compared, whichever it is."""
        given = _digest(shown)
        equal = [hmac.compare_digest(given, known) for known in self.digests]
        return f"clé {equal.index(True) + 1}" if any(equal) else ""


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogateescape")).digest()
