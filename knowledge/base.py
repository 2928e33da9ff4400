"""Façade: the knowledge base, a library of sources with the index derived from it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout
from langchain_core.embeddings import Embeddings

from .embedding import CachedEmbeddings, open_embeddings
from .errors import EmptyKnowledgeBase, KnowledgeError, LockedBase, UnknownSource, WrongModel
from .index import VectorIndex
from .library import Library
from .retrieving import HybridRetriever
from .settings import BUNDLED_MODEL
from .sources import Passage, Source
from .splitting import split

Progress = Callable[[int, int], None]

# Passages embedded between two saves: a run that is stopped loses at most this many.
_BATCH = 16
_LIBRARY = "library.sqlite"


class KnowledgeBase:
    """
    Opens, publishes, forgets, rebuilds; gives a retriever away.

    The order of every change is: vectors into the index, one transaction of the library, old vectors out of the
    index. Stopped anywhere, what is shown is the old or the new revision, and `repair` brings the index in step.
    """

    def __init__(self, folder: Path, library: Library, embeddings: Embeddings, model: str) -> None:
        self.folder, self.library, self.model = folder, library, model
        self._embeddings = CachedEmbeddings(embeddings, library, model)
        self._index = VectorIndex(folder / "index", self._embeddings)

    @classmethod
    def open(cls, folder: Path, model: str | None = None, embeddings: Embeddings | None = None) -> Self:
        """
        The base in `folder`, made with `model` (None: the one it remembers).
        Raises EmptyKnowledgeBase where there is none, WrongModel where it was made with another.
        """
        _require_library(folder)
        return cls._open(folder, model, embeddings)

    @classmethod
    def adopt(cls, folder: Path, model: str | None, embeddings: Embeddings | None = None) -> Self:
        """The base in `folder`, whatever made it, about to be rebuilt with `model` (None: the one it remembers)."""
        _require_library(folder)
        library = Library(folder / _LIBRARY)
        name = model or library.fact("model") or BUNDLED_MODEL
        return cls(folder, library, embeddings or open_embeddings(name), name)

    @classmethod
    def create(cls, folder: Path, model: str | None = None, embeddings: Embeddings | None = None) -> Self:
        """The base in `folder`, made empty where there is none."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KnowledgeError(
                f"Le dossier {folder} ne peut pas être créé ({error.strerror}) : changez KNOWLEDGE_BASE."
            ) from error
        return cls._open(folder, model, embeddings)

    @classmethod
    def _open(cls, folder: Path, model: str | None, embeddings: Embeddings | None) -> Self:
        library = Library(folder / _LIBRARY)
        made_with = library.fact("model")
        if made_with and model and made_with != model:
            raise WrongModel(
                f"Cette base a été faite avec le modèle « {made_with} », et non « {model} » : retirez "
                f"KNOWLEDGE_EMBEDDING_MODEL, ou lancez `python -m knowledge rebuild --embedding-model {model}`."
            )
        name = made_with or model or BUNDLED_MODEL
        return cls(folder, library, embeddings or open_embeddings(name), name)

    def retriever(self, k: int = 8) -> HybridRetriever:
        """The `k` best passages for a question. Raises EmptyKnowledgeBase when nothing was ever published."""
        if not self.library.digests():
            raise EmptyKnowledgeBase(
                "Cette base est vide : lancez `python -m ingest` pour y lire le référentiel fourni, "
                "ou `python -m ingest DOSSIER`."
            )
        return HybridRetriever(library=self.library, index=self._index, embeddings=self._embeddings, k=k)

    def publish(
        self, changed: Sequence[Source], forgotten: Sequence[str] = (), progress: Progress | None = None
    ) -> None:
        """
        Replace each changed source whole and forget the others named, all at once.
        `progress` is told how many passages of how many are embedded. Raises LockedBase while another writes.
        """
        with self._writing():
            if changed or forgotten:
                passages = {source: split(source) for source in changed}
                self._add([passage for some in passages.values() for passage in some], progress)
                self.library.publish(passages, forgotten, {"model": self.model})
            self._repair()

    def forget(self, id: str) -> None:
        """Raises UnknownSource where there is no such source."""
        if id not in self.library.digests():
            raise UnknownSource(f"Aucune source « {id} » : `python -m knowledge` en donne la liste.")
        self.publish([], [id])

    def rebuild(self, progress: Progress | None = None) -> None:
        """The passages and the index made again from the library's sources, without reading a file."""
        with self._writing():
            sources = self.library.contents().sources.values()
            passages = {source: split(source) for source in sources}
            self._index = self._index.clear()
            self._add([passage for some in passages.values() for passage in some], progress)
            self.library.publish(passages, (), {"model": self.model})
            self._repair()

    def close(self) -> None:
        self.library.close()

    def _add(self, passages: Sequence[Passage], progress: Progress | None) -> None:
        texts = {passage.digest: passage.indexed_text for passage in passages}
        held = self._index.digests()
        missing = [key for key in texts if key not in held]
        for at in range(0, len(missing), _BATCH):
            self._index.add({key: texts[key] for key in missing[at : at + _BATCH]})
            if progress:
                progress(min(at + _BATCH, len(missing)), len(missing))

    def _repair(self) -> None:
        """The index holds exactly what the library shows."""
        live = {key: (id, start, stop) for id, start, stop, key in self.library.contents().ranges}
        held = self._index.digests()
        if lost := live.keys() - held:
            sources = self.library.contents().sources
            again = [p for id in {live[key][0] for key in lost} for p in split(sources[id]) if p.digest in lost]
            self._add(again, None)
        self._index.remove(held - live.keys())
        self.library.drop_vectors()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        lock = FileLock(self.folder / "writing.lock", timeout=0)
        try:
            with lock:
                yield
        except Timeout as error:
            raise LockedBase(
                f"Une autre ingestion écrit dans {self.folder} : attendez qu'elle finisse, puis relancez."
            ) from error


def _require_library(folder: Path) -> None:
    if not (folder / _LIBRARY).exists():
        raise EmptyKnowledgeBase(
            f"Aucune base dans {folder} : lancez `python -m ingest` pour y lire le référentiel fourni, "
            "ou `python -m ingest DOSSIER`."
        )
