"""Adapter: web pages into a Document of their main text."""

import logging
from collections.abc import Iterator

from langchain_core.document_loaders import BaseBlobParser
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from knowledge.markdown import render

from ..cleaning import clean
from ..errors import UnreadableFile
from .decoding import decode_page
from .describing import first_line, plausible_address, plausible_date

# Its tree takes about thirty times as much memory, and trafilatura makes copies.
MOST_MEGABYTES = 10


class HtmlParser(BaseBlobParser):
    """The main text of a web page, with its title, site, date and address; menus and banners left out."""

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        import trafilatura

        logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
        if len(blob.as_bytes()) > MOST_MEGABYTES * 1_000_000:
            raise UnreadableFile(f"Cette page dépasse {MOST_MEGABYTES} Mo : ce n'est pas un article ; découpez-la.")
        page = decode_page(blob.as_bytes(), str(blob.metadata.get("charset") or ""))
        markdown = trafilatura.extract(page, output_format="markdown", include_tables=True, favor_recall=True)
        rendered = render(clean(markdown).text) if markdown else None
        if rendered is None or not rendered.text:
            raise UnreadableFile(
                "Aucun texte principal dans cette page : vérifiez qu'elle n'est pas vide ou faite de scripts."
            )
        found = trafilatura.extract_metadata(page)
        metadata = {
            "title": clean(found.title or "").text or first_line(rendered.text),
            "publisher": clean(found.sitename or found.author or "").text,
            "date": plausible_date(found.date),
            "url": plausible_address(found.url),
            "sections": rendered.sections,
        }
        yield Document(page_content=rendered.text, metadata=metadata)
