"""
Measures how soon an assistant that runs sees what another process publishes, and what its questions wait meanwhile.

python -m benchmarks.refreshing [PASSAGES…]     by default 5000 20000
"""

import multiprocessing
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path
from statistics import median

import numpy as np
from langchain_core.embeddings import Embeddings

from knowledge import KnowledgeBase, Source
from knowledge.settings import REFERENTIEL

_PER_SOURCE = 4
_SYLLABLES = [f"{start}{end}" for start in "b ch d f g l m n p r s t tr v".split() for end in "a é i o u an on".split()]


class RandomEmbeddings(Embeddings):
    """As long as the bundled model's vectors, in no time: what is measured is the rest."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        vector = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(384)
        return [float(value) for value in vector / np.linalg.norm(vector)]


def corpus(passages: int) -> list[Source]:
    """
    Sources of four passages each, of the référentiel's own paragraphs in another order, with six words more that no
    other has: a vocabulary grows with its texts.
    """
    texts = [path.read_text(encoding="utf-8").split("---\n", 2)[-1] for path in sorted(REFERENTIEL.rglob("*.md"))]
    paragraphs = [paragraph for text in texts for paragraph in text.split("\n\n") if len(paragraph) > 100]
    draw = np.random.default_rng(1)

    def text(n: int) -> str:
        drawn = draw.integers(len(paragraphs), size=12).tolist()
        return "\n\n".join(f"{paragraphs[one]} {n} {_invented(draw) * (at % 2)}" for at, one in enumerate(drawn))

    return [Source(f"docs/{n}.md", f"Fiche {n}", text(n)[:3700]) for n in range(passages // _PER_SOURCE)]


def _invented(draw: np.random.Generator) -> str:
    return "".join(_SYLLABLES[at] for at in draw.integers(len(_SYLLABLES), size=4).tolist())


def publish(folder: Path, ended: "multiprocessing.Queue[float]") -> None:
    base = KnowledgeBase.create(folder, "aléatoire", RandomEmbeddings())
    base.publish([Source("docs/0.md", "Fiche 0", "Une charte nouvelle se signe pour cinq ans.")])
    ended.put(time.time())


def measure(passages: int, folder: Path) -> str:
    base = KnowledgeBase.create(folder, "aléatoire", RandomEmbeddings())
    base.publish(corpus(passages))
    retriever = base.retriever()
    retriever.watch()
    retriever.search("la charte")
    ended: multiprocessing.Queue[float] = multiprocessing.get_context("spawn").Queue()
    run = multiprocessing.get_context("spawn").Process(target=publish, args=(folder, ended))
    began = time.time()
    run.start()
    waits: list[float] = []
    while retriever.edition().snapshot.revision == 1:
        at = time.perf_counter()
        retriever.search("Quels sont les freins à la co-construction ?")
        waits.append(time.perf_counter() - at)
        threading.Event().wait(0.05)
    shown, end = time.time(), ended.get()
    run.join()
    retriever.close()
    base.close()
    return (
        f"{passages} passages : lecture d'une source {end - began:.1f} s, vue {shown - end:+.1f} s après sa fin ; "
        f"{len(waits)} questions entre-temps, médiane {median(waits):.3f} s, la plus longue {max(waits):.3f} s"
    )


def main() -> None:
    for passages in map(int, sys.argv[1:] or ["5000", "20000"]):
        with tempfile.TemporaryDirectory() as folder:
            print(measure(passages, Path(folder) / "base"), flush=True)


if __name__ == "__main__":
    main()
