"""Pure: the sentences of the passages found that answer a question, verbatim and in good order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge import Hit, Passage
from knowledge.analysing import fold, stem, terms
from knowledge.segmenting import Block, segment
from knowledge.segmenting import Kind as BlockKind

from .answers import Layout
from .inquiring import Inquiry, Kind

# An answer is read on a phone before a council.
_WORDS = 120
_SENTENCES = 6
# A sentence that scores under this share of the best one adds nothing.
_WORTH_SAYING = 0.55
# A list is what was asked for: it may score a little less than a sentence.
_LIST_WORTH_SAYING = 0.45
# Sentences among which the evidence is looked for.
_WITNESSES = 5
# A number, a date or a name is looked for in this many sentences, each saying this share of the question at least.
_LOOKED_AT = 10
_TO_THE_POINT = 0.5
_COUNT = (
    r"\b(?:\d[\d  ]*(?:,\d+)?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|"
    r"vingt|trente|quarante|cinquante|soixante|cent|mille)\b"
)
EXACT_KINDS = (Kind.NUMBER, Kind.DATE, Kind.PERSON)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The words [start, end) of a passage's text, and where they stand in the answer."""

    passage: Passage
    start: int
    end: int
    layout: Layout

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]


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
_POINTER = re.compile(
    r"\b(?:lire|voir|lisez|voyez|consulter|consultez) (?:aussi )?(?:la |les )?fiches?\b", re.IGNORECASE
)
_PITFALL = re.compile(r"\b(?:pieges?|erreurs?|eviter|risques?|precautions?|avertissement|ecueils?)\b")

# « Oui » and « Non » answer their own source's title: they may be said only to a question that is that title's.
_YES_OR_NO = re.compile(r"^(?:Oui|Non)\b")
_SAME_QUESTION = 0.45

# Weight of each feature, in the order of `features`; tried with benchmarks/answer_spans.py.
WEIGHTS = (0.35, 0.26, 0.21, 0.44, 0.12, 0.26, 0.04, 0.09, 0.01, -0.22, 0.35)


def extract(
    inquiry: Inquiry,
    hits: Sequence[Hit],
    weights: Mapping[str, float],
    words: int = _WORDS,
    evidence: float = 0.0,
    by: Sequence[float] = WEIGHTS,
) -> list[Excerpt]:
    """
    The excerpts that answer, the direct one first. `weights` are the question's terms and their rarity; `evidence`
    is the share of that rarity which one sentence, with what stands above it, must say for there to be an answer;
    `by` weighs the features.
    """
    ranked = rank(inquiry, hits, weights, by)
    if not ranked or max(said_share(unit, weights) for unit in ranked[:_WITNESSES]) < evidence:
        return []
    ranked = _to_the_point(inquiry, ranked, weights)
    found = _list(inquiry, ranked)
    if found is None:
        return _prose(ranked, inquiry, words)
    return _with_list(ranked, inquiry, found, words)


def rank(
    inquiry: Inquiry, hits: Sequence[Hit], weights: Mapping[str, float], by: Sequence[float] = WEIGHTS
) -> list[Unit]:
    """Every sentence of the hits that can be said on its own, best first."""
    asks_for_pitfalls = bool(_PITFALL.search(fold(inquiry.question.lower())))
    scored = []
    for unit in units(hits):
        if _POINTER.search(unit.text):
            continue
        passage = unit.hit.passage
        if passage.title and _YES_OR_NO.match(unit.text) and title_match(passage, weights) < _SAME_QUESTION:
            continue
        values = features(unit, inquiry, weights, asks_for_pitfalls)
        score = sum(weight * value for weight, value in zip(by, values, strict=True))
        scored.append(Unit(unit.hit, unit.block, unit.start, unit.end, unit.heading, unit.lead, score))
    return sorted(scored, key=lambda unit: -unit.score)


