"""Adapter: the search of this project, as the assistant opens it."""

from knowledge import KnowledgeBase

from .corpus import DEPTH, Corpus, Search


def open_search(corpus: Corpus) -> Search:
    places = {id: at for at, id in enumerate(corpus.ids)}
    retriever = KnowledgeBase.open(corpus.folder, embeddings=corpus.embeddings).retriever(DEPTH)
    return lambda question: [places[hit.passage.id] for hit in retriever.search(question).hits]
