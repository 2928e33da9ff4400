"""
Measures what a search takes, beyond its question's embedding, as the base grows; and opening, libraries imported with
it, and memory. Seconds of the processor are those that a machine at rest would take, whatever else this one does.

python -m benchmarks.growth [PASSAGES…]     by default 1000 10000 100000
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from knowledge import KnowledgeBase

from .refreshing import RandomEmbeddings, corpus

_QUESTIONS = (
    "Quels sont les freins à la co-construction ?",
    "Comment rédiger une charte d'engagements réciproques ?",
    "Qu'est-ce que l'ESS ?",
    "Quel est le seuil du SPASER ?",
    "Quelles étapes pour un projet térritorial avec les asociations ?",
    "Que dit la loi du 31 juillet 2014 ?",
)
_ROUNDS = 20


def measure(folder: Path, passages: int) -> str:
    """In a process of its own: what stays of publishing is not counted."""
    process = psutil.Process()
    embeddings = RandomEmbeddings()
    before = process.memory_info().rss
    began, worked = time.perf_counter(), time.process_time()
    base = KnowledgeBase.open(folder, embeddings=embeddings)
    snapshot = base.retriever().snapshot()
    snapshot.search(_QUESTIONS[0], embeddings.embed_query(_QUESTIONS[0]), 8)
    opening, work = time.perf_counter() - began, time.process_time() - worked
    durations = []
    for question in _QUESTIONS * _ROUNDS:
        vector = embeddings.embed_query(question)
        at = time.perf_counter()
        snapshot.search(snapshot.heard(question), vector, 8)
        durations.append((time.perf_counter() - at) * 1000)
    middle, last = np.percentile(durations, [50, 95])
    memory = (process.memory_info().rss - before) / 2**20
    return f"| {passages} | {middle:.0f} ms | {last:.0f} ms | {opening:.1f} s | {work:.1f} s | {memory:.0f} Mo |"


def main() -> None:
    print(
        "| passages | recherche, médiane | 95e centile | ouverture | dont processeur | mémoire en plus |\n"
        + "|---" * 6
        + "|"
    )
    for passages in map(int, sys.argv[1:] or ["1000", "10000", "100000"]):
        with tempfile.TemporaryDirectory() as folder:
            base = KnowledgeBase.create(Path(folder), "aléatoire", RandomEmbeddings())
            base.publish(corpus(passages))
            base.refine()
            base.close()
            command = f"from benchmarks.growth import *; print(measure(Path({folder!r}), {passages}))"
            subprocess.run([sys.executable, "-c", command], check=True)


if __name__ == "__main__":
    main()
