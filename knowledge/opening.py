"""Façade: the base as a LangChain retriever, in one call."""

from pathlib import Path
from typing import TYPE_CHECKING

from .base import KnowledgeBase
from .housing import home_of
from .settings import KnowledgeSettings

# Slow to import.
if TYPE_CHECKING:
    from .retrieving import HybridRetriever


def open_retriever(folder: Path | str | None = None, k: int = 8) -> "HybridRetriever":
    """
    A `BaseRetriever` of the `k` best passages, from the base in `folder` (None: the one of KNOWLEDGE_BASE). It sees
    what is published after it was opened. Raises EmptyKnowledgeBase.
    Example: open_retriever().invoke("Quels sont les freins ?")[0].metadata["title"]
    """
    settings = KnowledgeSettings()
    home = home_of(settings, Path(folder) if folder else None)
    return KnowledgeBase.open(home, settings.embedding_model).retriever(k)
