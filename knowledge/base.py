"""Façade: the knowledge base, a library of sources with the index derived from it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from langchain_core.embeddings import Embeddings

from .calibrating import CALIBRATION
from .embedding import CachedEmbeddings, open_embeddings
from .errors import EmptyKnowledgeBase, UnknownSource, WrongModel
from .housing import Home, at
from .keeping import WRITING, IndexKeeper, Progress, Reopening
from .library import SETTLED, Library
from .refining import drop_unused, refine
from .reranking import Rerank
from .settings import BUNDLED_MODEL
from .shelving import Shelf
from .sources import Source
from .splitting import VERSION, split

# Slow to import: only what searches or publishes needs it.
if TYPE_CHECKING:
    from .retrieving import HybridRetriever

# The library's fact that names the version of what split its sources; bases without it were split by the first.
_SPLITTER = "splitter"
# In seconds: an assistant that runs may be reading the index again.
_WHILE_READING = 2.0


class KnowledgeBase:
    """
    Opens, publishes, goes back, forgets, rebuilds; gives a retriever away.

    The order of every change is: vectors into the index, one transaction of the library, old vectors out of the
    index. Stopped anywhere, what is shown is the old or the new revision, and the next run puts the rest away.
    An index found lost or damaged when the base is opened is made again from the library, which keeps the vectors.
    A base opened to be written (`create`) leaves its index closed until something has to be written to it.
    """

    def __init__(self, home: Home | Path, library: Library, embeddings: Embeddings, model: str) -> None:
        self.home, self.library, self.model = at(home), library, model
        self._embeddings = CachedEmbeddings(embeddings, library, model)
        self._keeper = IndexKeeper(self.home, library, self._embeddings, model)
        self._written = library.settled

    @classmethod
    def open(cls, home: Home | Path, model: str | None = None, embeddings: Embeddings | None = None) -> Self:
        """
        The base in `home`, made with `model` (None: the one it remembers).
        Raises EmptyKnowledgeBase where there is none, WrongModel where it was made with another.
        """
        base = cls._open(_holding_a_base(home), model, embeddings)
        base._keeper.mend()
        return base

    @classmethod
    def adopt(cls, home: Home | Path, model: str | None, embeddings: Embeddings | None = None) -> Self:
        """The base in `home`, whatever made it, about to be rebuilt with `model` (None: the one it remembers)."""
        home = _holding_a_base(home)
        library = home.library()
        name = model or library.fact("model") or BUNDLED_MODEL
        return cls(home, library, embeddings or open_embeddings(name), name)

    @classmethod
    def create(cls, home: Home | Path, model: str | None = None, embeddings: Embeddings | None = None) -> Self:
        """The base in `home`, made empty where there is none."""
        home = at(home)
        home.create()
        return cls._open(home, model, embeddings)

    @classmethod
    def _open(cls, home: Home, model: str | None, embeddings: Embeddings | None) -> Self:
        library = home.library()
        made_with = library.fact("model")
        if made_with and model and made_with != model:
            raise WrongModel(
                f"Cette base a été faite avec le modèle « {made_with} », et non « {model} » : retirez "
                f"KNOWLEDGE_EMBEDDING_MODEL, ou lancez `python -m knowledge rebuild --embedding-model {model}`."
            )
        name = made_with or model or BUNDLED_MODEL
        return cls(home, library, embeddings or open_embeddings(name), name)

    @property
    def folder(self) -> Path:
        """This machine's own."""
        return self.home.folder

    def retriever(
        self,
        k: int = 8,
        open_model: Callable[[str], Embeddings] = open_embeddings,
        rerank: Rerank | None = None,
        today: Callable[[], date] = date.today,
    ) -> "HybridRetriever":
        """
        The `k` best passages for a question; `open_model` opens the one that another process rebuilds the base with.
        `rerank` reorders the first ones, and what no longer holds `today` gives way to what takes its home.
        Raises EmptyKnowledgeBase when nothing was ever published.
        """
        if self.library.is_empty:
            raise EmptyKnowledgeBase(
                "Cette base est vide : lancez `python -m ingest` pour y lire le référentiel fourni, "
                "ou `python -m ingest DOSSIER`."
            )
        from .retrieving import HybridRetriever

        self._keeper.mend_once()
        return HybridRetriever(
            library=self.library,
            index=self._keeper.index,
            embeddings=self._embeddings,
            k=k,
            today=today,
            rerank=rerank,
            reopening=Reopening(self.home, self.library, {self.model: self._embeddings}, open_model),
        )

    def publish(
        self,
        changed: Sequence[Source],
        forgotten: Sequence[str] = (),
        progress: Progress | None = None,
        facts: Mapping[str, str | None] = MappingProxyType({}),
    ) -> None:
        """
        Replace each changed source whole and forget the others named, all at once, with `facts` (None takes one away).
        `progress` is told how many passages of how many are embedded. Raises LockedBase while another writes.
        """
        stale = self._split_otherwise({*forgotten, *(source.id for source in changed)})
        if not changed and not forgotten and not stale and self._is_settled():
            if facts:
                self.library.note(facts)
            return
        self._keeper.mend_once()
        with self._writing():
            if changed or forgotten or stale:
                self._publish([*changed, *stale], forgotten, progress, facts)
            else:
                self.library.note(facts)
            self._settle()

    def unmade(self, sources: Sequence[Source]) -> int:
        """How many passages of these sources have no vector yet."""
        wanted = {passage.digest for source in sources for passage in split(source)}
        return len(wanted - self.library.vectors(self.model, wanted).keys())

    def rollback(self, revision: int | None = None, progress: Progress | None = None) -> int:
        """
        Sources and facts as they were in `revision` (None: before the last that changed a source), in a new revision,
        which can itself be undone in the same way. Nothing is embedded, unless the model has changed since.
        The revision gone back to; raises UnknownRevision where its state is not kept.
        """
        self._keeper.mend_once()
        with self._writing():
            back = self.library.history.way_back(revision)
            self._publish(back.changed, back.forgotten, progress, back.facts, back.revision)
            self._settle()
        return back.revision

    def forget(self, id: str) -> None:
        """Raises UnknownSource where there is no such source."""
        if id not in self.library.digests():
            raise UnknownSource(f"Aucune source « {id} » : `python -m knowledge` en donne la liste.")
        self.publish([], [id])

    def rebuild(self, progress: Progress | None = None) -> None:
        """The passages and the index made again from the library's sources, without reading a file."""
        with self._writing(any_model=True):
            sources = list(self.library.contents().sources.values())
            self._keeper.begin_anew()
            self._publish(sources, (), progress, {})
            self._settle()

    def refine(self, progress: Progress | None = None) -> None:
        """Make what answers are better with, and need not be waited for; see `refine`."""
        refine(self.library, self._embeddings, self.model, progress)

    def close(self) -> None:
        self.library.close()

    def _publish(
        self,
        changed: Sequence[Source],
        forgotten: Sequence[str],
        progress: Progress | None,
        facts: Mapping[str, str | None],
        restored: int | None = None,
    ) -> None:
        passages = {source: split(source) for source in changed}
        self._keeper.add([passage for some in passages.values() for passage in some], progress)
        self._keeper.add_titles([title for source in changed for title in (source.title, *source.aliases)])
        # Last: the facts of a state gone back to may name what has been replaced since.
        own = {"model": self.model, _SPLITTER: VERSION, **self._keeper.facts}
        self._confirm()
        self.library.publish(passages, forgotten, {**facts, **own}, restored)

    def _split_otherwise(self, replaced: Collection[str]) -> list[Source]:
        """The sources that an earlier version split, but for those that are being replaced."""
        if self.library.fact(_SPLITTER) in (None, VERSION):
            return []
        return [source for id, source in self.library.contents().sources.items() if id not in replaced]

    def _is_settled(self) -> bool:
        """Whether the last run came to its end, as far as can be told without opening the index."""
        settled = self.library.settled == self.library.revision
        if not settled or self.home.is_unfinished(self.library):
            return False
        return self._keeper.is_there() or self.library.is_empty

    @contextmanager
    def _writing(self, any_model: bool = False) -> Iterator[None]:
        with self.home.alone(WRITING, _WHILE_READING) as self._confirm:
            made_with = self.library.fact("model")
            if made_with and made_with != self.model and not any_model:
                raise WrongModel(
                    f"Cette base vient d'être refaite avec le modèle « {made_with} » : relancez la commande."
                )
            if self.library.settled != self._written:
                self._keeper.reopen()
            self.home.mark_unfinished(self.library, True)
            self._keeper.sweep()
            try:
                yield
            except BaseException:
                self._keeper.reopen()
                raise
            self.home.mark_unfinished(self.library, False)
            self._written = self.library.settled

    def _settle(self) -> None:
        """The end of every run: what it left aside is put away."""
        from .gauging import gauge

        contents = self.library.contents()
        self._keeper.repair(contents)
        self._keeper.settle()
        drop_unused(self.library, self.model, contents)
        calibration = gauge(contents, self._keeper.index, self._embeddings, Shelf(self.folder))
        self.library.note({CALIBRATION: calibration.to_json(), SETTLED: str(contents.revision)})


def _holding_a_base(home: Home | Path) -> Home:
    home = at(home)
    if not home.exists():
        raise EmptyKnowledgeBase(
            f"Aucune base dans {home} : lancez `python -m ingest` pour y lire le référentiel fourni, "
            "ou `python -m ingest DOSSIER`."
        )
    return home
