"""
Adapter: our search beside other stacks as they come: the same passages, the same vectors, one machine, one run.

    python -m benchmarks.peers [SET…] [--base DOSSIER] [--cache DOSSIER] [--timed 100]

Prints a Markdown table for each set. What the stacks need is installed apart: benchmarks/requirements-peers.txt says
how. The vectors of passages and questions are made beforehand, so that no time holds any of their making. Each
question is put to every stack before the next one is: whatever else the machine does falls on all of them.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from tqdm import tqdm

from knowledge import KnowledgeBase, KnowledgeError, KnowledgeSettings
from knowledge.evaluation.benching import Bench, read_referentiel
from knowledge.evaluation.measuring import measure, require_libraries
from knowledge.evaluation.question_sets import OWN_QUESTIONS, QuestionSet, read_set
from knowledge.settings import BUNDLED_MODEL
from knowledge.sources import slice_source

from .corpus import Corpus, Remembered, Search
from .stacks import STACKS, Stack
from .tabulating import Result, by_source, table

_SEED = 5
# Nothing is told to anybody, nothing is fetched.
os.environ |= {"HAYSTACK_TELEMETRY_ENABLED": "False", "ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1"}


def main() -> int:
    arguments = _parser().parse_args()
    try:
        require_libraries()
        bench = Bench.open(arguments.cache, BUNDLED_MODEL)
        stacks, missing = _installed()
        told = {package: number for stack in stacks for package, number in stack.versions.items()}
        print(f"{date.today():%d/%m/%Y}, " + ", ".join(f"{package} {number}" for package, number in told.items()))
        for path in arguments.sets:
            asked = _with_sources(read_set(path), arguments.base, bench)
            corpus, owners = _corpus(asked, bench)
            results = compare(asked, stacks, corpus, owners, arguments.timed)
            print(f"\n{asked.name} : {len(asked.answerable)} questions, {len(corpus.ids)} passages\n")
            print(*table(results, missing), sep="\n", flush=True)
    except KnowledgeError as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    return 0


def compare(
    asked: QuestionSet, stacks: Sequence[Stack], corpus: Corpus, owners: Sequence[str], timed: int
) -> list[Result]:
    """Every stack's measures, which warms it up, then its times on `timed` of the questions, drawn once for all."""
    searches = {stack.name: stack.open(corpus) for stack in stacks}
    questions = {question.id: question.text for question in asked.answerable}
    relevant = {question.id: question.relevant for question in asked.answerable}
    values = {
        name: measure(relevant, {id: by_source(search(text), owners) for id, text in questions.items()})
        for name, search in tqdm(searches.items(), desc=f"{asked.name} : piles", unit="pile")
    }
    times: dict[str, list[float]] = {name: [] for name in searches}
    drawn = random.Random(_SEED).sample(list(questions.values()), min(timed, len(questions)))
    for text in tqdm(drawn, desc=f"{asked.name} : durées", unit="question"):
        for name, search in searches.items():
            times[name].append(_milliseconds(search, text))
    return [Result(name, values[name], times[name]) for name in searches]


def _milliseconds(search: Search, text: str) -> float:
    began = time.perf_counter()
    search(text)
    return (time.perf_counter() - began) * 1000


def _installed() -> tuple[list[Stack], dict[str, str]]:
    """The stacks that can be asked, and why the others cannot."""
    found: list[Stack] = []
    missing: dict[str, str] = {}
    for stack in STACKS:
        try:
            _ = stack.versions
            found.append(stack)
        except ImportError as error:
            missing[stack.name] = f"{error.name} n'est pas installé (benchmarks/requirements-peers.txt)"
    return found, missing


def _corpus(asked: QuestionSet, bench: Bench) -> tuple[Corpus, list[str]]:
    """The passages of our own base, with their vectors, and the source of each."""
    base = bench.base(asked.name, asked.sources)
    contents = base.library.contents()
    passages = [slice_source(contents.sources[id], start, stop) for id, start, stop, _ in contents.ranges]
    made = base.library.vectors(base.model, {passage.digest for passage in passages})
    vectors = {passage.indexed_text: made[passage.digest].tolist() for passage in passages}
    base.close()
    texts = tuple(passage.indexed_text for passage in passages)
    embeddings = Remembered(bench.embeddings, vectors)
    return Corpus(base.folder, tuple(p.id for p in passages), texts, embeddings), [p.source for p in passages]


def _with_sources(asked: QuestionSet, base: Path, bench: Bench) -> QuestionSet:
    """Questions about the référentiel are asked of it as the base holds it."""
    if asked.sources:
        return asked
    return replace(asked, sources=read_referentiel(KnowledgeBase.open(base, embeddings=bench.embeddings), bench))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description="Notre recherche à côté d'autres piles, par défaut."
    )
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET", default=[OWN_QUESTIONS])
    parser.add_argument("--base", type=Path, default=KnowledgeSettings().base)
    parser.add_argument("--cache", type=Path, default=Path("var/evaluation"), metavar="DOSSIER")
    parser.add_argument("--timed", type=int, default=100, help="questions dont la durée est prise, par jeu")
    return parser


if __name__ == "__main__":
    sys.exit(main())
