"""Pure: passages into sources, measures and times into a Markdown table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from knowledge.evaluation.measuring import Interval, Values, difference, interval

MEASURES = ("nDCG@10", "Recall@5", "Recall@20")


@dataclass(frozen=True, slots=True)
class Result:
    """`values` is by measure, then by question; `times` are the milliseconds of each search."""

    name: str
    values: Mapping[str, Values]
    times: Sequence[float]


def by_source(passages: Iterable[int], owners: Sequence[str]) -> tuple[str, ...]:
    """The best passage counts for its source. `owners` gives the source of each passage."""
    return tuple(dict.fromkeys(owners[at] for at in passages))


def table(results: Sequence[Result], missing: Mapping[str, str]) -> list[str]:
    """The first result is held against each of the others; `missing` says why a stack is not there."""
    columns = ("pile", *MEASURES, "écart de nDCG@10", "médiane", "95e centile")
    ours = results[0]
    return [
        _line(columns),
        _line(["---"] * len(columns)),
        *(_line(_cells(result, None if result is ours else ours)) for result in results),
        *(_line([name, f"non mesurée : {reason}", *[""] * (len(columns) - 2)]) for name, reason in missing.items()),
    ]


def _cells(result: Result, ours: Result | None) -> list[str]:
    gap = difference(ours.values[MEASURES[0]], result.values[MEASURES[0]]) if ours else None
    return [
        result.name,
        *(_interval(interval(result.values[name])) for name in MEASURES),
        _interval(gap, "+") if gap else "",
        _milliseconds(median(result.times)),
        _milliseconds(quantiles(result.times, n=20, method="inclusive")[-1]),
    ]


def _interval(one: Interval, sign: str = "") -> str:
    mean, low, high = (f"{number:{sign}.3f}".replace("-", "−").replace(".", ",") for number in _parts(one))
    return f"{mean} [{low} ; {high}]"


def _parts(one: Interval) -> tuple[float, float, float]:
    return one.mean, one.low, one.high


def _milliseconds(value: float) -> str:
    return f"{value:.1f} ms".replace(".", ",")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
