"""Adapter: a folder of files, or one file of a folder."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from langchain_core.documents.base import Blob

from ..errors import AmbiguousPlace, MissingPlace, UnreadableFile
from ..formats.types import MIME_TYPES
from .finding import NOTHING, UNDESCRIBED, About, Seen

_REASONS: dict[type[OSError], str] = {
    PermissionError: "accès refusé",
    FileNotFoundError: "lien rompu ou fichier disparu",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file, or a folder that cannot be opened, which fails when it is read."""

    id: str
    path: Path
    about: About = UNDESCRIBED

    def read(self, seen: Seen | None = None) -> Blob:  # noqa: ARG002
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


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder whose files are the sources "<name>/<path in the folder>"; where `only` is given, that file of it."""

    name: str
    folder: Path
    only: Path | None = None
    about: About = UNDESCRIBED

    @property
    def address(self) -> str:
        return str(self.folder.resolve())

    @property
    def is_mirrored(self) -> bool:
        return self.only is None

    def collect(self, known: Mapping[str, str] = NOTHING) -> Iterator[File]:  # noqa: ARG002
        """Its files, sorted, hidden ones left out, then the folders that cannot be opened."""
        if self.only is not None:
            yield self._file(self.only)
            return
        closed: list[OSError] = []
        for parent, folders, files in os.walk(self.folder, onerror=closed.append):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
            for name in sorted(files):
                if not name.startswith((".", "~$")):
                    yield self._file(Path(parent) / name)
        for error in closed:
            yield self._file(Path(error.filename))

    def _file(self, path: Path) -> File:
        """A name that is not UTF-8 is still one that can be stored and shown."""
        id = PurePosixPath(self.name) / path.relative_to(self.folder).as_posix()
        return File(os.fsencode(id).decode("utf-8", "backslashreplace"), path, self.about)


def place_of(path: Path, name: str | None = None, about: About = UNDESCRIBED) -> Folder:
    """The place a folder is, or the folder that a file stands in. Raises MissingPlace or AmbiguousPlace."""
    if not path.exists():
        raise MissingPlace(f"{path} n'existe pas : vérifiez le chemin du dossier ou du fichier à lire.")
    if name:
        check_name(name)
    folder = path if path.is_dir() else path.parent
    return Folder(name or folder.resolve().name or "documents", folder, None if path.is_dir() else path, about)


def check_name(name: str) -> None:
    """Raises AmbiguousPlace where it cannot be the first segment of ids."""
    if PurePosixPath(name).name != name or name == "..":
        raise AmbiguousPlace(f"« {name} » n'est pas un nom de dossier : donnez-en un d'un seul mot, sans « / ».")
