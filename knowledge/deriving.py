"""Pure: what the texts of a revision are searched by, made from that of an earlier one where they are the same."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .acronyms import acronyms, spelled_out
from .ranking import LexicalIndex
from .sources import Passage, Source, slice_source
from .surrounding import Surroundings, surround
from .wording import reword

Range = tuple[str, int, int, str]
Embed = Callable[[list[str]], ArrayLike]


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What one source comes to. `key` is that of its record and of its passages' bounds, `count` the number of these,
    `names` are its title and aliases, `acronyms` those that it spells out.
    """

    key: str
    count: int
    names: tuple[str, ...]
    acronyms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """
    Of all passages of a revision, in order, by the vectors of `model`; equal for equal texts, whatever it was made
    from.
    """

    model: str
    readings: tuple[Reading, ...]
    acronyms: Mapping[str, str]
    bodies: LexicalIndex
    titles: LexicalIndex
    surroundings: Surroundings

    @property
    def keys(self) -> list[str]:
        return [reading.key for reading in self.readings]


def nothing(model: str) -> Derived:
    """What an empty revision comes to."""
    no_vectors = surround([], [], lambda _: [], lambda _: [])
    return Derived(model, (), {}, LexicalIndex([]), LexicalIndex([]), no_vectors)


def keys_of(digests: Mapping[str, str], ranges: Sequence[Range]) -> list[str]:
    """Of each source, in order; no two sources have the same, since a record says whose it is."""
    bounds = _bounds(digests, ranges)
    stops = {id: ",".join(str(stop) for _, stop in some) for id, some in bounds.items()}
    return [hashlib.sha256(f"{key} {stops[id]}".encode()).hexdigest() for id, key in digests.items()]


def derive(
    sources: Mapping[str, Source],
    ranges: Sequence[Range],
    keys: Sequence[str],
    model: str,
    embed_titles: Embed,
    embed_texts: Embed,
    before: Derived,
) -> Derived:
    """Sources whose key is among those of `before` are not read; its vectors serve where they are `model`'s."""
    ids, bounds = list(sources), _bounds(sources, ranges)
    former = {key: at for at, key in enumerate(before.keys)}
    kept = [former.get(key, -1) for key in keys]
    readings = tuple(
        before.readings[at] if at >= 0 else _read(sources[id], key, len(bounds[id]))
        for id, key, at in zip(ids, keys, kept, strict=True)
    )
    rows = list(_rows(before.readings, kept, readings))

    def fresh() -> Iterator[Passage]:
        unread = (id for id, at in zip(ids, kept, strict=True) if at < 0)
        return (slice_source(sources[id], start, stop) for id in unread for start, stop in bounds[id])

    def title_vectors(names: list[str]) -> ArrayLike:
        held = _names(before) if before.model == model else []
        return _vectors(names, held, before.surroundings.titles, lambda new: embed_titles([names[at] for at in new]))

    def opening_vectors(several: list[int]) -> ArrayLike:
        held = _openings(before) if before.model == model else []
        texts = [(ids[at], bounds[ids[at]][0]) for at in several]
        return _vectors(
            [keys[at] for at in several],
            held,
            before.surroundings.openings,
            lambda new: embed_texts(
                [slice_source(sources[id], *some).indexed_text for id, some in (texts[at] for at in new)]
            ),
        )

    return Derived(
        model,
        readings,
        acronyms(pair for reading in readings for pair in reading.acronyms),
        LexicalIndex(reword(before.bodies.wording, rows, (passage.text for passage in fresh()))),
        LexicalIndex(reword(before.titles.wording, rows, map(_heading, fresh()))),
        surround(
            [reading.names for reading in readings],
            [reading.count for reading in readings],
            title_vectors,
            opening_vectors,
        ),
    )


def _bounds(ids: Mapping[str, object], ranges: Sequence[Range]) -> dict[str, list[tuple[int, int]]]:
    bounds: dict[str, list[tuple[int, int]]] = {id: [] for id in ids}
    for id, start, stop, _ in ranges:
        bounds[id].append((start, stop))
    return bounds


def _read(source: Source, key: str, count: int) -> Reading:
    return Reading(key, count, (source.title, *source.aliases), tuple(spelled_out(source.text)))


def _heading(passage: Passage) -> str:
    return " ".join((passage.title, passage.section, *passage.keywords))


def _rows(held: Sequence[Reading], kept: Sequence[int], readings: Sequence[Reading]) -> Iterator[int]:
    """Where each passage stood among those of the sources that were `held`, −1 for those of other sources."""
    starts = [0, *accumulate(reading.count for reading in held)]
    for at, reading in zip(kept, readings, strict=True):
        yield from range(starts[at], starts[at] + reading.count) if at >= 0 else (-1,) * reading.count


def _names(held: Derived) -> list[str]:
    """Those whose vectors are the rows of its titles."""
    return [name for reading in held.readings if reading.count for name in reading.names]


def _openings(held: Derived) -> list[str]:
    """The keys of the sources whose first passages' vectors are the rows of its openings."""
    return [reading.key for reading in held.readings if reading.count > 1]


def _vectors(
    keys: Sequence[str], held: Sequence[str], rows: NDArray[np.float32], make: Callable[[list[int]], ArrayLike]
) -> NDArray[np.float32]:
    """The vector of each key: the row in whose place it is `held`, or else what is made of one of its own places."""
    known = {key: row for row, key in enumerate(held)}
    missing = {key: at for at, key in enumerate(keys) if key not in known}
    made = np.asarray(make(list(missing.values())), dtype=np.float32)
    if not keys:
        return made
    known |= {key: len(held) + row for row, key in enumerate(missing)}
    whole = np.concatenate([part for part in (rows[: len(held)], made) if len(part)])
    return whole[np.asarray([known[key] for key in keys], dtype=np.intp)]
