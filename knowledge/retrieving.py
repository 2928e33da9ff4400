"""Façade: the passages that answer a question, found by meaning and by words."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from heapq import nlargest
from operator import itemgetter
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, PrivateAttr

from .acronyms import acronyms, other_forms
from .calibrating import CALIBRATION, UNCALIBRATED, Calibration, Zone
from .embedding import CachedEmbeddings
from .index import VectorIndex
from .keeping import Reopening
from .library import Contents, Library
from .ranking import LexicalIndex, best, fuse
from .refreshing import Refreshed
from .settings import LEXICON
from .sources import Findings, Hit, Passage, Source, slice_source
from .surrounding import Surroundings, surround
from .translating import Lexicon, in_french, is_english, read_lexicon

_ANY_QUESTION = "la co-construction"
# Of each ranking; min-max is over these. The index is asked for more: titles and openings reorder them.
_CANDIDATES, _NEIGHBOURS = 100, 200
# Passages of one source among the hits: enough for a whole fiche, too few to crowd out the others.
_PER_SOURCE = 3
# What a title adds to its passages, in words and in meaning, and what the opening of their source does. A title that
# several sources share is a topic and says less: its weights are divided by their number.
_TITLE_WORDS = 1.0
_TITLE_MEANING, _OPENING_MEANING = 0.3, 0.3
# What the other form of an acronym counts beside the one that was typed.
_OTHER_FORMS = 0.5
# The share of meaning in the fused score: all but the first for a question whose words the base has nothing to say
# of, the second once the best passage says half of what the question's words could score.
_MEANING = (0.9, 0.4)
_WELL_WORDED = 0.5
# One configuration for all. On 2026-11-23, 130 of them drawn from a grid were held against four sets (halves of
# cnil_user, spf and piaf; the project's own questions), each left out of the choosing in turn. nDCG@10 of the four,
# without openings, with titles at 0.5 and 100 neighbours: .746 .963 .858 .896; as here: .770 .967 .859 .906. Without
# a gain on all four: other k1 and b, pairs of words, letters by four, BM25 of sentences or of whole sources, the mean
# vector of a source, its second passage, feedback from the first hits, z-scores.


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One revision of the base, ready to be searched."""

    revision: int
    sources: Mapping[str, Source]
    passages: tuple[Passage, ...]
    places: Mapping[str, tuple[int, ...]]  # digest → where it stands in `passages`
    acronyms: Mapping[str, str]
    lexicon: Lexicon
    bodies: LexicalIndex
    titles: LexicalIndex
    surroundings: Surroundings
    index: VectorIndex

    def search(self, question: str, vector: list[float], count: int) -> Findings:
        """The `count` best passages, best first. `vector` is the question's, as `heard` gives it."""
        question = self.spoken(question)
        cosines = self._cosines(vector)
        words = self.bodies.scores(question)
        lexical = words + _TITLE_WORDS * self.surroundings.shares * self.titles.scores(question)
        if others := other_forms(question, self.acronyms):
            lexical = lexical + _OTHER_FORMS * self.bodies.scores(others)
        coverage = words / (self.bodies.ideal(question) or 1.0)
        well_worded = min(1.0, float(coverage.max()) / _WELL_WORDED)
        meaning = _MEANING[0] + (_MEANING[1] - _MEANING[0]) * well_worded
        raised = self.surroundings.raised(cosines, vector, _TITLE_MEANING, _OPENING_MEANING)
        near = dict(nlargest(_CANDIDATES, raised.items(), key=itemgetter(1)))
        fused = fuse([near, best(lexical, _CANDIDATES)], [meaning, 1 - meaning])
        ranked = (
            Hit(self.passages[at], score, cosines.get(at, 0.0), float(coverage[at])) for at, score in fused.items()
        )
        best_cosine = max(cosines.values(), default=0.0)
        return Findings(tuple(_spread(ranked, count)), best_cosine, float(coverage.max()))

    def spoken(self, question: str) -> str:
        """The question in the words of the base: in French when it is asked in English."""
        return in_french(question, self.lexicon) if is_english(question) else question

    def heard(self, question: str) -> str:
        """The question whose vector is wanted. A model that knows both languages needs no translation."""
        return question if is_english(question) else self.bodies.respelled(question)

    def warm_up(self) -> None:
        """Make what the first question would wait for."""
        for words in (self.bodies, self.titles):
            words.scores(words.respelled(_ANY_QUESTION))

    def _cosines(self, vector: list[float]) -> dict[int, float]:
        near = self.index.nearest(vector, _NEIGHBOURS)
        # The index may hold what a run has not published yet, or not removed yet.
        return {at: cosine for key, cosine in near.items() for at in self.places.get(key, ())}


