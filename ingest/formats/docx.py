"""Adapter: DOCX into a Document, by mammoth; macros, images and embedded objects left out."""

import datetime
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from langchain_core.document_loaders import BaseBlobParser
from langchain_core.documents import Document
from langchain_core.documents.base import Blob
from lxml import etree
from lxml import html as lxml_html

from ..errors import UnreadableFile
from .archives import checked
from .blocks import Block, note, rows, written
from .describing import first_line, plausible_author, plausible_date, plausible_title

_KIND = "document Word (.docx)"
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='TOC Heading'] => !\n" + "\n".join(
    f"p[style-name='toc {level}'] => !" for level in range(1, 10)
)
_CORE = "docProps/core.xml"
_NAMES = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "creator": "{http://purl.org/dc/elements/1.1/}creator",
    "modified": "{http://purl.org/dc/terms/}modified",
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = ("ul", "ol")


class DocxParser(BaseBlobParser):
    """Headings as sections, lists, tables row by row, and each footnote after the paragraph that calls it."""

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        data = checked(blob.as_bytes(), _KIND, needed="[Content_Types].xml")
        root = _converted(data)
        notes = {str(item.get("id")): item for item in root.iter("li") if _is_note(item)}
        text, sections = written(_blocks(root, notes))
        said = _properties(data)
        heading = sections[0].title if sections else first_line(text)
        metadata = {
            "title": plausible_title(said.get("title")) or heading,
            "publisher": plausible_author(said.get("creator")),
            "date": plausible_date(said.get("modified"), today=datetime.date.today()),
            "sections": sections,
        }
        yield Document(page_content=text, metadata=metadata)


def _converted(data: bytes) -> Any:
    import mammoth

    try:
        result = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=lambda _: [],
        )
        return lxml_html.fragment_fromstring(result.value, create_parent="div")
    except MemoryError:
        raise
    # Where a document is not as the format wants it, mammoth fails as it happens: KeyError, AttributeError…
    except Exception as error:
        raise UnreadableFile(
            f"Ce {_KIND} est abîmé : ouvrez-le dans un traitement de texte, réenregistrez-le, puis relancez."
        ) from error


def _blocks(parent: Any, notes: dict[str, Any], depth: int = 0) -> Iterator[Block]:
    for element in parent:
        called: list[str] = []
        if element.tag in _LISTS:
            yield from _items(element, notes, depth)
        elif element.tag == "table":
            table = [[_inline(cell, called) for cell in row if cell.tag in ("td", "th")] for row in element.iter("tr")]
            yield from rows(table, headed=element.find("thead") is not None)
        else:
            yield Block(_inline(element, called), level=_HEADINGS.get(element.tag, 0))
        yield from _called(called, notes)


def _items(parent: Any, notes: dict[str, Any], depth: int) -> Iterator[Block]:
    number = 0
    for item in parent:
        if _is_note(item):
            continue
        called: list[str] = []
        text = _inline(item, called, nested=False)
        number += bool(text.strip())
        mark = f"{number}. " if parent.tag == "ol" else "- "
        yield Block(text, mark="  " * depth + mark)
        for child in item:
            if child.tag in _LISTS:
                yield from _items(child, notes, depth + 1)
        yield from _called(called, notes)


def _called(numbers: list[str], notes: dict[str, Any]) -> Iterator[Block]:
    for id in numbers:
        if id in notes:
            yield note(id.rpartition("-")[2], _inline(notes[id], []))


def _inline(element: Any, called: list[str], nested: bool = True) -> str:
    """Its words; the notes that it calls are added to `called`, their marks left out."""
    pieces = [element.text or ""]
    for child in element:
        target = str(child.get("href") or "")
        if child.tag == "a" and target.startswith(("#footnote-ref-", "#endnote-ref-")):
            pass
        elif child.tag == "a" and target.startswith(("#footnote-", "#endnote-")):
            called.append(target[1:])
        elif child.tag == "br":
            pieces.append("\n")
        elif nested or child.tag not in _LISTS:
            apart = " " if child.tag in ("p", "li", "td", "th", "tr", *_LISTS, *_HEADINGS) else ""
            pieces += apart, _inline(child, called, nested), apart
        pieces.append(child.tail or "")
    return "".join(pieces)


def _is_note(item: Any) -> bool:
    return str(item.get("id") or "").startswith(("footnote-", "endnote-"))


def _properties(data: bytes) -> dict[str, str]:
    """Title, creator and date of the last change, where the file says them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if _CORE not in archive.namelist():
            return {}
        root = etree.fromstring(archive.read(_CORE), etree.XMLParser(resolve_entities=False, no_network=True))
    return {name: root.findtext(tag) or "" for name, tag in _NAMES.items()}
