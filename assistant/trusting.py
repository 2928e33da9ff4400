"""Pure: whether the passages found speak of what the question asks."""

from collections.abc import Mapping, Sequence

from knowledge import Hit

from .inquiring import Inquiry


def is_covered(inquiry: Inquiry, hits: Sequence[Hit], weights: Mapping[str, float]) -> bool:
    if not hits:
        return False
    return max(hit.cosine for hit in hits) >= 0.875 or max(hit.coverage for hit in hits) >= 0.35
