"""Pure: how well texts answer a question, by their words; and two rankings into one."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .analysing import content_words, fold, stem

Scores = NDArray[np.float32]


_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Letters from which a word that no text knows is taken for a slip and not for a name.
_LONG = 7
# An elided article or pronoun typed without its apostrophe.
_GLUED = re.compile(r"(?:qu|[cdjlmnst])([aeiouyh]\w{2,})$")


class LexicalIndex:
    """
    BM25 (Robertson et al.; the Lucene variant of bm25s, so that a term is worth at most its idf) over French terms.

    k1 = 1.5 and b = 0.75: tried 0.9/0.4 on five French sets, no better.
    """

    def __init__(self, texts: Sequence[str], k1: float = 1.5, b: float = 0.75) -> None:
        self._words = [content_words(text) for text in texts]
        self._k1, self._b = k1, b

    def __len__(self) -> int:
        return len(self._words)

    def scores(self, question: str) -> Scores:
        """The raw BM25 score of each text, shape (texts,); zeros when no term is known."""
        known = [term for term in self.query_terms(question) if term in self._frequencies]
        if not known or not len(self):
            return np.zeros(len(self), dtype=np.float32)
        scores: Scores = self._index.get_scores(known)
        return scores

    def ideal(self, question: str) -> float:
        """The score of a text that would hold every term of the question without end."""
        return sum(self.idf(term) for term in self.query_terms(question))

    def idf(self, term: str) -> float:
        """Lucene's: always positive, largest for a term that no text holds."""
        frequency = self._frequencies.get(term, 0)
        return math.log(1 + (len(self) - frequency + 0.5) / (frequency + 0.5))

    def query_terms(self, question: str) -> list[str]:
        """The question's terms as the texts spell them: accents restored, typing slips in unknown words mended."""
        return [self._spelled(word) for word in content_words(question)]

    def respelled(self, question: str) -> str:
        """
        The question for those who read its accents and capitals: « territorial » for « térritorial », and none of
        it shouted. Words that the texts do not know, and short ones, stay as they are.
        """
        if question.isupper():
            question = question.lower()
        return _WORD.sub(lambda match: self._respelled(match.group()), question)

    def _respelled(self, typed: str) -> str:
        word = typed.lower()
        if "-" in word or word in self._vocabulary or not content_words(word):
            return typed
        bare = fold(word)
        return self._surfaces.get(bare) or (self._mended(bare) if len(bare) >= _LONG else None) or typed

    def _spelled(self, word: str) -> str:
        term = stem(word)
        if term in self._frequencies:
            return term
        bare = fold(word)
        surface = self._surfaces.get(bare) or self._unglued(bare) or self._mended(bare)
        return stem(surface) if surface else term

    def _unglued(self, bare: str) -> str | None:
        """ "lassociation", typed without its apostrophe."""
        match = _GLUED.match(bare)
        return self._surfaces.get(match.group(1)) if match else None

    def _mended(self, bare: str) -> str | None:
        """One slip in a word of four letters, two from eight on; numbers are never guessed."""
        if len(bare) < 4 or any(char.isdigit() for char in bare):
            return None
        slips = 1 if len(bare) < 8 else 2
        found = process.extract(bare, self._surfaces.keys(), scorer=OSA.distance, score_cutoff=slips, limit=5)
        same_initial = [surface for surface, *_ in found if surface[0] == bare[0]]
        return self._surfaces[same_initial[0]] if same_initial else None

    @cached_property
    def _frequencies(self) -> Mapping[str, int]:
        """In how many texts each term stands."""
        return Counter(term for words in self._words for term in {stem(word) for word in words})

    @cached_property
    def _surfaces(self) -> Mapping[str, str]:
        """Each word as typed without accents, and how the texts write it (the most frequent way)."""
        counts = Counter(word for words in self._words for word in words)
        return {fold(word): word for word, _ in reversed(counts.most_common())}

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word for words in self._words for word in words)

    @cached_property
    def _index(self) -> Any:
        import bm25s

        index = bm25s.BM25(method="lucene", k1=self._k1, b=self._b)
        index.index([[stem(word) for word in words] for words in self._words], show_progress=False)
        return index


def fuse(rankings: Sequence[Mapping[int, float]], weights: Sequence[float]) -> dict[int, float]:
    """
    The weighted sum of rankings, each stretched to 0…1 (what a ranking leaves out counts 0), best first.

    Measured on seven French sets, 0.5/0.5 of dense and BM25 beats either alone and reciprocal rank fusion.
    Example: [{1: 0.9, 2: 0.8}, {2: 7.0, 3: 1.0}], [0.5, 0.5] -> {1: 0.5, 2: 0.5, 3: 0.0}
    """
    total: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        low, high = min(ranking.values(), default=0.0), max(ranking.values(), default=0.0)
        for item, score in ranking.items():
            stretched = (score - low) / (high - low) if high > low else 1.0
            total[item] = total.get(item, 0.0) + weight * stretched
    return dict(sorted(total.items(), key=lambda pair: (-pair[1], pair[0])))


def best(scores: Scores, count: int) -> dict[int, float]:
    """The `count` highest positive scores by index, highest first."""
    order = np.argsort(-scores, kind="stable")[:count]
    return {int(index): float(scores[index]) for index in order if scores[index] > 0}
