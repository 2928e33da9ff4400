"""Pure: a text into its blocks, and a block into its sentences, as ranges of the text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import groupby, pairwise

_ITEM = re.compile(r"\s*(?:[-•*–—]|\d{1,2}[.)])\s+")
# A full stop after these does not end a sentence, whatever follows.
_ABBREVIATION = re.compile(
    r"\b(?:art|al|p|pp|cf|ex|n|no|nos|M|MM|Mme|Mmes|Dr|Pr|St|Ste|bd|av|env|éd|vol|chap|fig|tél|dir|coll|hab|[A-ZÉÈ])\.$"
)
# A stop with what closes it, before a blank and something that can begin a sentence.
_STOP = re.compile(r"[.!?…]+(?:[  ]?[»”)\"\]])*(?=\s+[«“(\"\[]?[  ]?[A-ZÀ-ÖØ-Þ0-9])")


class Kind(StrEnum):
    PARAGRAPH = "paragraph"
    ITEM = "item"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item or heading: [start, end) of the text, without its bullet; its sentences' ranges."""

    kind: Kind
    start: int
    end: int
    sentences: tuple[tuple[int, int], ...]


@lru_cache(maxsize=4096)
def segment(text: str, headings: tuple[int, ...] = ()) -> tuple[Block, ...]:
    """
    The blocks of a text whose paragraphs are parted by empty lines and whose list items stand on their own lines.
    `headings` are the offsets of those that are known; others are guessed from their form.
    """
    return tuple(replace(block, kind=Kind.HEADING) if block.start in headings else block for block in _blocks(text))


def lists(blocks: Iterable[Block]) -> Iterator[tuple[Block, list[Block]]]:
    """Each block that items follow, and these."""
    above: Block | None = None
    for is_item, group in groupby(blocks, key=lambda block: block.kind is Kind.ITEM):
        run = list(group)
        if is_item and above:
            yield above, run
        above = run[-1]


def _blocks(text: str) -> Iterator[Block]:
    for match in re.finditer(r"(?:[^\n]|\n(?!\s*\n))+", text):
        yield from _lines(text, *match.span())


def _lines(text: str, start: int, end: int) -> Iterator[Block]:
    """The lines between two empty lines: wrapped ones joined, those that a « : » announces as items."""
    lines = [(start + m.start(), start + m.end()) for m in re.finditer(r"[^\n]+", text[start:end])]
    wrapped = _is_wrapped([text[a:z] for a, z in lines])
    opened: int | None = None
    announced = False
    for at, (begin, stop) in enumerate(lines):
        opened = begin if opened is None else opened
        if at + 1 < len(lines) and _goes_on(text[begin:stop], text[slice(*lines[at + 1])], wrapped):
            continue
        yield from _block(text, opened, stop, announced)
        ending = text[opened:stop].rstrip()[-1:]
        announced = ending == ":" or (announced and ending not in ".!?")
        opened = None


def _goes_on(above: str, below: str, wrapped: bool) -> bool:
    """The line below continues the sentence above, or the page's lines are cut anywhere."""
    if _ITEM.match(below):
        return False
    return wrapped or (above.rstrip()[-1:] not in ".:;!?…" and below.lstrip()[:1].islower())


def _is_wrapped(lines: list[str]) -> bool:
    """Most lines go on in the middle of a sentence: the line breaks are the page's, not the author's."""
    pairs = [pair for pair in pairwise(lines) if not _ITEM.match(pair[1])]
    return sum(_goes_on(above, below, False) for above, below in pairs) * 2 > len(pairs)


def _block(text: str, start: int, end: int, announced: bool) -> Iterator[Block]:
    bullet = _ITEM.match(text, start, end)
    start, end = _trim(text, bullet.end() if bullet else start, end)
    if start == end:
        return
    kind = Kind.PARAGRAPH
    if bullet or announced:
        kind = Kind.ITEM
    elif _reads_as_heading(text[start:end]):
        kind = Kind.HEADING
    yield Block(kind, start, end, tuple(_sentences(text, start, end)))


def _reads_as_heading(block: str) -> bool:
    """Short, one line, and not closed by a stop."""
    return len(block) < 120 and "\n" not in block and block[-1] not in '.!?:;…»)"'


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut after a stop that a new beginning follows, unless it closes an abbreviation or stands inside « »."""
    begin = start
    for stop in _STOP.finditer(text, start, end):
        sentence = text[begin : stop.end()]
        quoting = sentence.count("«") > sentence.count("»") and "»" in text[stop.end() : end]
        if quoting or _ABBREVIATION.search(sentence):
            continue
        yield _trim(text, begin, stop.end())
        begin = stop.end()
    if text[begin:end].strip():
        yield _trim(text, begin, end)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
