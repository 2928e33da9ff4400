"""Adapter: documents that word processors open: DOCX and ODT."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .exporting import TITLE, Block, Kind

AUTHOR = "Assistant de la co-construction"
_DOCX_STYLES = {
    Kind.TITLE: "Title",
    Kind.QUESTION: "Heading 1",
    Kind.HEADING: "Heading 2",
    Kind.PARAGRAPH: "Normal",
    Kind.ITEM: "List Bullet",
    Kind.NOTE: "Normal",
    Kind.SOURCE: "Heading 3",
    Kind.QUOTE: "Quote",
    Kind.ORIGIN: "List Bullet",
}
_LEVELS = {Kind.TITLE: 1, Kind.QUESTION: 2, Kind.HEADING: 3, Kind.SOURCE: 4}
_QUOTATIONS = """<style:style style:name="Quotations" style:family="paragraph" style:parent-style-name="Text_20_body">
<style:paragraph-properties fo:margin-left="1cm" fo:margin-right="1cm"/></style:style>"""
_BULLETS = """<text:list-style style:name="Bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•">
<style:list-level-properties text:space-before="0.4cm" text:min-label-width="0.4cm"/>
</text:list-level-style-bullet></text:list-style>"""


def docx(blocks: Sequence[Block], now: datetime) -> bytes:
    """For Word; its headings, lists and language are those of a document that screen readers can follow."""
    from docx import Document

    made = Document()
    properties = made.core_properties
    properties.title, properties.author, properties.language = TITLE, AUTHOR, "fr-FR"
    properties.comments, properties.created, properties.modified = "", now, now
    _speak_french(made)
    for block in blocks:
        paragraph = made.add_paragraph(style=_DOCX_STYLES[block.kind])
        paragraph.add_run(block.text).italic = True if block.kind is Kind.NOTE else None
        if block.url:
            paragraph.add_run(", ")
            _add_link(paragraph, block.url)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _speak_french(made: Any) -> None:
    from docx.oxml.ns import qn

    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "fr-FR")


def _add_link(paragraph: Any, url: str) -> None:
    """python-docx reads links and writes none."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(url)
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def odt(blocks: Sequence[Block], now: datetime) -> bytes:
    """For LibreOffice and every other reader of the open format."""
    from odfdo import Document, Element, List, ListItem

    made = Document("text")
    made.body.clear()
    made.language = "fr-FR"
    quotations: Any = Element.from_tag(_QUOTATIONS)
    bullets: Any = Element.from_tag(_BULLETS)
    made.insert_style(quotations)
    made.insert_style(bullets, automatic=True)
    meta: Any = made.meta
    meta.title, meta.creator, meta.initial_creator, meta.language = TITLE, AUTHOR, AUTHOR, "fr-FR"
    meta.creation_date = meta.date = now
    items: Any = None
    for block in blocks:
        if block.kind not in (Kind.ITEM, Kind.ORIGIN):
            items = None
            made.body.append(_odf_paragraph(block))
            continue
        if items is None:
            items = List(style="Bullets")
            made.body.append(items)
        item = ListItem()
        item.append(_odf_paragraph(block))
        items.append(item)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _odf_paragraph(block: Block) -> Any:
    from odfdo import Header, Link, Paragraph

    if block.kind in _LEVELS:
        level = _LEVELS[block.kind]
        return Header(level, block.text, style=f"Heading_20_{level}")
    paragraph = Paragraph("", style="Quotations" if block.kind is Kind.QUOTE else "Text_20_body")
    paragraph.append_plain_text(block.text + (", " if block.url else ""))
    if block.url:
        paragraph.append(Link(block.url, text=block.url))
    return paragraph
