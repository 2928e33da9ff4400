"""Adapter: where a base is: in a folder, or on servers that several machines share."""

import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from .database import Tables
from .errors import BadAddress, KnowledgeError
from .index import VectorIndex
from .library import Library
from .locking import alone, mark
from .served import ChromaServer, ServedIndex
from .settings import KnowledgeSettings
from .sqlite import copy_file

# Imported where it serves alone.
if TYPE_CHECKING:
    from .postgres import PostgresDatabase

LIBRARY = "library.sqlite"
# The library's facts that name its collections on a server, and that stands while a run writes.
_NAME, _UNFINISHED = "collections", "unfinished"
_INDEX = "index"
# Raises once the lock is lost.
Confirm = Callable[[], None]


class Home(ABC):
    """The library, the indexes, the locks and the marks of one base. `folder` is this machine's own."""

    def __init__(self, folder: Path, server: ChromaServer | None = None) -> None:
        self.folder, self._server = folder, server

    @property
    def is_live(self) -> bool:
        """Whether an index shows at once what others put in it, and cannot end the process that reads it."""
        return self._server is not None

    @abstractmethod
    def exists(self) -> bool: ...

    @abstractmethod
    def is_taken(self) -> bool:
        """Whether there is something that would be lost in the place of another base."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """The library, in a SQLite file of its own."""

    def carry(self, _folder: Path) -> None:
        """What others keep beside the library, if that is not in files already."""
        return

    @abstractmethod
    def take(self, path: Path) -> None:
        """The library of a SQLite file, in the place of this one; the index is made again at the next opening."""

    @abstractmethod
    def create(self) -> None:
        """Room for a base, where there is none. Raises KnowledgeError where there can be none."""

    @abstractmethod
    def library(self) -> Library: ...

    @abstractmethod
    def beside(self, tables: Tables) -> "PostgresDatabase | None":
        """Tables of others beside the library, which several machines share; None where there is no place for them."""

    @abstractmethod
    def alone(self, lock: str, patience: float = 0) -> AbstractContextManager[Confirm]:
        """Raises LockedBase where another still holds the lock after `patience` seconds."""

    @abstractmethod
    def is_unfinished(self, library: Library) -> bool:
        """Whether a run is at work, or was stopped."""

    @abstractmethod
    def mark_unfinished(self, library: Library, is_so: bool) -> None: ...

    def index(self, library: Library, name: str, embeddings: Embeddings) -> VectorIndex:
        if self._server is None:
            return VectorIndex(self.folder / name, embeddings)
        return ServedIndex(self._server, self._prefix(library) + name, embeddings)

    def indexes(self, library: Library) -> list[str]:
        if self._server is None:
            return [folder.name for folder in self.folder.glob(f"{_INDEX}*") if folder.is_dir()]
        prefix = self._prefix(library)
        return [name.removeprefix(prefix) for name in self._server.collections(prefix)]

    def drop(self, library: Library, name: str) -> None:
        """The index, which nobody needs any more."""
        if self._server is None:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        else:
            self._server.drop(self._prefix(library) + name)

    @contextmanager
    def opening(self) -> Iterator[bool]:
        """Chroma may end the process on a damaged file: whether the last opening did not come to its end."""
        if self.is_live:
            yield False
            return
        unfinished = self.folder / "opening"
        deadly = unfinished.exists()
        mark(unfinished)
        try:
            yield deadly
        finally:
            unfinished.unlink(missing_ok=True)

    def _prefix(self, library: Library) -> str:
        """Several bases may share a server."""
        name = library.fact(_NAME) or library.settle_on(_NAME, secrets.token_hex(6))
        return f"assistant-{name}-"


class FolderHome(Home):
    """A library in SQLite, locks and marks in files; the indexes beside them, or on a Chroma server."""

    def __str__(self) -> str:
        return str(self.folder)

    def exists(self) -> bool:
        return (self.folder / LIBRARY).exists()

    def is_taken(self) -> bool:
        return self.exists()

    def save(self, path: Path) -> None:
        copy_file(self.folder / LIBRARY, path)

    def take(self, path: Path) -> None:
        copy_file(path, self.folder / LIBRARY)
        if self._server is None:
            for folder in self.folder.glob(f"{_INDEX}*"):
                shutil.rmtree(folder, ignore_errors=True)
        else:
            # The collections under the old name may be another base's, that the backup was made of.
            with closing(self.library()) as library:
                library.remember(_NAME, secrets.token_hex(6))

    def create(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KnowledgeError(
                f"Le dossier {self.folder} ne peut pas être créé ({error.strerror}) : changez KNOWLEDGE_BASE."
            ) from error

    def library(self) -> Library:
        return Library(self.folder / LIBRARY)

    def beside(self, _tables: Tables) -> None:
        return None

    @contextmanager
    def alone(self, lock: str, patience: float = 0) -> Iterator[Confirm]:
        with alone(self.folder, lock, patience):
            # The system keeps it as long as the process lives.
            yield lambda: None

    def is_unfinished(self, _library: Library) -> bool:
        return (self.folder / _UNFINISHED).exists()

    def mark_unfinished(self, _library: Library, is_so: bool) -> None:
        if is_so:
            mark(self.folder / _UNFINISHED)
        else:
            (self.folder / _UNFINISHED).unlink(missing_ok=True)


class SharedHome(Home):
    """All of it in PostgreSQL and on a Chroma server; nothing of the base in a folder."""

    def __init__(self, folder: Path, url: str, server: ChromaServer) -> None:
        from .connecting import shown

        super().__init__(folder, server)
        self._url, self._shown = url, shown(url)

    def __str__(self) -> str:
        return self._shown

    def exists(self) -> bool:
        return True

    def is_taken(self) -> bool:
        with closing(self.library()) as library:
            return library.revision > 0

    def save(self, path: Path) -> None:
        with closing(self.library()) as library, closing(Library(path)) as copy:
            library.copy_to(copy, _NAME)

    def carry(self, folder: Path) -> None:
        from .carrying import carry
        from .postgres import PostgresDatabase

        with closing(PostgresDatabase(self._url)) as database:
            carry(database, folder)

    def take(self, path: Path) -> None:
        with closing(Library(path)) as copy, closing(self.library()) as library:
            copy.copy_to(library, _NAME)
            for name in self.indexes(library):
                self.drop(library, name)

    def create(self) -> None:
        return None

    def library(self) -> Library:
        from .postgres import PostgresDatabase

        return Library(PostgresDatabase(self._url))

    def beside(self, tables: Tables) -> "PostgresDatabase":
        from .postgres import PostgresDatabase

        return PostgresDatabase(self._url, tables=tables)

    def alone(self, lock: str, patience: float = 0) -> AbstractContextManager[Confirm]:
        from .postgres import alone

        return alone(self._url, lock, patience)

    def is_unfinished(self, library: Library) -> bool:
        return library.fact(_UNFINISHED) is not None

    def mark_unfinished(self, library: Library, is_so: bool) -> None:
        library.note({_UNFINISHED: "1" if is_so else None})


def home_of(settings: KnowledgeSettings, folder: Path | None = None) -> Home:
    """The home that the settings name (`folder`: in this folder, where it is one). Raises BadAddress."""
    folder = folder or settings.base
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else ""
    server = ChromaServer(settings.chroma_url, token) if settings.chroma_url else None
    url = settings.library_url.get_secret_value() if settings.library_url else ""
    if not url:
        return FolderHome(folder, server)
    if server is None:
        raise BadAddress(
            "KNOWLEDGE_LIBRARY_URL demande aussi KNOWLEDGE_CHROMA_URL : plusieurs machines qui partagent la "
            "bibliothèque partagent l'index. Donnez les deux, ou retirez le premier."
        )
    return SharedHome(folder, url, server)


def at(home: Home | Path) -> Home:
    """A path is one of a folder, without a server."""
    return FolderHome(home) if isinstance(home, Path) else home
