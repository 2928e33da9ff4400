"""
Measures what a run costs when little or nothing has changed: the whole process, its memory, the passages embedded.

    python -m benchmarks.ingestion [--sources 5000] [--pages 60] [--rounds 3]

Prints a Markdown table. The base is first filled with vectors that cost nothing, those of the questions that calibrate
it among them: none is measured. The passage whose word is changed is embedded by the real model.
"""

import argparse
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from langchain_core.embeddings import Embeddings

from ingest import ingest
from knowledge import KnowledgeBase
from knowledge.settings import BUNDLED_MODEL, REFERENTIEL

_WORDS_A_NOTE, _WORDS_A_PAGE = 120, 350


class FreeEmbeddings(Embeddings):
    """Random directions, of the bundled model's size."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        rng = random.Random(text)
        return [rng.gauss(0, 1) / 384**0.5 for _ in range(384)]


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    processor: float
    megabytes: float
    embedded: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=5000)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, base = Path(place) / "docs", Path(place) / "base"
        write(folder, arguments.sources, arguments.pages)
        fill(base, folder)
        unchanged = [run(folder, base) for _ in range(arguments.rounds)]
        edited = [run(folder, base) for turn in range(arguments.rounds) if edit(folder / "long.md", turn)]
    print("| passage | durée | processeur | mémoire | passages calculés |\n|---|---|---|---|---|")
    _print(f"rien n'a changé, {arguments.sources} fichiers", unchanged)
    _print(f"un mot changé dans {arguments.pages} pages, parmi {arguments.sources} fichiers", edited)


def write(folder: Path, sources: int, pages: int) -> None:
    """Small notes of the words of the référentiel, and one long document."""
    words = re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in sorted(REFERENTIEL.rglob("*.md"))))
    rng = random.Random(2016)
    for number in range(sources):
        path = folder / f"{number % 50:02}" / f"note-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Note {number}\n\n{' '.join(rng.choices(words, k=_WORDS_A_NOTE))}.\n", encoding="utf-8")
    paragraphs = [" ".join(rng.choices(words, k=_WORDS_A_PAGE // 4)) for _ in range(4 * pages)]
    (folder / "long.md").write_text("# Un long document\n\n" + ".\n\n".join(paragraphs), encoding="utf-8")


def fill(base: Path, folder: Path) -> None:
    filled = KnowledgeBase.create(base, BUNDLED_MODEL, FreeEmbeddings())
    ingest(filled, [folder])
    filled.close()


def edit(path: Path, turn: int) -> bool:
    """One word of the middle changed."""
    words = path.read_text(encoding="utf-8").split(" ")
    words[len(words) // 2] = f"mot{turn}"
    return bool(path.write_text(" ".join(words), encoding="utf-8"))


def run(folder: Path, base: Path) -> Run:
    command = [sys.executable, "-m", "ingest", str(folder), "--base", str(base), "--json", "-"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", _PEAK, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    told, _ = process.communicate()
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report, _, peak = told.decode().rpartition("peak ")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, processor, int(peak) / 1000, json.loads(report)["passages_calcules"])


# Runs a command, then tells the most memory (kB) that it held: the counter of this process only grows.
_PEAK = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""


def _print(what: str, runs: list[Run]) -> None:
    seconds, processor, memory = (
        statistics.median(getattr(run, name) for run in runs) for name in ("seconds", "processor", "megabytes")
    )
    embedded = "–".join(map(str, sorted({run.embedded for run in runs})))
    print(f"| {what} | {seconds:.1f} s | {processor:.1f} s | {memory:.0f} Mo | {embedded} |")


if __name__ == "__main__":
    main()
