"""Pure: the sentences of the passages found that answer a question, verbatim and in good order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge import Hit, Passage
from knowledge.analysing import terms
from knowledge.segmenting import Block, segment
from knowledge.segmenting import Kind as BlockKind

from .answers import Layout
from .inquiring import Inquiry, Kind

# An answer is read on a phone before a council: about 120 words, never over 180 unless a list is longer.
_WORDS = 120


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
class _Unit:
    """A sentence that could be said, and how well it answers."""

    hit: Hit
    block: Block
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        return self.hit.passage.text[self.start : self.end]


# What a sentence must look like to answer each kind of question well.
_SHAPES: Mapping[Kind, re.Pattern[str]] = {
    Kind.NUMBER: re.compile(r"\d"),
    Kind.DATE: re.compile(r"\b(?:1[89]|20)\d\d\b"),
    Kind.PERSON: re.compile(r"(?<=[a-zà-ÿ,;:'] )[A-ZÉ][\wà-ÿ]+|\b[A-Z]{2,}\b"),
    Kind.YES_NO: re.compile(r"^(?:Oui|Non)\b"),
    Kind.DEFINITION: re.compile(r"\b(?:est|sont|désigne|désignent|signifie|veut dire|consiste|se définit|définit)\b"),
    Kind.REASON: re.compile(r"\b(?:parce que?|parce qu'|car|pour|afin|raison|répond|puisque)\b"),
}
_SHAPE_BONUS = 0.12


def extract(inquiry: Inquiry, hits: Sequence[Hit], weights: Mapping[str, float], words: int = _WORDS) -> list[Excerpt]:
    """
    The excerpts that answer, the direct one first. `weights` are the question's terms and their rarity.
    Empty where no passage says anything about the question.
    """
    units = sorted(_units(inquiry, hits, weights), key=lambda unit: -unit.score)
    if not units or units[0].score <= 0:
        return []
    listed = _list(inquiry, units, weights)
    return listed or _prose(inquiry, units, words)


def _units(inquiry: Inquiry, hits: Sequence[Hit], weights: Mapping[str, float]) -> Iterator[_Unit]:
    total = sum(weights.values()) or 1.0
    shape = _SHAPES.get(inquiry.kind)
    for hit in hits:
        passage = hit.passage
        above = _terms(f"{passage.title} {passage.section}")
        for block in segment(passage.text):
            if block.kind is BlockKind.HEADING:
                above = above | _terms(passage.text[block.start : block.end])
                continue
            for start, end in block.sentences:
                text = passage.text[start:end]
                said = _terms(text)
                overlap = sum(w for term, w in weights.items() if term in said) / total
                context = sum(w for term, w in weights.items() if term in above and term not in said) / total
                score = 0.5 * overlap + 0.2 * context + 0.3 * hit.score
                if shape and shape.search(text):
                    score += _SHAPE_BONUS
                if passage.start + start == 0:
                    score += 0.08
                yield _Unit(hit, block, start, end, score)


def _list(inquiry: Inquiry, units: Sequence[_Unit], weights: Mapping[str, float]) -> list[Excerpt]:
    """A whole list with its lead-in, where the question asks for one and a lead-in answers well."""
    if inquiry.kind not in (Kind.LIST, Kind.METHOD, Kind.EXAMPLES) and not inquiry.items:
        return []
    for unit in units[:6]:
        passage = unit.hit.passage
        items = list(_items_after(passage.text, unit.block))
        if len(items) < 2 or not passage.text[: unit.block.end].rstrip().endswith(":"):
            continue
        kept = items[: inquiry.items] if inquiry.items else items
        lead = Excerpt(passage, unit.block.start, unit.block.end, Layout.PARAGRAPH)
        return [lead, *(Excerpt(passage, item.start, item.end, Layout.ITEM) for item in kept)]
    return []


def _items_after(text: str, lead: Block) -> Iterator[Block]:
    after = (block for block in segment(text) if block.start >= lead.end)
    for block in after:
        if block.kind is not BlockKind.ITEM:
            return
        yield block


def _prose(inquiry: Inquiry, units: Sequence[_Unit], words: int) -> list[Excerpt]:
    """The best sentence first, then what adds to it, each passage's sentences in their own order."""
    chosen: list[_Unit] = []
    length = 0
    threshold = units[0].score * 0.6
    limit = inquiry.items or 6
    for unit in units:
        count = len(unit.text.split())
        if unit.score < threshold or len(chosen) == limit:
            break
        if unit.text.rstrip().endswith(":") or length + count > words or _repeats(unit, chosen):
            continue
        chosen.append(unit)
        length += count
    if not chosen:
        return []
    first, *rest = chosen
    order = {id(unit.hit): place for place, unit in reversed(list(enumerate(chosen)))}
    rest.sort(key=lambda unit: (order[id(unit.hit)], unit.start))
    layout = Layout.ITEM if inquiry.items else Layout.SENTENCE
    excerpts = [_excerpt(first, Layout.ITEM if inquiry.items else Layout.PARAGRAPH)]
    for before, unit in zip([first, *rest], rest, strict=False):
        turns = unit.hit is not before.hit
        excerpts.append(_excerpt(unit, Layout.PARAGRAPH if turns and not inquiry.items else layout))
    return excerpts


def _excerpt(unit: _Unit, layout: Layout) -> Excerpt:
    return Excerpt(unit.hit.passage, unit.start, unit.end, layout)


def _repeats(unit: _Unit, chosen: Sequence[_Unit]) -> bool:
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
