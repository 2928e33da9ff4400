"""Façade: how near a base comes to questions that it cannot answer, and to its own titles."""

from collections.abc import Sequence

from .calibrating import Calibration, calibrate
from .embedding import CachedEmbeddings
from .index import VectorIndex
from .library import Contents
from .searching import Snapshot, take_snapshot
from .settings import outside_questions
from .shelving import Shelf
from .sources import Findings

# Titles asked as questions.
_TITLES = 40


def gauge(contents: Contents, index: VectorIndex, embeddings: CachedEmbeddings, shelf: Shelf) -> Calibration:
    """What outside questions and the base's own titles come to in `contents`."""
    snapshot = take_snapshot(contents, index, embeddings, shelf)
    titles = [title for title, *_ in (reading.names for reading in snapshot.derived.readings) if title]
    own = titles[:: max(1, len(titles) // _TITLES)]
    return calibrate(_found(snapshot, outside_questions(), embeddings), _found(snapshot, own, embeddings))


def _found(snapshot: Snapshot, questions: Sequence[str], embeddings: CachedEmbeddings) -> list[Findings]:
    """Their vectors are kept like those of titles: questions that never change are embedded once a base."""
    vectors = embeddings.embed_titles(list(questions)) if snapshot.passages else []
    return [snapshot.search(question, vector, 1) for question, vector in zip(questions, vectors, strict=False)]
