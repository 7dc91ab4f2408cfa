"""Writes weights for DeepFace's emotion network: its architecture in ONNX with random values, about 6 MB.

What such a network answers means nothing; that DeepFace loads and runs it is what tests need.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, checker, helper, numpy_helper, save

_CONVOLUTIONS = ((64, 1, 5), (64, 64, 3), (64, 64, 3), (128, 64, 3), (128, 128, 3))
_LAYERS = ((128, 1024), (1024, 1024), (1024, 7))


class _Graph:
    """Nodes in a row, each fed by the one before."""

    def __init__(self, seed: int) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self._random = np.random.default_rng(seed)

    def node(self, kind: str, *inputs: str, **attributes: object) -> None:
        before = self.nodes[-1].output[0] if self.nodes else "input"
        self.nodes.append(helper.make_node(kind, [before, *inputs], [f"step{len(self.nodes)}"], **attributes))

    def weight(self, values: NDArray[np.float64]) -> str:
        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def random(self, *shape: int, inputs: int) -> str:
        return self.weight(self._random.normal(0, np.sqrt(2 / inputs), shape))


def make_emotion_weights(home: Path, *, seed: int = 0) -> Path:
    """Write the file where DeepFace looks for it under DEEPFACE_HOME, and return its path."""
    graph = _Graph(seed)
    graph.node("Transpose", perm=[0, 3, 1, 2])
    graph.node("Mul", graph.weight(np.array(1 / 255)))
    for number, (outputs, inputs, size) in enumerate(_CONVOLUTIONS):
        kernel = graph.random(outputs, inputs, size, size, inputs=inputs * size * size)
        graph.node("Conv", kernel, graph.weight(np.zeros(outputs)), kernel_shape=[size, size])
        graph.node("Relu")
        if number == 0:
            graph.node("MaxPool", kernel_shape=[5, 5], strides=[2, 2])
        if number in (2, 4):
            graph.node("AveragePool", kernel_shape=[3, 3], strides=[2, 2])
    graph.node("Flatten", axis=1)
    for inputs, outputs in _LAYERS:
        graph.node("Gemm", graph.random(inputs, outputs, inputs=inputs), graph.weight(np.zeros(outputs)))
        if (inputs, outputs) == _LAYERS[-1]:
            graph.node("Softmax", axis=1)
        else:
            graph.node("Relu")
    return _save(graph, home)


def _save(graph: _Graph, home: Path) -> Path:
    graph.nodes[-1].output[0] = "output"
    network = helper.make_graph(
        graph.nodes,
        "emotion",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", 48, 48, 1])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", 7])],
        graph.weights,
    )
    model = helper.make_model(network, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    checker.check_model(model)
    path = home / ".deepface" / "weights" / "facial_expression_model_weights.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    save(model, path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    make_emotion_weights(parser.parse_args().home)


if __name__ == "__main__":
    main()
