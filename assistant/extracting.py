"""Pure: the sentences of the passages found that answer a question, verbatim and in good order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from knowledge import Passage
from knowledge.segmenting import Block, segment
from knowledge.segmenting import Kind as BlockKind

from .answers import Layout
from .contrasting import opposed
from .inquiring import Inquiry, Kind
from .weighing import (
    EXACT_KINDS,
    LOOKED_AT,
    POINTER,
    Unit,
    is_to_the_point,
    sentence_terms,
    warns,
)

# An answer is read on a phone before a council.
_WORDS = 120
_SENTENCES = 6
# A list told in part misleads: it may make the answer this much longer to be told whole.
_WORDS_FOR_LISTS = 60
# A sentence that scores under this share of the best one adds nothing.
_WORTH_SAYING = 0.55
# A list is what was asked for: it may score a little less than a sentence.
_LIST_WORTH_SAYING = 0.45

# Why a sentence that was looked at is not said.
_FAR = "répond moins directement que les phrases retenues"
_FULL = "la réponse avait déjà assez de phrases"
_ANNOUNCES = "annonce ce qui la suit, et ne dit rien seule"
_LONG = "aurait rendu la réponse trop longue"
_AGAIN = "redit presque la même chose qu'une phrase retenue"


Note = Callable[[Unit, str], None]


def unnoted(unit: Unit, reason: str) -> None:
    """Nobody wants to know why a sentence is left out."""


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


def extract(
    inquiry: Inquiry,
    ranked: Sequence[Unit],
    weights: Mapping[str, float],
    words: int = _WORDS,
    note: Note = unnoted,
) -> list[Excerpt]:
    """
    The excerpts that answer, the direct one first, of the sentences `ranked` best first. `weights` are the question's
    terms and their rarity; `note` is told what is left out, best first.
    """
    ranked = _to_the_point(inquiry, ranked, weights)
    # So many sentences are wanted, and no list.
    found = None if inquiry.length and not inquiry.bulleted else _list(inquiry, ranked)
    if found is None:
        return _prose(ranked, inquiry, words, note)
    return _with_list(ranked, inquiry, found, words, note)


def _to_the_point(inquiry: Inquiry, ranked: Sequence[Unit], weights: Mapping[str, float]) -> Sequence[Unit]:
    """For a number, a date or a name, the best sentence that gives one about the subject comes first."""
    exact = next((unit for unit in ranked[:LOOKED_AT] if is_to_the_point(unit, inquiry, weights)), None)
    if inquiry.kind not in EXACT_KINDS or exact is None:
        return ranked
    return [exact, *(unit for unit in ranked if unit is not exact)]


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
        if lead is None or any(known.lead == lead for known in found) or warns(unit.heading):
            continue
        items = tuple(_items_after(unit.hit.passage, lead))
        if len(items) >= 2:
            found.append(_List(unit.hit.passage, lead, items[: inquiry.length], unit.score))
    near = [known for known in found if known.source == found[0].source and known.score >= 0.8 * found[0].score]
    return min(near, key=lambda known: known.passage.start + known.lead.start, default=None)


def _with_list(ranked: Sequence[Unit], inquiry: Inquiry, found: _List, words: int, note: Note) -> list[Excerpt]:
    """One direct sentence where it says more than the list, the list, then what else fits."""
    if inquiry.bulleted:
        return found.excerpts
    rest = [unit for unit in ranked if not found.holds(unit)]
    direct = [unit for unit in rest[:1] if unit.score > found.score and not unit.announces]
    length = sum(len(excerpt.text.split()) for excerpt in found.excerpts)
    length += sum(len(unit.text.split()) for unit in direct)
    said = [excerpt.text for excerpt in found.excerpts[1:]]
    others = [unit for unit in rest if unit not in direct and not _repeats(unit, [*said, *(u.text for u in direct)])]
    if length >= words * 0.8:
        for unit in others:
            note(unit, _LONG)
        return [*_laid_out(direct, False), *found.excerpts]
    more = _prose(others, inquiry, words - length, note)
    return [*_laid_out(direct, False), *found.excerpts, *more]


def _items_after(passage: Passage, lead: Block) -> Iterator[Block]:
    for block in segment(passage.text, passage.headings):
        if block.start >= lead.end:
            if block.kind is not BlockKind.ITEM:
                return
            if kept := _before_pointers(passage, block):
                yield replace(block, end=kept[-1][1], sentences=kept)


def _before_pointers(passage: Passage, item: Block) -> tuple[tuple[int, int], ...]:
    """The item's sentences up to the first that points elsewhere."""
    return tuple(takewhile(lambda span: not POINTER.search(passage.text[slice(*span)]), item.sentences))


