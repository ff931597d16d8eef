"""The fast layers against their plain versions; dtypes; what a layer leaves alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.compare.cases import CASES, VANISHING
from brain.compare.examples import example
from brain.engine import Network, build
from scratch.context import Context, Pass
from scratch.dense import row_sums
from scratch.layers import dropout

Array = NDArray[Any]
RANDOM = np.random.default_rng(4)


def test_dropout_without_a_mask_is_the_identity() -> None:
    x = RANDOM.standard_normal((3, 4))
    np.testing.assert_array_equal(dropout(spec.Dropout(0.5), {}, x, Context())[0], x)
    mask = np.array([[0.0, 2.0, 2.0, 0.0]] * 3)
    context = Context(Pass(training=True, masks={"d": mask}), "d")
    np.testing.assert_array_equal(dropout(spec.Dropout(0.5), {}, x, context)[0], x * mask)


@pytest.mark.parametrize("shape", [(1, 3), (7, 1), (5, 4, 2, 3), (3000, 2)], ids=str)
def test_row_sums_are_the_sums_of_columns(shape: tuple[int, ...]) -> None:
    wide = RANDOM.standard_normal((*shape[:-1], shape[-1] + 2))
    for array in (wide[..., 1:-1], wide[..., 1:-1].copy()):
        columns = array.reshape(-1, shape[-1]).T
        wanted = [math.fsum(column) for column in columns]
        # each of n additions errs by half an eps of what it has so far: of sqrt(n), at random signs
        n = columns.shape[1]
        np.testing.assert_allclose(row_sums(array), wanted, rtol=0, atol=n * 2**-53 * n**0.5 * 4)


def network(model: spec.Model, dtype: str) -> Network:
    net = build(model, dtype=dtype, seed=3)
    net.load_parameters(example(model).parameters)
    net.load_state(example(model).state)
    return net


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_what_goes_in_as_one_dtype_stays_in_it(model: spec.Model, dtype: str) -> None:
    values = example(model)
    trace = network(model, dtype).trace(values.x, values.y, training=True)
    arrays = (*trace.outputs.values(), *trace.d_outputs.values(), *trace.d_parameters.values())
    passed_back = () if trace.d_input is None else (trace.d_input,)
    assert {str(array.dtype) for array in (*arrays, *passed_back)} == {dtype}
    assert type(trace.loss) is float


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_single_precision_is_near_double(model: spec.Model) -> None:
    values = example(model)
    single = network(model, "float32").trace(values.x, values.y, training=True)
    double = network(model, "float64").trace(values.x, values.y, training=True)
    eps = float(np.finfo(np.float32).eps)
    assert single.loss == pytest.approx(double.loss, rel=50 * eps)
    pairs = [] if double.d_input is None else [(single.d_input, double.d_input)]
    pairs += [(single.outputs[k], double.outputs[k]) for k in double.outputs]
    kept = [k for k in double.d_parameters if k != VANISHING.get(model.name)]
    pairs += [(single.d_parameters[k], double.d_parameters[k]) for k in kept]
    for one, other in pairs:
        # At most four layers deep, each with sums of at most 35 products: some tens of roundings.
        scale = np.linalg.norm(other)
        assert np.linalg.norm(one - other) <= 50 * eps * scale


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_nothing_that_goes_in_is_modified(model: spec.Model) -> None:
    values, net = example(model), network(model, "float64")
    arrays = [values.x, values.y, values.dy, *values.parameters.values()]
    copies = [array.copy() for array in arrays]
    for array in arrays:
        array.flags.writeable = False
    batch = net.prepare(values.x, values.y)
    for _ in range(2):
        net.load_parameters(values.parameters)
        net.trace(values.x, values.y, training=True)
        net.trace(values.x, dy=values.dy)
        net.predict(values.x)[...] = 7
        net.evaluate(values.x, values.y)
        net.train_step(values.x, values.y)
        net.train_step(batch)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_what_is_reused_carries_nothing_over(model: spec.Model) -> None:
    """A network that has computed other batches, of other sizes, gives what a fresh one gives."""
    values, used = example(model), network(model, "float64")
    for samples in (3, 11, 1):
        other = example(model, samples, seed=samples)
        used.trace(other.x, other.y, training=True)
        used.predict(other.x)
    fresh = network(model, "float64").trace(values.x, values.y, training=True)
    trace = used.trace(values.x, values.y, training=True)
    assert trace.loss == fresh.loss
    for name, array in fresh.d_outputs.items():
        np.testing.assert_array_equal(trace.outputs[name], fresh.outputs[name])
        np.testing.assert_array_equal(trace.d_outputs[name], array)
    for name, array in fresh.d_parameters.items():
        np.testing.assert_array_equal(trace.d_parameters[name], array)


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_a_prediction_is_what_a_pass_with_a_way_back_gives(model: spec.Model) -> None:
    values, net = example(model), network(model, "float32")
    last = model.nodes[-1].name
    traced = net.trace(values.x, values.y, layers=[last])
    np.testing.assert_array_equal(net.predict(values.x), traced.outputs[last])
    np.testing.assert_array_equal(
        net.trace(values.x, layers=[last]).outputs[last], traced.outputs[last]
    )