def _to_the_point(inquiry: Inquiry, ranked: list[Unit], weights: Mapping[str, float]) -> list[Unit]:
    """For a number, a date or a name, the best sentence that gives one about the subject comes first."""
    exact = next((unit for unit in ranked[:_LOOKED_AT] if is_to_the_point(unit, inquiry, weights)), None)
    if inquiry.kind not in EXACT_KINDS or exact is None:
        return ranked
    return [exact, *(unit for unit in ranked if unit is not exact)]


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


def is_exact(inquiry: Inquiry, hits: Sequence[Hit], weights: Mapping[str, float]) -> bool:
    """Whether some sentence gives the number, the date or the name asked for; true when none is asked for."""
    ranked = rank(inquiry, hits, weights)[:_LOOKED_AT]
    return inquiry.kind not in EXACT_KINDS or any(is_to_the_point(unit, inquiry, weights) for unit in ranked)


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
    unit: Unit, inquiry: Inquiry, weights: Mapping[str, float], asks_for_pitfalls: bool = False
) -> tuple[float, ...]:
    """
    What speaks for a sentence: (share of the question's rarity that it says; that stands above it; in its block;
    its passage's score; cosine over 0.8; opens its source, by its score; opens its block; has the shape of an
    answer; length; warns although nobody asked; opens a source whose title is the question).
    """
    passage = unit.hit.passage
    total = sum(weights.values()) or 1.0
    said = _terms(unit.text)
    lead = passage.text[unit.lead.start : unit.lead.end] if unit.lead else ""
    above = _terms(f"{passage.title} {passage.section} {unit.heading} {lead}") - said
    around = _terms(passage.text[unit.block.start : unit.block.end]) - said - above
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
        float(not asks_for_pitfalls and _warns(unit.heading)),
        title_match(passage, weights) * (passage.start + unit.block.start == 0),
    )


def _warns(heading: str) -> bool:
    return bool(_PITFALL.search(fold(heading.lower())))


def title_match(passage: Passage, weights: Mapping[str, float]) -> float:
    """How far the title says what the question says, no more and no less (0 to 1)."""
    title = _terms(passage.title)
    shared = sum(weight for term, weight in weights.items() if term in title)
    # A title's other terms weigh like the question's on average.
    others = len(title - weights.keys()) * (sum(weights.values()) / max(1, len(weights)))
    return shared / (sum(weights.values()) + others) if weights else 0.0


def said_share(unit: Unit, weights: Mapping[str, float]) -> float:
    """The share of the question's rarity that the sentence says, with what stands above it."""
    passage = unit.hit.passage
    lead = passage.text[unit.lead.start : unit.lead.end] if unit.lead else ""
    present = _terms(f"{passage.title} {passage.section} {unit.heading} {lead} {unit.text}")
    return _share(weights, present, sum(weights.values()) or 1.0)


def _share(weights: Mapping[str, float], present: frozenset[str], total: float) -> float:
    return sum(weight for term, weight in weights.items() if term in present) / total


@dataclass(frozen=True, slots=True)
class _List:
    """A lead-in, its items, and how well the best sentence of it answers."""

    passage: Passage
    lead: Block
    items: tuple[Block, ...]
    score: float

    @property
    def excerpts(self) -> list[Excerpt]:
        lead = Excerpt(self.passage, self.lead.start, self.lead.end, Layout.PARAGRAPH)
        return [lead, *(Excerpt(self.passage, item.start, item.end, Layout.ITEM) for item in self.items)]

    @property
    def source(self) -> str:
        return self.passage.source

    def holds(self, unit: Unit) -> bool:
        return unit.hit.passage == self.passage and (unit.lead == self.lead or unit.block == self.lead)


