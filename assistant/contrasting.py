"""Pure: sentences of two sources that say the same thing with other numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge import Passage
from knowledge.analysing import fold, stem, terms

from .answers import Answer
from .counting import in_digits

# Both sentences share this much of what either says beside its numbers, and this many terms at least.
_SAME = 0.75
_TELLING = 4
_NUMBER = re.compile(r"(?<![\w.,/-])\d{1,3}(?:[  \u202f]\d{3})+(?:,\d+)?(?![\w/-])|(?<![\w.,/-])\d+(?:,\d+)?(?![\w/-])")
# What may stand between a number and what it counts.
_UNIT = re.compile(r"[  \u202f]*(%|€|(?:d'|de |du |des )?[^\W\d_]{2,})")
_PER = re.compile(r"^[^\d.;:]{0,60}?\bpar (an|mois|jour|semaine|habitant|personne|foyer)\b")
# What tells one case, time or place from another when it stands in only one of the sentences.
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_NAME = re.compile(r"(?<=[\w,;'’(] )[A-ZÉÈÀ][\wÀ-ÿ-]+|(?<=[’'(])[A-ZÉ][\wÀ-ÿ-]+|\b[A-Z]{2,}\b")
_TURNS = frozenset(
    "ne pas non jamais sans sauf hors plus moins minimum maximum entre premier premiere deuxieme second seconde avant "
    "apres depuis jusque presque environ pres objectif autre autres".split()
)


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence: its numbers by what they count, its years, its names and the terms that are none of these."""

    numbers: tuple[tuple[str, str], ...]
    years: frozenset[str]
    names: frozenset[str]
    turns: frozenset[str]
    terms: frozenset[str]


def contradicts(one: str, other: str) -> bool:
    """
    Whether both say the same of the same thing, with as many numbers of the same units, and one number differs.
    Example: « Le seuil est de 50 millions d'euros d'achats » and « … de 100 millions d'euros d'achats ».
    """
    said, shown = _said(one), _said(other)
    if said.names != shown.names or said.turns != shown.turns:
        return False
    shared = len(said.terms & shown.terms)
    if shared < _TELLING or shared < _SAME * max(len(said.terms), len(shown.terms)):
        return False
    units = Counter(unit for unit, _ in said.numbers) == Counter(unit for unit, _ in shown.numbers)
    if not units or not all(unit for unit, _ in said.numbers):
        return False
    # Another year is another fact, unless the year is what is said.
    if said.numbers:
        return said.years == shown.years and Counter(said.numbers) != Counter(shown.numbers)
    return len(said.years) == len(shown.years) == 1 and said.years != shown.years


def disagreement(one: Passage, text: str, other: Passage, shown: str) -> bool:
    """Whether two sources do not agree: not two editions of one, where the dates of validity tell which holds."""
    if one.source == other.source or one.valid_from != other.valid_from or one.valid_until != other.valid_until:
        return False
    return contradicts(text, shown)


def contrasts(answer: Answer) -> list[tuple[int, int]]:
    """The pairs of an answer's citations that do not agree, by number."""
    by_number = {citation.number: citation.passage for citation in answer.citations}
    said = [(number, claim.text) for claim in answer.claims for number in claim.numbers[:1]]
    return [
        (number, later)
        for at, (number, text) in enumerate(said)
        for later, other in said[at + 1 :]
        if disagreement(by_number[number], text, by_number[later], other)
    ]


def opposed(passage: Passage, text: str, others: Sequence[tuple[Passage, str]]) -> bool:
    """Whether the sentence does not agree with one of the others: it is no repetition, then."""
    return any(disagreement(passage, text, *other) for other in others)


@lru_cache(maxsize=4096)
def _said(text: str) -> _Said:
    names = frozenset(fold(name.lower()) for name in _NAME.findall(text))
    plain = in_digits(text.replace("’", "'"))
    years = frozenset(_YEAR.findall(plain))
    numbers = tuple(
        (_unit(plain[match.end() :]), re.sub(r"\s", "", match.group()))
        for match in _NUMBER.finditer(plain)
        if match.group() not in years
    )
    words = frozenset(re.findall(r"[^\W\d_]+", fold(text.lower())))
    plain_terms = frozenset(term for term in terms(plain) if not term[0].isdigit())
    return _Said(numbers, years, names, words & _TURNS, plain_terms)


def _unit(after: str) -> str:
    """What is counted, with the time or the head that it is counted by; "" where nothing follows the number."""
    match = _UNIT.match(after)
    if not match:
        return ""
    per = _PER.match(after[match.end() :])
    word = re.sub(r"^(?:d'|de |du |des )", "", match.group(1).lower())
    return f"{word if word in '%€' else stem(word)}{'/' + per[1] if per else ''}"
