"""Pure: what kind of document bytes are: as their server says, else their name, else the bytes themselves."""

import re
from posixpath import splitext

from ..formats.types import CSV, DOCX, HTML, MARKDOWN, MIME_TYPES, ODT, PDF

# Said by servers that do not know, or that know by another name.
_ALIASES = {
    "application/xhtml+xml": HTML,
    "application/x-pdf": PDF,
    "text/x-markdown": MARKDOWN,
    "application/csv": CSV,
}
_VAGUE = ("", "application/octet-stream", "binary/octet-stream", "application/zip", "application/x-download")


def mime_type_of(header: str, path: str, data: bytes) -> str | None:
    """
    What a server says in Content-Type, unless it says nothing; else the suffix of a path; else the first bytes.
    Plain text is what servers say of suffixes they do not know: a suffix that is known says more.
    """
    said = header.partition(";")[0].strip().lower()
    said = _ALIASES.get(said, said)
    named = MIME_TYPES.get(splitext(path)[1].lower())
    if said == "text/plain" and named:
        return named
    return said if said not in _VAGUE else named or _sniffed(data)


def charset_of(header: str) -> str:
    """The encoding that a Content-Type names, or ""."""
    match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", header, re.IGNORECASE)
    return match[1].lower() if match else ""


def _sniffed(data: bytes) -> str | None:
    head = data[:1024]
    if b"%PDF-" in head:
        return PDF
    if head.startswith(b"PK\3\4"):
        return ODT if ODT.encode() in head[:120] else DOCX if b"word/document" in data else None
    if re.match(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html)", head, re.IGNORECASE):
        return HTML
    return None
