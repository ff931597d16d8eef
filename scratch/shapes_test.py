"""What a spec says of shapes is what NumPy makes of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from brain import spec
from brain.compare.examples import inputs, targets
from brain.engine import build
from brain.testing.model_strategies import FAMILIES, models, models_of

ANY = models() | st.sampled_from(list(FAMILIES)).flatmap(models_of)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(ANY, st.integers(1, 5), st.sampled_from(["float32", "float64"]))
def test_every_layers_shapes(model: spec.Model, samples: int, dtype: str) -> None:
    net = build(model, dtype=dtype)
    x = inputs(model, samples)
    trace = net.trace(x, targets(model, samples), training=True)
    for node in model.walk():
        shape = (samples, *node.output_shape)
        assert trace.outputs[node.name].shape == shape
        assert trace.d_outputs[node.name].shape == shape
        assert trace.outputs[node.name].dtype == np.dtype(dtype)
    if model.ids is None:
        assert trace.d_input is not None
        assert trace.d_input.shape == x.shape
    infos = model.parameters()
    assert list(trace.d_parameters) == list(infos) == list(net.parameters())
    for name, info in infos.items():
        assert net.parameters()[name].shape == info.shape == trace.d_parameters[name].shape
    assert net.predict(x).shape == (samples, *model.output_shape)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(ANY, st.integers(1, 6))
def test_any_model_can_be_trained(model: spec.Model, samples: int) -> None:
    net = build(model, optimizer=spec.Adam(0.01, clip_norm=1.0, weight_decay=0.1))
    x = inputs(model, samples)
    y = targets(model, samples)
    before = net.parameters() | net.state()
    assert np.isfinite(net.train_step(x, y))  # type: ignore[call-overload]
    after = net.parameters() | net.state()
    assert list(after) == list(before)
    assert all(np.isfinite(array).all() for array in after.values())
    assert np.isfinite(net.evaluate(x, y)["loss"])
