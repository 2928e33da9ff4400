"""Adapter: the Chroma index, derived from the library and addressed by content."""

import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from .errors import UnreadableIndex, UnwritableBase
from .sparing import lasting

_COLLECTION = "passages"
# 100, Chroma's own, loses 2 % of the hundred nearest.
CONFIGURATION: Any = {"hnsw": {"space": "cosine", "ef_search": 300}}
# Vectors that may wait in a journal before Chroma writes them into its files: its own number, and its least.
_WAITING, _HARDLY_ANY = 1000, 2
# Chroma refuses more than 5,461 records at once, and `get` without a limit fails at 100,000.
_BATCH = 1000
# Read at once: each page begins with a walk through those before it.
_PAGE = 20_000


# What SQLite says, in Chroma, of a disk that is full or may not be written; the index itself may well be sound.
_CANNOT_WRITE = re.compile(r"code: (?:8|13|264|520|776|778|1034|1032|1544|1546|4874)\b|No space left|File too large")


class VectorIndex:
    """
    Digest of an indexed text → its vector.

    Because an id is the digest of its words, adding is idempotent, a new version never overwrites what the old
    one is still shown by, and whatever a killed run left behind is harmless until it is removed.

    Opened when it is first used; files that Chroma cannot read raise UnreadableIndex, a full disk UnwritableBase.
    """

    def __init__(self, folder: Path, embeddings: Embeddings) -> None:
        self._folder, self._embeddings = folder, embeddings
        self._opened: Any = None
        self._opening = threading.Lock()

    def exists(self) -> bool:
        """Whether its file is there, readable or not."""
        return (self._folder / "chroma.sqlite3").is_file()

    def check(self) -> None:
        """Raises KnowledgeError where it is known, without a search, that there could be none."""
        return

    def reopen(self) -> "VectorIndex":
        """The index as other processes have left it. Chroma answers from its first reading until it is reopened."""
        return VectorIndex(self._folder, self._embeddings)

    def nearest(self, vector: list[float], count: int) -> dict[str, float]:
        """The `count` nearest digests and their cosines, nearest first."""
        with self._readable() as store:
            # The store's own search reads the texts too, which takes ten times as long.
            found = store._collection.query(query_embeddings=[vector], n_results=count, include=["distances"])
        return {key: 1 - distance for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)}

    def add(self, texts: Mapping[str, str]) -> None:
        """Texts by digest; their vectors come from the embeddings."""
        items = list(texts.items())
        with self._readable() as store:
            for at in range(0, len(items), _BATCH):
                store.add_documents([Document(page_content=text, id=key) for key, text in items[at : at + _BATCH]])

    def remove(self, digests: Iterable[str]) -> None:
        gone = list(digests)
        with self._readable() as store:
            for at in range(0, len(gone), _BATCH):
                store.delete(gone[at : at + _BATCH])

    def settle(self) -> "VectorIndex":
        """
        The same, with every vector in its files: what waits in the journal is put among the others again at each
        opening, a millisecond each in a large index. While this is done, nobody else may open it.
        """
        self._let_wait(_HARDLY_ANY)
        hurried = self.reopen()
        try:
            len(hurried)
        finally:
            hurried._let_wait(_WAITING)
        return self.reopen()

    def digests(self) -> set[str]:
        held: set[str] = set()
        with self._readable() as store:
            while page := store.get(limit=_PAGE, offset=len(held), include=[])["ids"]:
                held.update(page)
        return held

    def __len__(self) -> int:
        with self._readable() as store:
            count: int = store._collection.count()
        return count

    def held(self, digests: Iterable[str]) -> set[str]:
        """Those of them that it holds."""
        asked, held = list(digests), set[str]()
        with self._readable() as store:
            for at in range(0, len(asked), _BATCH):
                held.update(store.get(asked[at : at + _BATCH], include=[])["ids"])
        return held

    def clear(self) -> "VectorIndex":
        """An empty index in the place of this one, readable or not."""
        self._opened = None
        _forget_open_files()
        if self._folder.is_dir():
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            self._folder.unlink(missing_ok=True)
        return self.reopen()

    def _let_wait(self, count: int) -> None:
        with self._readable() as store:
            store._collection.modify(configuration={"hnsw": {"sync_threshold": count}})

    @contextmanager
    def _readable(self) -> Iterator[Any]:
        try:
            with self._opening:
                self._opened = self._opened or _open(self._folder, self._embeddings)
            yield self._opened
        except Exception as error:
            from chromadb.errors import ChromaError

            if not isinstance(error, ChromaError):
                raise
            if _CANNOT_WRITE.search(str(error)):
                raise UnwritableBase(
                    f"L'index {self._folder} ne peut pas être écrit : libérez de l'espace disque, ou donnez le droit "
                    "d'écrire dans son dossier, puis relancez."
                ) from error
            raise UnreadableIndex(
                f"L'index {self._folder} est illisible ({error}) : lancez `python -m knowledge rebuild`, qui le "
                "refait sans relire un document."
            ) from error


@lasting()
def _open(folder: Path, embeddings: Embeddings) -> Any:
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    _forget_open_files()
    return Chroma(
        client=chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False)),
        collection_name=_COLLECTION,
        embedding_function=embeddings,
        collection_configuration=CONFIGURATION,
    )


def _forget_open_files() -> None:
    """Chroma shares one reading of a folder in the whole process; those who still hold the old one keep it."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()
