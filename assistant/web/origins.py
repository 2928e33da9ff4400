"""Pure: who may call: our own pages, and those of the sites on the list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origins:
    """The sites besides ourselves, as a browser writes their origin; nobody by default, never everybody."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, allowed: Iterable[str] | None) -> "Origins":
        return cls(frozenset(allowed or ()))

    def admitted(self, own: str, headers: Mapping[str, str]) -> str:
        """
        The origin of who calls, "" when it is not to be served. `own` is the origin that we are called under.

        A browser names the origin of every request but those that read from our own pages; for these it says that
        they are, or at least where they come from.
        """
        origin = headers.get("origin")
        if origin is not None:
            return origin if origin == own or origin in self.allowed else ""
        site = headers.get("sec-fetch-site")
        if site is not None:
            return own if site == "same-origin" else ""
        return own if origin_of(headers.get("referer", "")) == own else ""

    @property
    def frame_ancestors(self) -> str:
        """Whom the page may be shown by, for Content-Security-Policy."""
        return " ".join(("'self'", *sorted(self.allowed)))


def origin_of(url: str) -> str:
    """
    "" for what is no address of the web.
    Example: "https://www.rtes.fr:443/article?x" -> "https://www.rtes.fr"
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")
