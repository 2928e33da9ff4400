"""Façade: the knowledge base, a library of sources with the index derived from it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Self

from filelock import FileLock, Timeout
from langchain_core.embeddings import Embeddings

from .calibrating import calibrate
from .embedding import CachedEmbeddings, open_embeddings, title_model
from .errors import EmptyKnowledgeBase, KnowledgeError, LockedBase, UnknownSource, UnreadableIndex, WrongModel
from .index import VectorIndex
from .library import Library
from .retrieving import CALIBRATION, HybridRetriever, Snapshot, take_snapshot
from .settings import BUNDLED_MODEL, OUTSIDE_QUESTIONS
from .sources import Findings, Passage, Source, digest, slice_source
from .splitting import split

Progress = Callable[[int, int], None]

# Passages embedded between two saves: a run that is stopped loses at most this many.
_BATCH = 16
_LIBRARY = "library.sqlite"
# Titles asked as questions when a base is calibrated.
_TITLES = 40
# Neighbours asked of the index when a base is opened, the part of them it must give (its search is approximate),
# and the cosine above which a vector has found itself.
_NEIGHBOURS, _ENOUGH, _SAME = 1000, 0.9, 0.99
# In seconds. The last moments of a run may look like damage to those who open; mending takes 2 s a thousand passages.
_WHILE_WRITING, _WHILE_OPENING = 1.0, 60.0


class KnowledgeBase:
    """
    Opens, publishes, forgets, rebuilds; gives a retriever away.

    The order of every change is: vectors into the index, one transaction of the library, old vectors out of the
    index. Stopped anywhere, what is shown is the old or the new revision, and `_repair` brings the index in step.
    An index found lost or damaged when the base is opened is made again from the library, which keeps the vectors.
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
        base = cls(folder, library, embeddings or open_embeddings(name), name)
        base._mend()
        return base

    def retriever(self, k: int = 8) -> HybridRetriever:
        """The `k` best passages for a question. Raises EmptyKnowledgeBase when nothing was ever published."""
        if not self.library.digests():
            raise EmptyKnowledgeBase(
                "Cette base est vide : lancez `python -m ingest` pour y lire le référentiel fourni, "
                "ou `python -m ingest DOSSIER`."
            )
        return HybridRetriever(library=self.library, index=self._index, embeddings=self._embeddings, k=k)

    def publish(
        self,
        changed: Sequence[Source],
        forgotten: Sequence[str] = (),
        progress: Progress | None = None,
        facts: Mapping[str, str | None] = MappingProxyType({}),
    ) -> None:
        """
        Replace each changed source whole and forget the others named, all at once, with `facts` (None takes one away).
        `progress` is told how many passages of how many are embedded. Raises LockedBase while another writes.
        """
        with self._alone("writing.lock"):
            if changed or forgotten:
                passages = {source: split(source) for source in changed}
                self._add([passage for some in passages.values() for passage in some], progress)
                self.library.publish(passages, forgotten, {**facts, "model": self.model})
            elif facts:
                self.library.note(facts)
            self._repair()
            self._drop_vectors()
            if changed or forgotten:
                self._calibrate()

    def forget(self, id: str) -> None:
        """Raises UnknownSource where there is no such source."""
        if id not in self.library.digests():
            raise UnknownSource(f"Aucune source « {id} » : `python -m knowledge` en donne la liste.")
        self.publish([], [id])

    def rebuild(self, progress: Progress | None = None) -> None:
        """The passages and the index made again from the library's sources, without reading a file."""
        with self._alone("writing.lock"):
            sources = self.library.contents().sources.values()
            passages = {source: split(source) for source in sources}
            self._index = self._index.clear()
            self._add([passage for some in passages.values() for passage in some], progress)
            self.library.publish(passages, (), {"model": self.model})
            self._repair()
            self._drop_vectors()
            self._calibrate()

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

    def _calibrate(self) -> None:
        """What outside questions and the base's own titles come to, now that it has changed."""
        snapshot = take_snapshot(self.library.contents(), self._index, self._embeddings)
        titles = [source.title for source in snapshot.sources.values() if source.title]
        own = titles[:: max(1, len(titles) // _TITLES)]
        outside, near = self._searched(snapshot, _outside_questions()), self._searched(snapshot, own)
        self.library.remember(CALIBRATION, calibrate(outside, near).to_json())

    def _searched(self, snapshot: Snapshot, questions: Sequence[str]) -> list[Findings]:
        """Their vectors are kept like those of titles: questions that never change are embedded once a base."""
        vectors = self._embeddings.embed_titles(list(questions)) if snapshot.passages else []
        return [snapshot.search(question, vector, 1) for question, vector in zip(questions, vectors, strict=False)]

    def _repair(self) -> None:
        """The index holds exactly what the library shows."""
        contents = self.library.contents()
        self._add([slice_source(contents.sources[id], start, stop) for id, start, stop, _ in contents.ranges], None)
        self._index.remove(self._index.digests() - {key for *_, key in contents.ranges})

    def _drop_vectors(self) -> None:
        """Only once a run has come to its end: one that was stopped is taken up with those it has made."""
        contents = self.library.contents()
        self.library.drop_vectors(self.model, {key for *_, key in contents.ranges})
        asked = (*_outside_questions(), *(source.title for source in contents.sources.values()))
        self.library.drop_vectors(title_model(self.model), set(map(digest, asked)))

    def _mend(self) -> None:
        """Chroma may end the process on a damaged file: an opening that did not come to its end counts as damage."""
        unfinished = self.folder / "opening"
        with self._alone("opening.lock", _WHILE_OPENING):
            deadly = unfinished.exists()
            unfinished.touch()
            try:
                if deadly or not self._index_is_whole():
                    self._remake(deadly)
                elif self._index.digests() != self.library.live_digests():
                    # What a stopped run left would be found in the place of what is shown; a running one needs it.
                    with suppress(LockedBase), self._alone("writing.lock"):
                        self._repair()
            finally:
                unfinished.unlink(missing_ok=True)

    def _remake(self, unseen: bool) -> None:
        """`unseen`: without a second look, which would show a run that came to its end in the meantime."""
        with self._alone("writing.lock", _WHILE_WRITING):
            self._index = self._index.reopen()
            if unseen or not self._index_is_whole():
                self._index = self._index.clear()
                self._repair()

    def _index_is_whole(self) -> bool:
        """Whether the index can be read, lacks nothing, and from a vector it was given finds that one and others."""
        live = self.library.live_digests()
        probe = self.library.vectors(self.model, sorted(live)[:1])
        wanted = min(len(live), _NEIGHBOURS)
        try:
            if not self._index.digests() >= live:
                return False
            found = [self._index.nearest(vector.tolist(), wanted) for vector in probe.values()]
        except UnreadableIndex:
            return False
        return all(len(near) >= wanted * _ENOUGH and max(near.values()) > _SAME for near in found)

    @contextmanager
    def _alone(self, lock: str, patience: float = 0) -> Iterator[None]:
        try:
            with FileLock(self.folder / lock, timeout=patience):
                yield
        except Timeout as error:
            raise LockedBase(
                f"Une autre ingestion écrit dans {self.folder} : attendez qu'elle finisse, puis relancez."
            ) from error


def _outside_questions() -> list[str]:
    return OUTSIDE_QUESTIONS.read_text(encoding="utf-8").splitlines()


def _require_library(folder: Path) -> None:
    if not (folder / _LIBRARY).exists():
        raise EmptyKnowledgeBase(
            f"Aucune base dans {folder} : lancez `python -m ingest` pour y lire le référentiel fourni, "
            "ou `python -m ingest DOSSIER`."
        )
