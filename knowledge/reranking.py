"""Adapter: passages reordered by a sentence-transformers CrossEncoder, which reads question and passage together."""

import os
from collections.abc import Callable, Sequence
from typing import Any

from .errors import ModelNotFound

# How well each text answers the question: the higher the better, on a scale of its own.
Rerank = Callable[[str, Sequence[str]], Sequence[float]]


class CrossEncoderReranker:
    """A CrossEncoder by name or folder. Nothing is downloaded unless HF_HUB_OFFLINE is 0."""

    def __init__(self, name: str) -> None:
        offline = os.environ.setdefault("HF_HUB_OFFLINE", "1") != "0"
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        import huggingface_hub.constants

        # Whoever imported it first has had it read the variable.
        huggingface_hub.constants.HF_HUB_OFFLINE = offline
        from sentence_transformers import CrossEncoder

        try:
            self._model: Any = CrossEncoder(name, device="cpu")
            if self._model.num_labels != 1:
                raise ValueError(f"{self._model.num_labels} étiquettes au lieu d'une")
        except Exception as error:  # a damaged folder fails in as many ways as it has files
            raise ModelNotFound(
                f"Le modèle de reclassement « {name} » est introuvable ou illisible ({type(error).__name__}) : donnez "
                "un dossier de CrossEncoder à une étiquette, ou un modèle déjà téléchargé, dans KNOWLEDGE_RERANKER, "
                "ou retirez ce réglage."
            ) from error

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question."""
        if not texts:
            return []
        scores: list[float] = self._model.predict(
            [(question, text) for text in texts], show_progress_bar=False
        ).tolist()
        return scores


def open_reranker(name: str | None) -> Rerank | None:
    """None where none is named: sentence-transformers is not imported then."""
    return CrossEncoderReranker(name).scores if name else None
