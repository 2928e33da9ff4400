"""Façade: a change tried on a copy of the base, which then hands over the vectors that it has made."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager

from langchain_core.embeddings import Embeddings

from .base import KnowledgeBase
from .embedding import sentence_model, title_model
from .housing import LIBRARY, FolderHome
from .sources import digest

_FOLDER, _LOCK = "candidate", "candidate.lock"
# In seconds: a change that is being tried may take as long as its questions do.
_PATIENCE = 3600.0


@contextmanager
def candidate_of(base: KnowledgeBase, embeddings: Embeddings | None = None) -> Iterator[KnowledgeBase]:
    """A copy of the base as it is now, one at a time, gone afterwards. Raises LockedBase."""
    folder = base.folder / _FOLDER
    with base.home.alone(_LOCK, _PATIENCE):
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
        try:
            FolderHome(folder).create()
            base.home.save(folder / LIBRARY)
            with closing(KnowledgeBase.create(folder, base.model, embeddings)) as candidate:
                yield candidate
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def hand_over(candidate: KnowledgeBase, base: KnowledgeBase) -> None:
    """The vectors that the candidate shows and the base does not have: publishing there does not make them again."""
    titles = [title for one in candidate.library.contents().sources.values() for title in (one.title, *one.aliases)]
    shown = candidate.library.live_digests()
    for model, wanted in (
        (base.model, shown),
        (sentence_model(base.model), shown),
        (title_model(base.model), set(map(digest, titles))),
    ):
        missing = wanted - base.library.vectors(model, wanted).keys()
        base.library.keep_vectors(model, candidate.library.vectors(model, missing))
