"""Adapter: PDF into one Document a page."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import PurePath
from typing import Any

from langchain_core.document_loaders import BaseBlobParser
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from knowledge import Section

from ..cleaning import flow, words
from ..errors import UnreadableFile
from . import ocr
from .describing import bare_words, first_line, plausible_author, plausible_date, plausible_title
from .headings import levels, told
from .layout import Paragraph, joined_words, read
from .lines import Sheet
from .running import body_size, without_running

MOST_PAGES = 5_000
# A page whose images cover this much of it, with fewer letters than this, is a scan.
_COVERED = 0.3
_FEW = 20
_DAMAGED = "Ce PDF est abîmé ou incomplet : ouvrez-le, réenregistrez-le (ou retéléchargez-le), puis relancez."
_REFUSED = {
    4: "Ce PDF est protégé par un mot de passe : enregistrez-en une copie sans mot de passe, puis relancez.",
    5: "Ce PDF est protégé d'une façon que nous ne savons pas lire : enregistrez-en une copie sans protection.",
}


class PdfParser(BaseBlobParser):
    """
    Text in reading order, columns one after the other, without running heads and page numbers, and words cut at
    a line's end rejoined; headings where they are sure. Scanned pages are recognised where tesseract is installed.
    """

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        import pypdfium2

        try:
            with pypdfium2.PdfDocument(blob.as_bytes()) as pdf:
                yield from _read(pdf, PurePath(blob.path or "").stem)
        except pypdfium2.PdfiumError as error:
            raise UnreadableFile(_REFUSED.get(getattr(error, "err_code", None) or 0, _DAMAGED)) from error


def _read(pdf: Any, name: str) -> Iterator[Document]:
    from .glyphs import covered, sheet_of

    if len(pdf) > MOST_PAGES:
        raise UnreadableFile(f"Ce PDF a plus de {MOST_PAGES} pages : découpez-le en plusieurs fichiers.")
    sheets: list[Sheet] = []
    scanned: list[int] = []
    # One page is open at a time; what is kept of it is its lines.
    for number in range(len(pdf)):
        with closing(pdf[number]) as page:
            sheet = sheet_of(page)
            if sum(len(line.text.strip()) for line in sheet.lines) < _FEW and covered(page) > _COVERED:
                scanned.append(number)
        sheets.append(sheet)
    recognised = _recognised(pdf, scanned, alone=len(scanned) == len(sheets))
    remarks = _remarks(scanned, recognised)
    body = body_size(sheets)
    kept = without_running(sheets)
    vocabulary = words("\n".join(line.text for sheet in kept for line in sheet.lines))
    pages = joined_words([read(sheet) for sheet in kept])
    ranks = levels(pages, _outline(pdf), body)
    described = _described(pdf, pages, body, name) | {"remarks": remarks}
    for number, (page, rank) in enumerate(zip(pages, ranks, strict=True)):
        if number in recognised:
            yield Document(page_content=flow(recognised[number], vocabulary).text, metadata=dict(described))
        else:
            yield _document(page, rank, vocabulary, described)


def _document(
    page: Sequence[Paragraph], rank: Sequence[int], vocabulary: set[str], described: Mapping[str, Any]
) -> Document:
    pieces: list[str] = []
    headings: list[tuple[int, int, int]] = []
    length = 0
    for at, (paragraph, level) in enumerate(zip(page, rank, strict=True)):
        between = "" if not at else "\n" if paragraph.is_item and page[at - 1].is_item else "\n\n"
        length += len(between)
        if level:
            headings.append((length, length + len(paragraph.text), level))
        pieces += between, paragraph.text
        length += len(paragraph.text)
    flowed = flow("".join(pieces), vocabulary)
    sections = []
    for start, end, level in headings:
        begin, finish = flowed.arrival(start), flowed.arrival(end)
        if title := flowed.text[begin:finish].strip():
            sections.append(Section(begin, title, level))
    title = described["title"] or first_line(flowed.text)
    return Document(page_content=flowed.text, metadata={**described, "title": title, "sections": tuple(sections)})


def _recognised(pdf: Any, scanned: Sequence[int], alone: bool) -> dict[int, str]:
    """The text of scanned pages; raises UnreadableFile where there is nothing but them and it cannot be had."""
    if not scanned:
        return {}
    try:
        return dict(ocr.recognise(pdf, scanned))
    except UnreadableFile:
        if alone:
            raise
        return {}


def _remarks(scanned: Sequence[int], recognised: Mapping[int, str]) -> tuple[str, ...]:
    lost = [str(number + 1) for number in scanned if number not in recognised]
    if not lost:
        return ()
    pages = f"Page {lost[0]} numérisée" if len(lost) == 1 else f"Pages {', '.join(lost)} numérisées"
    return (f"{pages}, sans texte : {ocr.ADVICE}",)


def _outline(pdf: Any) -> dict[int, dict[str, int]]:
    """For each page, the titles that the outline lists there."""
    listed: dict[int, dict[str, int]] = {}
    for bookmark in pdf.get_toc():
        target = bookmark.get_dest()
        index = target.get_index() if target else None
        if index is not None:
            listed.setdefault(index, {})[told(bookmark.get_title())] = min(bookmark.level + 1, 6)
    return listed


def _described(pdf: Any, pages: Sequence[Sequence[Paragraph]], body: float, name: str) -> dict[str, Any]:
    said = pdf.get_metadata_dict()
    return {
        "title": plausible_title(said.get("Title")) or _shown_title(pages, body, name),
        "publisher": plausible_author(said.get("Author")),
        "date": plausible_date(said.get("CreationDate"), today=datetime.date.today()),
    }


def _shown_title(pages: Sequence[Sequence[Paragraph]], body: float, name: str) -> str:
    """What the first page says in large letters, in the words of the file's name or else in the largest."""
    large = [
        paragraph
        for page in pages[:1]
        for paragraph in page
        if paragraph.size >= body * 1.15 and 6 <= len(paragraph.text) <= 200 and any(map(str.isalpha, paragraph.text))
    ]
    named = set(bare_words(name))
    best = max(large, key=lambda paragraph: (_likeness(paragraph.text, named), paragraph.size), default=None)
    return flow(best.text).text if best else ""


def _likeness(text: str, named: set[str]) -> float:
    """The share of these words that the file's name has too, 0 where it is small."""
    said = bare_words(text)
    share = sum(word in named for word in said) / len(said) if said else 0.0
    return share if share > 0.6 else 0.0
