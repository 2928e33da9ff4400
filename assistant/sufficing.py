"""Pure: whether what was found is enough to answer from."""

from collections.abc import Sequence

from .weighing import Unit

# What the best sentence scores for questions from elsewhere: mean and spread over three bases.
_MEAN, _SPREAD = 0.85, 0.145
# How far what is found and its best sentence must stand above questions from elsewhere, in the spreads of both. On
# 2026-11-23, at 2.5: no question of the domain refused wrongly (of 40), 1.8 % of the project's own, 2 % of spf's, 13 %
# of piaf's; 3 % of questions from elsewhere answered. `python -m assistant evaluate` draws what each threshold refuses,
# and lets through of questions whose sources are taken away.
ENOUGH = 2.5
# And where the figure, the date, the place or the name that is asked for is in none of the sentences.
_ENOUGH_INEXACT = 4.5
# What the best sentence must score for a question that rather seems to be for another service.
_SURE = 1.0

# Why a sentence that was looked at is not said.
UNSAID = "ne répond pas d'assez près à la question"


def standing(ranked: Sequence[Unit], nearness: float) -> float:
    """How far the sentences, best first, of passages that come so near stand above questions from elsewhere."""
    return nearness + (ranked[0].score - _MEAN) / _SPREAD if ranked else float("-inf")


def suffices(ranked: Sequence[Unit], nearness: float, exact: bool = True, sure: bool = False) -> bool:
    """
    Whether there is an answer. `exact`: some sentence gives the figure, the date, the place or the name that is asked
    for, if one is; `sure`: there should be no answer, and a doubt is not enough.
    """
    enough = ENOUGH if exact else _ENOUGH_INEXACT
    return standing(ranked, nearness) >= enough and (not sure or ranked[0].score >= _SURE)
