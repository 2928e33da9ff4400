"""Adapter: LangChain's BM25Retriever. By default words are what stands between spaces."""

from langchain_community.retrievers import BM25Retriever
from langchain_core.retrievers import BaseRetriever

from .corpus import DEPTH, Corpus, Search


def retriever(corpus: Corpus) -> BaseRetriever:
    places = [{"at": at} for at in range(len(corpus.texts))]
    return BM25Retriever.from_texts(corpus.texts, metadatas=places, k=DEPTH)


def open_search(corpus: Corpus) -> Search:
    words = retriever(corpus)
    return lambda question: [document.metadata["at"] for document in words.invoke(question)]
