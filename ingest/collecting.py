"""Adapter: where documents come from: a folder or single files, as (source id, Blob)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from langchain_core.documents.base import Blob

from .errors import MissingPlace, UnreadableFile

MIME_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A folder whose files are the sources "<name>/<path in the folder>"."""

    name: str
    folder: Path

    @property
    def address(self) -> str:
        return str(self.folder.resolve())


@dataclass(frozen=True, slots=True)
class Found:
    """A file and the id of the source it is."""

    id: str
    path: Path

    def read(self) -> Blob:
        """Its bytes. Raises UnreadableFile."""
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise UnreadableFile(f"Lecture impossible ({error.strerror}) : vérifiez les droits du fichier.") from error
        return Blob.from_data(data, mime_type=MIME_TYPES.get(self.path.suffix.lower()), path=str(self.path))


def place_of(path: Path, name: str | None = None) -> Place:
    """The place a folder is, or the folder that a file stands in. Raises MissingPlace."""
    if not path.exists():
        raise MissingPlace(f"{path} n'existe pas : vérifiez le chemin du dossier ou du fichier à lire.")
    folder = path if path.is_dir() else path.parent
    return Place(name or folder.resolve().name or "documents", folder)


def collect(place: Place, only: Path | None = None) -> Iterator[Found]:
    """The files of a place, sorted, hidden ones left out; or only one of them."""
    if only is not None:
        yield _found(place, only)
        return
    for parent, folders, files in os.walk(place.folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in sorted(files):
            if not name.startswith((".", "~$")):
                yield _found(place, Path(parent) / name)


def _found(place: Place, path: Path) -> Found:
    return Found(f"{place.name}/{path.relative_to(place.folder).as_posix()}", path)
