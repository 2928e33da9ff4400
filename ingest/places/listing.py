"""Adapter: the bytes of a sitemap, a feed or a table of links into what they list."""

import csv
import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any
from xml.sax import SAXException

from ..errors import MalformedList, UnreadableFile
from .finding import UNDESCRIBED, About
from .unpacking import bounded, is_packed, unpacked

# 50 MB is what the sitemap protocol allows. Feeds hold some tens of articles, and are slow to read: a second for 200 kB
# on a busy machine.
_LARGEST = 50_000_000
_LARGEST_FEED = 3_000_000
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(urlset|sitemapindex|rss|feed|RDF|html)\b", re.IGNORECASE)
_HEADINGS: Mapping[str, str] = {
    **dict.fromkeys("url adresse lien liens link href".split(), "url"),
    **dict.fromkeys("titre title intitule".split(), "title"),
    **dict.fromkeys("editeur publisher source site auteur author organisme".split(), "publisher"),
    **dict.fromkeys("partie part rubrique theme".split(), "part"),
    **dict.fromkeys("date publication".split(), "date"),
    **dict.fromkeys("confiance trust".split(), "trust"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A link as it is written, and what its list says of where it leads."""

    link: str
    about: About = UNDESCRIBED


@dataclass(frozen=True, slots=True)
class Listing:
    """Pages, other lists, and a sentence for whatever could not be understood."""

    pages: tuple[Entry, ...] = ()
    lists: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def listing_of(data: bytes, url: str, mime_type: str | None) -> Listing | None:
    """What bytes from an address list; None where they are no list but a page. Raises UnreadableFile."""
    if is_packed(data):
        data = b"".join(bounded(unpacked([data]), _LARGEST))
    if mime_type == "text/csv":
        return Listing(tuple(links_in(data)))
    # Only what comes before the first of its elements.
    match = _ROOT.search(data[:4096])
    root = match[1].lower() if match else b""
    if root in (b"urlset", b"sitemapindex"):
        return _sitemap(b"".join(bounded([data], _LARGEST)))
    if root in (b"rss", b"feed", b"rdf"):
        return _feed(b"".join(bounded([data], _LARGEST_FEED)), url)
    return None


def _sitemap(data: bytes) -> Listing:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"Ce plan de site est abîmé (ligne {error.lineno}) : prévenez le site.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFile(
            "Ce plan de site porte des définitions (DOCTYPE), qui ne sont pas lues : prévenez le site."
        )
    links = [str(link.text).strip() for link in root.iterfind("{*}url/{*}loc") if link.text]
    lists = [str(link.text).strip() for link in root.iterfind("{*}sitemap/{*}loc") if link.text]
    return Listing(tuple(Entry(link) for link in links), tuple(lists))


def _feed(data: bytes, url: str) -> Listing:
    import feedparser

    # Of what articles hold, nothing is shown: cleaning it would take minutes where it is made to.
    feed = feedparser.parse(
        BytesIO(data), response_headers={"content-location": url}, sanitize_html=False, resolve_relative_uris=False
    )
    entries = [_entry(entry) for entry in feed.entries]
    pages = tuple(entry for entry in entries if entry.link)
    # It also objects to how a server names a feed, or its encoding.
    is_damaged = isinstance(feed.get("bozo_exception"), SAXException)
    if is_damaged and not entries:
        raise UnreadableFile("Ce flux est abîmé, et aucun article ne s'y lit : prévenez le site.")
    problems = []
    if is_damaged:
        problems.append("Ce flux est abîmé : des articles peuvent manquer. Prévenez le site.")
    if missing := len(entries) - len(pages):
        problems.append(f"Articles de ce flux sans adresse, qui ne sont pas lus : {missing}. Prévenez le site.")
    return Listing(pages, problems=tuple(problems))


def _entry(entry: Mapping[str, Any]) -> Entry:
    """RSS may give an entry's address as its permanent name alone."""
    name = str(entry.get("id") or "")
    link = str(entry.get("link") or (name if name.startswith(("http://", "https://")) else ""))
    when = entry.get("published_parsed")
    date = f"{when.tm_year:04}-{when.tm_mon:02}-{when.tm_mday:02}" if when else ""
    title = re.sub(r"<[^<>]*>", "", str(entry.get("title") or "")[:1000])
    return Entry(link, About(title=" ".join(title.split()), date=date))


def links_in(data: bytes) -> Iterator[Entry]:
    """
    The rows of a table of links, whatever the order of its columns. A row without a link is left out where all of it
    is empty. Raises MalformedList, with the line.
    """
    text = _decoded(data)
    rows = csv.reader(StringIO(text, newline=""), delimiter=_separator(text))
    headings = [_HEADINGS.get(_plain(heading), "") for heading in next(rows, [])]
    if headings.count("url") != 1:
        raise MalformedList(
            "Ce tableau n'a pas de colonne d'adresses, ou en a plusieurs : nommez-en une « url », « adresse » ou "
            "« lien » dans sa première ligne."
        )
    for line, cells in _numbered(rows):
        said = {heading: cell.strip() for heading, cell in zip(headings, cells, strict=False) if heading}
        link = said.pop("url", "")
        if not link and any(cell.strip() for cell in cells):
            raise MalformedList(f"Ligne {line} : il manque l'adresse.")
        if link:
            yield Entry(link, About(**{**said, "date": iso_date(said.get("date", ""), f"Ligne {line}")}))


def _numbered(rows: Any) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row, and the line on which it ends."""
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise MalformedList(f"Ligne {rows.line_num} : ce tableau est abîmé ({error}).") from error


def iso_date(text: str, where: str) -> str:
    """2016-11-29 for 29/11/2016; a year and a month, a year or nothing stay. Raises MalformedList."""
    if match := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
        text = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    # What stands after a day is its hour.
    match = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?", text)
    year, month, day = (int(part or 1) for part in match.groups()) if match else (0, 1, 1)
    if text and not (year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        raise MalformedList(f"{where} : « {text} » n'est pas une date. Écrivez-la 2026-11-29 ou 29/11/2026.")
    return text[:10]


def _decoded(data: bytes) -> str:
    """UTF-8 where it is; where it is not, what Excel writes in French."""
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise MalformedList("Ce tableau n'est pas du texte : enregistrez-le au format CSV.")
    return text


def _separator(text: str) -> str:
    """What stands most often between the headings."""
    first = text.partition("\n")[0]
    return max(";,\t", key=first.count)


def _plain(heading: str) -> str:
    """Without accents, capitals or blanks."""
    letters = unicodedata.normalize("NFD", heading.strip().lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
