"""Façade: the bytes of a file, by its type, into one Document a page, of plain text with its metadata."""

from collections.abc import Mapping
from importlib.metadata import version

from langchain_core.document_loaders import BaseBlobParser
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from ..errors import UnreadableFile, UnsupportedFormat
from .docx import DocxParser
from .html import HtmlParser
from .markdown import MarkdownParser
from .odt import OdtParser
from .pdf import PdfParser
from .plain import TextParser
from .types import DOCX, HTML, MARKDOWN, MIME_TYPES, ODT, PDF, TEXT

__all__ = ["DOCX", "HTML", "MARKDOWN", "MIME_TYPES", "ODT", "PARSERS", "PDF", "READER", "TEXT", "parse", "type_of"]

PARSERS: Mapping[str, BaseBlobParser] = {
    MARKDOWN: MarkdownParser(),
    TEXT: TextParser(),
    HTML: HtmlParser(),
    "application/xhtml+xml": HtmlParser(),
    PDF: PdfParser(),
    DOCX: DocxParser(),
    "application/vnd.ms-word.document.macroenabled.12": DocxParser(),
    ODT: OdtParser(),
}
# One more than the last: what is read differently is read again.
_EDITION = 2
_LIBRARIES = ("trafilatura", "markdown-it-py", "pypdfium2", "mammoth", "odfdo")
READER = " ".join([str(_EDITION), *(f"{name}={version(name)}" for name in _LIBRARIES)])

MOST_MEGABYTES = 100


def parse(blob: Blob) -> list[Document]:
    """Every page of a blob. Raises UnsupportedFormat or UnreadableFile."""
    parser = PARSERS.get(type_of(blob))
    if parser is None:
        raise UnsupportedFormat(
            "Format non pris en charge : donnez du Markdown, du texte, du HTML, un PDF, un DOCX ou un ODT."
        )
    if len(blob.as_bytes()) > MOST_MEGABYTES * 1_000_000:
        raise UnreadableFile(f"Ce fichier dépasse {MOST_MEGABYTES} Mo : découpez-le, ou allégez ses images.")
    pages = parser.parse(blob)
    if not any(page.page_content.strip() for page in pages):
        raise UnreadableFile("Ce document ne contient aucun texte.")
    return pages


def type_of(blob: Blob) -> str:
    """Its MIME type, without what servers add: "text/html; charset=utf-8"."""
    return (blob.mimetype or "").partition(";")[0].strip().lower()
