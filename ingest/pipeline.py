"""Façade: collect → parse → assemble → publish; what happened is a Report."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from knowledge import KnowledgeBase, Source

from .assembling import assemble
from .errors import AmbiguousPlace, IngestError
from .parsing import parse
from .places.folder import File, Folder, place_of

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that could not be read, and the French sentence that says why and what to do."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, by source id."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()

    @property
    def sentence(self) -> str:
        parts = (
            _counted(self.added, "nouvelle", "nouvelles"),
            _counted(self.changed, "modifiée", "modifiées"),
            _counted(self.unchanged, "inchangée", "inchangées"),
            _counted(self.forgotten, "oubliée", "oubliées"),
            f"{len(self.failed)} en échec",
        )
        return "Sources : " + ", ".join(parts) + "."


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    sources: list[Source] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    failed: list[Failure] = field(default_factory=list)


def ingest(
    base: KnowledgeBase, paths: Sequence[Path], name: str | None = None, progress: Progress | None = None
) -> Report:
    """
    Make the base mirror each folder of `paths` (add, update, forget), and hold each single file of them.
    A file that fails, or a folder, keeps its last good version. Raises MissingPlace or AmbiguousPlace before
    anything is touched.
    """
    places = [place_of(path, name) for path in paths]
    _claim(base, places)
    known = base.library.digests()
    reading = _Reading()
    mirrored = [place.name for place in places if place.is_mirrored]
    for place in places:
        for found in place.collect():
            _read(found, reading)
    new = [source for source in reading.sources if known.get(source.id) != source.digest]
    # What stands in a folder that cannot be opened may well be there still.
    missing = [id for id in known if id not in reading.seen and not _is_under(id, reading.closed)]
    gone = [id for id in missing if _is_under(id, mirrored)]
    base.publish(new, gone, progress)
    for place in places:
        base.library.remember(f"place:{place.name}", place.address)
    written = {source.id for source in new}
    return Report(
        added=tuple(sorted(written - known.keys())),
        changed=tuple(sorted(written & known.keys())),
        unchanged=tuple(source.id for source in reading.sources if source.id not in written),
        forgotten=tuple(gone),
        failed=tuple(reading.failed),
    )


def _claim(base: KnowledgeBase, places: Sequence[Folder]) -> None:
    """Two folders of one name would overwrite and forget each other's sources."""
    claimed: dict[str, str] = {}
    for place in places:
        held = claimed.setdefault(place.name, base.library.fact(f"place:{place.name}") or place.address)
        if held != place.address and Path(held).exists():
            raise AmbiguousPlace(
                f"Un autre dossier porte déjà le nom « {place.name} » dans la base ({held}) : donnez-en un autre à "
                "celui-ci avec --name, en le lisant seul."
            )
        claimed[place.name] = place.address


def _is_under(id: str, folders: Iterable[str]) -> bool:
    return any(id.startswith(f"{folder}/") for folder in folders)


def _read(found: File, reading: _Reading) -> None:
    """A file that cannot be read is a line of the report, not the end of the run."""
    if found.id in reading.seen:
        return
    reading.seen.add(found.id)
    if found.path.is_dir():
        reading.closed.add(found.id)
    try:
        reading.sources.append(assemble(found.id, parse(found.read())))
    except IngestError as error:
        reading.failed.append(Failure(found.id, str(error)))


def _counted(ids: Sequence[str], one: str, many: str) -> str:
    return f"{len(ids)} {one if len(ids) < 2 else many}"
