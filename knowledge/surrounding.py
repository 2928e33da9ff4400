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
    (0 without one). A source has a row or more in `titles`, the first of them at `starts`, and one in `openings`.
    """

    sources: NDArray[np.intp]
    shares: NDArray[np.float32]
    titles: NDArray[np.float32]
    starts: NDArray[np.intp]
    openings: NDArray[np.float32]

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
        source, share = self.sources[at], title * self.shares[at]
        titles = np.maximum.reduceat(self.titles @ asked, self.starts)[source]
        openings = (self.openings @ asked)[source]
        means = (own + share * titles + opening * openings) / (1 + share + opening)
        return dict(zip(cosines, means.tolist(), strict=True))


def surround(
    sources: Sequence[Source], passages: Sequence[Passage], embed_titles: Embed, embed_texts: Embed
) -> Surroundings:
    """Of `passages`, in the order of their sources."""
    opening = {passage.source: passage.indexed_text for passage in reversed(passages)}
    read = [source for source in sources if source.id in opening]
    number = {source.id: at for at, source in enumerate(read)}
    sharing = Counter(source.title for source in sources)
    names = [(source.title, *source.aliases) for source in read]
    shares = [1 / sharing[passage.title] if passage.title else 0.0 for passage in passages]
    return Surroundings(
        sources=np.asarray([number[passage.source] for passage in passages], dtype=np.intp),
        shares=np.asarray(shares, dtype=np.float32),
        titles=np.asarray(embed_titles([name for some in names for name in some]), dtype=np.float32),
        starts=np.cumsum([0, *(len(some) for some in names[:-1])], dtype=np.intp),
        openings=np.asarray(embed_texts([opening[source.id] for source in read]), dtype=np.float32),
    )
