"""Pure: when what a passage says holds, when a question asks for, and which passage takes the place of which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from .analysing import fold, terms
from .sources import Hit, Passage

_ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?!\d)")
# On an unaccented, lower-case question. « avant de signer », « un ancien maire » and « les élus du passé » do not ask
# for what was; « l'ancien seuil », « et avant ? » and « quel était » do.
_PAST = re.compile(
    r"\bavant (?:cela|ca|la (?:reforme|loi|modification|revision|hausse|baisse)|le (?:decret|changement|relevement))\b|"
    r"\bavant\W*$|\b(?:auparavant|autrefois|jadis|historique|historiquement|anciennement|a l'epoque|par le passe)\b|"
    r"\b(?:ancien(?:ne)?|precedent(?:e)?)s? (?:seuil|montant|plafond|taux|bareme|chiffre|regle|valeur|version|edition|"
    r"texte|loi|decret|dispositif|regime|delai|duree|part|nombre)s?\b|\b(?:etai(?:en)?t|valai(?:en)?t|avai(?:en)?t)\b"
)
_IN_YEAR = re.compile(r"\b(?:en|pour|jusqu'en|de|l'annee) ((?:19|20)\d\d)\b(?!-)")
_BEFORE_YEAR = re.compile(r"\bavant (?:l'annee |janvier |le 1er janvier )?((?:19|20)\d\d)\b")

# How much of their terms two texts share where one takes the place of the other; with titles that say the same, less.
_SAME_TEXT, _SAME_TITLE, _LIKE_TEXT = 0.6, 0.75, 0.25
# Fewer terms than this are too few to tell.
_TELLING = 4
# Words by which editions of one text are told apart.
_EDITION = frozenset(terms("édition version nouveau nouvelle ancien ancienne année mise jour actualisé révisé"))
# What stands behind another scores this much less.
_BEHIND = 0.999


@dataclass(frozen=True, slots=True)
class Moment:
    """When what is asked for holds: today; in `year`; or, where only the past is asked for, before today."""

    today: date
    is_past: bool = False
    year: int | None = None

    def fits(self, passage: Passage) -> bool:
        """Whether what the passage says held at that time, as far as its dates tell."""
        if self.year is not None:
            return _covers(passage, self.year)
        if self.is_past:
            return is_over(passage, self.today)
        return not is_over(passage, self.today) and first_day(passage.valid_from) <= self.today.isoformat()


def asked_moment(question: str, today: date) -> Moment:
    """
    What time a question asks for.
    Example: « Quel était le seuil ? » asks for the past; « le seuil en 2015 », « avant 2016 » for 2015.
    """
    bare = _bare(question)
    if match := _BEFORE_YEAR.search(bare):
        return Moment(today, True, min(int(match[1]) - 1, today.year))
    years = [int(year) for year in _IN_YEAR.findall(bare)]
    if years and max(years) < today.year:
        return Moment(today, True, max(years))
    return Moment(today, bool(_PAST.search(bare)))


def asks_for_the_past(question: str) -> bool:
    """Whatever the year that it names."""
    bare = _bare(question)
    return bool(_PAST.search(bare) or _BEFORE_YEAR.search(bare))


def is_over(passage: Passage, today: date) -> bool:
    """Whether what the passage says has ceased to hold."""
    return bool(last_day(passage.valid_until)) and last_day(passage.valid_until) < today.isoformat()


def in_order(hits: Sequence[Hit], moment: Moment) -> list[Hit]:
    """The hits, best first, what holds at another time than the one that is asked for behind what takes its place."""
    fitting = [hit for hit in hits if moment.fits(hit.passage)]
    ordered = [hit if moment.fits(hit.passage) else _behind(hit, _counterpart(hit, fitting)) for hit in hits]
    return sorted(ordered, key=lambda hit: (-hit.score, not moment.fits(hit.passage)))


def in_time(hits: Sequence[Hit], moment: Moment) -> tuple[Hit, ...]:
    """The hits, less those whose place another hit takes at the time that is asked for."""
    fitting = [hit for hit in hits if moment.fits(hit.passage)]
    return tuple(hit for hit in hits if moment.fits(hit.passage) or _counterpart(hit, fitting) is None)


def first_day(iso: str) -> str:
    """
    Of a year, of a month, of a day; "" for what is no date.
    Example: "2024" -> "2024-01-01"
    """
    match = _ISO.match(iso)
    return f"{match[1]}-{match[2] or '01'}-{match[3] or '01'}" if match else ""


def last_day(iso: str) -> str:
    """
    Of a year, of a month, of a day; "" for what is no date. Days are compared, not counted: a month has 31.
    Example: "2024-02" -> "2024-02-31"
    """
    match = _ISO.match(iso)
    return f"{match[1]}-{match[2] or '12'}-{match[3] or '31'}" if match else ""


def _bare(question: str) -> str:
    return fold(question.lower().replace("’", "'"))


def _covers(passage: Passage, year: int) -> bool:
    """A source that does not say from when it holds speaks from its own date on, unless it says until when."""
    start = first_day(passage.valid_from or ("" if passage.valid_until else passage.date))
    end = last_day(passage.valid_until)
    return start <= f"{year}-12-31" and (not end or f"{year}-01-01" <= end)


def _behind(hit: Hit, other: Hit | None) -> Hit:
    return hit if other is None else replace(hit, score=min(hit.score, other.score * _BEHIND))


def _counterpart(hit: Hit, others: Sequence[Hit]) -> Hit | None:
    """Of the others, the one that says the same thing of another time."""
    alike = [(_likeness(hit.passage, other.passage), other.score, other) for other in others]
    alike = [one for one in alike if one[0]]
    return max(alike, key=lambda one: one[:2])[2] if alike else None


def _likeness(one: Passage, other: Passage) -> float:
    """The share of their terms, 0 where neither takes the place of the other: one has dates of validity at least."""
    if one.source == other.source or not any((one.valid_from, one.valid_until, other.valid_from, other.valid_until)):
        return 0.0
    text = _shared(_subject(one.text), _subject(other.text))
    titles = _subject(one.title), _subject(other.title)
    same_title = all(titles) and len(titles[0] & titles[1]) >= _SAME_TITLE * len(titles[0] | titles[1])
    return text if text >= (_LIKE_TEXT if same_title else _SAME_TEXT) else 0.0


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    least = min(len(one), len(other))
    return len(one & other) / least if least >= _TELLING else 0.0


@lru_cache(maxsize=4096)
def _subject(text: str) -> frozenset[str]:
    """The terms without numbers, which are what an edition changes."""
    return frozenset(term for term in terms(text) if not term[0].isdigit()) - _EDITION
