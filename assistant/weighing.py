"""Pure: how well each sentence of the passages found answers a question."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from knowledge import Hit, Passage
from knowledge.analysing import fold, terms
from knowledge.segmenting import Block, segment
from knowledge.segmenting import Kind as BlockKind
from knowledge.synonyms import widened

from .inquiring import Inquiry, Kind
from .shaping import has_shape

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
LOOKED_AT = 20
_TO_THE_POINT = 0.5
EXACT_KINDS = (Kind.NUMBER, Kind.DATE, Kind.PERSON, Kind.PLACE)

# Words that name the form of the answer, « quelle somme », « en quelle année », are seldom said again in it: they count
# for so much. On 2026-11-24: one fact more of the project's 57 than at 1, as many of spf's and of piaf's.
_FORM_WORDS = frozenset(
    terms(
        "somme montant nombre chiffre pourcentage proportion part taux prix coût budget date année lieu ville nom "
        "partir appelle appeler"
    )
)
_FORM_WEIGHT = 0.5

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
    # What a question takes for granted, or asks to be told yes or no, is often a known error.
    takes_for_granted = bool(inquiry.assertion) or inquiry.kind is Kind.YES_NO
    asks_for_pitfalls = takes_for_granted or bool(_PITFALL.search(fold(inquiry.question.lower())))
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
    """
    The sentences of the hits, each with what stands above it. A heading leads the items that nothing else announces:
    one of « Pièges » says the contrary of what it would say alone.
    """
    for hit in hits:
        passage = hit.passage
        heading, lead = "", None
        for block in segment(passage.text, passage.headings):
            if block.kind is BlockKind.HEADING:
                heading, lead = passage.text[block.start : block.end], block
                continue
            if block.kind is BlockKind.PARAGRAPH:
                lead = block if passage.text[: block.end].endswith(":") else None
            for start, end in block.sentences:
                yield Unit(hit, block, start, end, heading, lead if block.kind is BlockKind.ITEM else None)


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
    said = said_terms(unit.text)
    lead = passage.text[unit.lead.start : unit.lead.end] if unit.lead else ""
    above = said_terms(f"{passage.title} {passage.section} {unit.heading} {lead}") - said
    around = said_terms(passage.text[unit.block.start : unit.block.end]) - said - above
    return (
        _share(weights, said, total),
        _share(weights, above, total),
        _share(weights, around, total),
        unit.hit.score,
        max(0.0, unit.hit.cosine - 0.8) * 10,
        unit.hit.score * (passage.start + unit.block.start == 0),
        float(unit.start == unit.block.start),
        float(has_shape(unit.text, inquiry) or False),
        min(len(unit.text.split()), 30) / 30,
        float(not asks_for_pitfalls and warns(unit.heading)),
        title_match(passage, weights) * (passage.start + unit.block.start == 0),
        max(0.0, likeness.get(unit.text, unit.hit.cosine) - 0.8) * 10,
    )


def emphasised(weights: Mapping[str, float], kind: Kind) -> dict[str, float]:
    """What each term of a question of this kind counts for in a sentence, of its rarity."""
    if kind not in (*EXACT_KINDS, Kind.OPEN):
        return dict(weights)
    return {term: weight * (_FORM_WEIGHT if term in _FORM_WORDS else 1.0) for term, weight in weights.items()}


def is_to_the_point(unit: Unit, inquiry: Inquiry, weights: Mapping[str, float]) -> bool:
    """The sentence has what the kind of question asks for, and says most of the question."""
    return has_shape(unit.text, inquiry) is not False and said_share(unit, weights) >= _TO_THE_POINT


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
    present = said_terms(f"{passage.title} {passage.section} {unit.heading} {lead} {unit.text}")
    return _share(weights, present, sum(weights.values()) or 1.0)


def _share(weights: Mapping[str, float], present: frozenset[str], total: float) -> float:
    return sum(weight for term, weight in weights.items() if term in present) / total


def warns(heading: str) -> bool:
    return bool(_PITFALL.search(fold(heading.lower())))


@lru_cache(maxsize=16384)
def sentence_terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))


@lru_cache(maxsize=16384)
def said_terms(text: str) -> frozenset[str]:
    """What a text says, in other words too."""
    return widened(sentence_terms(text))
