"""Pure: the blocks of an office document into plain text with its sections."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge import Section

from ..cleaning import clean

# A first row of cells longer than this does not name columns.
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph; a heading where `level` is not 0; an item of a list where `mark` is "- " or "1. "."""

    text: str
    level: int = 0
    mark: str = ""


def written(blocks: Iterable[Block]) -> tuple[str, tuple[Section, ...]]:
    """Blocks parted by an empty line, items of a list by a line's end."""
    pieces: list[str] = []
    sections: list[Section] = []
    length = 0
    before: Block | None = None
    for block in blocks:
        text = tidy(block.text)
        if not text:
            continue
        between = "" if before is None else "\n" if before.mark and block.mark else "\n\n"
        start = length + len(between) + len(block.mark)
        if block.level:
            sections.append(Section(start, text, block.level))
        pieces += between, block.mark, text
        length = start + len(text)
        before = block
    return "".join(pieces), tuple(sections)


def rows(table: Sequence[Sequence[str]], headed: bool) -> Iterator[Block]:
    """Each row of a table as an item: "Seuil : 50 M€ ; Date : 2023", by the names of its first row where it has any."""
    filled = [[tidy(cell) for cell in row] for row in table if any(tidy(cell) for cell in row)]
    if not filled:
        return
    names: list[str] = []
    if len(filled) > 1 and (headed or _are_names(filled[0])):
        names, *filled = filled
    for row in filled:
        named = [*names, *[""] * len(row)]
        cells = (f"{name} : {cell}" if name else cell for name, cell in zip(named, row, strict=False) if cell)
        yield Block(" ; ".join(cells), mark="- ")


def note(number: str, text: str) -> Block:
    """A footnote, put after the paragraph that calls it."""
    said = tidy(text)
    return Block(f"Note {number} : {said}" if said else "")


def tidy(text: str) -> str:
    """On one line; no-break spaces stay."""
    return re.sub(r"[ \t\n]+", " ", clean(text).text).strip(" ")


def _are_names(row: Sequence[str]) -> bool:
    return len(row) > 1 and all(cell and len(cell) <= _LONGEST_NAME and not cell[0].isdigit() for cell in row)
