"""Adapter: python -m ingest --links: each address of a base is looked at, and nothing of the base is changed."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date

from knowledge import EmptyKnowledgeBase, Home
from knowledge.spreadsheet import table

from .errors import Gone, UnreadableFile
from .links import COLUMNS, Health, Link, LinkReport, Seen, in_turns, links_of
from .places.addressing import Address, address_of
from .places.fetching import Client
from .places.requesting import Limits, Unanswered
from .reporting import Progress
from .screen import save

# A reader waits less than a program that reads: seconds for an answer, and from which on it is slow.
LIMITS = Limits(seconds=20)
_SLOW = 5.0


def tell_links(home: Home, client: Client, json: str | None, csv: str | None, progress: Progress) -> LinkReport:
    """What was found at the addresses of a base, written where asked. Raises KnowledgeError, IngestError."""
    report = LinkReport(visit(links_in(home), client, progress), date.today())
    save(report.to_json(), json)
    if csv:
        save(table(COLUMNS, report.rows()).removesuffix("\n"), csv)
    return report


def links_in(home: Home) -> list[Link]:
    """Raises EmptyKnowledgeBase."""
    if not home.exists():
        raise EmptyKnowledgeBase(f"Aucune base dans {home} : lancez d'abord `python -m ingest DOSSIER`.")
    with closing(home.library()) as library:
        return links_of(library.contents().sources.values())


def visit(links: Sequence[Link], client: Client, progress: Progress) -> tuple[Seen, ...]:
    """Each address once, however it is written; one that is none is refused."""
    addresses = {link.url: _address(link.url) for link in links}
    hosts = [address.host if isinstance(address, Address) else "" for address in addresses.values()]
    found: dict[str, Seen] = {}
    seen = []
    for done, link in enumerate(in_turns(links, hosts), 1):
        address = addresses[link.url]
        if isinstance(address, Address):
            if address.url not in found:
                found[address.url] = _look(link, address, client)
            seen.append(replace(found[address.url], link=link))
        else:
            seen.append(Seen(link, Health.REFUSED, str(address)))
        progress(done, len(links))
    return tuple(seen)


def _address(url: str) -> Address | UnreadableFile:
    try:
        return address_of(url)
    except UnreadableFile as error:
        return error


def _look(link: Link, address: Address, client: Client) -> Seen:
    try:
        probe = client.probe(address)
    except Gone as error:
        return Seen(link, Health.DEAD, str(error))
    except Unanswered as error:
        return Seen(link, Health.SILENT, str(error))
    except UnreadableFile as error:
        return Seen(link, Health.REFUSED, str(error))
    seconds = probe.seconds
    if probe.moved:
        return Seen(link, Health.MOVED, "Le site donne une nouvelle adresse : corrigez-la.", probe.moved, seconds)
    if seconds > _SLOW:
        return Seen(link, Health.SLOW, f"Le site a mis {round(seconds)} secondes à répondre.", seconds=seconds)
    return Seen(link, Health.WELL, seconds=seconds)