def _list(inquiry: Inquiry, ranked: Sequence[Unit]) -> _List | None:
    """The list that answers best, where the question asks for one: of near equals in a source, the first."""
    if inquiry.kind not in (Kind.LIST, Kind.METHOD, Kind.EXAMPLES) and not inquiry.bulleted:
        return None
    found: list[_List] = []
    for unit in ranked:
        if unit.score < ranked[0].score * _LIST_WORTH_SAYING:
            break
        lead = unit.lead or (unit.block if unit.announces else None)
        if lead is None or any(known.lead == lead for known in found) or _warns(unit.heading):
            continue
        items = tuple(_items_after(unit.hit.passage, lead))
        if len(items) >= 2:
            found.append(_List(unit.hit.passage, lead, items[: inquiry.length], unit.score))
    near = [known for known in found if known.source == found[0].source and known.score >= 0.8 * found[0].score]
    return min(near, key=lambda known: known.passage.start + known.lead.start, default=None)


def _with_list(ranked: Sequence[Unit], inquiry: Inquiry, found: _List, words: int) -> list[Excerpt]:
    """One direct sentence where it says more than the list, the list, then what else fits."""
    if inquiry.bulleted:
        return found.excerpts
    rest = [unit for unit in ranked if not found.holds(unit)]
    direct = [unit for unit in rest[:1] if unit.score > found.score and not unit.announces]
    length = sum(len(excerpt.text.split()) for excerpt in found.excerpts)
    length += sum(len(unit.text.split()) for unit in direct)
    more = _prose([u for u in rest if u not in direct], inquiry, words - length) if length < words * 0.8 else []
    return [*_laid_out(direct, False), *found.excerpts, *more]


def _items_after(passage: Passage, lead: Block) -> Iterator[Block]:
    for block in segment(passage.text, passage.headings):
        if block.start >= lead.end:
            if block.kind is not BlockKind.ITEM:
                return
            yield block


def _prose(ranked: Sequence[Unit], inquiry: Inquiry, words: int) -> list[Excerpt]:
    """The best sentence first, then what adds to it, each passage's sentences in their own order."""
    chosen: list[Unit] = []
    length = 0
    for unit in ranked:
        count = _cost(unit, chosen)
        if unit.score < ranked[0].score * _WORTH_SAYING or len(chosen) == (inquiry.length or _SENTENCES):
            break
        if unit.announces or (length + count > words and (chosen or words < _WORDS)) or _repeats(unit, chosen):
            continue
        chosen.append(unit)
        length += count
    if not chosen:
        return []
    first, *rest = chosen
    order = {id(unit.hit): place for place, unit in reversed(list(enumerate(chosen)))}
    rest.sort(key=lambda unit: (order[id(unit.hit)], unit.lead != first.lead, unit.start))
    return list(_laid_out([first, *rest], inquiry.bulleted))


def _cost(unit: Unit, chosen: Sequence[Unit]) -> int:
    """The words that the sentence adds, with its lead-in where that is not there yet."""
    alone = unit.lead is None or any(other.lead == unit.lead and other.hit is unit.hit for other in chosen)
    lead = "" if alone or unit.lead is None else unit.hit.passage.text[unit.lead.start : unit.lead.end]
    return len(f"{lead} {unit.text}".split())


def _laid_out(chosen: Sequence[Unit], as_items: bool) -> Iterator[Excerpt]:
    """A new paragraph for each passage; a list item keeps its lead-in above it."""
    above: Unit | None = None
    for unit in chosen:
        passage = unit.hit.passage
        if unit.lead and not (above and above.lead == unit.lead and above.hit is unit.hit):
            yield Excerpt(passage, unit.lead.start, unit.lead.end, Layout.PARAGRAPH)
        turns = above is None or above.hit is not unit.hit
        layout = Layout.PARAGRAPH if turns else Layout.SENTENCE
        yield Excerpt(passage, unit.start, unit.end, Layout.ITEM if as_items or unit.lead else layout)
        above = unit


def _repeats(unit: Unit, chosen: Sequence[Unit]) -> bool:
    """Says again, in nearly the same words, what is already said."""
    said = _terms(unit.text)
    for other in chosen:
        shared = said & _terms(other.text)
        if shared and len(shared) >= 0.6 * min(len(said), len(_terms(other.text))):
            return True
    return False


@lru_cache(maxsize=16384)
def _terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))
