"""Façade: the passages that answer a question, found by meaning and by words."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, PrivateAttr

from .calibrating import CALIBRATION, UNCALIBRATED, Calibration, Zone
from .embedding import CachedEmbeddings
from .errors import UnreachableServer
from .index import VectorIndex
from .keeping import Reopening
from .library import Library
from .refreshing import Refreshed
from .reranking import Rerank
from .scoping import EVERYTHING, Scope
from .searching import Snapshot, take_snapshot
from .shelving import Shelf
from .sources import Findings, Passage, Source


@dataclass(frozen=True, slots=True)
class Edition:
    """One revision of the base, for all that is asked in the course of one question."""

    snapshot: Snapshot
    embeddings: CachedEmbeddings
    calibration: Calibration
    k: int
    today: Callable[[], date] = date.today
    rerank: Rerank | None = None

    def edition(self) -> "Edition":
        return self

    def check(self) -> None:
        """Raises KnowledgeError where it is known, without a search, that there could be none."""
        self.snapshot.index.check()

    @property
    def revision(self) -> int:
        return self.snapshot.revision

    def search(self, question: str, count: int | None = None, scope: Scope = EVERYTHING) -> Findings:
        """The best passages that `scope` admits; none for a blank question or an empty base."""
        if not question.strip() or not self.snapshot.passages:
            return Findings()
        vector = self.embeddings.embed_query(self.snapshot.heard(question))
        return self.snapshot.search(question, vector, count or self.k, scope, self.today(), self.rerank)

    def weights(self, question: str) -> dict[str, float]:
        """The question's terms as the base spells them, and how rare each is there (idf)."""
        bodies = self.snapshot.bodies
        return {term: bodies.idf(term) for term in bodies.query_terms(self.snapshot.spoken(question))}

    def nearness(self, findings: Findings) -> float:
        """In spreads above what questions from elsewhere reach on average."""
        return self.calibration.nearness(findings)

    def zone(self, findings: Findings) -> Zone:
        """How well the base covers the question that was searched for."""
        return self.calibration.zone(findings)

    def source(self, id: str) -> Source | None:
        """The whole source of a passage."""
        return self.snapshot.sources.get(id)

    def sources(self) -> Collection[Source]:
        return self.snapshot.sources.values()

    def likeness(self, question: str, read: Sequence[Passage]) -> dict[str, float]:
        """The cosine of the question and each sentence of what is read; none for those that have no vector yet."""
        passages = self.snapshot.passages.beneath(read)
        return self.embeddings.likeness(self.snapshot.heard(question), passages) if passages else {}

    def acronyms(self) -> Mapping[str, str]:
        """The acronyms that the sources spell out, in lower case, and their long forms."""
        return self.snapshot.acronyms


class HybridRetriever(BaseRetriever):
    """
    Dense and lexical search over the library's current revision, fused; each `Document` carries a `Hit`.

    A revision that another process publishes is seen at the next question, or, where making it ready takes more
    than a second, once it is ready; `watch` begins without waiting for a question. `reopening` gives the index and the
    embeddings that the library then names; `today` is the day by which validity is judged.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    index: VectorIndex
    embeddings: CachedEmbeddings
    k: int = 8
    today: Callable[[], date] = date.today
    rerank: Rerank | None = None
    reopening: Reopening | None = None

    _editions: Refreshed[Edition] = PrivateAttr()
    _prepared: tuple[Snapshot, CachedEmbeddings] | None = PrivateAttr(default=None)

    def model_post_init(self, _: Any, /) -> None:
        # A run that comes to its end leaves the revision that it has published, and a cleaned index.
        self._editions = Refreshed(lambda: (self.library.revision, self.library.settled), self._made)

    def search(self, question: str, count: int | None = None, scope: Scope = EVERYTHING) -> Findings:
        """The best passages that `scope` admits; none for a blank question or an empty base."""
        return self.edition().search(question, count, scope)

    def weights(self, question: str) -> dict[str, float]:
        """The question's terms as the base spells them, and how rare each is there (idf)."""
        return self.edition().weights(question)

    def zone(self, findings: Findings) -> Zone:
        """How well the base covers the question that was searched for."""
        return self.edition().zone(findings)

    def nearness(self, findings: Findings) -> float:
        """In spreads above what questions from elsewhere reach on average."""
        return self.edition().nearness(findings)

    def likeness(self, question: str, read: Sequence[Passage]) -> dict[str, float]:
        """The cosine of the question and each sentence of what is read; none for those that have no vector yet."""
        return self.edition().likeness(question, read)

    def source(self, id: str) -> Source | None:
        """
        The whole source of a passage, as it is in the current revision; while the library's server does not answer, as
        it last was: what was answered from it may still be kept and read again.
        """
        try:
            return self.edition().source(id)
        except UnreachableServer:
            return self._editions.last().source(id)

    def sources(self) -> Collection[Source]:
        """Every source of the current revision."""
        return self.edition().sources()

    def acronyms(self) -> Mapping[str, str]:
        """The acronyms that the sources spell out, in lower case, and their long forms."""
        return self.edition().acronyms()

    def check(self) -> None:
        """Raises KnowledgeError where it is known, without a search, that there could be none."""
        self.edition().check()

    @property
    def revision(self) -> int:
        """The one that is searched, which may not be the last published for a moment."""
        return self.edition().revision

    def snapshot(self) -> Snapshot:
        return self.edition().snapshot

    def edition(self) -> Edition:
        """The current revision; whoever is in the middle of a question keeps the one that it began with."""
        return self._editions.get()

    def watch(self) -> None:
        """Make each revision ready as soon as it is published, whether anything is asked or not."""
        self._editions.watch()

    def close(self) -> None:
        """Watch no more, and wait for what is being made ready."""
        self._editions.close()

    def _made(self, before: Edition | None) -> Edition:
        if before is None:
            snapshot, embeddings = self._snapshot(self.embeddings), self.embeddings
        else:
            snapshot, embeddings = self._prepared = self._prepare(before)
            index = self.reopening.index(snapshot.revision) if self.reopening else self.index.reopen()
            snapshot = replace(snapshot, index=index)
        record = self.library.fact(CALIBRATION)
        calibration = Calibration.from_json(record) if record else UNCALIBRATED
        return Edition(snapshot, embeddings, calibration, self.k, self.today, self.rerank)

    def _prepare(self, before: Edition) -> tuple[Snapshot, CachedEmbeddings]:
        """All but the index, while the run that published it is still at work there."""
        revision = self.library.revision
        if before.snapshot.revision == revision:
            return before.snapshot, before.embeddings
        if self._prepared and self._prepared[0].revision == revision:
            return self._prepared
        embeddings = self.reopening.embeddings() if self.reopening else self.embeddings
        snapshot = self._snapshot(embeddings, before.snapshot)
        snapshot.warm_up()
        return snapshot, embeddings

    def _snapshot(self, embeddings: CachedEmbeddings, before: Snapshot | None = None) -> Snapshot:
        shelf = self.reopening.shelf if self.reopening else Shelf(None)
        return take_snapshot(self.library.contents(unread=True), self.index, embeddings, shelf, before)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, **_: Any
    ) -> list[Document]:
        del run_manager  # LangChain's signature
        return [hit.to_document() for hit in self.search(query, k).hits]
