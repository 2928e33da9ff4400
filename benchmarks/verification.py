"""
Measures what the proof of citations lets through: true sentences of the référentiel, changed in one thing each.

    python -m benchmarks.verification

Prints a Markdown table: each change, how many changed sentences there are, how many are accepted (the aim: none);
then true sentences under other typography, accepted (the aim: all).
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.verifying import bears_out
from knowledge.markdown import render, split_front_matter
from knowledge.segmenting import Kind, segment
from knowledge.settings import REFERENTIEL

_NAMES = ("RTES", "RAMEAU", "Nantes", "Grenoble", "Montreuil", "Avise", "CRESS", "SCIC", "Laurent Fraisse")
_MONTH = r"\b(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre)\b"

Change = Callable[[str, random.Random], str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A true sentence and the paragraph that it comes from."""

    sentence: str
    quote: str


def pairs() -> list[Pair]:
    """Every sentence of the référentiel, in the order of its files."""
    return list(_pairs())


def _pairs() -> Iterator[Pair]:
    for path in sorted(REFERENTIEL.rglob("*.md")):
        text = render(split_front_matter(path.read_text(encoding="utf-8"))[1]).text
        for block in segment(text):
            if block.kind is not Kind.HEADING:
                for start, end in block.sentences:
                    yield Pair(text[start:end], text[block.start : block.end])


def mutations(pair: Pair, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Each applicable change and the changed sentence."""
    for name, change in CHANGES.items():
        changed = change(pair.sentence, rng)
        if changed != pair.sentence:
            yield name, changed


def _swap(pattern: str, by: str) -> Change:
    return lambda sentence, _: re.sub(pattern, by, sentence, count=1)


def _digit(sentence: str, rng: random.Random) -> str:
    places = [match.start() for match in re.finditer(r"\d", sentence)]
    if not places:
        return sentence
    at = rng.choice(places)
    return sentence[:at] + str((int(sentence[at]) + rng.randint(1, 9)) % 10) + sentence[at + 1 :]


def _longer(sentence: str, _: random.Random) -> str:
    return re.sub(r"(?<![\w-])(\d+)(?= (?:\d|€|%|hab|ans|maires))", r"\g<1>0", sentence, count=1)


def _name(sentence: str, rng: random.Random) -> str:
    present = [name for name in _NAMES if re.search(rf"\b{name}\b", sentence)]
    if not present:
        return sentence
    other = rng.choice([name for name in _NAMES if name not in sentence])
    return re.sub(rf"\b{rng.choice(present)}\b", other, sentence, count=1)


def _two_names(sentence: str, _: random.Random) -> str:
    """The first two names in each other's place."""
    found = list(re.finditer("|".join(_NAMES), sentence))
    distinct = [match for match in found if match.group() != found[0].group()]
    if not distinct:
        return sentence
    one, two = found[0], distinct[0]
    middle = sentence[one.end() : two.start()]
    return sentence[: one.start()] + two.group() + middle + one.group() + sentence[two.end() :]


CHANGES: dict[str, Change] = {
    "chiffre changé": _digit,
    "chiffre ajouté (23 000 → 230 000)": _longer,
    "mois changé": _swap(_MONTH, "décembre"),
    "% → €": _swap(r"\s%", " €"),
    "€ → %": _swap(r"\s€", " %"),
    "millions → milliers": _swap(r"\bmillions?\b", "milliers"),
    "ans → mois": _swap(r"\bans\b", "mois"),
    "habitants → associations": _swap(r"\bhabitants\b", "associations"),
    "négation ajoutée": _swap(r"\b(est|sont|a|ont|peut|doit|reste)\b", r"n'\1 pas"),
    "négation retirée": _swap(r"\b(?:ne |n')(\w+) (?:pas|plus|jamais)\b", r"\1"),
    "aucun → un": _swap(r"\b[Aa]ucun(e?)\b", r"un\1"),
    "sans → avec": _swap(r"\bsans\b", "avec"),
    "peut → doit": _swap(r"\bpeut\b", "doit"),
    "peuvent → doivent": _swap(r"\bpeuvent\b", "doivent"),
    "doit → peut": _swap(r"\bdoit\b", "peut"),
    "obligatoire → facultatif": _swap(r"\bobligatoires?\b", "facultatif"),
    "conditionnel retiré": _swap(r"\baurait\b", "a"),
    "« à vérifier » retiré": _swap(r" \([^()]*vérifier[^()]*\)", ""),
    "restriction retirée": _swap(r"\b(?:seulement|surtout|au moins|environ) ", ""),
    "au moins → au plus": _swap(r"\bau moins\b", "au plus"),
    "avant → après": _swap(r"\bavant\b", "après"),
    "nom changé": _name,
    "noms échangés": _two_names,
}

NOISE: dict[str, Callable[[str], str]] = {
    "apostrophes typographiques": lambda text: text.replace("'", "’"),
    "espaces insécables et fines": lambda text: re.sub(r" (?=[%€;:!?»])|(?<=\d) (?=\d{3})", "\u202f", text),
    "ligatures": lambda text: text.replace("oe", "œ").replace("fi", "ﬁ").replace("fl", "ﬂ"),
    "guillemets": lambda text: text.replace("« ", "“").replace(" »", "”"),
    "tirets": lambda text: text.replace("-", "‑"),
    "traits d'union conditionnels": lambda text: re.sub(r"(\w{5})(\w{4})", "\\1\u00ad\\2", text),
    "retours à la ligne": lambda text: text.replace(" ", "\n", 1),
}


def main() -> None:
    rng = random.Random(2016)
    made = dict.fromkeys(CHANGES, 0)
    accepted = dict.fromkeys(CHANGES, 0)
    known = pairs()
    for pair in known:
        for name, changed in mutations(pair, rng):
            made[name] += 1
            accepted[name] += bool(bears_out(changed, pair.quote))
    print("| changement | phrases | acceptées |\n|---|---|---|")
    for name in CHANGES:
        print(f"| {name} | {made[name]} | {accepted[name]} |")
    print(f"| **toutes** | {sum(made.values())} | {sum(accepted.values())} |\n")
    print(f"| typographie ({len(known)} phrases vraies) | acceptées |\n|---|---|")
    for name, noise in NOISE.items():
        held = sum(bool(bears_out(noise(pair.sentence), pair.quote)) for pair in known)
        print(f"| {name} | {100 * held / len(known):.2f} % |")


if __name__ == "__main__":
    main()
