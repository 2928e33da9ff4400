"""Pure: how well each sentence of the passages found answers a question."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from knowledge import Hit, Passage
from knowledge.analysing import fold, stem, terms
from knowledge.segmenting import Block, segment
from knowledge.segmenting import Kind as BlockKind

from .inquiring import Inquiry, Kind

# What a sentence must look like to answer each kind of question well.
_SHAPES: Mapping[Kind, re.Pattern[str]] = {
    Kind.NUMBER: re.compile(r"\d"),
    Kind.DATE: re.compile(r"\b(?:1[89]|20)\d\d\b"),
    Kind.PERSON: re.compile(r"(?<=[a-zà-ÿ,;:'] )[A-ZÉ][\wà-ÿ]+|\b[A-Z]{2,}\b"),
    Kind.YES_NO: re.compile(r"^(?:Oui|Non)\b"),
    Kind.DEFINITION: re.compile(r"\b(?:est|sont|désigne|désignent|signifie|veut dire|consiste|se définit|définit)\b"),
    Kind.REASON: re.compile(r"\b(?:parce que?|parce qu'|car|pour|afin|raison|répond|puisque)\b"),
}
# Points elsewhere, or warns: not the answer unless the question asks for it.
POINTER = re.compile(
    r"\b(?:(?:lire|voir|lisez|voyez|consulte[rz]|cf\.?) (?:aussi )?|"
    r"(?:reporte[rz](?:-vous)?|renvo\w+) (?:aussi )?(?:à |aux ))"
    r"(?:la |les )?fiches?\b",
    re.IGNORECASE,
)
_PITFALL = re.compile(r"\b(?:pieges?|erreurs?|eviter|risques?|precautions?|avertissement|ecueils?)\b")

# « Oui » and « Non » answer their own source's title: they may be said only to a question that is that title's.
_YES_OR_NO = re.compile(r"^(?:Oui|Non)\b")
_SAME_QUESTION = 0.45

# Weight of each feature, in the order of `features`; tried with benchmarks/answer_spans.py.
WEIGHTS = (0.35, 0.26, 0.21, 0.44, 0.12, 0.26, 0.04, 0.09, 0.01, -0.22, 0.35, 0.1)
# A number, a date or a name is looked for in this many sentences, each saying this share of the question at least.
LOOKED_AT = 10
_TO_THE_POINT = 0.5
_COUNT = (
    r"\b(?:\d[\d  ]*(?:,\d+)?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|"
    r"vingt|trente|quarante|cinquante|soixante|cent|mille)\b"
)
EXACT_KINDS = (Kind.NUMBER, Kind.DATE, Kind.PERSON)

# A sentence → its cosine with the question; none where the base has no vectors of sentences.
Likeness = Mapping[str, float]
ALIKE: Likeness = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence that could be said: where it stands, the heading above it, its list's lead-in, how well it answers."""

    hit: Hit
    block: Block
    start: int
    end: int
    heading: str
    lead: Block | None
    score: float = 0.0

    @property
    def text(self) -> str:
        return self.hit.passage.text[self.start : self.end]

    @property
    def announces(self) -> bool:
        return self.text.endswith(":")


def rank(
    inquiry: Inquiry,
    hits: Sequence[Hit],
    weights: Mapping[str, float],
    likeness: Likeness = ALIKE,
    by: Sequence[float] = WEIGHTS,
) -> list[Unit]:
    """Every sentence of the hits that can be said on its own, best first; `likeness` is each one's own cosine."""
    asks_for_pitfalls = bool(_PITFALL.search(fold(inquiry.question.lower())))
    scored = []
    for unit in units(hits):
        if POINTER.search(unit.text):
            continue
        passage = unit.hit.passage
        if passage.title and _YES_OR_NO.match(unit.text) and title_match(passage, weights) < _SAME_QUESTION:
            continue
        values = features(unit, inquiry, weights, likeness, asks_for_pitfalls)
        score = sum(weight * value for weight, value in zip(by, values, strict=True))
        scored.append(Unit(unit.hit, unit.block, unit.start, unit.end, unit.heading, unit.lead, score))
    return sorted(scored, key=lambda unit: -unit.score)


