"""Pure: an answer as the widget shows it: its dates in words, the age of what it rests on, quotes in short contexts."""

from typing import Any

from knowledge import Passage

from ..answers import Answer
from ..clipping import clipped, excerpt
from ..noting import french_date, is_old
from ..rendering import lead_place


def presented(answer: Answer, year: int) -> dict[str, Any]:
    """`Answer.to_dict`, with `dated` and `is_old` wherever there is a date."""
    record = answer.to_dict()
    for citation, shown in zip(answer.citations, record["citations"], strict=True):
        shown["before"], shown["after"] = clipped(citation)
        shown |= _aged(shown, citation.passage, year)
    for lead, shown in zip(answer.leads, record["leads"], strict=True):
        shown |= {"place": lead_place(lead), "text": excerpt(lead), "link": lead.url} | _aged(shown, lead, year)
    return record


def _aged(shown: dict[str, Any], passage: Passage, year: int) -> dict[str, Any]:
    """What a fiche rests on has an age of its own, and then the fiche's does not count."""
    references = [{**reference, **_dated(reference["date"], year)} for reference in shown["references"]]
    own = _dated(passage.date, year, "mis à jour le " if passage.part else "")
    return {"references": references, **own, "is_old": own["is_old"] and not references}


def _dated(iso: str, year: int, lead: str = "") -> dict[str, Any]:
    return {"dated": lead + french_date(iso) if iso else "", "is_old": is_old(iso, year)}
