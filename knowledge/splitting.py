"""Pure: a source into passages that partition it."""

import re
from collections.abc import Iterator

from langchain_text_splitters import RecursiveCharacterTextSplitter

from .sources import Passage, Source, slice_source

# Flat between 700 and 2,500 characters on seven French sets; 400 loses on long pages.
SIZE = 1200
# Moves on when the same text would be split otherwise: a base is split again at its next publication.
VERSION = "1"


def split(source: Source, size: int = SIZE) -> list[Passage]:
    """Passages of about `size` characters that joined give the source's text back, cut between paragraphs."""
    return [slice_source(source, start, end) for start, end in _ranges(source, size)]


def _ranges(source: Source, size: int) -> Iterator[tuple[int, int]]:
    """A passage ends where the next paragraph would overflow it, or at a heading once it is half full."""
    headings = {section.start for section in source.sections}
    start = 0
    for block_start, block_end in _blocks(source.text, size):
        full = block_end - start > size
        turning = block_start in headings and block_start - start > size // 2
        orphaned = _ends_with_heading(source.text, start, block_start, headings)
        if block_start > start and (full or turning) and not orphaned:
            yield start, block_start
            start = block_start
    if start < len(source.text):
        yield start, len(source.text)


def _ends_with_heading(text: str, start: int, end: int, headings: set[int]) -> bool:
    """A heading must not be parted from the paragraph it announces."""
    body = text[start:end].rstrip()
    return start + body.rfind("\n") + 1 in headings


def _blocks(text: str, size: int) -> Iterator[tuple[int, int]]:
    """Paragraphs with the blank lines after them; a paragraph longer than `size` in pieces."""
    for match in re.finditer(r"(?:[^\n]|\n(?!\s*\n))+\n?\s*|\s+", text):
        if match.end() - match.start() <= size:
            yield match.span()
        else:
            offset = match.start()
            for piece in _splitter(size).split_text(match.group()):
                yield offset, offset + len(piece)
                offset += len(piece)


def _splitter(size: int) -> RecursiveCharacterTextSplitter:
    return RecursiveCharacterTextSplitter(
        chunk_size=size,
        chunk_overlap=0,
        separators=["\n", ". ", " ", ""],
        keep_separator="end",
        strip_whitespace=False,
    )
