"""Pure: the same questions when what answers them is taken away, and how many are answered all the same."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge import Findings, Passage, Source, Zone

from ..merging import relative
from ..searcher import Searcher

# Hits among which those of the sources left out are looked for: all of theirs stand well before.
_LOOKED_AT = 60
# Shares of answerable questions that one accepts to refuse, at which the curve is drawn.
REFUSED = (0.02, 0.05, 0.10, 0.20)


@dataclass(frozen=True, slots=True)
class Without:
    """A searcher that never finds the sources `left_out`, and says how near the rest comes."""

    searcher: Searcher
    left_out: Collection[str]
    k: int

    def search(self, question: str, count: int | None = None) -> Findings:
        found = self.searcher.search(question, _LOOKED_AT)
        kept = [hit for hit in found.hits if hit.passage.source not in self.left_out]
        if not kept:
            return Findings()
        return Findings(
            relative(kept[: count or self.k]), max(hit.cosine for hit in kept), max(hit.coverage for hit in kept)
        )

    def weights(self, question: str) -> dict[str, float]:
        return self.searcher.weights(question)

    def source(self, id: str) -> Source | None:
        return self.searcher.source(id)

    def sources(self) -> Collection[Source]:
        return [source for source in self.searcher.sources() if source.id not in self.left_out]

    @property
    def revision(self) -> int:
        return self.searcher.revision

    def zone(self, findings: Findings) -> Zone:
        return self.searcher.zone(findings)

    def nearness(self, findings: Findings) -> float:
        return self.searcher.nearness(findings)

    def likeness(self, question: str, read: Sequence[Passage]) -> Mapping[str, float]:
        return self.searcher.likeness(question, read)

    def acronyms(self) -> Mapping[str, str]:
        return self.searcher.acronyms()

    def check(self) -> None:
        self.searcher.check()

    def edition(self) -> Searcher:
        return replace(self, searcher=self.searcher.edition())


def let_through(answerable: Sequence[float], absent: Sequence[float]) -> list[tuple[float, float]]:
    """
    For each share of REFUSED, that share and the share of `absent` questions which come as near as the answerable
    ones that are kept. Example: [(0.02, 0.9), (0.05, 0.7), …]
    """
    if not answerable or not absent:
        return []
    thresholds = np.quantile(np.asarray(answerable), REFUSED, method="higher")
    return [(share, float(np.mean(np.asarray(absent) >= at))) for share, at in zip(REFUSED, thresholds, strict=True)]
