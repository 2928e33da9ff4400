"""Pure: the sources and the passages of a revision, each made when it is first asked for."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import overload

from .sources import Passage, Source, slice_source


class Records(Mapping[str, Source]):
    """
    Sources by id, of records as bytes. `ends` says where the passages of each end: a text that does not end there is
    refused with what `damage` makes.
    """

    def __init__(
        self, records: Iterable[tuple[str, bytes]], ends: Mapping[str, int], damage: Callable[[], Exception]
    ) -> None:
        self._held: dict[str, Source | bytes] = dict(records)
        self._ends, self._damage = ends, damage

    def __getitem__(self, id: str) -> Source:
        held = self._held[id]
        if isinstance(held, Source):
            return held
        source = Source.from_json(held.decode())
        if len(source.text) != self._ends.get(id, 0):
            raise self._damage()
        # In its place: nothing is held twice. Two threads may both have made it.
        self._held[id] = source
        return source

    def __contains__(self, id: object) -> bool:
        return id in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


# Passages remembered, of a kilobyte or two: questions that follow one another find the same ones.
_REMEMBERED = 4096


class Passages(Sequence[Passage]):
    """The passages of `sources` that `ranges` bound, in their order."""

    def __init__(self, sources: Mapping[str, Source], ranges: Sequence[tuple[str, int, int, str]]) -> None:
        self._sources, self._ranges = sources, ranges
        self._made = lru_cache(_REMEMBERED)(self._slice)

    @overload
    def __getitem__(self, at: int) -> Passage: ...

    @overload
    def __getitem__(self, at: slice) -> "Passages": ...

    def __getitem__(self, at: int | slice) -> "Passage | Passages":
        if isinstance(at, slice):
            return Passages(self._sources, self._ranges[at])
        return self._made(at)

    def __len__(self) -> int:
        return len(self._ranges)

    def beneath(self, slices: Iterable[Passage]) -> list[Passage]:
        """Those that the slices of sources touch, each once. The ranges are in the order of sources and starts."""
        found: dict[int, Passage] = {}
        for wide in slices:
            for at in range(bisect_left(self._ranges, (wide.source, wide.start), key=_end), len(self._ranges)):
                id, start, *_ = self._ranges[at]
                if id != wide.source or start >= wide.end:
                    break
                found[at] = self[at]
        return list(found.values())

    def _slice(self, at: int) -> Passage:
        id, start, stop, _ = self._ranges[at]
        return slice_source(self._sources[id], start, stop)


def _end(place: tuple[str, int, int, str]) -> tuple[str, int]:
    """A passage that ends where a slice starts comes before it."""
    return place[0], place[2] - 1
