"""Pure: rankings into measures, measures into means with their intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from ..errors import MissingLibrary

# By question.
Values = Mapping[str, float]
# As the report names them, and as ir_measures does.
MEASURES: Mapping[str, str] = {
    "nDCG@10": "nDCG@10",
    "MRR": "RR",
    "Recall@5": "R@5",
    "Recall@20": "R@20",
    "Success@3": "Success@3",
}
_DRAWS, _SEED = 5000, 13


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and the 95 % interval of it when questions are drawn again and again (percentile bootstrap)."""

    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Of a difference: whether it is one, the interval being on one side of zero."""
        return self.low > 0 or self.high < 0


def require_libraries() -> None:
    """Raises MissingLibrary where what only the measures need is not installed."""
    missing = [name for name in ("ir_measures", "matplotlib") if find_spec(name) is None]
    if missing:
        raise MissingLibrary(
            f"Il manque {' et '.join(missing)} pour mesurer : lancez `pip install -r requirements-dev.txt`."
        )


def measure(
    relevant: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """By measure, then by question. `rankings` holds each question's sources, best first."""
    import ir_measures

    judged = {id: dict(degrees) for id, degrees in relevant.items()}
    run = {id: {source: -float(rank) for rank, source in enumerate(found)} for id, found in rankings.items()}
    ours = {theirs: name for name, theirs in MEASURES.items()}
    values: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
    for one in ir_measures.iter_calc([ir_measures.parse_measure(name) for name in ours], judged, run):
        values[ours[str(one.measure)]][one.query_id] = float(one.value)
    return values


def interval(values: Values) -> Interval:
    """The same questions in another order give the same interval."""
    some = np.array([values[id] for id in sorted(values)])
    drawn = np.random.default_rng(_SEED).integers(0, len(some), (_DRAWS, len(some)))
    low, high = np.percentile(some[drawn].mean(axis=1), [2.5, 97.5])
    return Interval(float(some.mean()), float(low), float(high))


def difference(new: Values, old: Values) -> Interval | None:
    """Paired, over the questions that both have; None where there is none."""
    common = new.keys() & old.keys()
    return interval({id: new[id] - old[id] for id in common}) if common else None


def auc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """How often a positive is above a negative; a tie is half. 0.5 tells nothing apart."""
    above = np.array(positives)[:, None]
    below = np.array(negatives)[None, :]
    return float((above > below).mean() + (above == below).mean() / 2)
