"""Values: what the library remembers of having read each source, and where it read it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Self

from .places.finding import Seen

# What the names of these facts begin with.
FACTS = "seen:"


@dataclass(frozen=True, slots=True)
class Record:
    """
    `seen` is what reading left behind, `source` the digest of the source that it gave, `place` the address of the
    place it was found in, `on` the moment (ISO) when it was last asked for, where that is not at every run.

    It holds only while the library still shows that source: one that was rolled back or forgotten is read again.
    """

    seen: Seen
    source: str
    place: str
    url: str = ""
    on: str = ""

    def missed(self) -> Self:
        """Its address has said once more that it is gone."""
        return replace(self, seen=replace(self.seen, missed=self.seen.missed + 1))

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        record = json.loads(text)
        return cls(**record | {"seen": Seen(**record["seen"])})


def name_of(id: str) -> str:
    """The name of the library's fact that holds the record of a source."""
    return f"{FACTS}{id}"


def read_records(facts: Mapping[str, str]) -> dict[str, Record]:
    """The records of all sources, by source id, of the library's facts."""
    return {name.removeprefix(FACTS): Record.from_json(text) for name, text in facts.items()}
