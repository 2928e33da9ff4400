"""Pure: who may call: our own pages, and those of the sites on the list."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_ADDRESS = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(?=[/?#]|$)", re.IGNORECASE)
_USUAL = {"http": "80", "https": "443"}


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
    Example: "https://www.RTES.fr:443/article?x" -> "https://www.rtes.fr"
    """
    match = _ADDRESS.match(url)
    if match is None:
        return ""
    scheme, host, port = match.group(1).lower(), match.group(2).lower(), match.group(3)
    return f"{scheme}://{host}" + ("" if port in (None, _USUAL[scheme]) else f":{port}")
