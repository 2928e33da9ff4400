"""Adapter: what an editor names, a path, an address or a list of them, into places."""

import re
from pathlib import Path

from ..errors import IngestError, MalformedList, MissingPlace, UnreadableFile
from .addressing import Address, address_of
from .declaring import Declared, declared_in
from .fetching import Client
from .finding import UNDESCRIBED, About, Place
from .folder import check_name, place_of
from .web import Links, Website

_LISTS = (".yaml", ".yml")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)


def open_places(text: str, name: str | None, client: Client) -> list[Place]:
    """
    The places that a text names: those of a list (sources.yaml), or one: a folder, a file, a table of links (CSV),
    or the address of a page, a sitemap or a feed. Nothing is asked of the web before they are collected.
    Raises MissingPlace, AmbiguousPlace or MalformedList.
    """
    path = Path(text)
    if path.suffix.lower() in _LISTS and not _is_web(text):
        return _declared(path, client)
    return [open_place(text, name, client)]


def open_place(text: str, name: str | None, client: Client, about: About = UNDESCRIBED) -> Place:
    """The one place that a text names. Raises MissingPlace, AmbiguousPlace or MalformedList."""
    if name:
        check_name(name)
    if _is_web(text):
        address = _address(text)
        return Website(name or address.id.partition("/")[0].partition("?")[0], address, client, about)
    path = Path(text)
    if path.suffix.lower() in _LISTS:
        raise MalformedList(f"{text} est une liste de lieux : donnez-la à part, elle ne peut être dans une autre.")
    if path.suffix.lower() == ".csv" and path.is_file():
        return Links(name or path.stem, path, client, about)
    return place_of(path, name, about)


def _is_web(text: str) -> bool:
    """A letter before « : » is a drive of Windows; a path that is there is a path."""
    return bool(_SCHEME.match(text)) and not Path(text).exists()


def _address(text: str) -> Address:
    try:
        return address_of(text)
    except UnreadableFile as error:
        raise MissingPlace(str(error)) from error


def _declared(path: Path, client: Client) -> list[Place]:
    try:
        declared = declared_in(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MissingPlace(f"{path} est illisible ({error.strerror}) : vérifiez le chemin et ses droits.") from error
    except UnicodeDecodeError as error:
        raise MalformedList(f"{path} : enregistrez cette liste en UTF-8.") from error
    except MalformedList as error:
        raise MalformedList(f"{path} : {error}") from error
    return [_opened(place, path, client) for place in declared]


def _opened(place: Declared, list: Path, client: Client) -> Place:
    """Paths are from the folder of the list."""
    text = place.address if _is_web(place.address) else str(list.parent / place.address)
    try:
        return open_place(text, place.name, client, place.about)
    except IngestError as error:
        raise type(error)(f"{list}, ligne {place.line} : {error}") from error
