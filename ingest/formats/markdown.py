"""Adapter: Markdown into a Document, with what its front matter says."""

from collections.abc import Iterator, Mapping
from typing import Any

from langchain_core.document_loaders import BaseBlobParser
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from knowledge import MalformedDocument, Reference, Support
from knowledge.markdown import MarkedSpan, Rendered, render, split_front_matter

from ..cleaning import clean
from ..errors import UnreadableFile
from .decoding import decode
from .describing import first_line


class MarkdownParser(BaseBlobParser):
    """
    Markdown with an optional YAML front matter: the fields of a fiche (titre, titre_en, partie, mots_cles,
    sources, mis_a_jour, valable_du, valable_au) or the usual ones of an article (title, author, date, url).
    """

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        try:
            fields, body = split_front_matter(clean(decode(blob.as_bytes())).text)
        except MalformedDocument as error:
            raise UnreadableFile(str(error)) from error
        rendered = render(body)
        yield Document(page_content=rendered.text, metadata=_described(fields, rendered))


def _described(fields: Mapping[str, Any], rendered: Rendered) -> dict[str, Any]:
    references = {str(entry["code"]): _reference(entry) for entry in _entries(fields.get("sources"))}
    heading = rendered.sections[0].title if rendered.sections else first_line(rendered.text)
    return {
        "title": str(fields.get("titre") or fields.get("title") or heading),
        "part": str(fields.get("partie") or ""),
        "publisher": str(fields.get("editeur") or fields.get("publisher") or fields.get("author") or ""),
        "date": str(fields.get("mis_a_jour") or fields.get("date") or ""),
        "url": str(fields.get("url") or ""),
        "keywords": tuple(str(word) for word in _listed(fields.get("mots_cles"))),
        "aliases": tuple(str(title) for title in (fields.get("titre_en"),) if title),
        "valid_from": str(fields.get("valable_du") or ""),
        "valid_until": str(fields.get("valable_au") or ""),
        "sections": rendered.sections,
        "supports": tuple(_supports(rendered.marks, references)),
    }


def _listed(words: Any) -> list[Any]:
    if isinstance(words, str):
        return [word.strip() for word in words.split(",") if word.strip()]
    if words is not None and not isinstance(words, list):
        raise UnreadableFile("Le champ « mots_cles » de l'en-tête doit être une liste de mots.")
    return words or []


def _entries(sources: Any) -> list[Mapping[str, Any]]:
    if sources is None:
        return []
    if not isinstance(sources, list) or not all(isinstance(s, dict) and "code" in s for s in sources):
        raise UnreadableFile(
            "Le champ « sources » de l'en-tête doit être une liste de {code, editeur, titre, date, url}."
        )
    return sources


def _reference(entry: Mapping[str, Any]) -> Reference:
    names = ("code", "editeur", "titre", "date", "url")
    return Reference(*(str(entry.get(name) or "") for name in names))


def _supports(marks: tuple[MarkedSpan, ...], references: Mapping[str, Reference]) -> Iterator[Support]:
    for mark in marks:
        if mark.code in references:
            yield Support(mark.start, mark.end, references[mark.code])
