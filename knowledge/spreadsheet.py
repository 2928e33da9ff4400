"""Adapter: a table that a spreadsheet opens as it is, and in which it takes no cell for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """As CSV, with the mark that spreadsheets take the encoding from."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";")
    writer.writerow(columns)
    for line in lines:
        writer.writerow([_as_words(cell) if isinstance(cell, str) else cell for cell in line])
    return "\ufeff" + made.getvalue()


def _as_words(cell: str) -> str:
    """Words that a spreadsheet would take for a formula stay words (OWASP, CSV injection)."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULAS) else cell
