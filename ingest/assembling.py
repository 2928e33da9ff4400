"""Pure: the pages of one document into the Source that will be cited."""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.documents import Document

from knowledge import Source

# What a page says of how it was read, and not of the source.
_OF_READING = frozenset(("source", "remarks"))
_BETWEEN_PAGES = "\n\n"


def assemble(id: str, pages: Sequence[Document]) -> Source:
    """
    One source of all pages in order. What the first page says of the document holds for all of it, but that each
    page has its own sections and supports; page starts are kept when there is more than one.
    """
    starts: list[int] = []
    length = 0
    for page in pages:
        starts.append(length)
        length += len(page.page_content) + len(_BETWEEN_PAGES)
    fields = {name: value for name, value in pages[0].metadata.items() if name not in _OF_READING}
    fields["sections"] = tuple(
        replace(section, start=start + section.start)
        for page, start in zip(pages, starts, strict=True)
        for section in page.metadata.get("sections", ())
    )
    fields["supports"] = tuple(
        replace(support, start=start + support.start, end=start + support.end)
        for page, start in zip(pages, starts, strict=True)
        for support in page.metadata.get("supports", ())
    )
    return Source(
        id=id,
        text=_BETWEEN_PAGES.join(page.page_content for page in pages),
        pages=tuple(starts) if len(pages) > 1 else (),
        **fields,
    )
