"""Adapter: LlamaIndex, its vector index and its BM25 in French, fused; the question is not reworded (no model)."""

import Stemmer
from llama_index.core import VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.retrievers.bm25 import BM25Retriever
from pydantic import PrivateAttr

from .corpus import DEPTH, Corpus, Remembered, Search


class _Given(BaseEmbedding):
    _embeddings: Remembered = PrivateAttr()

    def __init__(self, embeddings: Remembered) -> None:
        super().__init__(model_name="given")
        self._embeddings = embeddings

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embeddings.embed_query(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._embeddings.embed_query(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embeddings.embed_documents([text])[0]


def open_search(corpus: Corpus, mode: str) -> Search:
    nodes = [TextNode(id_=str(at), text=text) for at, text in enumerate(corpus.texts)]
    index = VectorStoreIndex(nodes, embed_model=_Given(corpus.embeddings))
    words = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=DEPTH, stemmer=Stemmer.Stemmer("french"), language="fr"
    )
    both = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=DEPTH), words],
        llm=MockLLM(),
        mode=mode,
        similarity_top_k=DEPTH,
        num_queries=1,
    )
    return lambda question: [int(found.node.node_id) for found in both.retrieve(question)]
