"""
Measures what the proof of citations lets through: true sentences of the référentiel, changed in one thing each.

    python -m benchmarks.verification

Prints three Markdown tables: each change, how many sentences it falsifies and how many of these are accepted (the
aim: none), word for word and in other words; true sentences under other typography, accepted (the aim: all); the
faithful and the false paraphrases of `paraphrases.jsonl`, written by hand, a half of them never looked at while the
rule was made.
"""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.verifying import bears_out
from knowledge.acronyms import acronyms, spelled_out
from knowledge.markdown import render, split_front_matter
from knowledge.segmenting import Kind, segment
from knowledge.settings import REFERENTIEL

from .mutations import CHANGES, NOISE, Pair, borrowed_numbers, mutations, reworded

_PARAPHRASES = Path(__file__).parent / "paraphrases.jsonl"


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """`kept`: of the half that was kept aside."""

    sentence: str
    quote: str
    faithful: bool
    kept: bool


def pairs() -> list[Pair]:
    """Every sentence of the référentiel, in the order of its files."""
    return list(_pairs())


def _pairs() -> Iterator[Pair]:
    for text in _texts():
        for block in segment(text):
            if block.kind is not Kind.HEADING:
                for start, end in block.sentences:
                    yield Pair(text[start:end], text[block.start : block.end])


@cache
def known_acronyms() -> Mapping[str, str]:
    """Those that the référentiel spells out."""
    return acronyms(pair for text in _texts() for pair in spelled_out(text))


@cache
def _texts() -> tuple[str, ...]:
    files = sorted(REFERENTIEL.rglob("*.md"))
    return tuple(render(split_front_matter(path.read_text(encoding="utf-8"))[1]).text for path in files)


def paraphrases() -> list[Paraphrase]:
    """Written by hand: faithful ones, and as many traps."""
    return [Paraphrase(**json.loads(line)) for line in _PARAPHRASES.read_text(encoding="utf-8").splitlines()]


def paraphrased(known: list[Pair]) -> list[Pair]:
    """The faithful paraphrases, by hand and of true sentences."""
    by_hand = [Pair(said.sentence, said.quote) for said in paraphrases() if said.faithful]
    others = [Pair(other, pair.quote) for pair in known if (other := reworded(pair.sentence)) != pair.sentence]
    return by_hand + others


def falsified(known: list[Pair], rng: random.Random) -> Iterator[tuple[str, str, Pair]]:
    """Each change, the sentence that it makes false, and the pair that it comes from."""
    for pair in known:
        for name, changed in mutations(pair.sentence, rng):
            yield name, changed, pair
    for changed, pair in borrowed_numbers(known, rng):
        yield BORROWED, changed, pair


BORROWED = "nombre d'une autre phrase"


def accepted(sentence: str, pair: Pair) -> bool:
    return bool(bears_out(sentence, pair.quote, known_acronyms()))


def main() -> None:
    known = pairs()
    others = paraphrased(known)
    names = (*CHANGES, BORROWED)
    counts = {name: [0, 0, 0, 0] for name in names}
    for column, given in ((0, known), (2, others)):
        for name, changed, pair in falsified(given, random.Random(2016)):
            counts[name][column] += 1
            counts[name][column + 1] += accepted(changed, pair)
    print("| changement | mot à mot | acceptées | en d'autres mots | acceptées |\n|---|---|---|---|---|")
    for name in names:
        print(f"| {name} | {' | '.join(map(str, counts[name]))} |")
    print(f"| **toutes** | {' | '.join(str(sum(row[at] for row in counts.values())) for at in range(4))} |\n")
    print(f"| écriture ({len(known)} phrases vraies) | acceptées |\n|---|---|")
    for name, noise in NOISE.items():
        held = sum(accepted(noise(pair.sentence), pair) for pair in known)
        print(f"| {name} | {100 * held / len(known):.2f} % |")
    held = sum(accepted(pair.sentence, pair) for pair in others)
    print(f"| en d'autres mots ({len(others)}) | {100 * held / len(others):.2f} % |\n")
    print("| paraphrases écrites à la main | fidèles acceptées | fausses acceptées |\n|---|---|---|")
    for name, kept in (("vues pendant le réglage", False), ("tenues à l'écart", True)):
        cells = []
        for faithful in (True, False):
            of = [p for p in paraphrases() if p.kept is kept and p.faithful is faithful]
            cells.append(f"{sum(accepted(p.sentence, Pair(p.sentence, p.quote)) for p in of)} sur {len(of)}")
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
