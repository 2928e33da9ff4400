"""Pure: whether a sentence looks like an answer: a number of the thing, a date, a name, a definition."""

import re
from collections.abc import Mapping

from knowledge.analysing import content_words, fold, stem

from .inquiring import Inquiry, Kind

# What a sentence must look like to answer each kind of question well.
_SHAPES: Mapping[Kind, re.Pattern[str]] = {
    Kind.NUMBER: re.compile(r"\d"),
    Kind.DATE: re.compile(r"\b(?:1[89]|20)\d\d\b"),
    Kind.CASE: re.compile(
        r"\b(?:quand|lorsqu['’e]|dès (?:que|qu['’]|lors)|si|s['’]ils?|en cas d(?:es?|['’])|à condition|sauf|au-delà|"
        r"au-dessus|à partir d(?:es?|u|['’])|dépass\w+|seuils?|avant|après|lors|obligatoires?|(?:1[89]|20)\d\d)\b",
        re.IGNORECASE,
    ),
    Kind.PERSON: re.compile(r"(?<=[a-zà-ÿ,;:'] )[A-ZÉ][\wà-ÿ]+|\b[A-Z]{2,}\b"),
    Kind.PLACE: re.compile(r"\b(?:à|au|aux|en|dans|près de) (?:(?:la|le|les) |l['’])?([A-ZÉÈ][\wà-ÿ]+)"),
    Kind.YES_NO: re.compile(r"^(?:Oui|Non)\b"),
    Kind.DEFINITION: re.compile(r"\b(?:est|sont|désigne|désignent|signifie|veut dire|consiste|se définit|définit)\b"),
    Kind.REASON: re.compile(r"\b(?:parce que?|parce qu'|car|pour|afin|raison|répond|puisque)\b"),
}
_UNITS: Mapping[str, re.Pattern[str]] = {
    "€": re.compile(r"\d[\d  ,]*(?:mill\w+ |M|Md|k)? ?(?:d')?(?:€|euros?\b)", re.IGNORECASE),
    "%": re.compile(r"\d ?%|\bpour cent\b|\b(?:sur (?:dix|cent)|moitié|tiers|quarts?)\b", re.IGNORECASE),
}
_COUNT = re.compile(
    r"\b(?:\d[\d  ]*(?:,\d+)?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|"
    r"vingt|trente|quarante|cinquante|soixante|cent|mille)\b((?:[^\w.;:]*[\w'’-]+){1,4})",
    re.IGNORECASE,
)


def has_shape(text: str, inquiry: Inquiry) -> bool | None:
    """Whether the text has what the kind of question asks for; None where it asks for nothing in particular."""
    if inquiry.kind is Kind.NUMBER and inquiry.unit:
        return bool(_UNITS[inquiry.unit].search(text)) and (not inquiry.counted or _names(text, inquiry.counted))
    if inquiry.kind is Kind.NUMBER and inquiry.counted:
        return _counts(text, inquiry.counted)
    shape = _SHAPES.get(inquiry.kind)
    if shape is None:
        return None
    if inquiry.kind in (Kind.PERSON, Kind.PLACE):
        # The names of the question are not those that are asked for.
        asked = fold(inquiry.query.lower())
        return any(fold(name.lower()) not in asked for name in shape.findall(text))
    return bool(shape.search(text))


def _counts(text: str, thing: str) -> bool:
    """A number stands before the thing: « 87 % des maires », « quatre grandes villes »."""
    wanted = _root(thing)
    return any(wanted in map(_root, content_words(match.group(1))) for match in _COUNT.finditer(text))


def _names(text: str, thing: str) -> bool:
    return _root(thing) in map(_root, content_words(text))


def _root(word: str) -> str:
    """The same whether the word was typed with its accents or not."""
    return stem(fold(word.lower()))
