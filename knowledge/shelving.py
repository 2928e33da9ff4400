"""Adapter: what a base is searched by, kept beside it in one file, so that opening it reads no text again."""

import hashlib
import json
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from .deriving import Derived, Reading, derive, keys_of, nothing
from .embedding import CachedEmbeddings
from .library import Contents
from .ranking import LexicalIndex, Matrix
from .sparing import lasting
from .surrounding import Surroundings
from .wording import Wording

_FOLDER = "derived"
# The modules by which texts become what is kept: where one of them has changed, it is made anew.
_MADE_BY = "acronyms analysing deriving ranking shelving sources surrounding wording".split()


class Shelf:
    """
    The derived file of the base in `folder` (None: nothing is kept), under a name that tells all that it is made of.

    It is never the truth: missing, damaged or of another version of this program, it is made again; where it cannot be
    written, it is made at each opening. Whoever writes one takes the place of the one before, which who reads it keeps.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / _FOLDER if folder else None

    def take(self, contents: Contents, embeddings: CachedEmbeddings, before: Derived | None = None) -> Derived:
        """
        Of `contents`. Who has that of the revision `before` changes it in memory, and leaves keeping to the run that
        published.
        """
        with lasting():
            keys = keys_of(contents.digests, contents.ranges)
        if before and (before.keys, before.model) == (keys, embeddings.model):
            return before
        name = hashlib.sha256("\n".join((_version(), embeddings.model, *keys)).encode()).hexdigest()
        if held := self._held(f"{name}.npz"):
            return held
        derived = derive(
            contents.sources,
            contents.ranges,
            keys,
            embeddings.model,
            embeddings.embed_titles,
            embeddings.embed_documents,
            before or self._held("*.npz") or nothing(embeddings.model),
        )
        if not before:
            with suppress(OSError):
                self._keep(f"{name}.npz", derived)
        return derived

    @lasting()
    def _held(self, pattern: str) -> Derived | None:
        for path in self._folder.glob(pattern) if self._folder else ():
            # A damaged file fails in as many ways as it has bytes. Each array has its checksum in the archive.
            with suppress(Exception), path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return _unpacked(arrays)
        return None

    def _keep(self, name: str, derived: Derived) -> None:
        """Whole or not at all."""
        if self._folder is None:
            return
        self._folder.mkdir(exist_ok=True)
        for left in self._folder.glob("*.part"):
            left.unlink(missing_ok=True)
        part = self._folder / f"{uuid4().hex}.part"
        with part.open("wb") as file:
            np.savez(file, allow_pickle=False, **_packed(derived))
        part.replace(self._folder / name)
        for other in self._folder.glob("*.npz"):
            if other.name != name:
                other.unlink(missing_ok=True)


def _packed(derived: Derived) -> dict[str, NDArray[Any]]:
    around = derived.surroundings
    readings = [(reading.key, reading.count, reading.names, reading.acronyms) for reading in derived.readings]
    about = {"version": _version(), "model": derived.model, "readings": readings, "acronyms": dict(derived.acronyms)}
    return {
        "about": _bytes(json.dumps(about)),
        **{f"bodies.{name}": array for name, array in _packed_index(derived.bodies).items()},
        **{f"titles.{name}": array for name, array in _packed_index(derived.titles).items()},
        **{f"around.{name}": getattr(around, name) for name in Surroundings.__slots__},
    }


def _unpacked(arrays: Any) -> Derived:
    about = json.loads(arrays["about"].tobytes())
    if about["version"] != _version():
        raise ValueError("made by another version")
    return Derived(
        about["model"],
        tuple(
            Reading(key, count, tuple(names), tuple((short, long) for short, long in found))
            for key, count, names, found in about["readings"]
        ),
        about["acronyms"],
        _unpacked_index(arrays, "bodies"),
        _unpacked_index(arrays, "titles"),
        Surroundings(**{name: arrays[f"around.{name}"] for name in Surroundings.__slots__}),
    )


def _packed_index(index: LexicalIndex) -> dict[str, NDArray[Any]]:
    wording, matrix = index.wording, index.matrix
    forms = [wording.words, wording.stems, wording.bares]
    return {
        "forms": _bytes(json.dumps(forms, ensure_ascii=False)),
        "tokens": wording.tokens,
        "starts": wording.starts,
        "data": matrix.data,
        "indices": matrix.indices,
        "indptr": matrix.indptr,
    }


def _unpacked_index(arrays: Any, name: str) -> LexicalIndex:
    words, stems, bares = json.loads(arrays[f"{name}.forms"].tobytes())
    wording = Wording(tuple(words), tuple(stems), tuple(bares), arrays[f"{name}.tokens"], arrays[f"{name}.starts"])
    matrix = Matrix(*(arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr")))
    return LexicalIndex(wording, matrix=matrix)


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


@cache
def _version() -> str:
    """Of the code that makes it."""
    sources = [Path(__file__).with_name(f"{name}.py").read_bytes() for name in _MADE_BY]
    return hashlib.sha256(b"\0".join([version("PyStemmer").encode(), *sources])).hexdigest()
