"""Pure: many texts as the words that they are made of, each word numbered once."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .analysing import content_words, fold, stem


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """
    The content words of texts, numbered as they first appear: text i is made of `tokens[starts[i]:starts[i + 1]]`,
    and number n is written `words[n]`, `stems[n]` as a term and `bares[n]` without accents.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    bares: tuple[str, ...]
    tokens: NDArray[np.int32]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        """How many texts."""
        return len(self.starts) - 1


UNWORDED = Wording((), (), (), np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.int64))


def word(texts: Sequence[str]) -> Wording:
    return reword(UNWORDED, [-1] * len(texts), texts)


def reword(before: Wording, kept: Sequence[int], texts: Iterable[str]) -> Wording:
    """
    Text i is text `kept[i]` of `before` or, where that is −1, the next of `texts`: the same as if all were read anew.
    """
    numbers = {word: number for number, word in enumerate(before.words)}
    fresh, ends = array("i"), [int(before.starts[-1])]
    for text in texts:
        fresh.extend([numbers.setdefault(word, len(numbers)) for word in content_words(text)])
        ends.append(int(before.starts[-1]) + len(fresh))
    starts = np.concatenate([before.starts, np.asarray(ends[1:], dtype=np.int64)])
    rows = np.asarray(kept, dtype=np.int64)
    rows[rows < 0] = len(before) + np.arange(len(ends) - 1)
    tokens = _gathered(np.concatenate([before.tokens, np.frombuffer(fresh, dtype=np.int32)]), starts, rows)
    order, tokens = _renumbered(tokens, len(numbers))
    words = list(numbers)
    stems, bares = list(before.stems), list(before.bares)
    stems += map(stem, words[len(stems) :])
    bares += map(fold, words[len(bares) :])
    return Wording(
        tuple(words[number] for number in order),
        tuple(stems[number] for number in order),
        tuple(bares[number] for number in order),
        tokens,
        np.concatenate([[0], np.cumsum(starts[rows + 1] - starts[rows])]).astype(np.int64),
    )


def _gathered(tokens: NDArray[np.int32], starts: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int32]:
    """The tokens of some texts, one after the other; neighbours stay together."""
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    runs = [run for run in np.split(rows, breaks) if len(run)]
    pieces = [tokens[starts[run[0]] : starts[run[-1] + 1]] for run in runs]
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32)


def _renumbered(tokens: NDArray[np.int32], count: int) -> tuple[list[int], NDArray[np.int32]]:
    """The numbers in use in the order in which they first appear, and the tokens by their places in it."""
    first = np.full(count, len(tokens), dtype=np.int64)
    # Of a number that is assigned several times, the last one stays.
    first[tokens[::-1]] = np.arange(len(tokens) - 1, -1, -1)
    order = np.argsort(first, kind="stable")[: int((first < len(tokens)).sum())]
    places = np.zeros(count, dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return order.tolist(), places[tokens]
