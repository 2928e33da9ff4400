"""Adapter: where documents come from: a folder or single files, as (source id, Blob)."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from langchain_core.documents.base import Blob

from ..errors import AmbiguousPlace, MissingPlace, UnreadableFile

MIME_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
}
_REASONS: dict[type[OSError], str] = {
    PermissionError: "accès refusé",
    FileNotFoundError: "lien rompu ou fichier disparu",
}


@dataclass(frozen=True, slots=True)
class Folder:
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
            # A pipe would be waited for without end.
            if not stat.S_ISREG(self.path.stat().st_mode):
                raise UnreadableFile("Lecture impossible : ce n'est pas un fichier, ou ce dossier est protégé.")
            data = self.path.read_bytes()
        except OSError as error:
            reason = _REASONS.get(type(error), error.strerror)
            raise UnreadableFile(f"Lecture impossible ({reason}) : vérifiez le fichier et ses droits.") from error
        return Blob.from_data(data, mime_type=MIME_TYPES.get(self.path.suffix.lower()), path=str(self.path))


def place_of(path: Path, name: str | None = None) -> Folder:
    """The place a folder is, or the folder that a file stands in. Raises MissingPlace or AmbiguousPlace."""
    if not path.exists():
        raise MissingPlace(f"{path} n'existe pas : vérifiez le chemin du dossier ou du fichier à lire.")
    if name and PurePosixPath(name).name != name:
        raise AmbiguousPlace(f"« {name} » n'est pas un nom de dossier : donnez-en un d'un seul mot, sans « / ».")
    folder = path if path.is_dir() else path.parent
    return Folder(name or folder.resolve().name or "documents", folder)


def collect(place: Folder, only: Path | None = None) -> Iterator[Found]:
    """
    The files of a place, sorted, hidden ones left out, then the folders that cannot be opened, which fail when
    they are read; or only one file.
    """
    if only is not None:
        yield _found(place, only)
        return
    closed: list[OSError] = []
    for parent, folders, files in os.walk(place.folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in sorted(files):
            if not name.startswith((".", "~$")):
                yield _found(place, Path(parent) / name)
    for error in closed:
        yield _found(place, Path(error.filename))


def _found(place: Folder, path: Path) -> Found:
    """A name that is not UTF-8 is still one that can be stored and shown."""
    id = PurePosixPath(place.name) / path.relative_to(place.folder).as_posix()
    return Found(os.fsencode(id).decode("utf-8", "backslashreplace"), path)
