"""Values: what a place holds, what its list says of it, and what is remembered of having read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from langchain_core.documents.base import Blob


@dataclass(frozen=True, slots=True)
class About:
    """What whoever listed a document says of it: where not empty, it wins over what the document says of itself."""

    title: str = ""
    publisher: str = ""
    part: str = ""
    date: str = ""
    url: str = ""
    trust: str = ""


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

    def collect(self) -> Iterator[Found]: ...
