"""Façade: one revision of the base, searched by meaning and by words."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from heapq import nlargest
from itertools import islice
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from .acronyms import other_forms
from .dating import asked_moment, in_order
from .deriving import Derived, Range
from .embedding import CachedEmbeddings
from .index import VectorIndex
from .library import Contents, Vector
from .ranking import LexicalIndex, best, fuse
from .records import Passages
from .reranking import Rerank
from .scoping import EVERYTHING, Scope
from .settings import LEXICON
from .shelving import Shelf
from .sources import Findings, Hit, Source
from .synonyms import mates
from .translating import Lexicon, in_french, is_english, read_lexicon

_ANY_QUESTION = "la co-construcion"
# Of each ranking; min-max is over these. The index is asked for more: titles and openings reorder them.
_CANDIDATES, _NEIGHBOURS = 100, 200
# Passages that a reranker reads: it takes a second for some fifty.
_RERANKED = 30
# Up to so many passages, a limited search compares the question with each one: the index knows nothing of limits.
_EXACT = 5000
# Passages of one source among the hits: enough for a whole fiche, too few to crowd out the others.
_PER_SOURCE = 3
# What a title adds to its passages, in words and in meaning, and what the opening of their source does. A title that
# several sources share is a topic and says less: its weights are divided by their number.
_TITLE_WORDS = 1.0
_TITLE_MEANING, _OPENING_MEANING = 0.3, 0.3
# What the nearest sentence of a passage adds to its score, stretched over the first ones. On 2026-11-24, every weight
# from 0.15 to 0.22 raised three of the four sets below and left the fourth as it was: .761 .967 .858 .902 without it,
# .767 .970 .862 .901 as here. Beside it, 3,400 draws of all weights gave nothing better on the four.
_SENTENCE = 0.2
# What the other form of an acronym, and other words for the same, count beside what was typed. With other words, on
# 2026-11-24: nDCG@10 of .763 .970 .863 .903, and Recall@20 of piaf from .956 to .960.
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
    ranges: tuple[Range, ...]
    passages: Passages
    places: Mapping[str, tuple[int, ...]]  # digest → where it stands in `passages`
    lexicon: Lexicon
    derived: Derived
    index: VectorIndex
    vectors: Callable[[Iterable[str]], Mapping[str, Vector]]  # of digests, without the index
    # A question's vector and digests → the cosine of the nearest sentence of each, where sentences have vectors.
    nearest_sentences: Callable[[Sequence[float], Iterable[str]], Mapping[str, float | None]]

    @property
    def acronyms(self) -> Mapping[str, str]:
        return self.derived.acronyms

    @property
    def bodies(self) -> LexicalIndex:
        return self.derived.bodies

    def search(
        self,
        question: str,
        vector: list[float],
        count: int,
        scope: Scope = EVERYTHING,
        today: date | None = None,
        rerank: Rerank | None = None,
    ) -> Findings:
        """
        The `count` best passages that `scope` admits, best first; what no longer holds `today` (None: no matter)
        behind what takes its place. `vector` is the question's, as `heard` gives it.
        """
        asked = question
        question = self.spoken(question)
        admitted = self._admitted(scope)
        if not admitted.any():
            return Findings()
        cosines = self._cosines(vector, admitted)
        terms = self.bodies.query_terms(question)
        words = self.bodies.scores_of(terms) * admitted
        around = self.derived.surroundings
        lexical = words + _TITLE_WORDS * around.shares * self.derived.titles.scores(question) * admitted
        if long := other_forms(question, self.acronyms):
            lexical = lexical + _OTHER_FORMS * self.bodies.scores(long) * admitted
        if others := mates(terms):
            lexical = lexical + _OTHER_FORMS * self.bodies.scores_of(sorted(others)) * admitted
        coverage = words / (self.bodies.ideal(question) or 1.0)
        well_worded = min(1.0, float(coverage.max()) / _WELL_WORDED)
        meaning = _MEANING[0] + (_MEANING[1] - _MEANING[0]) * well_worded
        raised = around.raised(cosines, vector, _TITLE_MEANING, _OPENING_MEANING)
        near = dict(nlargest(_CANDIDATES, raised.items(), key=itemgetter(1)))
        fused = fuse([near, best(lexical, _CANDIDATES)], [meaning, 1 - meaning])
        fused = self._refined(fused, vector)
        passages = self.passages
        ranked = [Hit(passages[at], score, cosines.get(at, 0.0), float(coverage[at])) for at, score in fused.items()]
        if rerank:
            ranked = _reranked(ranked, asked, rerank)
        if today:
            ranked = in_order(ranked, asked_moment(asked, today))
        spread = _spread(ranked, count, count if scope.source else _PER_SOURCE)
        return Findings(tuple(spread), max(cosines.values(), default=0.0), float(coverage.max()))

    def spoken(self, question: str) -> str:
        """The question in the words of the base: in French when it is asked in English."""
        return in_french(question, self.lexicon) if is_english(question) else question

    def heard(self, question: str) -> str:
        """The question whose vector is wanted. A model that knows both languages needs no translation."""
        return question if is_english(question) else self.bodies.respelled(question)

    def warm_up(self) -> None:
        """Make what the first question would wait for."""
        for words in (self.bodies, self.derived.titles):
            words.scores(words.respelled(_ANY_QUESTION))

    def _admitted(self, scope: Scope) -> NDArray[np.bool_]:
        admitted = np.full(len(self.ranges), not scope, dtype=np.bool_)
        if not scope:
            return admitted
        passages, start = self.passages, 0
        for id, reading in zip(self.sources, self.derived.readings, strict=True):
            stop = start + reading.count
            if scope.source in ("", id) and reading.count:
                # Passages of one source differ in what they rest on, and in nothing else that is asked for.
                asked = stop if self.sources[id].supports else start + 1
                admitted[start:stop] = [scope.admits(passages[at]) for at in range(start, asked)]
            start = stop
        return admitted

    def _cosines(self, vector: list[float], admitted: NDArray[np.bool_]) -> dict[int, float]:
        everything = bool(admitted.all())
        if not everything and admitted.sum() <= _EXACT:
            return self._exact(vector, np.flatnonzero(admitted).tolist())
        wanted = _NEIGHBOURS
        while True:
            near = self.index.nearest(vector, wanted)
            # The index may hold what a run has not published yet, or not removed yet.
            found = {at: cosine for key, cosine in near.items() for at in self.places.get(key, ()) if admitted[at]}
            if everything or len(found) >= _CANDIDATES or wanted >= len(self.places):
                return found
            wanted *= 4

    def _refined(self, fused: Mapping[int, float], vector: Sequence[float]) -> dict[int, float]:
        """The first ones raised by their nearest sentence, once all their sentences have vectors; still 0 to 1."""
        keys = {at: self.ranges[at][-1] for at in islice(fused, _CANDIDATES)}
        nearest = self.nearest_sentences(vector, dict.fromkeys(keys.values()))
        if any(key not in nearest for key in keys.values()):
            return dict(fused)
        raised = fuse([{at: near for at, key in keys.items() if (near := nearest[key]) is not None}], [_SENTENCE])
        total = {at: (score + raised.get(at, 0.0)) / (1 + _SENTENCE) for at, score in fused.items()}
        return dict(sorted(total.items(), key=lambda pair: (-pair[1], pair[0])))

    def _exact(self, vector: list[float], wanted: Sequence[int]) -> dict[int, float]:
        """The cosines of some passages, by the vectors that the library keeps."""
        keys = {at: self.ranges[at][-1] for at in wanted}
        kept = self.vectors(dict.fromkeys(keys.values()))
        found = [at for at in wanted if keys[at] in kept]
        if not found:
            return {}
        rows = np.stack([kept[keys[at]] for at in found])
        asked = np.asarray(vector, dtype=np.float32)
        cosines = rows @ asked / (np.linalg.norm(rows, axis=1) * np.linalg.norm(asked))
        near = sorted(zip(found, cosines.tolist(), strict=True), key=lambda pair: -pair[1])
        return dict(near[:_NEIGHBOURS])


def take_snapshot(
    contents: Contents, index: VectorIndex, embeddings: CachedEmbeddings, shelf: Shelf, before: Snapshot | None = None
) -> Snapshot:
    """`contents` made searchable; what is the same as `before` is not made again."""
    places: dict[str, tuple[int, ...]] = {}
    for at, (*_, key) in enumerate(contents.ranges):
        places[key] = (*places.get(key, ()), at)
    return Snapshot(
        contents.revision,
        contents.sources,
        contents.ranges,
        Passages(contents.sources, contents.ranges),
        places,
        _lexicon(),
        shelf.take(contents, embeddings, before.derived if before else None),
        index,
        embeddings.kept,
        embeddings.nearest_sentences,
    )


@cache
def _lexicon() -> Lexicon:
    return read_lexicon(LEXICON.read_text(encoding="utf-8"))


def _reranked(ranked: list[Hit], question: str, rerank: Rerank) -> list[Hit]:
    """The first hits in the order of the reranker, above the others."""
    first, rest = ranked[:_RERANKED], ranked[_RERANKED:]
    scores = rerank(question, [hit.passage.indexed_text for hit in first])
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    floor = rest[0].score if rest else 0.0
    stretched = [(score - low) / (high - low) if high > low else 1.0 for score in scores]
    judged = [replace(hit, score=floor + (1 - floor) * s) for hit, s in zip(first, stretched, strict=True)]
    return sorted(judged, key=lambda hit: -hit.score) + rest


def _spread(ranked: Iterable[Hit], count: int, per_source: int) -> list[Hit]:
    taken: Counter[str] = Counter()
    chosen: list[Hit] = []
    for hit in ranked:
        if len(chosen) == count:
            break
        if taken[hit.passage.source] < per_source:
            taken[hit.passage.source] += 1
            chosen.append(hit)
    return chosen
