"""Adapter: LangChain's EnsembleRetriever over the two others: reciprocal ranks, half and half."""

from langchain_classic.retrievers import EnsembleRetriever

from . import langchain_bm25, langchain_chroma
from .corpus import Corpus, Search


def open_search(corpus: Corpus) -> Search:
    both = EnsembleRetriever(
        retrievers=[langchain_bm25.retriever(corpus), langchain_chroma.retriever(corpus)],
        weights=[0.5, 0.5],
        id_key="at",
    )
    return lambda question: [document.metadata["at"] for document in both.invoke(question)]
