"""Values: what a place holds, what its list says of it, and what is remembered of having read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Protocol, Self

from langchain_core.documents.base import Blob

from ..errors import IngestError

# What a base that holds nothing of a place knows of it.
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class About:
    """What whoever listed a document says of it: where not empty, it wins over what the document says of itself."""

    title: str = ""
    publisher: str = ""
    part: str = ""
    date: str = ""
    url: str = ""
    trust: str = ""
    valid_until: str = ""

    def then(self, closer: Self) -> Self:
        """What is said of a whole place, then what is said of one document in it, which wins where not empty."""
        said = {field.name: getattr(closer, field.name) for field in fields(closer)}
        return replace(self, **{name: value for name, value in said.items() if value})


# By whoever lists documents without a word on them.
UNDESCRIBED = About()


@dataclass(frozen=True, slots=True)
class Seen:
    """
    What the last good reading of a document left behind: the digest of its bytes and the version of what read them,
    the validators that its server sent, and how many times in a row its address has since said that it is gone.
    """

    digest: str
    reader: str
    etag: str = ""
    last_modified: str = ""
    missed: int = 0


class Found(Protocol):
    """A document in a place; `id` is the id of the source that it is, stable for as long as the document is."""

    @property
    def id(self) -> str: ...
    @property
    def about(self) -> About: ...

    def read(self, seen: Seen | None = None) -> Blob:
        """
        Its bytes; a server's validators are in the blob's metadata (`etag`, `last_modified`).
        Raises UnreadableFile; Unchanged where its server says that it is as it was `seen`; Gone where its address
        says that it is no more (404, 410).

        What cannot be opened, a folder or a list, is found too, and fails when it is read. Where reading fails, the
        sources whose ids stand under its own (`id/…`) may well be there still.
        """
        ...


class Place(Protocol):
    """
    Somewhere that documents are in. `name` is the first segment of their ids, `address` tells two places of one name
    apart; a source of a place that `is_mirrored` is forgotten when the place no longer holds it.
    """

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def is_mirrored(self) -> bool: ...

    def collect(self, known: Mapping[str, str] = NOTHING) -> Iterator[Found]:
        """
        What it holds, each id once. `known` are the sources that the base has of it, each id with its url, those
        read longest ago first: a place that is not mirrored also finds those that it no longer lists, so that they
        are kept up to date, or forgotten once their own address has said twice in a row that they are gone.
        """
        ...


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something found that is already known to fail, and why."""

    id: str
    error: IngestError
    about: About = UNDESCRIBED

    def read(self, seen: Seen | None = None) -> Blob:  # noqa: ARG002
        raise self.error
