"""Values: the stacks that are compared, and how each is opened. One that is not installed says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version

from .corpus import Corpus, Search


@dataclass(frozen=True, slots=True)
class Stack:
    """`packages` are those whose versions are told; `options` go to the adapter's `open_search`."""

    name: str
    module: str
    packages: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def open(self, corpus: Corpus) -> Search:
        """Raises ImportError where its packages are not installed."""
        search: Search = import_module(f".{self.module}", __package__).open_search(corpus, **self.options)
        return search

    @property
    def versions(self) -> dict[str, str]:
        """Raises ImportError where its packages are not installed."""
        return {package: version(package) for package in self.packages}


_LLAMA = ("llama-index-core", "llama-index-retrievers-bm25")
# Where the class and the documentation's own example differ, both are asked.
STACKS = (
    Stack("cette recherche", "ours"),
    Stack("LangChain, BM25Retriever", "langchain_bm25", ("langchain-community", "rank-bm25")),
    Stack("LangChain + Chroma, dense seul", "langchain_chroma", ("langchain-chroma", "chromadb")),
    Stack("LangChain, EnsembleRetriever des deux", "langchain_ensemble", ("langchain-classic",)),
    Stack("LlamaIndex, fusion `simple` (défaut)", "llamaindex", _LLAMA, {"mode": "simple"}),
    Stack("LlamaIndex, fusion `reciprocal_rerank`", "llamaindex", _LLAMA, {"mode": "reciprocal_rerank"}),
    Stack(
        "Haystack, joint par `concatenate` (défaut)", "haystack_memory", ("haystack-ai",), {"join_mode": "concatenate"}
    ),
    Stack(
        "Haystack, joint par `reciprocal_rank_fusion`",
        "haystack_memory",
        ("haystack-ai",),
        {"join_mode": "reciprocal_rank_fusion"},
    ),
    Stack("txtai, hybride", "txtai_hybrid", ("txtai", "faiss-cpu")),
)
