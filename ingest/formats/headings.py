"""Pure: which paragraphs of a PDF are headings, where its outline or the size of its letters leaves no doubt."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from .layout import Paragraph

# A heading in the text's own size is told by its outline only: bold is as often an emphasis.
_LARGER = 1.15
_LONGEST = 150
_LEVELS = 4
_FEW = 400


def levels(
    pages: Sequence[Sequence[Paragraph]], outline: Mapping[int, Mapping[str, int]], body: float
) -> list[list[int]]:
    """
    For each paragraph of each page, the level of the heading that it is, 0 where it is none. `outline` gives for
    a page the levels of the titles that the file itself lists.
    """
    bodies = [max(body, _body(page)) for page in pages]
    large = _large_sizes(pages, bodies)
    return [
        [
            _level(paragraph, outline.get(number, {}), large if paragraph.size >= least * _LARGER else {})
            for paragraph in page
        ]
        for number, (page, least) in enumerate(zip(pages, bodies, strict=True))
    ]


def told(title: str) -> str:
    """A title without what typography changes, to compare."""
    return re.sub(r"\W+", "", title).casefold()


def _level(paragraph: Paragraph, listed: Mapping[str, int], large: Mapping[float, int]) -> int:
    if not _reads_as_title(paragraph):
        return 0
    return listed.get(told(paragraph.text), 0) or large.get(_rounded(paragraph), 0)


def _body(page: Sequence[Paragraph]) -> float:
    """The size of most of a page's letters; 0 where they are few, as on a cover."""
    counts: dict[float, int] = defaultdict(int)
    for paragraph in page:
        counts[paragraph.size] += len(paragraph.text)
    return max(counts, key=lambda size: counts[size]) if sum(counts.values()) > _FEW else 0.0


def _large_sizes(pages: Sequence[Sequence[Paragraph]], bodies: Sequence[float]) -> dict[float, int]:
    """The sizes of headings, with their levels; none where so much is large that it is the text."""
    counts: dict[float, int] = defaultdict(int)
    letters = 0
    for page, body in zip(pages, bodies, strict=True):
        for paragraph in page:
            letters += len(paragraph.text)
            if paragraph.size >= body * _LARGER and _reads_as_title(paragraph):
                counts[_rounded(paragraph)] += len(paragraph.text)
    if sum(counts.values()) > letters / 4:
        return {}
    return {size: min(level, _LEVELS) for level, size in enumerate(sorted(counts, reverse=True), 1)}


def _reads_as_title(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if len(text) > _LONGEST or len(paragraph.lines) > 3 or paragraph.is_item:
        return False
    return sum(map(str.isalpha, text)) >= 3 and not text.endswith((".", ",", ";"))


def _rounded(paragraph: Paragraph) -> float:
    return round(paragraph.size)
