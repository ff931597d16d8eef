"""The layers that normalise: their arrays, and what is refused."""

from __future__ import annotations

import pytest

from brain import spec
from brain.testing.refusals import refusal


def test_batchnorm_has_two_parameters_and_two_statistics_a_channel() -> None:
    layers = (spec.Dense(4, bias=False), spec.BatchNorm(), spec.ReLU())
    model = spec.Model("m", (3, 5), layers, spec.MeanSquaredError())
    shapes = {name: info.shape for name, info in model.parameters().items()}
    assert shapes == {
        "dense1.weight": (5, 4),
        "batchnorm1.gamma": (4,),
        "batchnorm1.beta": (4,),
    }
    begin = {name: (info.shape, info.init) for name, info in model.state().items()}
    assert begin == {
        "batchnorm1.running_mean": ((4,), spec.init.Constant(0.0)),
        "batchnorm1.running_var": ((4,), spec.init.Constant(1.0)),
    }
    assert spec.BatchNorm().over_batch
    assert not spec.LayerNorm().over_batch


def test_layernorm_has_no_statistics() -> None:
    layer = spec.LayerNorm()
    assert layer.state((3, 5)) == {}
    assert {k: info.shape for k, info in layer.parameters((3, 5)).items()} == {
        "gamma": (5,),
        "beta": (5,),
    }
    assert layer.sum_length((3, 5)) == 5


def test_operations_by_hand() -> None:
    # each number: minus the mean, times 1 / deviation, times gamma, plus beta
    assert spec.BatchNorm().flops((3, 5)) == 4 * 15
    # and a sum for the mean, a square, a sum for the variance, and the difference before it
    assert spec.LayerNorm().flops((3, 5)) == 8 * 15


@pytest.mark.parametrize("momentum", [0, -0.1, 1.1, float("nan")])
def test_a_momentum_lies_between_0_and_1(momentum: float) -> None:
    assert "BatchNorm.momentum: it should be" in refusal(lambda: spec.BatchNorm(momentum))


@pytest.mark.parametrize("kind", [spec.BatchNorm, spec.LayerNorm])
def test_eps_is_positive(kind: type[spec.Layer]) -> None:
    assert f"{kind.__name__}.eps" in refusal(lambda: kind(eps=0.0))  # type: ignore[call-arg]
