"""Pure: the lines of a page into its paragraphs, in the order in which a person reads them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median

from .lines import Box, Line, Sheet, around

_BULLET = re.compile(r"[•▪●■◦‣⁃►▶→➢❖✓✔·\uf0a7\uf0b7\uf0d8\uf0fc–—-]\s+(?=\S)")
_NUMBER = re.compile(r"(?:\d{1,2}|[a-z])[.)°]\s+(?=\S)")
_CUT = re.compile(r"[^\W\d_]-$")
_ENDS = (".", "!", "?", ":", ";", "…", "»", "”")
# Of how far two lines of a paragraph stand apart, in sizes of their letters, where a page does not tell.
_LEADING = 1.25


@dataclass(frozen=True)
class Paragraph:
    """Lines that follow each other."""

    lines: tuple[Line, ...]

    @cached_property
    def box(self) -> Box:
        return around(line.box for line in self.lines)

    @cached_property
    def size(self) -> float:
        return max(self.lines, key=lambda line: len(line.text)).size

    @property
    def is_item(self) -> bool:
        return _opens_item(self.lines[0])

    @property
    def text(self) -> str:
        """Its lines, the mark of a list written "- "."""
        first = _BULLET.sub("- ", self.lines[0].text, count=1) if _BULLET.match(self.lines[0].text) else None
        return "\n".join([first or self.lines[0].text, *(line.text for line in self.lines[1:])])


def read(sheet: Sheet) -> list[Paragraph]:
    """
    The paragraphs of a page. The order of the file is kept where a person could read in it; where it jumps back
    up or from column to column, the columns say it.
    """
    paragraphs, jumps = _paragraphs(_downwards(sheet.lines))
    if jumps > len(sheet.lines) / 4 or not _is_readable(paragraphs):
        paragraphs = _by_columns(paragraphs)
    return _joined(paragraphs)


def _downwards(lines: Sequence[Line]) -> Sequence[Line]:
    """Some files draw a page from its foot."""
    steps = [
        above.box.bottom - line.box.bottom for above, line in pairwise(lines) if above.box.shared_width(line.box) > 0
    ]
    return lines[::-1] if sum(step < 0 for step in steps) > 0.6 * len(steps) else lines


def joined_words(pages: Sequence[Sequence[Paragraph]]) -> list[list[Paragraph]]:
    """A word that the end of a page cuts stands whole on the page where it begins."""
    out = [list(page) for page in pages]
    for page, following in pairwise(out):
        if not page or not following:
            continue
        last, first = page[-1].lines[-1], following[0].lines[0]
        rest, _, others = first.text.partition(" ")
        if _CUT.search(last.text) and rest[:1].islower() and others and _alike(last, first):
            page[-1] = Paragraph((*page[-1].lines[:-1], replace(last, text=f"{last.text}\n{rest}")))
            following[0] = Paragraph((replace(first, text=others), *following[0].lines[1:]))
    return out


def _paragraphs(lines: Sequence[Line]) -> tuple[list[Paragraph], int]:
    """In the order of their first lines; how often the file left one paragraph for another that was begun before."""
    leading = _leading(lines)
    begun: list[list[Line]] = []
    current, jumps = None, 0
    for line in lines:
        recent = range(len(begun) - 1, max(len(begun) - 12, -1), -1)
        found = next((at for at in recent if _continues(begun[at], line, leading)), None)
        if found is None:
            begun.append([line])
            found = len(begun) - 1
        else:
            begun[found].append(line)
            jumps += found != current
        current = found
    return [Paragraph(tuple(group)) for group in begun], jumps


def _leading(lines: Sequence[Line]) -> float:
    """From one line to the next, in sizes of their letters."""
    steps = []
    for above, line in pairwise(lines):
        step = (above.box.bottom - line.box.bottom) / max(line.size, 1)
        if 0.8 < step < 2.5 and _alike(above, line) and above.box.shared_width(line.box) > 0:
            steps.append(step)
    return median(steps) if steps else _LEADING


def _continues(group: Sequence[Line], line: Line, leading: float) -> bool:
    above, box = group[-1], line.box
    step = (above.box.bottom - box.bottom) / max(line.size, 1)
    if not 0.3 < step <= min(leading * 1.25, leading + 0.4) or not _alike(above, line) or _opens_item(line):
        return False
    if above.box.shared_width(box) < 0.5 * min(above.box.width, box.width):
        return False
    unfinished = not above.text.endswith(_ENDS) and line.text[:1].islower()
    centred = abs(above.box.centre - box.centre) < line.size and above.box.left > min(m.box.left for m in group)
    if unfinished or centred:
        return True
    if line.text[:1].isupper() and _had_room(group, line):
        return False
    if _opens_item(group[0]):
        return True
    # A first line set in; or the margin that a line set in leaves.
    edge = min((member.box.left for member in group[1:]), default=None)
    if edge is None:
        return box.left - above.box.left < line.size * 0.8 or abs(above.box.centre - box.centre) < line.size
    return box.left - edge < line.size * 0.8


def _had_room(group: Sequence[Line], line: Line) -> bool:
    """Whether the first word of `line` would have stood on the line above: the break was meant."""
    edge = max(member.box.right for member in (*group, line))
    word = len(line.text.split()[0]) + 1
    return edge - group[-1].box.right > 1.2 * word * line.box.width / len(line.text)


def _alike(a: Line, b: Line) -> bool:
    return 0.85 < a.size / max(b.size, 0.1) < 1.18


def _opens_item(line: Line) -> bool:
    return bool(_BULLET.match(line.text) or _NUMBER.match(line.text))


def _is_readable(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether nearly each paragraph stands under or to the right of the one before it."""
    back = sum(
        after.box.top > before.box.bottom + after.size and after.box.left < before.box.right - after.size
        for before, after in pairwise(paragraphs)
    )
    return back <= len(paragraphs) / 20


