"""Adapter: LangChain over Chroma in memory, by meaning alone."""

from langchain_chroma import Chroma
from langchain_core.retrievers import BaseRetriever

from .corpus import DEPTH, Corpus, Search

# Chroma refuses more than 5,461 records at once.
_BATCH = 1000


def retriever(corpus: Corpus) -> BaseRetriever:
    store = Chroma(f"peers-{corpus.folder.name}", corpus.embeddings)
    for start in range(0, len(corpus.texts), _BATCH):
        some = corpus.texts[start : start + _BATCH]
        store.add_texts(some, metadatas=[{"at": at} for at in range(start, start + len(some))])
    return store.as_retriever(search_kwargs={"k": DEPTH})


def open_search(corpus: Corpus) -> Search:
    meaning = retriever(corpus)
    return lambda question: [document.metadata["at"] for document in meaning.invoke(question)]
