"""Façade: the passages that answer a question, found by meaning and by words."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, PrivateAttr

from .calibrating import UNCALIBRATED, Calibration, Zone
from .index import VectorIndex
from .library import Contents, Library
from .ranking import LexicalIndex, best, fuse
from .sources import Hit, Passage, Source, slice_source

# The library's fact that holds the base's Calibration.
CALIBRATION = "calibration"
# Of each ranking; min-max is over these.
_CANDIDATES = 100
# Passages of one source among the hits: enough for a whole fiche, too few to crowd out the others.
_PER_SOURCE = 3
# A title names a fiche but may stand over many paragraphs: a small weight (measured 0.2–0.3).
_TITLE_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One revision of the base, ready to be searched."""

    revision: int
    sources: Mapping[str, Source]
    passages: tuple[Passage, ...]
    places: Mapping[str, tuple[int, ...]]  # digest → where it stands in `passages`
    bodies: LexicalIndex
    titles: LexicalIndex
    index: VectorIndex

    def hits(self, question: str, vector: list[float], count: int) -> list[Hit]:
        """The `count` best passages, best first."""
        cosines = self._cosines(vector)
        words = self.bodies.scores(question)
        lexical = words + _TITLE_WEIGHT * self.titles.scores(question)
        ideal = self.bodies.ideal(question) or 1.0
        fused = fuse([cosines, best(lexical, _CANDIDATES)], [0.5, 0.5])
        ranked = (
            Hit(self.passages[at], score, cosines.get(at, 0.0), float(words[at]) / ideal) for at, score in fused.items()
        )
        return _spread(ranked, count)

    def _cosines(self, vector: list[float]) -> dict[int, float]:
        near = self.index.nearest(vector, min(_CANDIDATES, len(self.places)))
        # The index may hold what a run has not published yet, or not removed yet.
        return {at: cosine for key, cosine in near.items() for at in self.places.get(key, ())}


class HybridRetriever(BaseRetriever):
    """
    Dense and lexical search over the library's current revision, fused; each `Document` carries a `Hit`.

    A revision that another process publishes is seen at the next question.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    index: VectorIndex
    embeddings: Embeddings
    k: int = 8

    _snapshot: Snapshot | None = PrivateAttr(default=None)
    _lock: Any = PrivateAttr(default_factory=threading.Lock)

    def hits(self, question: str, count: int | None = None) -> list[Hit]:
        """The best passages for a question; none for a blank one or an empty base."""
        snapshot = self.snapshot()
        if not question.strip() or not snapshot.passages:
            return []
        return snapshot.hits(question, self.embeddings.embed_query(question), count or self.k)

    def weights(self, question: str) -> dict[str, float]:
        """The question's terms as the base spells them, and how rare each is there (idf)."""
        bodies = self.snapshot().bodies
        return {term: bodies.idf(term) for term in bodies.query_terms(question)}

    def zone(self, hits: Sequence[Hit]) -> Zone:
        """How well the base covers the question that these hits were found for."""
        record = self.library.fact(CALIBRATION)
        return (Calibration.from_json(record) if record else UNCALIBRATED).zone(hits)

    def source(self, id: str) -> Source | None:
        """The whole source of a passage, as it is in the current revision."""
        return self.snapshot().sources.get(id)

    def snapshot(self) -> Snapshot:
        """The current revision; the one before it serves those who are in the middle of a question."""
        held = self._snapshot
        if held is not None and held.revision == self.library.revision:
            return held
        with self._lock:
            held = self._snapshot
            if held is None or held.revision != self.library.revision:
                index = self.index if held is None else self.index.reopen()
                held = self._snapshot = take_snapshot(self.library.contents(), index)
        return held

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, **_: Any
    ) -> list[Document]:
        del run_manager  # LangChain's signature
        return [hit.to_document() for hit in self.hits(query, k)]


def take_snapshot(contents: Contents, index: VectorIndex) -> Snapshot:
    """`contents` made searchable."""
    passages = tuple(slice_source(contents.sources[id], start, stop) for id, start, stop, _ in contents.ranges)
    places: dict[str, tuple[int, ...]] = {}
    for at, (*_, key) in enumerate(contents.ranges):
        places[key] = (*places.get(key, ()), at)
    return Snapshot(
        contents.revision,
        contents.sources,
        passages,
        places,
        bodies=LexicalIndex([passage.text for passage in passages]),
        titles=LexicalIndex([_heading(passage) for passage in passages]),
        index=index,
    )


def _heading(passage: Passage) -> str:
    return " ".join((passage.title, passage.section, *passage.keywords))


def _spread(ranked: Iterable[Hit], count: int) -> list[Hit]:
    taken: Counter[str] = Counter()
    chosen: list[Hit] = []
    for hit in ranked:
        if len(chosen) == count:
            break
        if taken[hit.passage.source] < _PER_SOURCE:
            taken[hit.passage.source] += 1
            chosen.append(hit)
    return chosen
