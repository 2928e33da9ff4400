"""Stand-ins that are handed in where a test needs no real model."""

import hashlib
import re

import numpy as np
from langchain_core.embeddings import Embeddings

# What bases made with HashedEmbeddings remember as their model.
FAKE_MODEL = "factice"


class HashedEmbeddings(Embeddings):
    """
    A bag of words, each hashed into one of 64 dimensions, of unit length: texts that share words are near.

    `embedded` lists the documents that it was asked for; questions are not counted.
    """

    size = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += texts
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        vector = np.zeros(self.size)
        for word in re.findall(r"\w+", text.lower()) or [""]:
            vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.size] += 1
        return [float(value) for value in vector / np.linalg.norm(vector)]


class BundledSizeEmbeddings(HashedEmbeddings):
    """With as many dimensions as the bundled model has."""

    size = 384


class FailingEmbeddings(HashedEmbeddings):
    """Breaks down once it has embedded `limit` documents, as a run that is stopped would."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if len(self.embedded) + len(texts) > self.limit:
            raise RuntimeError("broken down")
        return super().embed_documents(texts)
