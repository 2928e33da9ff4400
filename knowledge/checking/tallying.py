"""Pure: the figures of a sentence against the table of key figures."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import yaml

from ..analysing import fold
from ..errors import MalformedDocument

_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_SCALES = {"mille": 10**3, "million": 10**6, "milliard": 10**9, "k": 10**3, "m": 10**6, "md": 10**9}


@dataclass(frozen=True, slots=True)
class Value:
    """A number that a key figure may have, and why: current, former, or another source's."""

    number: Decimal
    status: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """
    What a sentence with all of `words` and none of `unless` may say in `unit`: "%", "€", or the root of a noun.

    Words and nouns are roots, with "|" between those that do as well: "scic|coopérative".
    """

    name: str
    facts: tuple[str, ...]
    words: tuple[str, ...]
    unless: tuple[str, ...]
    unit: str
    values: tuple[Value, ...]

    @property
    def noun(self) -> str:
        """Its unit as it is said to a person."""
        return self.unit.split("|", 1)[0]

    def concerns(self, folded: str) -> bool:
        said = all(_roots(word).search(folded) for word in self.words)
        return said and not any(_roots(word).search(folded) for word in self.unless)

    def admits(self, number: Decimal) -> bool:
        return any(number == value.number for value in self.values)


def read_figures(table: str) -> tuple[KeyFigure, ...]:
    """The key figures of a YAML table. Raises MalformedDocument."""
    try:
        return tuple(_figure(entry) for entry in yaml.safe_load(table))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise MalformedDocument(f"La table des chiffres clés est mal formée ({error}) : corrigez-la.") from error


def contradictions(sentence: str, figures: Iterable[KeyFigure]) -> list[str]:
    """
    What the sentence says against the key figures that it is about, as French sentences. A number must be admitted
    by one of them; and each of them must find one of its own values among the numbers in its unit.
    """
    folded = fold_sentence(sentence)
    concerned = [figure for figure in figures if figure.concerns(folded)]
    found: list[str] = []
    for unit in dict.fromkeys(figure.unit for figure in concerned):
        numbers = list(dict.fromkeys(amounts(folded, unit)))
        rivals = [figure for figure in concerned if figure.unit == unit]
        unmet = [figure for figure in rivals if numbers and not any(map(figure.admits, numbers))]
        strange = [number for number in numbers if not any(figure.admits(number) for figure in rivals)]
        if strange:
            found += (_contradiction(number, (unmet or rivals)[0]) for number in strange)
        else:
            found += (_contradiction(number, figure) for figure in unmet for number in numbers)
    return found


def amounts(folded: str, unit: str) -> Iterator[Decimal]:
    """
    The numbers given in `unit` by a folded sentence, in order.
    Example: "de 20 000 a 79 999 habitants", "habitant" -> 20000, 79999
    """
    for match in _amount(unit).finditer(folded):
        number = _number(match["number"])
        yield number * _SCALES.get((match["scale"] or "").rstrip("s"), 1)


def fold_sentence(sentence: str) -> str:
    """Lower case, without accents, one apostrophe: what words and units are looked for in."""
    return fold(unicodedata.normalize("NFC", sentence).lower().replace("’", "'")).replace("œ", "oe")


def french(number: Decimal) -> str:
    """Example: 1800000 -> "1 800 000"; 1.2 -> "1,2"."""
    return f"{number.normalize():,f}".replace(",", " ").replace(".", ",")


def _figure(entry: Mapping[str, Any]) -> KeyFigure:
    return KeyFigure(
        name=entry["nom"],
        facts=tuple(entry["faits"]),
        words=tuple(map(str, entry["mots"])),
        unless=tuple(map(str, entry.get("sauf", ()))),
        unit=entry["unite"],
        values=tuple(Value(Decimal(str(value["valeur"])), value["statut"]) for value in entry["valeurs"]),
    )


@cache
def _roots(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_either(word)})")


def _either(roots: str) -> str:
    return "|".join(map(re.escape, fold_sentence(roots).split("|")))


@cache
def _amount(unit: str) -> re.Pattern[str]:
    number = rf"(?:{_DIGITS}|{'|'.join(sorted(_written(), key=len, reverse=True))})"
    scale = r"\s?(?P<scale>milliards?|millions?|mille|md|m|k)\b"
    signs = {"%": r"\s?(?:%|pour cent)", "€": r"\s?(?:d')?(?:€|euros?\b)"}
    # A noun may follow at once or after one word: « dix premiers territoires », « 1,2 million de partenariats ».
    noun = rf"[\s»]+(?:de\s|d')?(?:[a-z'-]+\s)?(?:{_either(unit)})"
    after = signs.get(unit, noun)
    # The unit said once for several numbers: « 35 et 56 % », « de 20 000 à 79 999 habitants ».
    others = rf"(?:\s?(?:,|/|-|a|ou|et|puis)\s?{number})*?"
    # A year is no amount unless its unit follows at once: « en novembre 2016, 87 % des maires ».
    at_once = signs.get(unit, rf"\s(?:{_either(unit)})")
    apart = rf"(?<![\w,.°/-])(?!(?:19|20)\d\d\b(?!{at_once}))"
    return re.compile(rf"{apart}(?P<number>{number})(?:{scale})?(?={others}{after})")


def _number(text: str) -> Decimal:
    if text in _written():
        return Decimal(_written()[text])
    return Decimal(re.sub(r"\s", "", text).replace(",", "."))


@cache
def _written() -> Mapping[str, int]:
    """The numbers from 2 to 100 in words, folded; « un » is an article too."""
    small = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
    small += ["dix-sept", "dix-huit", "dix-neuf"]
    names = dict(enumerate(small))
    for ten, name in {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}.items():
        names |= {ten: name, ten + 1: f"{name} et un"}
        names |= {ten + unit: f"{name}-{small[unit]}" for unit in range(2, 10)}
    names |= {60 + rest: f"soixante-{small[rest]}" for rest in range(10, 20)} | {71: "soixante et onze"}
    names |= {80 + rest: f"quatre-vingt-{small[rest]}" for rest in range(1, 20)} | {80: "quatre-vingts", 100: "cent"}
    return {name: number for number, name in names.items() if number > 1}


def _contradiction(number: Decimal, figure: KeyFigure) -> str:
    values = " ou ".join(f"{french(value.number)} ({value.status})" for value in figure.values)
    return f"« {french(number)} {figure.noun} » au lieu de {values} pour « {figure.name} »"
