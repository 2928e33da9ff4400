"""Pure: what searches found, made comparable and put together."""

from collections.abc import Sequence
from dataclasses import replace

from knowledge import Findings, Hit


def relative(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Scores as shares of the best one: what a search gives says little beside those of another question."""
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    return tuple(replace(hit, score=hit.score / best) for hit in hits)


def merged(one: Findings, other: Findings) -> Findings:
    """What two searches found, a passage that both found first; the best hit's score is 1."""
    best: dict[str, Hit] = {}
    for hit in (*one.hits, *other.hits):
        known = best.get(hit.passage.id)
        best[hit.passage.id] = hit if known is None else replace(known, score=known.score + hit.score)
    ranked = sorted(best.values(), key=lambda hit: -hit.score)[: max(len(one.hits), len(other.hits))]
    return Findings(relative(ranked), max(one.cosine, other.cosine), max(one.coverage, other.coverage))
