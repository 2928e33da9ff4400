"""Pure: how well texts answer a question, by their words; and two rankings into one."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .analysing import content_words, fold, stem
from .dictionary import is_common
from .wording import Wording, word

Scores = NDArray[np.float32]


_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Letters from which a word that no text knows is taken for a slip and not for a name.
_LONG = 7
# Typed in capitals where the rest is not: a name of its own, « SMIC » and not a slip for « SCIC ».
_ACRONYM = re.compile(r"\b[A-ZÀ-Ý]{2,}\b")
# An elided article or pronoun typed without its apostrophe.
_GLUED = re.compile(r"(?:qu|[cdjlmnst])([aeiouyh]\w{2,})$")


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """What terms are worth in texts: term n `data[at]` in text `indices[at]`, for `at` in indptr[n]…indptr[n + 1]."""

    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int64]


class LexicalIndex:
    """
    BM25 (Robertson et al.; the Lucene variant of bm25s, so that a term is worth at most its idf) over French terms.

    k1 = 1.5 and b = 0.75: tried 0.9/0.4 on five French sets, no better. `matrix` is one that was made of the same.
    """

    def __init__(
        self, texts: Sequence[str] | Wording, k1: float = 1.5, b: float = 0.75, matrix: Matrix | None = None
    ) -> None:
        self.wording = texts if isinstance(texts, Wording) else word(texts)
        self.matrix = matrix or _weighed(self.wording, k1, b)

    def __len__(self) -> int:
        return len(self.wording)

    def scores(self, question: str) -> Scores:
        """The raw BM25 score of each text, shape (texts,); zeros when no term is known."""
        return self.scores_of(self.query_terms(question))

    def scores_of(self, terms: Iterable[str]) -> Scores:
        """The same for terms that are spelled as the texts spell them."""
        known = [self._numbers[term] for term in terms if term in self._numbers]
        if not known or not len(self):
            return np.zeros(len(self), dtype=np.float32)
        scores: Scores = self._index.get_scores_from_ids(known)
        return scores

    def ideal(self, question: str) -> float:
        """The score of a text that would hold every term of the question without end."""
        return sum(self.idf(term) for term in self.query_terms(question))

    def idf(self, term: str) -> float:
        """Lucene's: always positive, largest for a term that no text holds."""
        number = self._numbers.get(term)
        frequency = 0 if number is None else int(self.matrix.indptr[number + 1] - self.matrix.indptr[number])
        return _idf(frequency, len(self))

    def query_terms(self, question: str) -> list[str]:
        """The question's terms as the texts spell them: accents restored, typing slips in unknown words mended."""
        exact = set() if question.isupper() else {found.lower() for found in _ACRONYM.findall(question)}
        return [self._spelled(word, word in exact) for word in content_words(question)]

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

    def _spelled(self, word: str, is_exact: bool) -> str:
        term = stem(word)
        if term in self._numbers:
            return term
        bare = fold(word)
        surface = self._surfaces.get(bare) or self._unglued(bare) or (None if is_exact else self._mended(bare))
        return stem(surface) if surface else term

    def _unglued(self, bare: str) -> str | None:
        """ "lassociation", typed without its apostrophe."""
        match = _GLUED.match(bare)
        return self._surfaces.get(match.group(1)) if match else None

    def _mended(self, bare: str) -> str | None:
        """One slip in a word of four letters, two from eight on; numbers and common words are never guessed."""
        if len(bare) < 4 or any(char.isdigit() for char in bare):
            return None
        slips = 1 if len(bare) < 8 else 2
        near = []
        for length in range(len(bare) - slips, len(bare) + slips + 1):
            places, words = self._alike.get((bare[0], length), ((), ()))
            if found := process.extractOne(bare, words, scorer=OSA.distance, score_cutoff=slips):
                near.append((found[1], places[found[2]], found[0]))
        return self._surfaces[min(near)[2]] if near and not is_common(bare) else None

    @cached_property
    def _alike(self) -> Mapping[tuple[str, int], tuple[list[int], list[str]]]:
        """The words without accents by initial and length, and their places among all: a slip changes neither much."""
        alike: dict[tuple[str, int], tuple[list[int], list[str]]] = defaultdict(lambda: ([], []))
        for place, bare in enumerate(self._surfaces):
            places, words = alike[bare[0], len(bare)]
            places.append(place)
            words.append(bare)
        return alike

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        """The terms, numbered as they first appear."""
        return _numbered(self.wording)

    @cached_property
    def _surfaces(self) -> Mapping[str, str]:
        """Each word as typed without accents, and how the texts write it (the most frequent way)."""
        counts = np.bincount(self.wording.tokens, minlength=len(self.wording.words))
        rarest_first = np.argsort(-counts, kind="stable")[::-1].tolist()
        words, bares = self.wording.words, self.wording.bares
        return {bares[number]: words[number] for number in rarest_first}

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(self.wording.words)

    @cached_property
    def _index(self) -> Any:
        import bm25s

        index = bm25s.BM25(method="lucene")
        index.nonoccurrence_array = None
        index.scores = {
            "data": self.matrix.data,
            "indices": self.matrix.indices,
            "indptr": self.matrix.indptr,
            "num_docs": len(self),
        }
        return index


def _numbered(wording: Wording) -> dict[str, int]:
    return {term: number for number, term in enumerate(dict.fromkeys(wording.stems))}


def _idf(frequency: int, texts: int) -> float:
    return math.log(1 + (texts - frequency + 0.5) / (frequency + 0.5))


def _weighed(wording: Wording, k1: float, b: float) -> Matrix:
    """What bm25s would build, in the same arithmetic, of all texts at once and not of one after the other."""
    numbers = _numbered(wording)
    texts, lengths = len(wording), np.diff(wording.starts)
    if not len(wording.tokens):
        return Matrix(np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64))
    terms = np.fromiter(map(numbers.__getitem__, wording.stems), dtype=np.int64, count=len(wording.stems))
    pairs = np.sort(terms[wording.tokens] * texts + np.repeat(np.arange(texts), lengths))
    firsts = np.flatnonzero(np.diff(pairs, prepend=-1))
    counts = np.diff(firsts, append=len(pairs)).astype(np.float32)
    term, text = np.divmod(pairs[firsts], texts)
    frequencies = np.bincount(term, minlength=len(numbers))
    idf = np.asarray([_idf(frequency, texts) for frequency in frequencies.tolist()], dtype=np.float32)
    lasting = k1 * ((1 - b) + b * lengths / lengths.mean())
    return Matrix(
        (idf[term] * (counts / (lasting[text] + counts))).astype(np.float32),
        text.astype(np.int32),
        np.concatenate([[0], np.cumsum(frequencies)]),
    )


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
    """The `count` highest positive scores by index, highest first, equal ones by place."""
    found = np.flatnonzero(scores > 0)
    if len(found) > count:
        # All that equal the last one stay until they are put in order: sorting them all would take ten times as long.
        found = found[scores[found] >= np.partition(scores[found], -count)[-count]]
    order = found[np.argsort(-scores[found], kind="stable")][:count]
    return dict(zip(order.tolist(), scores[order].tolist(), strict=True))
