"""Adapter: ODT into a Document, by odfdo; macros, images and embedded objects left out."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

from langchain_core.document_loaders import BaseBlobParser
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from ..errors import UnreadableFile
from .archives import checked
from .blocks import Block, note, rows, written
from .describing import first_line, plausible_author, plausible_date, plausible_title

_KIND = "document OpenDocument (.odt)"
_LEFT_OUT = frozenset(
    "office:annotation office:annotation-end office:forms office:script text:tracked-changes text:sequence-decls "
    "text:variable-decls text:user-field-decls text:table-of-content text:alphabetical-index text:illustration-index "
    "text:table-index text:note-citation text:ruby-text draw:object draw:object-ole draw:image svg:title svg:desc "
    "text:hidden-text text:hidden-paragraph".split()
)
_SPACES = {"text:tab": " ", "text:line-break": "\n", "text:soft-page-break": ""}


class OdtParser(BaseBlobParser):
    """Headings as sections, lists, tables row by row, and each footnote after the paragraph that calls it."""

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        data = checked(blob.as_bytes(), _KIND, needed="content.xml")
        body, said, titles = _opened(data)
        text, sections = written(_blocks(body, titles))
        heading = sections[0].title if sections else first_line(text)
        metadata = {
            "title": plausible_title(said["title"]) or heading,
            "publisher": plausible_author(said["creator"]),
            "date": plausible_date(said["date"], today=datetime.date.today()),
            "sections": sections,
        }
        yield Document(page_content=text, metadata=metadata)


def _opened(data: bytes) -> tuple[Any, dict[str, Any], set[str]]:
    """The body, what the file says of itself, and the names of the styles of its title."""
    from odfdo import Document as Opened

    try:
        document = Opened(io.BytesIO(data))
        body = document.body
        described = "meta.xml" in document.parts
        said = {
            "title": document.meta.title if described else "",
            "creator": (document.meta.initial_creator or document.meta.creator) if described else "",
            "date": (document.meta.date or document.meta.creation_date) if described else "",
        }
        styles: list[Any] = list(document.get_styles("paragraph"))
        titles = {"Title"} | {str(style.name) for style in styles if style.parent_style == "Title"}
    except MemoryError:
        raise
    # Where a document is not as the format wants it, odfdo fails as it happens: KeyError, AttributeError…
    except Exception as error:
        raise UnreadableFile(
            f"Ce {_KIND} est abîmé : ouvrez-le dans un traitement de texte, réenregistrez-le, puis relancez."
        ) from error
    return body, said, titles


def _blocks(parent: Any, titles: set[str]) -> Iterator[Block]:
    for element in parent.children:
        match element.tag:
            case tag if tag in _LEFT_OUT:
                continue
            case "text:h" | "text:p":
                yield from _paragraph(element, titles)
            case "text:list":
                yield from _items(element, titles)
            case "table:table":
                yield from _table(element)
            case _:
                yield from _blocks(element, titles)


def _paragraph(element: Any, titles: set[str], mark: str = "") -> Iterator[Block]:
    """A paragraph, then what hangs on it: the notes that it calls, the text boxes anchored in it."""
    hung: list[Any] = []
    text = _inline(element, hung)
    level = 0
    if element.tag == "text:h":
        level = _number(element.get_attribute("text:outline-level"), 1)
    elif element.get_attribute("text:style-name") in titles:
        level = 1
    yield Block(text, level=min(level, 6), mark=mark)
    for inner in hung:
        if inner.tag == "text:note":
            citation, body = inner.get_element("text:note-citation"), inner.get_element("text:note-body")
            if body is not None:
                yield note(_inline(citation, []) if citation is not None else "", _inline(body, []))
        else:
            yield from _blocks(inner, titles)


def _items(element: Any, titles: set[str], depth: int = 0) -> Iterator[Block]:
    """Whether a list is numbered is said by its style, often not by its file: all have dashes."""
    for item in element.children:
        mark = "  " * depth + "- "
        for child in item.children:
            if child.tag == "text:list":
                yield from _items(child, titles, depth + 1)
            elif child.tag in ("text:p", "text:h"):
                yield from _paragraph(child, titles, mark)
                mark = ""


def _table(element: Any) -> Iterator[Block]:
    hung: list[Any] = []
    table: list[list[str]] = []
    headed = False
    for group in element.children:
        headed = headed or group.tag == "table:table-header-rows"
        for row in [group] if group.tag == "table:table-row" else group.get_elements("table:table-row"):
            table.append([_inline(cell, hung) for cell in row.children if cell.tag == "table:table-cell"])
    yield from rows(table, headed)
    for inner in hung:
        if inner.tag == "text:note" and (body := inner.get_element("text:note-body")) is not None:
            yield note("", _inline(body, []))


def _inline(element: Any, hung: list[Any]) -> str:
    """Its words; the notes and text boxes in it are added to `hung`."""
    pieces = [element.text or ""]
    for child in element.children:
        if child.tag in ("text:note", "draw:text-box"):
            hung.append(child)
        elif child.tag == "text:s":
            pieces.append(" " * min(_number(child.get_attribute("text:c"), 1), 100))
        elif child.tag in _SPACES:
            pieces.append(_SPACES[child.tag])
        elif child.tag not in _LEFT_OUT:
            apart = " " if child.tag in ("text:p", "text:h", "text:list-item", "table:table-cell") else ""
            pieces += apart, _inline(child, hung), apart
        pieces.append(child.tail or "")
    return "".join(pieces)


def _number(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, str) and value.isdigit() and len(value) < 5 else otherwise