@dataclass(frozen=True, slots=True)
class Edition:
    """One revision of the base, for all that is asked in the course of one question."""

    snapshot: Snapshot
    embeddings: CachedEmbeddings
    calibration: Calibration
    k: int

    def edition(self) -> "Edition":
        return self

    def search(self, question: str, count: int | None = None) -> Findings:
        """The best passages for a question; none for a blank one or an empty base."""
        if not question.strip() or not self.snapshot.passages:
            return Findings()
        vector = self.embeddings.embed_query(self.snapshot.heard(question))
        return self.snapshot.search(question, vector, count or self.k)

    def weights(self, question: str) -> dict[str, float]:
        """The question's terms as the base spells them, and how rare each is there (idf)."""
        bodies = self.snapshot.bodies
        return {term: bodies.idf(term) for term in bodies.query_terms(self.snapshot.spoken(question))}

    def zone(self, findings: Findings) -> Zone:
        """How well the base covers the question that was searched for."""
        return self.calibration.zone(findings)

    def source(self, id: str) -> Source | None:
        """The whole source of a passage."""
        return self.snapshot.sources.get(id)

    def sources(self) -> Collection[Source]:
        return self.snapshot.sources.values()

    def acronyms(self) -> Mapping[str, str]:
        """The acronyms that the sources spell out, in lower case, and their long forms."""
        return self.snapshot.acronyms


class HybridRetriever(BaseRetriever):
    """
    Dense and lexical search over the library's current revision, fused; each `Document` carries a `Hit`.

    A revision that another process publishes is seen at the next question, or, where making it ready takes more
    than a second, once it is ready; `watch` begins without waiting for a question. `reopening` gives the index and the
    embeddings that the library then names.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    index: VectorIndex
    embeddings: CachedEmbeddings
    k: int = 8
    reopening: Reopening | None = None

    _editions: Refreshed[Edition] = PrivateAttr()
    _prepared: tuple[Snapshot, CachedEmbeddings] | None = PrivateAttr(default=None)

    def model_post_init(self, _: Any, /) -> None:
        # A run that comes to its end leaves the revision that it has published, and a cleaned index.
        self._editions = Refreshed(lambda: (self.library.revision, self.library.settled), self._made)

    def search(self, question: str, count: int | None = None) -> Findings:
        """The best passages for a question; none for a blank one or an empty base."""
        return self.edition().search(question, count)

    def weights(self, question: str) -> dict[str, float]:
        """The question's terms as the base spells them, and how rare each is there (idf)."""
        return self.edition().weights(question)

    def zone(self, findings: Findings) -> Zone:
        """How well the base covers the question that was searched for."""
        return self.edition().zone(findings)

    def source(self, id: str) -> Source | None:
        """The whole source of a passage, as it is in the current revision."""
        return self.edition().source(id)

    def sources(self) -> Collection[Source]:
        """Every source of the current revision."""
        return self.edition().sources()

    def acronyms(self) -> Mapping[str, str]:
        """The acronyms that the sources spell out, in lower case, and their long forms."""
        return self.edition().acronyms()

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
            snapshot, embeddings = take_snapshot(self.library.contents(), self.index, self.embeddings), self.embeddings
        else:
            snapshot, embeddings = self._prepared = self._prepare(before)
            index = self.reopening.index(snapshot.revision) if self.reopening else self.index.reopen()
            snapshot = replace(snapshot, index=index)
        record = self.library.fact(CALIBRATION)
        calibration = Calibration.from_json(record) if record else UNCALIBRATED
        return Edition(snapshot, embeddings, calibration, self.k)

    def _prepare(self, before: Edition) -> tuple[Snapshot, CachedEmbeddings]:
        """All but the index, while the run that published it is still at work there."""
        revision = self.library.revision
        if before.snapshot.revision == revision:
            return before.snapshot, before.embeddings
        if self._prepared and self._prepared[0].revision == revision:
            return self._prepared
        embeddings = self.reopening.embeddings() if self.reopening else self.embeddings
        snapshot = take_snapshot(self.library.contents(), self.index, embeddings)
        snapshot.warm_up()
        return snapshot, embeddings

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, **_: Any
    ) -> list[Document]:
        del run_manager  # LangChain's signature
        return [hit.to_document() for hit in self.search(query, k).hits]


def take_snapshot(contents: Contents, index: VectorIndex, embeddings: CachedEmbeddings) -> Snapshot:
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
        acronyms=acronyms(source.text for source in contents.sources.values()),
        lexicon=_lexicon(),
        bodies=LexicalIndex([passage.text for passage in passages]),
        titles=LexicalIndex([_heading(passage) for passage in passages]),
        surroundings=surround(
            list(contents.sources.values()), passages, embeddings.embed_titles, embeddings.embed_documents
        ),
        index=index,
    )


@cache
def _lexicon() -> Lexicon:
    return read_lexicon(LEXICON.read_text(encoding="utf-8"))


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
