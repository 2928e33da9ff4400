"""Pure: the passages found, as a reader opens them: with what stands around them and what opens their source."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from knowledge import Hit, Source
from knowledge.sources import slice_source

# The sentence that a passage's edge cuts from its sense is within this many characters; tried 0 to 600.
_MARGIN = 100
# A list is read to its end, if that is within this many characters.
_LIST = 1500
_LIST_LINE = re.compile(r"\s*(?:[-•*]|\d{1,2}[.)])\s")
# The opening of a source says what it is about: read for the best sources even when another part was found.
_OPENED = 3
_OPENING = 700
_OPENING_SCORE = 0.8


def read_around(hits: Sequence[Hit], source: Callable[[str], Source | None]) -> list[Hit]:
    """
    The hits widened to whole lines and whole lists, and the openings of the best sources; no character twice.
    What cannot be found again in its source stays as it is.
    """
    read: list[Hit] = []
    for hit in hits:
        whole = source(hit.passage.source)
        if whole is None or whole.text[hit.passage.start : hit.passage.end] != hit.passage.text:
            read.append(hit)
        else:
            _add(read, hit, whole, *_widened(whole.text, hit.passage.start, hit.passage.end))
    for id in list(dict.fromkeys(hit.passage.source for hit in hits))[:_OPENED]:
        whole = source(id)
        top = max((hit for hit in hits if hit.passage.source == id), key=lambda hit: hit.score)
        if whole is not None:
            end = _line_end(whole.text, min(_OPENING, len(whole.text)))
            _add(read, replace(top, score=top.score * _OPENING_SCORE), whole, 0, end)
    return read


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    first = text.rfind("\n", 0, max(0, start - _MARGIN)) + 1
    last = _line_end(text, min(len(text), end + _MARGIN))
    while first > max(0, start - _LIST) and _LIST_LINE.match(text, first):
        first = text.rfind("\n", 0, max(0, first - 1)) + 1
    while last < min(len(text), end + _LIST) and _LIST_LINE.match(text, last + 1):
        last = _line_end(text, last + 1)
    return first, last


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def _add(read: list[Hit], hit: Hit, whole: Source, start: int, end: int) -> None:
    """What of the range is not read yet: before, between and after what is."""
    held = sorted((other.passage.start, other.passage.end) for other in read if other.passage.source == whole.id)
    for first, last in [*held, (end, end)]:
        if whole.text[start : min(first, end)].strip():
            read.append(replace(hit, passage=slice_source(whole, start, min(first, end))))
        start = max(start, last)
