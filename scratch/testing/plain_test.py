"""Every layer of every case equals its loops: outputs, the input's gradient, the parameters'."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES
from brain.compare.examples import example
from scratch.context import Context, Pass
from scratch.layers import LAYERS
from scratch.testing.plain import PLAIN

PLACES = [
    pytest.param(node, id=f"{case.name}-{node.name}")
    for case in CASES
    for node in case.walk()
    if type(node.layer) in PLAIN
]


@pytest.mark.parametrize("node", PLACES)
def test_the_fast_layer_equals_its_loops(node: spec.Node) -> None:
    layer = node.layer
    alone = spec.Model("alone", node.input_shape, (layer,), spec.MeanSquaredError())
    given = example(alone)
    params = {name.rpartition(".")[2]: array for name, array in given.parameters.items()}
    fast, fast_back, *_ = LAYERS[type(layer)]
    plain, plain_back = PLAIN[type(layer)]
    context = Context(Pass(training=True))
    y, cache = fast(layer, params, given.x, context)
    got = {"y": y.copy()}
    wanted: dict[str, Any] = {"y": plain(layer, params, given.x)}
    got["dx"], grads = fast_back(layer, params, cache, given.dy, context)
    wanted["dx"], plain_grads = plain_back(layer, params, given.x, given.dy)
    assert set(grads) == set(plain_grads) == set(params)
    assert (got["dx"] is None) == (wanted["dx"] is None) == (layer.ids is not None)
    got, wanted = got | grads, wanted | plain_grads
    for name in wanted.keys() - ({"dx"} if layer.ids is not None else set()):
        assert got[name].shape == wanted[name].shape, name
        # sums of at most 150 terms near 1, in another order
        np.testing.assert_allclose(got[name], wanted[name], rtol=1e-12, atol=1e-12, err_msg=name)
