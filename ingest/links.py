"""Pure: the addresses that the sources of a base give, and what was found at each, for a person and for a program."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge import Source

COLUMNS = ("état", "adresse", "raison", "nouvelle adresse", "secondes", "cités par")


class Health(StrEnum):
    """The worst first."""

    DEAD = "mort"
    MOVED = "déplacé"
    SILENT = "injoignable"
    REFUSED = "refusé"
    SLOW = "lent"
    WELL = "bon"


_COUNTED = {
    Health.DEAD: ("mort", "morts"),
    Health.MOVED: ("déplacé", "déplacés"),
    Health.SILENT: ("injoignable", "injoignables"),
    Health.REFUSED: ("refusé", "refusés"),
    Health.SLOW: ("lent", "lents"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """An address as sources write it, and the (id, title) of each of them."""

    url: str
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """`reason` is a French sentence where there is something to say; `moved` where the page is now."""

    link: Link
    health: Health
    reason: str = ""
    moved: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class LinkReport:
    seen: tuple[Seen, ...]
    made_on: date

    @property
    def dead(self) -> tuple[Seen, ...]:
        return tuple(one for one in self.seen if one.health is Health.DEAD)

    @property
    def sentence(self) -> str:
        counts = Counter(one.health for one in self.seen)
        parts = (f"{counts[health]} {many if counts[health] > 1 else one}" for health, (one, many) in _COUNTED.items())
        told = f"Liens : {len(self.seen)} vus, {', '.join(parts)}."
        if self.seen and counts[Health.SILENT] == len(self.seen):
            told += " Aucun site n'a répondu : vérifiez d'abord la connexion de cette machine."
        return told

    def lines(self) -> Iterator[str]:
        """What asks for a look, a line each."""
        for one in self.ranked():
            if one.health is not Health.WELL:
                first, *others = (id for id, _ in one.link.sources)
                more = f" et {len(others)} autre{'s' if len(others) > 1 else ''}" if others else ""
                yield f"{one.health} : {one.link.url} ({first}{more}) : {one.reason}"

    def ranked(self) -> list[Seen]:
        order = list(Health)
        return sorted(self.seen, key=lambda one: (order.index(one.health), one.link.url))

    def rows(self) -> Iterator[tuple[object, ...]]:
        """A cell for each of COLUMNS."""
        for one in self.ranked():
            cited = " | ".join(title or id for id, title in one.link.sources)
            yield str(one.health), one.link.url, one.reason, one.moved, round(one.seconds, 1), cited

    def to_json(self) -> str:
        """With the words that the report is read with."""
        record = {
            "fait_le": self.made_on.isoformat(),
            "liens": [
                {
                    "adresse": one.link.url,
                    "etat": str(one.health),
                    "raison": one.reason,
                    "nouvelle_adresse": one.moved,
                    "secondes": round(one.seconds, 1),
                    "sources": [{"id": id, "titre": title} for id, title in one.link.sources],
                }
                for one in self.ranked()
            ],
        }
        return json.dumps(record, ensure_ascii=False, indent=2)


def links_of(sources: Iterable[Source]) -> list[Link]:
    """Each address once, of the sources and of the publications that they rest on, in the order of the sources."""
    found: dict[str, dict[str, str]] = {}
    for source in sources:
        for url in (source.url, *(support.reference.url for support in source.supports)):
            if url.strip():
                found.setdefault(url.strip(), {})[source.id] = source.title
    return [Link(url, tuple(titles.items())) for url, titles in found.items()]


def in_turns(links: Sequence[Link], hosts: Sequence[str]) -> list[Link]:
    """One of each host, then a second one: whoever is polite to each waits less."""
    turns: Counter[str] = Counter()
    placed = []
    for link, host in zip(links, hosts, strict=True):
        placed.append((turns[host], link))
        turns[host] += 1
    return [link for _, link in sorted(placed, key=lambda one: one[0])]
