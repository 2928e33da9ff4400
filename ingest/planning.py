"""Values: what a run is about to write, and the names of what is remembered of each source."""

from dataclasses import dataclass

from knowledge import Source

from .likening import FACTS as SKETCHES
from .noticing import FACTS as NOTICES
from .remembering import name_of
from .reporting import Report


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is about to write, and the report of it."""

    sources: tuple[Source, ...]
    facts: dict[str, str | None]
    report: Report


def of_source(id: str) -> tuple[str, ...]:
    """The names of the facts that go when a source is forgotten."""
    return name_of(id), f"{SKETCHES}{id}", f"{NOTICES}{id}"