def _by_columns(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Columns from left to right where a blank parts them; else rows from top to bottom, each in the same way."""
    if len(paragraphs) < 2:
        return paragraphs
    columns = _parted(paragraphs, lambda p: (p.box.left, p.box.right), blank=_gutter(paragraphs))
    if len(columns) > 1:
        return [paragraph for column in columns for paragraph in _by_columns(column)]
    rows = _parted(paragraphs, lambda p: (-p.box.top, -p.box.bottom), blank=0.0)
    if len(rows) < 2:
        return sorted(paragraphs, key=lambda p: (-p.box.top, p.box.left))
    bands = [rows[0]]
    for row in rows[1:]:
        both = bands[-1] + row
        if len(_parted(both, lambda p: (p.box.left, p.box.right), blank=_gutter(both))) > 1:
            bands[-1] = both
        else:
            bands.append(row)
    if len(bands) == 1:
        return sorted(paragraphs, key=lambda p: (-p.box.top, p.box.left))
    return [paragraph for band in bands for paragraph in _by_columns(band)]


def _gutter(paragraphs: Sequence[Paragraph]) -> float:
    return 0.6 * median(paragraph.size for paragraph in paragraphs)


def _parted(
    paragraphs: Sequence[Paragraph], extent: Callable[[Paragraph], tuple[float, float]], blank: float
) -> list[list[Paragraph]]:
    """In order along one direction, cut wherever nothing stands for more than `blank`."""
    parts: list[list[Paragraph]] = []
    reached = 0.0
    for paragraph in sorted(paragraphs, key=extent):
        start, end = extent(paragraph)
        if not parts or start - reached > blank:
            parts.append([])
            reached = end
        parts[-1].append(paragraph)
        reached = max(reached, end)
    return parts


def _joined(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """A sentence that goes on in the next column is one paragraph again."""
    out: list[Paragraph] = []
    for paragraph in paragraphs:
        if out and _goes_on(out[-1], paragraph):
            out[-1] = Paragraph((*out[-1].lines, *paragraph.lines))
        else:
            out.append(paragraph)
    return out


def _goes_on(before: Paragraph, after: Paragraph) -> bool:
    last, first = before.lines[-1], after.lines[0]
    unfinished = not last.text.rstrip().endswith(_ENDS) and len(before.lines) > 1
    higher = first.box.bottom > last.box.top and first.box.left > last.box.right
    return unfinished and higher and _alike(last, first) and first.text[:1].islower() and not after.is_item
