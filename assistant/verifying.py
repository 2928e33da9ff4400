"""Pure: do the quoted words bear the sentence out? Numbers, dates, units, names, negation and modality must agree."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge.analysing import fold, stem, words
from knowledge.analysing import terms as content_terms
from knowledge.normalising import normalise

# Of a sentence's content words, those that its quote must hold too. Calibrated on true paraphrases and on
# mutated pairs (benchmarks/verification.py): what the guards below do not see, this keeps to known words.
COVERAGE = 0.7

_MONTHS = {
    name: number
    for number, name in enumerate(
        [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        1,
    )
}
_MONTH = "|".join([*_MONTHS, "fevrier", "aout", "decembre"])
_DATE = re.compile(rf"\b(1er|\d{{1,2}})\s+({_MONTH})(?:\s+(\d{{4}}))?", re.IGNORECASE)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_ARTICLE = re.compile(r"\b(?:L\.?O\.?|[LRDA])\s?\.?\s?\*?\s?(\d{3,}(?:-\d+)*)")
_UNIT = (
    r"%|pour ?cent|‰|€|euros?|k€|m€|md€|millions?|milliards?|milliers?|ans?|années?|mois|jours?|semaines?|heures?|h|"
    r"habitants?|hab|personnes?|voix|fois|communes?|maires?|élus?|associations?|km|m²|pages?|points?|salariés?|acteurs?"
)
_NUMBER = re.compile(
    rf"(?<![\w-])(\d+(?:[.,]\d+)?(?:-\d+)*)\s*({_UNIT})?(?:\s*(?:d'|de )?({_UNIT}))?(?!\w)", re.IGNORECASE
)
_WORD_NUMBERS = {
    "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7", "huit": "8", "neuf": "9",
    "dix": "10", "onze": "11", "douze": "12", "treize": "13", "quatorze": "14", "quinze": "15", "seize": "16",
    "vingt": "20", "trente": "30", "quarante": "40", "cinquante": "50", "soixante": "60", "cent": "100",
    "mille": "1000",
}  # fmt: skip
_UNITS = {
    "pour cent": "%", "pourcent": "%", "euro": "€", "euros": "€", "année": "an", "années": "an", "ans": "an",
    "hab": "habitant", "k€": "k€", "m€": "m€",
}  # fmt: skip

_NEGATIONS = re.compile(
    r"\b(?:ne|n')\s*(?:[\w'-]+\s+){0,6}?(?:pas|plus|jamais|rien|aucun\w*|guère|ni|personne|point)\b|"
    r"\b(?:sans|aucun\w*|jamais|ni|nul(?:le)?|non|impossible|interdit\w*|illégal\w*|inexact\w*|faux|hors)\b|"
    r"\b(?:ne|n')\b",
    re.IGNORECASE,
)
_RESTRICTIONS = re.compile(
    r"\b(?:sauf|excepté|hormis|uniquement|seulement|exclusivement|à condition|sous réserve|au (?:plus|moins|maximum|minimum)|"
    r"jusqu'|plus de|moins de|au-delà|en dessous|avant|après|depuis|environ|près de|presque|tous|toutes|toujours|certains?|certaines|quelques)\b",
    re.IGNORECASE,
)
_OBLIGATION = re.compile(
    r"\b(?:doi(?:t|vent|s)|devr(?:a|ont|ait|aient)|devons|devez|faut|faudra\w*|obligatoire\w*|oblige\w*|obligation\w*|"
    r"imposer?|impose(?:nt)?|exige\w*|tenue?s? de|nécessaire\w*)\b",
    re.IGNORECASE,
)
_POSSIBILITY = re.compile(
    r"\b(?:peu(?:t|vent|x)|pourr(?:a|ont|ait|aient)|pouvons|pouvez|pouvoir|possible\w*|possibilité\w*|facultati\w+|"
    r"faculté\w*|permet\w*|autoris\w+|éventuel\w*)\b",
    re.IGNORECASE,
)
_OPPOSITES = tuple(
    tuple(re.compile(rf"\b(?:{side})", re.IGNORECASE) for side in pair)
    for pair in (
        (r"augment\w+|hausse\w*|croît|croiss\w+|progress\w+", r"diminu\w+|baiss\w+|recul\w*|rédui\w+|décr\w+"),
        (r"obligatoire\w*", r"facultati\w+"),
        (r"favorable\w*|pour\b", r"défavorable\w*|contre\b|opposé\w*"),
        (r"public\w*", r"privé\w*"),
        (r"légal\w*", r"illégal\w*"),
        (r"majorité\w*|majoritaire\w*", r"minorité\w*|minoritaire\w*"),
        (r"accept\w+|admi[st]\w*|approuv\w+|confirm\w+", r"refus\w+|rejet\w+|annul\w+|infirm\w+"),
        (r"créé\w*|créa\w*|création", r"supprim\w+|suppression|dissou\w+"),
    )
)
# A capital inside a sentence, an acronym, or a name of several words.
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\wà-öø-ÿ]*(?:[-'][A-ZÀ-ÖØ-Þ]?[\wà-öø-ÿ]+)*\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the sentence is borne out; `reason` is French and empty when it is. Truthy when it is."""

    reason: str = ""

    def __bool__(self) -> bool:
        return not self.reason


def bears_out(sentence: str, quote: str) -> Verdict:
    """
    The strictest reading that still lets a faithful shortening pass: everything exact in the sentence occurs in
    the quote, and nothing in it is denied, required or allowed that is not there.
    """
    said, shown = _spoken(sentence), _spoken(quote)
    if said and said in shown:
        whole = _whole_words(said, shown)
        if whole and _polarity(sentence) == _polarity_near(said, shown):
            return Verdict()
    for guard in _GUARDS:
        reason = guard(said, shown)
        if reason:
            return Verdict(reason)
    return Verdict()


