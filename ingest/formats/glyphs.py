"""Adapter: the characters that PDFium finds on a page, into lines."""

import math
import re
from collections.abc import Iterable, Iterator
from ctypes import byref
from dataclasses import dataclass, replace
from statistics import mode
from typing import Any

import pypdfium2.raw as pdfium

from .lines import Box, Line, Sheet, around

# PDFium's mark for a hyphen at the end of a line.
_HYPHEN = "\x02"
_NOTHING = frozenset((0x00, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)))
_NO_BREAK = ("\u00a0", "\u202f")
# Sizes of letters between two words, from which on they stand in two columns.
_APART = 1.8
_NOTED = re.compile(r"[^\W\d_]{4,}(\d{1,3})\W*")


@dataclass(frozen=True, slots=True)
class _Word:
    """Characters without a blank, the blank before them, and whether a new line begins with them."""

    text: str
    indices: tuple[int, ...]
    blank: str
    begins: bool
    box: Box


def sheet_of(page: Any) -> Sheet:
    """A page of pypdfium2, turned as its text is written; what its edges cut off is not of it."""
    left, bottom, right, top = page.get_bbox()
    width, height = max(right - left, 1.0), max(top - bottom, 1.0)
    textpage = page.get_textpage()
    try:
        quarters = _quarters(textpage.raw)
        words = _shown(_words(textpage.raw), Box(left, bottom, right, top))
        lines = tuple(_lines(textpage.raw, _turned(words, width, height, quarters)))
    finally:
        textpage.close()
    return Sheet(height, width, lines) if quarters % 2 else Sheet(width, height, lines)


def covered(page: Any) -> float:
    """The share of a page that its largest image covers."""
    width, height = page.get_size()
    area = max(width * height, 1.0)
    shares = [0.0]
    for image in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=4):
        left, bottom, right, top = image.get_bounds()
        shares.append(min((right - left) * (top - bottom) / area, 1.0))
    return max(shares)


def _words(textpage: Any) -> Iterator[_Word]:
    """A box is asked for at both ends of a word only: there are millions of characters in a thousand pages."""
    chars: list[str] = []
    indices: list[int] = []
    blank, begins = "", True
    for index in range(pdfium.FPDFText_CountChars(textpage)):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        if code in _NOTHING:
            continue
        char = chr(code)
        if not char.isspace():
            chars.append("-" if char == _HYPHEN else char)
            indices.append(index)
        if chars and (char == _HYPHEN or char.isspace()):
            yield _Word("".join(chars), tuple(indices), blank, begins, _ends(textpage, indices))
            chars, indices, blank, begins = [], [], "", False
        if char in "\r\n":
            begins = True
        elif char.isspace() and blank not in _NO_BREAK:
            blank = char if char in _NO_BREAK else " "
    if chars:
        yield _Word("".join(chars), tuple(indices), blank, begins, _ends(textpage, indices))


def _ends(textpage: Any, indices: list[int]) -> Box:
    rectangle = pdfium.FS_RECTF()
    boxes = []
    for index in (indices[0], indices[-1]):
        pdfium.FPDFText_GetLooseCharBox(textpage, index, byref(rectangle))
        boxes.append(Box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top))
    return around(boxes)


def _shown(words: Iterable[_Word], page: Box) -> Iterator[_Word]:
    """Those that stand on the part of the page that a reader sees, placed from its corner."""
    for word in words:
        box = word.box
        across, upwards = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        if page.left <= across <= page.right and page.bottom <= upwards <= page.top:
            left, bottom = page.left, page.bottom
            moved = Box(box.left - left, box.bottom - bottom, box.right - left, box.top - bottom)
            yield replace(word, box=moved) if left or bottom else word


def _quarters(textpage: Any) -> int:
    """By how many quarters of a turn most of the text is turned, anticlockwise: a table set on its side is read so."""
    count = pdfium.FPDFText_CountChars(textpage)
    # PDFium counts angles clockwise.
    sampled = range(0, count, max(count // 50, 1))
    turns = [pdfium.FPDFText_GetCharAngle(textpage, index) / (math.pi / 2) for index in sampled]
    return mode(round(-turn) % 4 for turn in turns) if turns else 0


def _turned(words: Iterable[_Word], width: float, height: float, quarters: int) -> Iterator[_Word]:
    for word in words:
        box = word.box
        match quarters:
            case 1:
                box = Box(box.bottom, width - box.right, box.top, width - box.left)
            case 2:
                box = Box(width - box.right, height - box.top, width - box.left, height - box.bottom)
            case 3:
                box = Box(height - box.top, box.left, height - box.bottom, box.right)
        yield replace(word, box=box) if quarters else word


def _lines(textpage: Any, words: Iterable[_Word]) -> Iterator[Line]:
    """PDFium's own lines, and cut where a column ends or a hyphen hides the line's end."""
    run: list[_Word] = []
    size = 1.0
    for word in words:
        if run and (word.begins or _is_elsewhere(run[-1].box, word.box, size)):
            yield _line(textpage, run)
            run = []
        if not run:
            size = _size(textpage, word.indices[0], word.box)
        run.append(word)
    if run:
        yield _line(textpage, run)


def _is_elsewhere(before: Box, box: Box, size: float) -> bool:
    gap = box.left - before.right
    lower = abs(before.bottom - box.bottom)
    return gap > _APART * size or (lower > 0.6 * size and gap < -0.5 * size)


def _line(textpage: Any, run: list[_Word]) -> Line:
    # A bullet may be of another size, and stand higher.
    lettered = [word for word in run if any(map(str.isalnum, word.text))] or run
    tall, wide = around(word.box for word in lettered), around(word.box for word in run)
    middle = lettered[len(lettered) // 2]
    size = _size(textpage, middle.indices[0], middle.box)
    first, *others = [_unglued(textpage, word, size) for word in run]
    text = first + "".join(word.blank + said for word, said in zip(run[1:], others, strict=True))
    return Line(text, Box(wide.left, tall.bottom, wide.right, tall.top), size)


def _unglued(textpage: Any, word: _Word, size: float) -> str:
    """A small raised number after a word is that of a footnote, not a part of the word; « m² » is."""
    noted = _NOTED.fullmatch(word.text) if len(word.text) == len(word.indices) else None
    if noted is None or _size(textpage, word.indices[noted.start(1)], word.box) >= 0.8 * size:
        return word.text
    return f"{word.text[: noted.start(1)]} {word.text[noted.start(1) :]}"


def _size(textpage: Any, index: int, box: Box) -> float:
    """The height of its letters as shown: fonts are often of size 1, and magnified."""
    matrix = pdfium.FS_MATRIX()
    size = float(pdfium.FPDFText_GetFontSize(textpage, index))
    if pdfium.FPDFText_GetMatrix(textpage, index, byref(matrix)):
        size *= math.hypot(float(matrix.b), float(matrix.d))
    return size if 0.1 < size < 2000 else max(box.height, 1.0)
