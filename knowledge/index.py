"""Adapter: the Chroma index, derived from the library and addressed by content."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

_COLLECTION = "passages"
# Chroma refuses more than 5,461 records at once, and `get` without a limit fails at 100,000.
_BATCH = 1000


class VectorIndex:
    """
    Digest of an indexed text → its vector.

    Because an id is the digest of its words, adding is idempotent, a new version never overwrites what the old
    one is still shown by, and whatever a killed run left behind is harmless until it is removed.
    """

    def __init__(self, folder: Path, embeddings: Embeddings) -> None:
        self._folder, self._embeddings = folder, embeddings
        self._store = self._opened()

    def reopen(self) -> "VectorIndex":
        """The index as other processes have left it. Chroma answers from its first reading until it is reopened."""
        return VectorIndex(self._folder, self._embeddings)

    def nearest(self, vector: list[float], count: int) -> dict[str, float]:
        """The `count` nearest digests and their cosines, nearest first."""
        found = self._store.similarity_search_by_vector_with_relevance_scores(vector, k=count)
        return {document.id: 1 - distance for document, distance in found if document.id}

    def add(self, texts: Mapping[str, str]) -> None:
        """Texts by digest; their vectors come from the embeddings."""
        items = list(texts.items())
        for at in range(0, len(items), _BATCH):
            some = items[at : at + _BATCH]
            self._store.add_documents([Document(page_content=text, id=key) for key, text in some])

    def remove(self, digests: Iterable[str]) -> None:
        gone = list(digests)
        for at in range(0, len(gone), _BATCH):
            self._store.delete(gone[at : at + _BATCH])

    def digests(self) -> set[str]:
        held: set[str] = set()
        offset = 0
        while page := self._store.get(limit=_BATCH, offset=offset, include=[])["ids"]:
            held.update(page)
            offset += len(page)
        return held

    def clear(self) -> "VectorIndex":
        """An empty index in the place of this one, readable or not."""
        self._store = None
        _forget_open_files()
        shutil.rmtree(self._folder, ignore_errors=True)
        return VectorIndex(self._folder, self._embeddings)

    def _opened(self) -> Any:
        import chromadb
        from chromadb.config import Settings
        from langchain_chroma import Chroma

        _forget_open_files()
        return Chroma(
            client=chromadb.PersistentClient(str(self._folder), settings=Settings(anonymized_telemetry=False)),
            collection_name=_COLLECTION,
            embedding_function=self._embeddings,
            collection_configuration={"hnsw": {"space": "cosine"}},
        )


def _forget_open_files() -> None:
    """Chroma shares one reading of a folder in the whole process; those who still hold the old one keep it."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()
