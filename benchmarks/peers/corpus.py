"""Values: what every stack is given, and what it gives back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from langchain_core.embeddings import Embeddings

# Passages asked for: twenty sources and more, at a few passages each.
DEPTH = 100

# A question into the passages found, best first, by where they stand in the corpus.
Search = Callable[[str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Remembered(Embeddings):
    """Vectors at hand: a text that has been embedded once costs no more than finding it again."""

    inner: Embeddings
    vectors: dict[str, list[float]] = field(default_factory=dict)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.vectors[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        if text not in self.vectors:
            self.vectors[text] = self.inner.embed_query(text)
        return self.vectors[text]


@dataclass(frozen=True, slots=True)
class Corpus:
    """`texts` are the passages with the title of their source, as they are embedded; `folder` is our base of them."""

    folder: Path
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    embeddings: Remembered
