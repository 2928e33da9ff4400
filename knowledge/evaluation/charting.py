"""Adapter: evaluations into a picture, with matplotlib."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .comparing import Record
from .evaluating import Evaluation
from .measuring import MEASURES, Interval, difference, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NOW, _BEFORE, _LOST = "#1f5fa8", "#8a8a8a", "#b3261e"
# What Recall@5 may lose when a question is put otherwise.
_TOLERATED = 0.03


def draw(evaluations: Sequence[Evaluation], records: Mapping[str, Record]) -> bytes:
    """
    A PNG: each measure of each set with its interval, and the stored one beside it; below, what Recall@5 loses in
    other words.
    """
    from matplotlib.figure import Figure

    varied = [one for one in evaluations if one.variations]
    heights = [1.1 + 0.45 * len(evaluations), *(1.1 + 0.3 * len(one.variations) for one in varied)]
    figure = Figure(figsize=(11, sum(heights)), dpi=130, layout="constrained")
    rows = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    panels = rows[0].subplots(1, len(MEASURES), sharey=True)
    for panel, name in zip(panels, MEASURES, strict=True):
        _draw_measure(panel, name, evaluations, records)
    for row, evaluation in zip(rows[1:], varied, strict=True):
        _draw_variations(row.subplots(), evaluation)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _draw_measure(panel: "Axes", name: str, evaluations: Sequence[Evaluation], records: Mapping[str, Record]) -> None:
    for place, evaluation in enumerate(evaluations):
        _draw_interval(panel, interval(evaluation.values[name]), place, _NOW)
        if before := records.get(evaluation.name, Record("", {})).values.get(name):
            panel.plot([interval(before).mean], [place - 0.2], marker="o", color=_BEFORE, markerfacecolor="none")
    panel.set_title(name, fontsize=10)
    panel.set_yticks(range(len(evaluations)), [evaluation.name for evaluation in evaluations])
    panel.set_ylim(len(evaluations) - 0.5, -0.5)
    panel.set_xlim(right=1.005)
    panel.grid(axis="x", alpha=0.3)


def _draw_variations(panel: "Axes", evaluation: Evaluation) -> None:
    for place, variation in enumerate(evaluation.variations):
        if lost := difference(variation.values["Recall@5"], evaluation.values["Recall@5"]):
            _draw_interval(panel, lost, place, _LOST if lost.mean < -_TOLERATED else _NOW)
    panel.axvline(0, color="black", linewidth=0.8)
    panel.axvline(-_TOLERATED, color=_LOST, linewidth=0.8, linestyle=":")
    panel.set_title(f"{evaluation.name} : écart de Recall@5 quand la question est posée autrement", fontsize=10)
    panel.set_yticks(range(len(evaluation.variations)), [variation.label for variation in evaluation.variations])
    panel.set_ylim(len(evaluation.variations) - 0.5, -0.5)
    panel.grid(axis="x", alpha=0.3)


def _draw_interval(panel: "Axes", value: Interval, place: float, colour: str) -> None:
    panel.plot([value.low, value.high], [place, place], color=colour, linewidth=2, alpha=0.5)
    panel.plot([value.mean], [place], marker="o", color=colour)
