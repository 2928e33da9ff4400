"""Adapter: bytes of each format into one Document a page, of plain text with its metadata."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from langchain_core.document_loaders import BaseBlobParser
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from knowledge import MalformedDocument, Reference, Support
from knowledge.markdown import MarkedSpan, Rendered, render, split_front_matter

from .cleaning import clean
from .errors import UnreadableFile, UnsupportedFormat


class MarkdownParser(BaseBlobParser):
    """
    Markdown with an optional YAML front matter: the fields of a fiche (titre, titre_en, partie, mots_cles,
    sources, mis_a_jour, valable_du, valable_au) or the usual ones of an article (title, author, date, url).
    """

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        try:
            fields, body = split_front_matter(clean(decode(blob)))
        except MalformedDocument as error:
            raise UnreadableFile(str(error)) from error
        rendered = render(body)
        yield Document(page_content=rendered.text, metadata=_described(fields, rendered))


class TextParser(BaseBlobParser):
    """Plain text; the title is the first short line that looks like one."""

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        text = clean(decode(blob))
        yield Document(page_content=text, metadata={"title": _first_line(text)})


class HtmlParser(BaseBlobParser):
    """The main text of a web page, with its title, site, date and address; menus and banners left out."""

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        import trafilatura

        logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
        page = decode(blob)
        markdown = trafilatura.extract(page, output_format="markdown", include_tables=True, favor_recall=True)
        if not markdown:
            raise UnreadableFile(
                "Aucun texte principal dans cette page : vérifiez qu'elle n'est pas vide ou faite de scripts."
            )
        rendered = render(clean(markdown))
        found = trafilatura.extract_metadata(page)
        metadata = {
            "title": found.title or _first_line(rendered.text),
            "publisher": found.sitename or found.author or "",
            "date": found.date or "",
            "url": found.url or "",
            "sections": rendered.sections,
        }
        yield Document(page_content=rendered.text, metadata=metadata)


PARSERS: Mapping[str, BaseBlobParser] = {
    "text/markdown": MarkdownParser(),
    "text/plain": TextParser(),
    "text/html": HtmlParser(),
}


def parse(blob: Blob) -> list[Document]:
    """Every page of a blob. Raises UnsupportedFormat or UnreadableFile."""
    parser = PARSERS.get(blob.mimetype or "")
    if parser is None:
        raise UnsupportedFormat("Format non pris en charge : donnez du Markdown, du texte ou du HTML.")
    pages = parser.parse(blob)
    if not any(page.page_content.strip() for page in pages):
        raise UnreadableFile("Ce document ne contient aucun texte.")
    return pages


def decode(blob: Blob) -> str:
    """UTF-8 where it is; where it is not, what Windows writes in French."""
    data = blob.as_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _guessed(data)
    if "\0" in text:
        raise UnreadableFile("Ce fichier n'est pas du texte : donnez du Markdown, du texte ou du HTML.")
    return text


def _guessed(data: bytes) -> str:
    import charset_normalizer

    # Among all encodings, French in Windows-1252 is taken for Polish: « ŕ la foręt ».
    guess = charset_normalizer.from_bytes(data, cp_isolation=["cp1252", "utf_16", "utf_32"]).best()
    if guess is None:
        raise UnreadableFile("Encodage inconnu : enregistrez ce fichier en UTF-8.")
    return str(guess)


def _described(fields: Mapping[str, Any], rendered: Rendered) -> dict[str, Any]:
    references = {str(entry["code"]): _reference(entry) for entry in _entries(fields.get("sources"))}
    heading = rendered.sections[0].title if rendered.sections else _first_line(rendered.text)
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


def _first_line(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return re.sub(r"^#+\s*", "", next((line for line in lines if line), ""))[:150]
