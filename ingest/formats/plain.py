"""Adapter: plain text into a Document."""

from collections.abc import Iterator

from langchain_core.document_loaders import BaseBlobParser
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from ..cleaning import clean
from .decoding import decode
from .describing import first_line


class TextParser(BaseBlobParser):
    """Plain text; the title is the first short line that looks like one."""

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        text = clean(decode(blob.as_bytes())).text
        yield Document(page_content=text, metadata={"title": first_line(text)})
