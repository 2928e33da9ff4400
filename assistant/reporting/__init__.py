"""Adapter: what is missing, as one HTML file that needs nothing else, and as CSV for a spreadsheet."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from knowledge import spreadsheet

from ..gaps import DISLIKED, UNANSWERED, Review
from ..noting import french_date

_HERE = Path(__file__).parent
# Lines shown of each table, but for the gaps, which are all there.
_SHOWN = 25
_COLUMNS = ("manque", "questions", "sans réponse", "mal notées", "dernière fois", "autres formulations", "commentaires")


def html(review: Review, today: date) -> str:
    """Every value is text, never markup."""
    return (
        _environment()
        .get_template("report.html")
        .render(review=review, today=today.isoformat(), shown=_SHOWN, unanswered=UNANSWERED, disliked=DISLIKED)
    )


def table(review: Review) -> str:
    """One line a gap, the largest first; a spreadsheet opens it as it is, and takes no cell for a formula."""
    lines = (
        (
            gap.question,
            len(gap.lacks),
            gap.count(UNANSWERED),
            gap.count(DISLIKED),
            gap.last.isoformat(),
            " | ".join(gap.others),
            " | ".join(dict.fromkeys(lack.comment for lack in gap.lacks if lack.comment)),
        )
        for gap in review.gaps
    )
    return spreadsheet.table(_COLUMNS, lines)


def _share(part: int, numbers: Sequence[int]) -> int:
    """The length of a bar in percent, the longest being whole; one that is not nothing shows."""
    most = max(numbers, default=0)
    return max(2, round(100 * part / most)) if part and most else 0


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {"french": french_date, "share": _share}
    return made
