"""Adapter: places on the web: a page, or what a sitemap, a feed or a table of links lists; and a table kept here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from langchain_core.documents.base import Blob

from ..errors import IngestError, Unchanged, UnreadableFile
from .addressing import Address, address_of
from .fetching import Client
from .finding import NOTHING, UNDESCRIBED, About, Found, Seen, Unreadable
from .listing import Entry, Listing, links_in, listing_of

# Of one place in one run: at one request a second, 5,000 pages take an hour and a half.
PAGES = 5000
# Lists that one list leads to, and pages no longer listed that are asked for again.
LISTS = 100
AGAIN = 500


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the web, asked for when it is read."""

    id: str
    page: Address
    client: Client
    about: About = UNDESCRIBED

    def read(self, seen: Seen | None = None) -> Blob:
        return self.client.fetch(self.page, seen)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page that had to be asked for to know that it is no list."""

    id: str
    blob: Blob
    about: About = UNDESCRIBED

    def read(self, seen: Seen | None = None) -> Blob:
        etag = self.blob.metadata["etag"]
        if seen and etag and etag == seen.etag:
            raise Unchanged("Cette page n'a pas changé.")
        return self.blob


@dataclass(frozen=True, slots=True)
class Website:
    """
    What an address leads to. Nothing is forgotten for no longer being listed: a feed shows its last articles only,
    and a sitemap may be cut short or made anew by another tool. A page no longer listed is asked for again instead.
    """

    name: str
    start: Address
    client: Client
    about: About = UNDESCRIBED
    pages: int = PAGES
    lists: int = LISTS
    again: int = AGAIN

    @property
    def address(self) -> str:
        """Its site: ids hold addresses, so that two pages of one site are not in each other's way."""
        return self.start.origin

    @property
    def is_mirrored(self) -> bool:
        return False

    def collect(self, known: Mapping[str, str] = NOTHING) -> Iterator[Found]:
        found: set[str] = set()
        for one in self._listed():
            if one.id not in found:
                found.add(one.id)
                yield one
                if isinstance(one, Unreadable) and one.id == _id(self.name, self.start):
                    # Its site is not answering: no need to ask it for each of its pages.
                    return
        again = (page for id, url in known.items() if id not in found for page in self._known(id, url))
        for _, page in zip(range(self.again), again, strict=False):
            yield page

    def _known(self, id: str, url: str) -> Iterator[Found]:
        """A page that was listed once; nothing where the id is one of a file."""
        try:
            page = address_of(url)
        except UnreadableFile:
            return
        if _id(self.name, page) == id:
            yield Page(id, page, self.client, self.about.then(About(url=page.url)))

    def _listed(self) -> Iterator[Found]:
        for count, found in enumerate(self._walk()):
            if count == self.pages:
                yield Unreadable(
                    f"{_id(self.name, self.start)}#suite",
                    UnreadableFile(
                        f"Cette adresse liste plus de {self.pages} pages : les suivantes ne sont pas lues. Donnez des "
                        "plans de site plus petits, un lieu pour chacun."
                    ),
                )
                return
            yield found

    def _walk(self) -> Iterator[Found]:
        """What the lists list, those that they lead to after them, each once."""
        queue, asked = [self.start], 0
        while asked < len(queue):
            address = queue[asked]
            asked += 1
            id = _id(self.name, address)
            try:
                blob = self.client.fetch(address)
                listing = listing_of(blob.as_bytes(), blob.metadata["url"], blob.mimetype)
            except IngestError as error:
                yield Unreadable(id, error)
                continue
            if listing is None:
                if address == self.start:
                    yield Fetched(id, blob, self.about.then(About(url=address.url)))
                else:
                    yield Unreadable(id, UnreadableFile("Ce plan de site mène à une page au lieu d'un plan."))
                continue
            problems = list(listing.problems)
            problems += self._queue(listing, blob.metadata["url"], queue)
            yield from _pages(self.name, listing.pages, self.client, self.about, blob.metadata["url"])
            if problems:
                yield Unreadable(f"{id}#liste", UnreadableFile(" ".join(problems)))

    def _queue(self, listing: Listing, url: str, queue: list[Address]) -> Iterator[str]:
        """Put the lists of a list after the others. Yields a sentence for those that cannot be."""
        for link in listing.lists:
            try:
                address = address_of(link, url)
            except UnreadableFile as error:
                yield str(error)
                continue
            if address in queue:
                continue
            if len(queue) > self.lists:
                yield f"Ce plan mène à plus de {self.lists} plans : les suivants ne sont pas lus."
                return
            queue.append(address)


@dataclass(frozen=True, slots=True)
class Links:
    """A table of links that an editor keeps in a file: what is taken out of it is forgotten."""

    name: str
    path: Path
    client: Client
    about: About = UNDESCRIBED

    @property
    def address(self) -> str:
        return str(self.path.resolve())

    @property
    def is_mirrored(self) -> bool:
        return True

    def collect(self, known: Mapping[str, str] = NOTHING) -> Iterator[Found]:  # noqa: ARG002
        try:
            entries = list(links_in(self.path.read_bytes()))
        except OSError as error:
            # Its id is above all of its pages', which are kept.
            reason = f"{self.path} est illisible ({error.strerror}) : vérifiez le fichier et ses droits."
            yield Unreadable(self.name, UnreadableFile(reason))
        except IngestError as error:
            yield Unreadable(self.name, type(error)(f"{self.path} : {error}"))
        else:
            yield from _pages(self.name, entries, self.client, self.about)


def _pages(
    name: str, entries: Iterable[Entry], client: Client, about: About, base: str | None = None
) -> Iterator[Found]:
    """Each page once."""
    found: set[str] = set()
    for entry in entries:
        try:
            page = address_of(entry.link, base)
        except UnreadableFile as error:
            one: Found = Unreadable(f"{name}/{entry.link}", error)
        else:
            said = about.then(entry.about).then(About(url=page.url))
            one = Page(_id(name, page), page, client, said)
        if one.id not in found:
            found.add(one.id)
            yield one


def _id(name: str, address: Address) -> str:
    return f"{name}/{address.id}"
