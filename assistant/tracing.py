"""Values: how an answer came to be: what was understood, found, kept and left out."""

from dataclasses import dataclass

from knowledge import Hit, Zone


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence that was looked at and not said; `reason` is French."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Trace:
    """
    `query` is what was searched in `revision` of the base, with `subject` where the question leans on an earlier one;
    `weights` are the terms of both as the base spells them, and how rare each is. `hits` are the passages found, best
    first; `standing` is how far what they say stands above what questions from elsewhere find (`sufficing`);
    `refused` is the kind of refusal, "" when the question was taken.
    """

    revision: int
    query: str
    subject: str
    weights: tuple[tuple[str, float], ...]
    zone: Zone
    hits: tuple[Hit, ...]
    standing: float = float("-inf")
    refused: str = ""
    left_out: tuple[LeftOut, ...] = ()
