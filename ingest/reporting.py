"""Pure: what a run did, or would do, for a person and for a program."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

# How many are done, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that could not be read, and the French sentence that says why and what to do."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two sources that say nearly the same; `share` is about the part of their pairs of words that both have."""

    id: str
    other: str
    share: float


@dataclass(frozen=True, slots=True)
class Flaw:
    """A source whose text was badly decoded, and the French sentence that shows where."""

    id: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """
    What a run did, by source id. `vanished` are kept: their address has said once that they are gone, and is asked
    again; `passages` is how many had no vector yet.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    vanished: tuple[str, ...] = ()
    alike: tuple[Likeness, ...] = ()
    flawed: tuple[Flaw, ...] = ()
    passages: int = 0

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

    def lines(self) -> Iterator[str]:
        """What asks for a look, a line each; failures apart, which go elsewhere."""
        for id in self.forgotten:
            yield f"oubliée : {id}"
        for id in self.vanished:
            yield f"introuvable cette fois, gardée : {id} (oubliée si elle l'est encore la prochaine fois)"
        for pair in self.alike:
            yield f"{_likeness(pair)} : {pair.id} et {pair.other} ; gardez-vous les deux ?"
        for flaw in self.flawed:
            yield f"texte abîmé : {flaw.id} : {flaw.what}"

    def to_json(self) -> str:
        """With the words that the report is read with."""
        record = {
            "nouvelles": self.added,
            "modifiees": self.changed,
            "inchangees": self.unchanged,
            "oubliees": self.forgotten,
            "introuvables_une_fois": self.vanished,
            "en_echec": [{"id": failure.id, "raison": failure.reason} for failure in self.failed],
            "doublons": [
                {"id": pair.id, "autre": pair.other, "part_commune": round(pair.share, 2)} for pair in self.alike
            ],
            "textes_abimes": [{"id": flaw.id, "constat": flaw.what} for flaw in self.flawed],
            "passages_calcules": self.passages,
        }
        return json.dumps(record, ensure_ascii=False, indent=2)


def _likeness(pair: Likeness) -> str:
    return "doublon" if pair.share == 1 else f"quasi-doublon ({pair.share:.0%})".replace("%", " %")


def _counted(ids: Sequence[str], one: str, many: str) -> str:
    return f"{len(ids)} {one if len(ids) < 2 else many}"
