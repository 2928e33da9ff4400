"""
Measures how often an answer of verbatim sentences holds the span that people annotated, and what each weight of
the sentence features is worth.

    python -m benchmarks.answer_spans DOSSIER… [--words 120] [--sweep] [--cache var/evaluation]

Each DOSSIER is BEIR-like, with the spans in `metadata.answers` of its queries. The first run embeds the corpus.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.extracting import extract
from assistant.inquiring import Inquiry, inquire
from assistant.reading import read_around
from assistant.weighing import WEIGHTS, Likeness, rank
from knowledge import Hit
from knowledge.evaluation.benching import Bench
from knowledge.evaluation.question_sets import read_beir
from knowledge.normalising import normalise
from knowledge.settings import BUNDLED_MODEL

STEPS = (-0.15, 0.15)


@dataclass(frozen=True, slots=True)
class Case:
    """A question as the assistant sees it, and the spans of which an answer must hold one."""

    inquiry: Inquiry
    hits: Sequence[Hit]
    weights: dict[str, float]
    likeness: Likeness
    spans: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DOSSIER")
    parser.add_argument("--words", type=int, default=120)
    parser.add_argument("--sweep", action="store_true", help="aussi chaque poids, un peu plus et un peu moins")
    parser.add_argument("--cache", type=Path, default=Path("var/evaluation"))
    arguments = parser.parse_args()
    bench = Bench.open(arguments.cache, BUNDLED_MODEL)
    sets = {folder.name: cases(folder, bench) for folder in arguments.folders}
    print("| poids | " + " | ".join(f"{name} : réponses qui contiennent le passage, mots" for name in sets) + " |")
    print("|---|" + "---|" * len(sets))
    print(row("actuels", sets, WEIGHTS, arguments.words))
    if arguments.sweep:
        for place in range(len(WEIGHTS)):
            for step in STEPS:
                moved = (*WEIGHTS[:place], WEIGHTS[place] + step, *WEIGHTS[place + 1 :])
                print(row(f"{place} {step:+}", sets, moved, arguments.words))


def cases(folder: Path, bench: Bench) -> list[Case]:
    asked = read_beir(folder)
    base = bench.base(asked.name, asked.sources)
    base.refine()
    retriever = base.retriever()
    found = []
    for question in asked.questions:
        if question.facts:
            inquiry = inquire(question.text)
            hits = read_around(retriever.search(inquiry.query).hits, retriever.source)
            likeness = retriever.likeness(inquiry.query, [hit.passage for hit in hits])
            spans = tuple(question.facts[0].split(" | "))
            found.append(Case(inquiry, hits, retriever.weights(inquiry.query), likeness, spans))
    return found


def row(label: str, sets: dict[str, list[Case]], by: Sequence[float], words: int) -> str:
    cells = []
    for known in sets.values():
        texts = [answer(case, by, words) for case in known]
        held = sum(holds(text, case.spans) for text, case in zip(texts, known, strict=True))
        length = sum(len(text.split()) for text in texts) / len(texts)
        cells.append(f"{held / len(known):.3f} ({held}/{len(known)}), {length:.0f}")
    return f"| {label} | " + " | ".join(cells) + " |"


def answer(case: Case, by: Sequence[float], words: int) -> str:
    ranked = rank(case.inquiry, case.hits, case.weights, case.likeness, by)
    return "\n".join(excerpt.text for excerpt in extract(case.inquiry, ranked, case.weights, words))


def holds(text: str, spans: Sequence[str]) -> bool:
    said = normalise(text).text.lower()
    return any(normalise(span).text.lower() in said for span in spans)


if __name__ == "__main__":
    main()
