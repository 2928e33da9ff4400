"""Pure: what stands around a passage, the titles of its source and the passage that opens it, as vectors."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .sources import Passage, Source

Embed = Callable[[list[str]], list[list[float]]]


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
    sources: Sequence[Source], passages: Sequence[Passage], embed_titles: Embed, embed_texts: Embed
) -> Surroundings:
    """Of `passages`, in the order of their sources."""
    sharing = Counter(source.title for source in sources)
    counts = Counter(passage.source for passage in passages)
    opening = {passage.source: passage.indexed_text for passage in reversed(passages)}
    read = [source for source in sources if source.id in counts]
    several = [source.id for source in read if counts[source.id] > 1]
    number = {source.id: at for at, source in enumerate(read)}
    row = {id: at for at, id in enumerate(several)}
    names = [(source.title, *source.aliases) for source in read]
    shares = [1 / sharing[passage.title] if passage.title else 0.0 for passage in passages]
    return Surroundings(
        sources=np.asarray([number[passage.source] for passage in passages], dtype=np.intp),
        shares=np.asarray(shares, dtype=np.float32),
        titles=np.asarray(embed_titles([name for some in names for name in some]), dtype=np.float32),
        starts=np.cumsum([0, *map(len, names)], dtype=np.intp),
        openings=np.asarray(embed_texts([opening[id] for id in several]), dtype=np.float32),
        opened=np.asarray([row.get(source.id, -1) for source in read], dtype=np.intp),
    )
