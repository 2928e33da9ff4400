"""Adapter: what editors drop, as a place: staged with its run, kept in the base's own folder once it is published."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.packing import DEPOSITS

from ..errors import UnreadableFile
from ..places.fetching import Client
from ..places.finding import NOTHING, Found, Place
from ..places.folder import File
from ..places.opening import open_place


@dataclass(frozen=True, slots=True)
class Drop:
    """Files of one run, staged in `folder`, which are sources of the deposits; those not in it stay."""

    folder: Path
    files: tuple[str, ...]
    deposits: Path
    name: str = DEPOSITS
    is_mirrored: bool = False

    @property
    def address(self) -> str:
        return str(self.deposits.resolve())

    def collect(self, known: Mapping[str, str] = NOTHING) -> Iterator[File]:  # noqa: ARG002
        for file in self.files:
            yield File(id_of(file), self.folder / file)


@dataclass(frozen=True, slots=True)
class Link:
    """What an address leads to, and nothing that was read of its site before."""

    place: Place

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def address(self) -> str:
        return self.place.address

    @property
    def is_mirrored(self) -> bool:
        return False

    def collect(self, known: Mapping[str, str] = NOTHING) -> Iterator[Found]:  # noqa: ARG002
        return self.place.collect(NOTHING)


def link_of(text: str, client: Client) -> Link:
    """The place of an address. Raises UnreadableFile for what is none, MissingPlace for one that is not read."""
    if not text.lower().startswith(("http://", "https://")):
        raise UnreadableFile(f"« {text[:100]} » n'est pas une adresse : donnez-la en entier (https://…).")
    return Link(open_place(text, None, client))


def id_of(file: str) -> str:
    """The id of the source that a deposited file is."""
    return f"{DEPOSITS}/{file}"


def file_of(id: str) -> str | None:
    """The name of the file that a source was read from, None where it is not a deposited one."""
    folder, _, file = id.partition("/")
    return file if folder == DEPOSITS and file and "/" not in file else None


def keep(staged: Path, files: Iterable[str], deposits: Path) -> None:
    """Each of these files among the deposits, whole or not at all."""
    deposits.mkdir(parents=True, exist_ok=True)
    for file in files:
        part = deposits / f".{file}.part"
        shutil.copyfile(staged / file, part)
        os.replace(part, deposits / file)
