"""Façade: the index kept in step with what the library shows, and made again where it is damaged."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from langchain_core.embeddings import Embeddings

from .embedding import CachedEmbeddings
from .errors import LockedBase, UnreadableIndex
from .housing import Home
from .index import VectorIndex
from .library import Contents, Library
from .settings import BUNDLED_MODEL
from .shelving import Shelf
from .sources import Passage, digest, slice_source

Progress = Callable[[int, int], None]

WRITING, _OPENING = "writing.lock", "opening.lock"
# The library's fact that names the index it is shown by.
_FACT, _FIRST = "index", "index"
# Passages embedded between two saves: a run that is stopped loses at most this many.
_BATCH = 16
# Titles, which are short.
_TITLES = 64
# Neighbours asked of the index when a base is opened, the part of them it must give (its search is approximate),
# and the cosine above which a vector has found itself.
_NEIGHBOURS, _ENOUGH, _SAME = 1000, 0.9, 0.99
# In seconds. The last moments of a run may look like damage to those who open; mending takes 2 s a thousand passages.
_WHILE_WRITING, _WHILE_OPENING = 1.0, 60.0


class IndexKeeper:
    """
    The index that a revision is shown by, which the library names.

    Another model's vectors go into another index, named in the transaction that publishes them: those who search
    meanwhile keep theirs, which the next run removes.
    """

    def __init__(self, home: Home, library: Library, embeddings: CachedEmbeddings, model: str) -> None:
        self._home, self._library, self._embeddings, self._model = home, library, embeddings, model
        self._mended = False
        self.reopen()

    def reopen(self) -> None:
        """As other processes have left it."""
        self._name = index_name(self._library)
        self.index = self._named(self._name)

    @property
    def facts(self) -> dict[str, str]:
        """What the library must say for this index to be the one in use."""
        return {_FACT: self._name}

    def is_there(self) -> bool:
        """As far as can be told without opening it."""
        return self._named(index_name(self._library)).exists()

    def add(self, passages: Sequence[Passage], progress: Progress | None = None) -> None:
        """Those that the index does not hold."""
        texts = {passage.digest: passage.indexed_text for passage in passages}
        held = self.index.held(texts)
        missing = [key for key in texts if key not in held]
        if missing:
            self._checked.unlink(missing_ok=True)
        for at in range(0, len(missing), _BATCH):
            self.index.add({key: texts[key] for key in missing[at : at + _BATCH]})
            if progress:
                progress(min(at + _BATCH, len(missing)), len(missing))

    def add_titles(self, titles: Sequence[str]) -> None:
        """Those whose vectors are not kept, so that whoever sees the next revision has none to make."""
        for at in range(0, len(titles), _TITLES):
            self._embeddings.embed_titles(list(titles[at : at + _TITLES]))

    def begin_anew(self) -> None:
        """An empty index beside the one in use, in whose place its `facts` put it."""
        self._name = f"{_FIRST}-{self._library.revision + 1}"
        self.index = self._named(self._name).clear()

    def repair(self, contents: Contents) -> None:
        """The index holds exactly what the library shows."""
        live = {key for *_, key in contents.ranges}
        held = self.index.digests()
        lacking = [(id, start, stop) for id, start, stop, key in contents.ranges if key not in held]
        if lacking:
            self.add([slice_source(contents.sources[id], start, stop) for id, start, stop in lacking])
        if gone := held - live:
            self._checked.unlink(missing_ok=True)
            self.index.remove(gone)
        self._note(live)

    def settle(self) -> None:
        """The index is as quick to open as it can be; left to the next run where it is being opened all the time."""
        with suppress(LockedBase), self._home.alone(_OPENING, _WHILE_OPENING):
            self.index = self.index.settle()

    def sweep(self) -> None:
        """Remove the indexes that neither the library nor, by now, anyone who searches has a use for."""
        for name in self._home.indexes(self._library):
            if name != index_name(self._library):
                self._home.drop(self._library, name)

    def mend_once(self) -> None:
        if not self._mended:
            self.mend()

    def mend(self) -> None:
        """An opening that did not come to its end counts as damage."""
        with self._home.alone(_OPENING, _WHILE_OPENING), self._home.opening() as deadly:
            live = self._library.live_digests()
            held = None if deadly else self._held(live)
            if held is None or not self._is_whole(live, held):
                self._remake(deadly)
            elif held != live:
                # What a stopped run left would be found in the place of what is shown; a running one needs it.
                with suppress(LockedBase), self._home.alone(WRITING):
                    self.repair(self._library.contents())
        self._mended = True

    def _remake(self, unseen: bool) -> None:
        """`unseen`: without a second look, which would show a run that came to its end in the meantime."""
        with self._home.alone(WRITING, _WHILE_WRITING):
            self.reopen()
            live = self._library.live_digests()
            held = None if unseen else self._held(live)
            if held is None or not self._is_whole(live, held):
                self.index = self.index.clear()
                self.repair(self._library.contents())
                self.index = self.index.settle()

    def _named(self, name: str) -> VectorIndex:
        return self._home.index(self._library, name, self._embeddings)

    def _is_whole(self, live: set[str], held: set[str]) -> bool:
        """Whether the index lacks nothing, and from a vector it was given finds that one and others."""
        probe = self._library.vectors(self._model, [min(live)] if live else [])
        wanted = min(len(live), _NEIGHBOURS)
        try:
            found = [self.index.nearest(vector.tolist(), wanted) for vector in probe.values()]
        except UnreadableIndex:
            return False
        enough = all(len(near) >= wanted * _ENOUGH and max(near.values()) > _SAME for near in found)
        return enough and held >= live

    def _held(self, live: set[str]) -> set[str] | None:
        """
        What the index holds; None where it cannot be read. Its digests are compared with those that are shown once,
        and from then on their number, until either changes.
        """
        try:
            with suppress(OSError):
                # What stands on a server, another machine may have changed.
                seen = "" if self._home.is_live else self._checked.read_text(encoding="ascii")
                if seen == _print(live) and len(self.index) == len(live):
                    return live
            held = self.index.digests()
        except UnreadableIndex:
            return None
        if held == live:
            self._note(live)
        return held

    @property
    def _checked(self) -> Path:
        """Says which digests the index was last seen to hold. Taken away before another one enters or leaves it."""
        return self._home.folder / self._name / "checked"

    def _note(self, live: set[str]) -> None:
        if not self._home.is_live:
            with suppress(OSError):
                self._checked.write_text(_print(live), encoding="ascii")


@dataclass(frozen=True, slots=True)
class Reopening:
    """
    The index and the embeddings that the library names now, whoever has rebuilt it; a model is opened once.

    Chroma may end the process on files that are being written: none is read while a run is at work. A server is asked
    at any time.
    """

    home: Home
    library: Library
    opened: dict[str, CachedEmbeddings]
    open_model: Callable[[str], Embeddings]

    def embeddings(self) -> CachedEmbeddings:
        model = self.library.fact("model") or BUNDLED_MODEL
        if model not in self.opened:
            self.opened[model] = CachedEmbeddings(self.open_model(model), self.library, model)
        return self.opened[model]

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.home.folder)

    def index(self, revision: int) -> VectorIndex:
        """Of `revision`. Raises LockedBase while a run is at work, and where it has published another."""
        with nullcontext() if self.home.is_live else self.home.alone(WRITING):
            if self.library.revision != revision:
                raise LockedBase(f"La base {self.home} vient de changer : réessayez dans un instant.")
            index = self.home.index(self.library, index_name(self.library), self.embeddings())
            # Chroma reads its files at the first question.
            index.nearest(self.embeddings().embed_query("la co-construction"), 1)
        return index


def _print(digests: set[str]) -> str:
    return digest("".join(sorted(digests)))


def index_name(library: Library) -> str:
    return library.fact(_FACT) or _FIRST
