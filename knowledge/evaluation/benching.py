"""Adapter: the bases that sets of questions are measured on, kept in a folder between runs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from langchain_core.embeddings import Embeddings
from tqdm import tqdm

from ..analysing import fold
from ..base import KnowledgeBase
from ..embedding import open_embeddings, sentence_model
from ..errors import EmptyKnowledgeBase, KnowledgeError
from ..library import Library
from ..sources import Source, digest
from ..splitting import split

# The sources of the référentiel, as `python -m ingest` names them.
_REFERENTIEL = "referentiel/"


class RememberedQuestions(Embeddings):
    """`inner`, with the vectors of questions kept from one run to the next."""

    def __init__(self, inner: Embeddings, library: Library, model: str) -> None:
        self._inner, self._library, self._model = inner, library, model

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._inner.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        key = digest(text)
        for vector in self._library.vectors(self._model, [key]).values():
            return [float(number) for number in vector]
        made = self._inner.embed_query(text)
        self._library.keep_vectors(self._model, {key: made})
        return made


@dataclass(frozen=True, slots=True)
class Bench:
    """Where sets are measured: a folder that keeps a base for each, so that a second run embeds nothing."""

    folder: Path
    model: str
    embeddings: Embeddings

    @classmethod
    def open(cls, cache: Path, model: str, embeddings: Embeddings | None = None) -> Self:
        """Raises KnowledgeError where `cache` cannot be written to."""
        folder = cache / re.sub(r"[^\w.-]+", "-", model)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KnowledgeError(f"Le dossier {folder} ne peut pas être créé : changez --cache.") from error
        library = Library(folder / "questions.sqlite")
        return cls(folder, model, RememberedQuestions(embeddings or open_embeddings(model), library, model))

    def base(self, name: str, sources: Sequence[Source]) -> KnowledgeBase:
        """A base that holds exactly `sources`, split as they are now, with the vectors of their sentences."""
        base = KnowledgeBase.create(self.folder / fold(name), self.model, self.embeddings)
        contents = base.library.contents()
        held: dict[str, list[tuple[int, int, str]]] = {}
        for id, start, stop, key in contents.ranges:
            held.setdefault(id, []).append((start, stop, key))
        changed = [
            source
            for source in sources
            if contents.sources.get(source.id) != source
            or held.get(source.id, []) != [(p.start, p.end, p.digest) for p in split(source)]
        ]
        gone = contents.sources.keys() - {source.id for source in sources}
        if changed or gone:
            with tqdm(desc=f"{name} : passages", unit="passage", dynamic_ncols=True, mininterval=0.5) as bar:
                base.publish(changed, sorted(gone), lambda done, total: _move(bar, done, total))
        with tqdm(desc=f"{name} : phrases", unit="passage", dynamic_ncols=True, mininterval=0.5) as bar:
            base.refine(lambda done, total: _move(bar, done, total))
        return base


def read_referentiel(base: KnowledgeBase, bench: Bench) -> tuple[Source, ...]:
    """
    The référentiel as `base` holds it; its vectors go with it where the models are the same.
    Raises EmptyKnowledgeBase where it is not in there.
    """
    contents = base.library.contents()
    sources = tuple(source for id, source in contents.sources.items() if id.startswith(_REFERENTIEL))
    if not sources:
        raise EmptyKnowledgeBase(
            f"La base {base.home} ne contient pas le référentiel, sur lequel portent ces questions : lancez "
            "`python -m ingest`."
        )
    if base.model == bench.model:
        library = KnowledgeBase.create(bench.folder / "referentiel", bench.model, bench.embeddings).library
        keys = [key for id, _, _, key in contents.ranges if id.startswith(_REFERENTIEL)]
        for model in (bench.model, sentence_model(bench.model)):
            library.keep_vectors(model, base.library.vectors(model, keys))
        library.close()
    return sources


def _move(bar: "tqdm[None]", done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)
