"""Façade: what places hold, read against what the library remembers of them; nothing is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Self

from langchain_core.documents.base import Blob

from knowledge import Source

from .assembling import assemble
from .errors import Gone, IngestError, Unchanged
from .formats import READER
from .isolating import parse_apart
from .places.finding import UNDESCRIBED, About, Found, Place, Seen
from .remembering import Record, name_of
from .reporting import Failure, Flaw, Progress

# A page that was not found may be back the next time; one that was not found twice in a row is gone.
_MISSES = 2


@dataclass(frozen=True, slots=True)
class Home:
    """What is asked of a place once and not for each document: a folder's address takes a look at the disk."""

    name: str
    address: str
    is_mirrored: bool

    @classmethod
    def of(cls, place: Place) -> Self:
        return cls(place.name, place.address, place.is_mirrored)


@dataclass(slots=True)
class Reading:
    """
    What has been read so far. `known` are the digests of the sources that the library shows, `records` what it
    remembers of reading them, `moment` is now, `notices` what editors say of some; `facts` are what it is to remember.
    """

    known: Mapping[str, str]
    records: Mapping[str, Record]
    moment: str
    notices: Mapping[str, About] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    flawed: list[Flaw] = field(default_factory=list)
    facts: dict[str, str | None] = field(default_factory=dict)
    _found: set[str] = field(default_factory=set)
    _closed: set[str] = field(default_factory=set)

    def read(self, places: Sequence[Place], progress: Progress | None = None) -> None:
        """A document that cannot be read is a line of the report, not the end of the run."""
        listed = [item for place in places for item in self._listed(place)]
        for done, (home, found) in enumerate(listed, 1):
            if found.id not in self._found:
                self._found.add(found.id)
                self._read(home, found)
            if progress:
                progress(done, len(listed))

    def missing(self, homes: Iterable[Home]) -> list[str]:
        """What the mirrored ones among these places no longer hold."""
        mirrored = [home for home in homes if home.is_mirrored]
        missing = (id for id in self.known if id not in self._found and not _is_under(id, self._closed))
        return [id for id in missing if any(self.is_of(id, home) for home in mirrored)]

    def is_of(self, id: str, home: Home) -> bool:
        """Whether a source is this place's to forget: not what another address of the web brought under its name."""
        record = self.records.get(id)
        brought_here = record is None or record.place == home.address or "://" not in record.place
        return brought_here and _is_under(id, [home.name])

    def _listed(self, place: Place) -> Iterator[tuple[Home, Found]]:
        home = Home.of(place)
        listed: set[str] = set()
        for found in place.collect(self._known_of(home.address)):
            if found.id in listed:
                self._fail(found.id, "Deux documents de ce lieu ont le même identifiant : renommez le second.")
            else:
                listed.add(found.id)
                yield home, found

    def _known_of(self, address: str) -> dict[str, str]:
        held = (item for item in self.records.items() if item[0] in self.known and item[1].place == address)
        return {id: record.url for id, record in sorted(held, key=lambda item: item[1].on)}

    def _read(self, home: Home, found: Found) -> None:
        record = self._record(found.id)
        reader = _reader(self._about(found))
        seen = record.seen if record and record.seen.reader == reader else None
        try:
            blob = found.read(seen)
        except Unchanged:
            if record:
                self._keep(home, found.id, record)
        except Gone as error:
            self._miss(home, found.id, str(error))
        except IngestError as error:
            # What stands in a folder that cannot be opened may well be there still.
            self._closed.add(found.id)
            self._fail(found.id, str(error))
            if record and not home.is_mirrored:
                self._remember(found.id, replace(record, on=self.moment))
        else:
            left = _left(blob, reader)
            if record and seen and seen.digest == left.digest:
                self._keep(home, found.id, replace(record, seen=left))
            else:
                self._parse(home, found, blob, left)

    def _parse(self, home: Home, found: Found, blob: Blob, left: Seen) -> None:
        try:
            pages = parse_apart(blob)
            source = _described(assemble(found.id, pages), self._about(found))
        except IngestError as error:
            self._fail(found.id, str(error))
            return
        if remarks := pages[0].metadata.get("remarks", ()):
            self.flawed.extend(Flaw(source.id, remark) for remark in remarks)
            # What could not be read whole is read again the next time: a program may have been installed since.
            left = replace(left, reader=f"{left.reader}+?")
        if source.digest == self.known.get(source.id):
            self.unchanged.append(source.id)
        else:
            self.sources.append(source)
        self._remember(source.id, Record(left, source.digest, home.address, source.url, self.moment))

    def _keep(self, home: Home, id: str, record: Record) -> None:
        self.unchanged.append(id)
        # The files of a folder are all read every time: no order to keep, and nothing to write.
        on = record.on if home.is_mirrored else self.moment
        kept = replace(record, seen=replace(record.seen, missed=0), place=home.address, on=on)
        if kept != self.records[id]:
            self._remember(id, kept)

    def _miss(self, home: Home, id: str, reason: str) -> None:
        if id not in self.known:
            self._closed.add(id)
            self._fail(id, reason)
            return
        record = (self._record(id) or Record(Seen("", ""), self.known[id], home.address)).missed()
        if record.seen.missed < _MISSES:
            self.vanished.append(id)
            self._remember(id, record)
        else:
            self.gone.append(id)

    def _about(self, found: Found) -> About:
        return found.about.then(self.notices.get(found.id, UNDESCRIBED))

    def _record(self, id: str) -> Record | None:
        record = self.records.get(id)
        return record if record and record.source == self.known.get(id) else None

    def _remember(self, id: str, record: Record) -> None:
        self.facts[name_of(id)] = record.to_json()

    def _fail(self, id: str, reason: str) -> None:
        self.failed.append(Failure(id, reason))


def _reader(about: About) -> str:
    """The version of all that makes a source of bytes: what a list says of a document is part of it."""
    return READER if about == UNDESCRIBED else f"{READER}+{sha256(repr(about).encode()).hexdigest()[:12]}"


def _left(blob: Blob, reader: str) -> Seen:
    etag, last_modified = (str(blob.metadata.get(name) or "") for name in ("etag", "last_modified"))
    return Seen(sha256(blob.as_bytes()).hexdigest(), reader, etag, last_modified)


def _described(source: Source, about: About) -> Source:
    return replace(source, **{name: value for name, value in asdict(about).items() if value})


def _is_under(id: str, folders: Iterable[str]) -> bool:
    return any(id.startswith(f"{folder}/") for folder in folders)
