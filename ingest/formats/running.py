"""Pure: running heads, feet and page numbers taken off the pages that they are repeated on."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from .lines import Line, Sheet

# Of the height of a page, at its top and at its bottom.
_MARGIN = 0.14
_NUMBER = re.compile(r"\W*(?:p(?:age|\.)?\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:/|sur|de)\s*\d{1,4})?\W*", re.IGNORECASE)


def without_running(sheets: Sequence[Sheet]) -> list[Sheet]:
    """
    Lines that say the same, but for numbers, at the same height in the margin of several pages are not of the text;
    nor are page numbers. A head in larger letters than the text is a title: its first page keeps it.
    """
    if len(sheets) < 2:
        return list(sheets)
    body = body_size(sheets)
    places: dict[tuple[str, int], list[tuple[int, Line]]] = defaultdict(list)
    for number, sheet in enumerate(sheets):
        for line in sheet.lines:
            if _is_marginal(line, sheet):
                places[_said(line, body), round(line.box.bottom / sheet.height * 50)].append((number, line))
    gone: list[set[int]] = [set() for _ in sheets]
    for (said, height), found in places.items():
        # Half a step more or less is the same height.
        near = {number for step in (-1, 0, 1) for number, _ in places.get((said, height + step), ())}
        # Two pages are enough where there are few, or where a number tells them apart.
        if len(near) >= 3 or (len(near) == 2 and (len(sheets) <= 4 or "#" in said)):
            first = min(near)
            for number, line in found:
                if number != first or not _is_large(line, body) or _is_number(said):
                    gone[number].add(id(line))
    return [
        replace(sheet, lines=tuple(line for line in sheet.lines if id(line) not in gone[number]))
        for number, sheet in enumerate(sheets)
    ]


def body_size(sheets: Sequence[Sheet]) -> float:
    """The size that most letters have."""
    counts: dict[float, int] = defaultdict(int)
    for sheet in sheets:
        for line in sheet.lines:
            counts[round(line.size * 2) / 2] += len(line.text)
    return max(counts, key=lambda size: counts[size], default=0.0)


def _is_marginal(line: Line, sheet: Sheet) -> bool:
    middle = (line.box.bottom + line.box.top) / 2 / sheet.height
    return middle < _MARGIN or middle > 1 - _MARGIN


def _said(line: Line, body: float) -> str:
    """Without its numbers; but « Partie 1 » in large letters is not « Partie 2 »."""
    text = " ".join(line.text.casefold().split())
    if _NUMBER.fullmatch(text):
        return "#"
    return text if _is_large(line, body) else re.sub(r"\d+", "#", text)


def _is_large(line: Line, body: float) -> bool:
    return line.size >= body * 1.15


def _is_number(said: str) -> bool:
    return said == "#"
