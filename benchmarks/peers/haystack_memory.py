"""Adapter: Haystack's pipeline of hybrid retrieval over its store in memory. Its BM25 has no setting for a language."""

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from .corpus import DEPTH, Corpus, Search


def open_search(corpus: Corpus, join_mode: str) -> Search:
    store = InMemoryDocumentStore()
    vectors = corpus.embeddings.embed_documents(list(corpus.texts))
    store.write_documents(
        [
            Document(id=str(at), content=text, embedding=vector)
            for at, (text, vector) in enumerate(zip(corpus.texts, vectors, strict=True))
        ]
    )
    pipeline = Pipeline()
    pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=DEPTH))
    pipeline.add_component("meaning", InMemoryEmbeddingRetriever(store, top_k=DEPTH))
    pipeline.add_component("joiner", DocumentJoiner(join_mode))
    pipeline.connect("words", "joiner")
    pipeline.connect("meaning", "joiner")

    def search(question: str) -> list[int]:
        asked = {"words": {"query": question}, "meaning": {"query_embedding": corpus.embeddings.embed_query(question)}}
        return [int(document.id) for document in pipeline.run(asked)["joiner"]["documents"]]

    return search
