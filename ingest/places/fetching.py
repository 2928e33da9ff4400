"""Adapter: pages of the web, asked for politely: as robots.txt says, not too often, not again if unchanged."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Self
from urllib.parse import urlsplit

from langchain_core.documents.base import Blob
from protego import Protego

from ..errors import Gone, Unchanged, UnreadableFile
from .addressing import Address
from .finding import Seen
from .kinds import charset_of, mime_type_of
from .requesting import Limits, Reply, Requester, Unanswered

AGENT = "assistant-co-construction"
# Seconds between two requests to one host, where its robots.txt asks for no more; and the most that it may ask for.
DELAY = 1.0
_LONGEST_DELAY = 30.0
# How long robots.txt is taken to be as it was (RFC 9309 says a day at most), and how much of it is read.
_ROBOTS_LIFE = 12 * 3600.0
_ROBOTS_BYTES = 500_000
# A host that did not answer this often in a row is left alone for this long: 5,000 pages of it would take days.
_PATIENCE = 3
_REST = 600.0
_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)
_SENTENCES: Mapping[int, str] = {
    401: "Cette page demande un mot de passe (401) : enregistrez-la dans un dossier si vous en avez le droit.",
    402: "Cette page est payante (402) : enregistrez-la dans un dossier si vous en avez le droit.",
    403: "Le site refuse la lecture de cette page (403) : demandez-lui son accord, ou enregistrez-la dans un dossier.",
    429: "Le site demande de ralentir (429) : relancez plus tard.",
    451: "Cette page est retirée pour raison légale (451) : oubliez-la avec python -m knowledge forget.",
}


@dataclass(slots=True)
class _Host:
    """What is known of a host: when it may be asked again, and how often in a row it did not answer."""

    free: float = 0.0
    resting: float = 0.0
    unanswered: int = 0


# Asks for an address in one way or another.
Send = Callable[[Address, Mapping[str, str]], Reply]


@dataclass(frozen=True, slots=True)
class Probe:
    """Something stands at an address: where it has moved for good ("" where it has not), and how long it took."""

    moved: str
    seconds: float


@dataclass(slots=True)
class Client:
    """
    One visitor of the web, for all places of a run, so that it is polite to each host. Not for two threads at once.
    """

    requester: Requester = field(default_factory=Requester)
    delay: float = DELAY
    wait: Callable[[float], None] = time.sleep
    _hosts: dict[str, _Host] = field(default_factory=dict)
    _robots: dict[str, tuple[float, Protego]] = field(default_factory=dict)

    @classmethod
    def create(cls, allow_private: bool = False, limits: Limits | None = None) -> Self:
        """With every limit as usual; `allow_private` lets it visit this machine and its network too."""
        limits = limits or Limits()
        return cls(Requester(limits, is_allowed=_anywhere) if allow_private else Requester(limits))

    def fetch(self, address: Address, seen: Seen | None = None) -> Blob:
        """What stands at an address. Raises UnreadableFile, Unchanged or Gone, as Found.read does."""
        reply, final = self._follow(address, _conditions(seen), self._ask)
        _check(reply)
        if not reply.body:
            raise UnreadableFile("Cette adresse ne donne rien à lire : vérifiez-la dans un navigateur.")
        if final.is_home and not address.is_home:
            raise UnreadableFile(
                "Cette page renvoie à l'accueil du site : elle a sans doute été retirée. Vérifiez son adresse."
            )
        type = reply.headers.get("content-type", "")
        return Blob.from_data(
            reply.body,
            mime_type=mime_type_of(type, urlsplit(final.url).path, reply.body),
            metadata={
                "url": final.url,
                "charset": charset_of(type),
                "etag": _printable(reply.headers.get("etag", "")),
                "last_modified": _printable(reply.headers.get("last-modified", "")),
            },
        )

    def probe(self, address: Address) -> Probe:
        """
        That something stands at an address, which is not read. Raises Gone where its page is no more, Unanswered where
        its site says nothing today, UnreadableFile where nobody may look.
        """
        statuses: list[int] = []

        def ask(at: Address, headers: Mapping[str, str]) -> Reply:
            reply = self._ask(at, headers, self.requester.look)
            if reply.status >= 400 and reply.status != 429:
                # Some sites do not know HEAD, or answer it wrongly.
                reply = self._ask(at, headers, partial(self.requester.look, method="GET"))
            statuses.append(reply.status)
            return reply

        reply, final = self._follow(address, {}, ask)
        _check(reply)
        if final.is_home and not address.is_home:
            raise Gone("Cette adresse renvoie à l'accueil du site : la page a sans doute été retirée.")
        is_moved = final.id != address.id and all(status in _PERMANENT for status in statuses[:-1])
        return Probe(final.url if is_moved else "", reply.seconds)

    def _follow(self, address: Address, headers: Mapping[str, str], ask: Send) -> tuple[Reply, Address]:
        """The first reply that leads nowhere else, and where it stands."""
        for _ in range(self.requester.limits.redirects + 1):
            reply = ask(address, headers)
            if reply.status not in _REDIRECTS or not reply.headers.get("location"):
                return reply, address
            address = address.to(reply.headers["location"])
        raise UnreadableFile("Cette adresse renvoie à une autre sans fin : vérifiez-la dans un navigateur.")

    def _ask(self, address: Address, headers: Mapping[str, str], send: Send | None = None) -> Reply:
        robots = self._robots_of(address)
        if not robots.can_fetch(address.url, AGENT):
            raise UnreadableFile(
                "Le site ne veut pas que des programmes lisent cette page (robots.txt) : demandez-lui son accord, ou "
                "enregistrez-la dans un dossier."
            )
        return self._ask_in_turn(address, headers, max(self.delay, robots.crawl_delay(AGENT) or 0), send)

    def _ask_in_turn(
        self, address: Address, headers: Mapping[str, str], delay: float, send: Send | None = None
    ) -> Reply:
        """Once its host may be asked again. Raises Unanswered at once where it wants to be left alone."""
        send = send or self.requester.get
        host = self._hosts.setdefault(address.host, _Host())
        clock = self.requester.clock
        if (rest := host.resting - clock()) > 0:
            raise Unanswered(
                f"Le site {address.host} ne répond pas, ou demande d'attendre : relancez dans {_duration(rest)}."
            )
        if (early := host.free - clock()) > 0:
            self.wait(early)
        try:
            reply = send(address, {"User-Agent": AGENT, "Accept-Language": "fr, en;q=0.5", **headers})
        except Unanswered:
            host.unanswered += 1
            if host.unanswered >= _PATIENCE:
                host.resting, host.unanswered = clock() + _REST, 0
            raise
        finally:
            host.free = clock() + min(delay, _LONGEST_DELAY)
        host.unanswered = 0
        if reply.status == 429 or (reply.status == 503 and "retry-after" in reply.headers):
            host.resting = clock() + _retry_after(reply)
        return reply

    def _robots_of(self, address: Address) -> Protego:
        """
        What its site says to programs. A site without robots.txt says nothing; one whose robots.txt cannot be read
        today may forbid everything (RFC 9309), which raises UnreadableFile.
        """
        taken, robots = self._robots.get(address.origin, (0.0, None))
        if robots is None or self.requester.clock() - taken > _ROBOTS_LIFE:
            reply, _ = self._follow(address.to("/robots.txt"), {}, self._ask_for_robots)
            if reply.status >= 500 or reply.status == 429:
                raise Unanswered(
                    f"Le fichier robots.txt de {address.host} est illisible ({reply.status}) : relancez plus tard."
                )
            robots = Protego.parse(reply.body[:_ROBOTS_BYTES].decode("utf-8", "replace"))
            self._robots[address.origin] = (self.requester.clock(), robots)
        return robots

    def _ask_for_robots(self, address: Address, headers: Mapping[str, str]) -> Reply:
        return self._ask_in_turn(address, headers, self.delay)


def _anywhere(number: str) -> bool:  # noqa: ARG001
    return True


def _conditions(seen: Seen | None) -> dict[str, str]:
    if seen is None:
        return {}
    conditions = {"If-None-Match": seen.etag, "If-Modified-Since": seen.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _check(reply: Reply) -> None:
    """Raises what a status means, unless it is a success."""
    if 200 <= reply.status < 300:
        return
    if reply.status == 304:
        raise Unchanged("Cette page n'a pas changé.")
    if reply.status in (404, 410):
        raise Gone(f"Cette page n'existe plus ({reply.status}).")
    if reply.status >= 500:
        raise Unanswered(f"Le site est en panne ({reply.status}) : relancez plus tard.")
    raise (Unanswered if reply.status == 429 else UnreadableFile)(
        _SENTENCES.get(reply.status, f"Réponse inattendue du site ({reply.status}) : vérifiez l'adresse.")
    )


def _retry_after(reply: Reply) -> float:
    """Seconds that a host asks for, a day at most; a date, or nothing, is taken for a minute."""
    said = reply.headers.get("retry-after", "").strip()
    return min(float(said), 86400.0) if re.fullmatch(r"[0-9]{1,9}", said) else 60.0


def _duration(seconds: float) -> str:
    minutes = int(-(-seconds // 60))
    return "une minute" if minutes <= 1 else f"{minutes} minutes"


def _printable(header: str) -> str:
    """What a later request may carry back as it is."""
    return header if header.isascii() and header.isprintable() and len(header) <= 500 else ""