def _spoken(text: str) -> str:
    return re.sub(r"[\"*_]", "", normalise(text).text).strip()


def _whole_words(said: str, shown: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(said)}(?!\w)", shown) is not None


def _polarity(text: str) -> int:
    return len(_NEGATIONS.findall(normalise(text).text))


def _polarity_near(said: str, shown: str) -> int:
    """The negations of the quoted sentence that holds the words: « il est faux que X » does not bear X out."""
    at = shown.find(said)
    start = max(shown.rfind(stop, 0, at) for stop in ".!?\n") + 1
    ends = [end for stop in ".!?\n" if (end := shown.find(stop, at + len(said))) >= 0]
    return len(_NEGATIONS.findall(shown[start : min(ends, default=len(shown))]))


def _dates_agree(said: str, shown: str) -> str:
    """A day and month are the same day and month; a year may be left out of the sentence, not changed."""
    known = set(_dates(shown))
    for day, month, year in _dates(said):
        if not any(day == d and month == m and year in (y, None) for d, m, y in known):
            return f"la date « {day}/{month}/{year or '…'} » n'est pas dans la source"
    return ""


def _dates(text: str) -> Iterator[tuple[int, int, int | None]]:
    for day, month, year in _DATE.findall(text):
        number = next(n for name, n in _MONTHS.items() if fold(name) == fold(month.lower()))
        yield int(day.removesuffix("er")), number, int(year) if year else None
    for day, month, year in _SLASHED.findall(text):
        yield int(day), int(month), int(year)


def _numbers_agree(said: str, shown: str) -> str:
    known = Counter(_numbers(shown))
    values = {value for value, _ in known}
    for value, unit in _numbers(said):
        if value not in values:
            return f"le nombre « {value} » n'est pas dans la source"
        units = {u for v, u in known if v == value}
        if unit not in units:
            return f"« {value} {unit} » n'est pas dans la source"
    return ""


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """(value, unit) of every number in figures or letters; units in the singular."""
    for match in _NUMBER.finditer(text):
        value = match.group(1).replace(",", ".")
        units = [_unit(group) for group in match.groups()[1:] if group]
        yield value, " ".join(units)
    for match in re.finditer(r"(\w+)(?:\s+(" + _UNIT + r"))?(?!\w)", text.lower()):
        if match.group(1) in _WORD_NUMBERS:
            yield _WORD_NUMBERS[match.group(1)], _unit(match.group(2) or "")


def _unit(text: str) -> str:
    low = text.lower()
    return _UNITS.get(low, low.rstrip("s") if len(low) > 2 else low)


def _articles_agree(said: str, shown: str) -> str:
    known = set(_ARTICLE.findall(shown))
    missing = [number for number in _ARTICLE.findall(said) if number not in known]
    return f"l'article {missing[0]} n'est pas dans la source" if missing else ""


def _names_agree(said: str, shown: str) -> str:
    """Proper names and acronyms; the first word of the sentence counts when it is not an ordinary word."""
    present = {fold(word) for word in words(shown)}
    for match in _NAME.finditer(said):
        name = match.group()
        ordinary = match.start() == 0 and not name.isupper()
        parts = [fold(part) for part in words(name)]
        if ordinary and all(stem(part) in {stem(p) for p in present} or len(part) < 4 for part in parts):
            continue
        if ordinary and not _is_name_elsewhere(name, shown):
            continue
        if not all(part in present for part in parts):
            return f"« {name} » n'est pas dans la source"
    return ""


def _is_name_elsewhere(name: str, shown: str) -> bool:
    return any(other == name for other in _NAME.findall(shown))


def _negations_agree(said: str, shown: str) -> str:
    if bool(_NEGATIONS.search(said)) != bool(_NEGATIONS.search(shown)):
        return "la négation n'est pas celle de la source"
    if len(_NEGATIONS.findall(said)) > len(_NEGATIONS.findall(shown)):
        return "une négation n'est pas dans la source"
    return ""


def _modality_agrees(said: str, shown: str) -> str:
    for form in (_OBLIGATION, _POSSIBILITY):
        if form.search(said) and not form.search(shown):
            return "l'obligation ou la possibilité n'est pas celle de la source"
    if _OBLIGATION.search(shown) and not _OBLIGATION.search(said) and _POSSIBILITY.search(said):
        return "ce qui est obligatoire dans la source ne l'est plus"
    if _POSSIBILITY.search(shown) and not _POSSIBILITY.search(said):
        return "ce qui est possible dans la source devient certain"
    return ""


def _restrictions_agree(said: str, shown: str) -> str:
    known = Counter(found.lower() for found in _RESTRICTIONS.findall(shown))
    added = Counter(found.lower() for found in _RESTRICTIONS.findall(said)) - known
    return f"« {next(iter(added))} » n'est pas dans la source" if added else ""


def _directions_agree(said: str, shown: str) -> str:
    for one, other in _OPPOSITES:
        for a, b in ((one, other), (other, one)):
            if a.search(said) and not a.search(shown) and b.search(shown):
                return "la source dit le contraire"
    return ""


def _words_agree(said: str, shown: str) -> str:
    wanted = set(content_terms(said))
    if not wanted:
        return "la phrase ne dit rien de vérifiable"
    present = set(content_terms(shown))
    if len(wanted & present) < COVERAGE * len(wanted):
        return "la source ne dit pas cela"
    return ""


_GUARDS: tuple[Callable[[str, str], str], ...] = (
    _dates_agree,
    _articles_agree,
    _numbers_agree,
    _names_agree,
    _negations_agree,
    _modality_agrees,
    _restrictions_agree,
    _directions_agree,
    _words_agree,
)
