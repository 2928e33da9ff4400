"""Pure: what stands around a passage, the titles of its source and the passage that opens it, as vectors."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

EmbedTitles = Callable[[list[str]], ArrayLike]
EmbedOpenings = Callable[[list[int]], ArrayLike]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    `sources` is the number of the source of each passage, `shares` one over the number of sources that have its title
    (0 without one). The titles of source n are rows `starts[n]` to `starts[n + 1]` of `titles`, one or more; its
    opening is row `opened[n]` of `openings`, −1 where it has no other passage.
    """

    sources: NDArray[np.intp]
    shares: NDArray[np.float32]
    titles: NDArray[np.float32]
    starts: NDArray[np.intp]
    openings: NDArray[np.float32]
    opened: NDArray[np.intp]

    def raised(
        self, cosines: Mapping[int, float], vector: Sequence[float], title: float, opening: float
    ) -> dict[int, float]:
        """
        The mean of each passage's cosine (weight 1), of the nearest title's of its source (weight `title`, times the
        title's share) and of its opening's (weight `opening`).
        """
        if not cosines:
            return {}
        asked = np.asarray(vector, dtype=np.float32)
        at = np.fromiter(cosines, dtype=np.intp)
        own = np.fromiter(cosines.values(), dtype=np.float32)
        sources, back = np.unique(self.sources[at], return_inverse=True)
        share = title * self.shares[at]
        means = own + share * self._titles(sources, asked)[back] + opening * self._openings(sources[back], own, asked)
        return dict(zip(cosines, (means / (1 + share + opening)).tolist(), strict=True))

    def _titles(self, sources: NDArray[np.intp], asked: NDArray[np.float32]) -> NDArray[np.float32]:
        """The cosine of the nearest title of each of some sources."""
        counts = self.starts[sources + 1] - self.starts[sources]
        ends = np.cumsum(counts)
        rows = np.arange(ends[-1]) + np.repeat(self.starts[sources] - (ends - counts), counts)
        nearest: NDArray[np.float32] = np.maximum.reduceat(self.titles[rows] @ asked, ends - counts)
        return nearest

    def _openings(
        self, sources: NDArray[np.intp], own: NDArray[np.float32], asked: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The cosine of the opening of each source: a passage's own where it is alone."""
        rows = self.opened[sources]
        cosines = own.copy()
        if (rows >= 0).any():
            cosines[rows >= 0] = self.openings[rows[rows >= 0]] @ asked
        return cosines


def surround(
    names: Sequence[Sequence[str]], counts: Sequence[int], embed_titles: EmbedTitles, embed_openings: EmbedOpenings
) -> Surroundings:
    """
    Of sources with these titles, the first of which is shown, and so many passages each. `embed_openings` is asked for
    the first passages of sources by their places.
    """
    sharing = Counter(title for title, *_ in names)
    read = [at for at, count in enumerate(counts) if count]
    several = [at for at in read if counts[at] > 1]
    row = {at: number for number, at in enumerate(several)}
    shares = [1 / sharing[names[at][0]] if names[at][0] else 0.0 for at in read]
    passages = [counts[at] for at in read]
    return Surroundings(
        sources=np.repeat(np.arange(len(read), dtype=np.intp), passages),
        shares=np.repeat(np.asarray(shares, dtype=np.float32), passages),
        titles=np.asarray(embed_titles([name for at in read for name in names[at]]), dtype=np.float32),
        starts=np.cumsum([0, *(len(names[at]) for at in read)], dtype=np.intp),
        openings=np.asarray(embed_openings(several), dtype=np.float32),
        opened=np.asarray([row.get(at, -1) for at in read], dtype=np.intp),
    )
