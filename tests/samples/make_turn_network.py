"""Writes a network that takes and gives what Smart Turn v3 does, some hundred bytes of it.

It knows nothing of speech: it answers what it is told to, or, with random weights, something that depends on the sound.
"""

import math
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

BANDS, FRAMES = 80, 800


def make_turn_network(path: Path, says: float | None = None, *, bands: int = BANDS, seed: int = 0) -> Path:
    """Write the network and return its path; `says` is the probability that it answers to everything."""
    weights = np.random.default_rng(seed).normal(0, 1 / 8, (bands, 1)) if says is None else np.zeros((bands, 1))
    bias = 0.0 if says is None else math.log(says / (1 - says))
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["input_features", "time"], ["bands"], keepdims=0),
            helper.make_node("Gemm", ["bands", "weights", "bias"], ["sum"]),
            helper.make_node("Sigmoid", ["sum"], ["logits"]),
        ],
        "turn",
        [helper.make_tensor_value_info("input_features", TensorProto.FLOAT, ["batch", bands, FRAMES])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1])],
        [
            numpy_helper.from_array(np.array([2], np.int64), "time"),
            numpy_helper.from_array(weights.astype(np.float32), "weights"),
            numpy_helper.from_array(np.array([bias], np.float32), "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    checker.check_model(model)
    save(model, path)
    return path