def _prose(ranked: Sequence[Unit], inquiry: Inquiry, words: int, note: Note) -> list[Excerpt]:
    """The best sentence first, then what adds to it, each passage's sentences in their own order."""
    chosen: list[Unit] = []
    length = 0
    for unit in ranked:
        count = _cost(unit, chosen)
        if unit.score < ranked[0].score * _WORTH_SAYING:
            note(unit, _FAR)
        elif len(chosen) == (inquiry.length or _SENTENCES):
            note(unit, _FULL)
        elif unit.announces:
            note(unit, _ANNOUNCES)
        elif length + count > words and (chosen or words < _WORDS):
            note(unit, _LONG)
        elif _repeats(unit, [other.text for other in chosen]) and not _opposes(unit, chosen):
            note(unit, _AGAIN)
        else:
            chosen.append(unit)
            length += count
    if not chosen:
        return []
    if not inquiry.length:
        chosen = _with_whole_lists(chosen, ranked, words + _WORDS_FOR_LISTS)
    first = chosen[0]
    order = {id(unit.hit): place for place, unit in reversed(list(enumerate(chosen)))}
    # The best sentence opens, but for an item, which keeps its place in its list.
    opens = first.lead is None
    chosen.sort(key=lambda u: (not (opens and u is first), order[id(u.hit)], u.lead != first.lead, u.start))
    return list(_laid_out(chosen, inquiry.bulleted))


def _with_whole_lists(chosen: Sequence[Unit], ranked: Sequence[Unit], words: int) -> list[Unit]:
    """The sentences chosen, and the rest of their lists where it fits and all of it is to the point, the best first."""
    whole = list(chosen)
    worth_saying = ranked[0].score * _LIST_WORTH_SAYING
    length = sum(_cost(unit, whole[:at]) for at, unit in enumerate(whole))
    for unit in chosen:
        others = [other for other in ranked if _is_beside(unit, other) and other not in whole]
        more = sum(len(other.text.split()) for other in others)
        if length + more <= words and all(other.score >= worth_saying for other in others):
            whole += others
            length += more
    return whole


def _is_beside(unit: Unit, other: Unit) -> bool:
    """Under the same lead-in of the same passage."""
    return unit.lead is not None and other.lead == unit.lead and other.hit is unit.hit


def _opposes(unit: Unit, chosen: Sequence[Unit]) -> bool:
    """Says another number of the same thing: no repetition, whatever it shares with what is said."""
    said = [(other.hit.passage, other.text) for other in chosen]
    return bool(opposed(unit.hit.passage, unit.text, said))


def _cost(unit: Unit, chosen: Sequence[Unit]) -> int:
    """The words that the sentence adds, with its lead-in where that is not there yet."""
    alone = unit.lead is None or any(_is_beside(unit, other) for other in chosen)
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


def _repeats(unit: Unit, others: Sequence[str]) -> bool:
    """Says again, in nearly the same words, what is already said: no other number or date."""
    said = sentence_terms(unit.text)
    figures = {term for term in said if term[0].isdigit()}
    for other in map(sentence_terms, others):
        if figures - other:
            continue
        shared = said & other
        if shared and len(shared) >= 0.6 * min(len(said), len(other)):
            return True
    return False
