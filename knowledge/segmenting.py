"""Pure: a text into its blocks, and a block into its sentences, as ranges of the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

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
def segment(text: str) -> tuple[Block, ...]:
    """The blocks of a text whose paragraphs are parted by empty lines and whose list items stand on their own lines."""
    return tuple(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    for match in re.finditer(r"(?:[^\n]|\n(?!\s*\n))+", text):
        yield from _lines(text, *match.span())


def _lines(text: str, start: int, end: int) -> Iterator[Block]:
    """A paragraph's lines belong together unless they are list items."""
    item = False
    position = start
    for line in re.finditer(r"[^\n]*\n?", text[start:end]):
        if not line.group():
            break
        begins = bool(_ITEM.match(line.group()))
        at = start + line.start()
        if begins and at > position:
            yield from _block(text, position, at, item)
            position = at
        item = item or begins
    yield from _block(text, position, end, item)


def _block(text: str, start: int, end: int, in_list: bool) -> Iterator[Block]:
    bullet = _ITEM.match(text, start, end)
    kind = Kind.ITEM if bullet and in_list else Kind.PARAGRAPH
    if bullet and in_list:
        start = bullet.end()
    start, end = _trim(text, start, end)
    if start == end:
        return
    sentences = tuple(_sentences(text, start, end))
    if kind is Kind.PARAGRAPH and _reads_as_heading(text[start:end]):
        kind = Kind.HEADING
    yield Block(kind, start, end, sentences)


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
