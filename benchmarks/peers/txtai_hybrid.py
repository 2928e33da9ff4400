"""Adapter: txtai's hybrid index (Faiss and its own BM25). Its BM25 has neither stems nor stop words for French."""

from txtai import Embeddings

from .corpus import DEPTH, Corpus, Search


def open_search(corpus: Corpus) -> Search:
    # txtai has one function for passages and questions alike: all are remembered together.
    def transform(texts: list[str]) -> list[list[float]]:
        return [corpus.embeddings.embed_query(text) for text in texts]

    index = Embeddings(method="external", transform=transform, hybrid=True)
    index.index(enumerate(corpus.texts))
    return lambda question: [at for at, _ in index.search(question, DEPTH)]