def units(hits: Sequence[Hit]) -> Iterator[Unit]:
    """The sentences of the hits, each with what stands above it."""
    for hit in hits:
        passage = hit.passage
        heading, lead = "", None
        for block in segment(passage.text, passage.headings):
            if block.kind is BlockKind.HEADING:
                heading, lead = passage.text[block.start : block.end], None
                continue
            if block.kind is BlockKind.PARAGRAPH:
                lead = block if passage.text[: block.end].endswith(":") else None
            for start, end in block.sentences:
                yield Unit(hit, block, start, end, heading, lead if lead is not block else None)


def features(
    unit: Unit,
    inquiry: Inquiry,
    weights: Mapping[str, float],
    likeness: Likeness = ALIKE,
    asks_for_pitfalls: bool = False,
) -> tuple[float, ...]:
    """
    What speaks for a sentence: (share of the question's rarity that it says; that stands above it; in its block;
    its passage's score; cosine over 0.8; opens its source, by its score; opens its block; has the shape of an
    answer; length; warns although nobody asked; opens a source whose title is the question; its own cosine over 0.8,
    its passage's where it has none).
    """
    passage = unit.hit.passage
    total = sum(weights.values()) or 1.0
    said = sentence_terms(unit.text)
    lead = passage.text[unit.lead.start : unit.lead.end] if unit.lead else ""
    above = sentence_terms(f"{passage.title} {passage.section} {unit.heading} {lead}") - said
    around = sentence_terms(passage.text[unit.block.start : unit.block.end]) - said - above
    shape = _SHAPES.get(inquiry.kind)
    return (
        _share(weights, said, total),
        _share(weights, above, total),
        _share(weights, around, total),
        unit.hit.score,
        max(0.0, unit.hit.cosine - 0.8) * 10,
        unit.hit.score * (passage.start + unit.block.start == 0),
        float(unit.start == unit.block.start),
        float(bool(shape and shape.search(unit.text))),
        min(len(unit.text.split()), 30) / 30,
        float(not asks_for_pitfalls and warns(unit.heading)),
        title_match(passage, weights) * (passage.start + unit.block.start == 0),
        max(0.0, likeness.get(unit.text, unit.hit.cosine) - 0.8) * 10,
    )


def is_to_the_point(unit: Unit, inquiry: Inquiry, weights: Mapping[str, float]) -> bool:
    """The sentence has what the kind of question asks for, and says most of the question."""
    shape = _SHAPES.get(inquiry.kind)
    if inquiry.counted and inquiry.kind is Kind.NUMBER:
        shaped = _counts(unit.text, inquiry.counted)
    else:
        shaped = not shape or bool(shape.search(unit.text))
    return shaped and said_share(unit, weights) >= _TO_THE_POINT


def _counts(text: str, thing: str) -> bool:
    """A number stands before the thing: « 87 % des maires », « quatre grandes villes »."""
    wanted = stem(thing)
    numbers = re.finditer(_COUNT + r"((?:[^\w.;:]*[\w'-]+){1,4})", text, re.IGNORECASE)
    return any(wanted in terms(match.group(1)) for match in numbers)


def is_exact(inquiry: Inquiry, ranked: Sequence[Unit], weights: Mapping[str, float]) -> bool:
    """Whether some sentence gives the number, the date or the name asked for; true when none is asked for."""
    near = ranked[:LOOKED_AT]
    return inquiry.kind not in EXACT_KINDS or any(is_to_the_point(unit, inquiry, weights) for unit in near)


def title_match(passage: Passage, weights: Mapping[str, float]) -> float:
    """How far the title says what the question says, no more and no less (0 to 1)."""
    title = sentence_terms(passage.title)
    shared = sum(weight for term, weight in weights.items() if term in title)
    # A title's other terms weigh like the question's on average.
    others = len(title - weights.keys()) * (sum(weights.values()) / max(1, len(weights)))
    return shared / (sum(weights.values()) + others) if weights else 0.0


def said_share(unit: Unit, weights: Mapping[str, float]) -> float:
    """The share of the question's rarity that the sentence says, with what stands above it."""
    passage = unit.hit.passage
    lead = passage.text[unit.lead.start : unit.lead.end] if unit.lead else ""
    present = sentence_terms(f"{passage.title} {passage.section} {unit.heading} {lead} {unit.text}")
    return _share(weights, present, sum(weights.values()) or 1.0)


def _share(weights: Mapping[str, float], present: frozenset[str], total: float) -> float:
    return sum(weight for term, weight in weights.items() if term in present) / total


def warns(heading: str) -> bool:
    return bool(_PITFALL.search(fold(heading.lower())))


@lru_cache(maxsize=16384)
def sentence_terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))
