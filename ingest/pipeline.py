"""Façade: places → sources → what would change → publish; what happened is a Report."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from knowledge import KnowledgeBase, Source

from .errors import AmbiguousPlace, VanishedSources
from .inspecting import flaws
from .likening import FACTS as SKETCHES
from .likening import alike, sketch
from .noticing import FACTS as NOTICES
from .noticing import notice_facts, read_notices
from .places.finding import About, Place
from .places.folder import place_of
from .planning import Plan, of_source
from .reading import Home, Reading
from .remembering import FACTS, read_records
from .reporting import Flaw, Progress, Report

# What the names of the facts begin with that hold the address of each place.
_PLACE = "place:"
# More than this part of what a place held, and at least so many sources, is rather a disk that is not mounted, a
# site half down or a wrong path than what someone meant to take away.
_MOST, _FEW = 0.2, 5


# Raises where a plan must not be published.
Check = Callable[[Plan], object]


def ingest(
    base: KnowledgeBase,
    places: Sequence[Place | Path],
    name: str | None = None,
    progress: Progress | None = None,
    *,
    reading: Progress | None = None,
    force: bool = False,
    check: Check | None = None,
) -> Report:
    """
    Make the base mirror each folder or list of `places` (add, update, forget), and hold each single document of
    them. What fails keeps its last good version. `reading` is told of documents read, `progress` of passages
    embedded; `check` is shown the plan before anything is touched. Raises what `plan` and `check` raise.
    """
    made = plan(base, places, name, reading=reading, force=force)
    if check:
        check(made)
    base.publish(made.sources, made.report.forgotten, progress, made.facts)
    return made.report


def plan(
    base: KnowledgeBase,
    places: Sequence[Place | Path],
    name: str | None = None,
    *,
    reading: Progress | None = None,
    force: bool = False,
    notices: Mapping[str, About] = MappingProxyType({}),
) -> Plan:
    """
    What `ingest` would write, without writing it. A path is opened as the place it is, called `name`; `notices` is
    what editors now say of sources, by id, in the place of what they said before.
    Raises MissingPlace or AmbiguousPlace, and VanishedSources unless it is to `force` its way.
    """
    opened = [place_of(place, name) if isinstance(place, Path) else place for place in places]
    homes = [Home.of(place) for place in opened]
    _claim(base, homes)
    library = base.library
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    said = {**read_notices(library.facts(NOTICES)), **notices}
    read = Reading(library.digests(), read_records(library.facts(FACTS)), moment, said)
    read.read(opened, reading)
    forgotten = [*read.missing(homes), *read.gone]
    if not force:
        _guard(base, homes, read, forgotten)
    sketches = {source.id: sketch(source.text) for source in read.sources}
    facts = notice_facts(notices) | _facts(base, homes, read, forgotten)
    facts |= {f"{SKETCHES}{id}": text for id, text in sketches.items()}
    return Plan(tuple(read.sources), facts, _report(base, read, forgotten, sketches))


def _report(base: KnowledgeBase, reading: Reading, forgotten: Collection[str], sketches: Mapping[str, str]) -> Report:
    written = {source.id for source in reading.sources}
    held = base.library.facts(SKETCHES) if written else {}
    kept = {name.removeprefix(SKETCHES): text for name, text in held.items()}
    compared = {id: text for id, text in {**kept, **sketches}.items() if id not in forgotten}
    return Report(
        added=tuple(sorted(written - reading.known.keys())),
        changed=tuple(sorted(written & reading.known.keys())),
        unchanged=tuple(reading.unchanged),
        forgotten=tuple(sorted(forgotten)),
        failed=tuple(reading.failed),
        vanished=tuple(reading.vanished),
        alike=tuple(alike(compared, written)),
        flawed=(
            *reading.flawed,
            *(Flaw(source.id, what) for source in reading.sources for what in flaws(source.text)),
        ),
        passages=base.unmade(reading.sources),
    )


def _facts(
    base: KnowledgeBase, homes: Iterable[Home], reading: Reading, forgotten: Iterable[str]
) -> dict[str, str | None]:
    """Those that the library does not hold yet."""
    held = base.library.facts(_PLACE)
    claimed = {f"{_PLACE}{home.name}": home.address for home in homes}
    return {
        **{name: address for name, address in claimed.items() if held.get(name) != address},
        **reading.facts,
        **{name: None for id in forgotten for name in of_source(id)},
    }


def _claim(base: KnowledgeBase, homes: Iterable[Home]) -> None:
    """Two folders of one name would overwrite and forget each other's sources."""
    claimed: dict[str, str] = {}
    for home in homes:
        held = claimed.setdefault(home.name, base.library.fact(f"{_PLACE}{home.name}") or home.address)
        if held != home.address and Path(held).exists():
            raise AmbiguousPlace(
                f"Un autre dossier porte déjà le nom « {home.name} » dans la base ({held}) : donnez-en un autre à "
                "celui-ci avec --name, en le lisant seul."
            )
        claimed[home.name] = home.address


def _guard(base: KnowledgeBase, homes: Iterable[Home], reading: Reading, forgotten: Collection[str]) -> None:
    """Raises VanishedSources where more is gone than anyone is likely to have taken away."""
    for home in homes:
        held = [id for id in reading.known if reading.is_of(id, home)]
        gone = [id for id in forgotten if reading.is_of(id, home)]
        if _is_too_much(gone, held) and _is_too_much(gone := _not_moved(base, gone, reading.sources), held):
            raise VanishedSources(
                f"{len(gone)} des {len(held)} sources de « {home.name} » ne sont plus dans {home.address} : rien n'a "
                "été changé. Vérifiez que ce lieu est complet (disque monté, site en ligne) ; pour les oublier, "
                "relancez avec --force."
            )


def _is_too_much(gone: Collection[str], held: Collection[str]) -> bool:
    return len(gone) >= _FEW and len(gone) > _MOST * len(held)


def _not_moved(base: KnowledgeBase, gone: Iterable[str], sources: Iterable[Source]) -> list[str]:
    """Those whose text is not found again under another name."""
    texts = {source.text for source in sources}
    old = ((id, base.library.source(id)) for id in gone)
    return [id for id, source in old if source is None or source.text not in texts]
