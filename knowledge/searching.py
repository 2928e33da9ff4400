"""Façade: one revision of the base, searched by meaning and by words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from operator import itemgetter

from .acronyms import acronyms, other_forms
from .embedding import CachedEmbeddings
from .index import VectorIndex
from .library import Contents
from .ranking import LexicalIndex, best, fuse
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
