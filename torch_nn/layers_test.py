"""Every layer has a binding; and where PyTorch's own habit is another, ours follows the table."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch import nn  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.cases import CASES  # noqa: E402
from brain.compare.examples import example  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.randomness import generator  # noqa: E402
from brain.testing.equivalence_suite import declared  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_layer  # noqa: E402
from torch_nn.layers import LAYERS, LAYOUTS  # noqa: E402


def test_every_layer_has_a_binding() -> None:
    lacking = {layer.__name__ for layer in declared(spec.Layer) - LAYERS.keys()}
    assert not lacking, f"torch_nn/layers.py binds no {', '.join(lacking)}"


def test_every_layout_is_undone_by_its_inverse() -> None:
    parameters = {
        (type(node.layer), name): info.shape
        for case in CASES
        for node in case.walk()
        for name, info in node.parameters.items()
    }
    for key, (there, back) in LAYOUTS.items():
        array = torch.arange(float(np.prod(parameters[key]))).reshape(parameters[key])
        assert torch.equal(back(there(array)), array), key


def test_trap_linear_keeps_its_weight_transposed() -> None:
    """A square weight can be copied as it stands, and is then wrong by more than its own size."""
    model = spec.Model("square", (4,), (spec.Dense(4),), spec.MeanSquaredError())
    given = example(model)
    naive = nn.Linear(4, 4).double()
    naive.load_state_dict(
        {
            "weight": torch.tensor(given.parameters["dense1.weight"]),
            "bias": torch.tensor(given.parameters["dense1.bias"]),
        }
    )
    right, ours = (build(model, engine, dtype="float64") for engine in ("numpy", "torch"))
    for net in (right, ours):
        net.load_parameters(given.parameters)
    assert_trap(
        naive(torch.tensor(given.x)).detach(), ours.predict(given.x), right.predict(given.x), 0.5
    )


def test_trap_linear_begins_with_a_random_bias() -> None:
    """Uniform up to 1 / sqrt(inputs), where the table begins with zeros."""
    model = spec.Model("wide", (50,), (spec.Dense(40),), spec.MeanSquaredError())
    x = example(model).x
    right, ours = (build(model, engine, dtype="float64") for engine in ("numpy", "torch"))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        naive = nn.Linear(50, 40).double()
    naive.weight.data = torch.tensor(right.parameters()["dense1.weight"].T)
    assert_trap(naive(torch.tensor(x)).detach(), ours.predict(x), right.predict(x), off_by=0.03)


def test_trap_a_module_in_float32_refuses_float64() -> None:
    """Where Keras would round in silence."""
    with pytest.raises(RuntimeError, match="same dtype"):
        nn.Linear(5, 3)(torch.zeros(2, 5, dtype=torch.float64))


def test_trap_gelu_by_tanh_is_another_function() -> None:
    x = np.linspace(-3.0, 3.1, 13)[None]
    right, ours = both("torch", of_layer, spec.GELU(), x)
    assert_trap(nn.GELU(approximate="tanh")(torch.tensor(x)), ours, right, off_by=1e-4)


def test_trap_softplus_is_the_identity_above_20() -> None:
    x = np.linspace(20.5, 36.0, 8)[None]  # log(1 + exp(-20.5)) is 1.2e-9
    naive = nn.Softplus()(torch.tensor(x))
    right, ours = both("torch", of_layer, spec.Softplus(), x)
    assert np.abs(naive.numpy() - right).max() > 1e-9
    assert np.abs(ours - right).max() < 1e-14
    assert_trap(naive, ours, right, off_by=1e-11)


def test_trap_softmax_without_an_axis_is_over_the_batch() -> None:
    """`nn.Softmax()` takes axis 0 of three, and says so in a warning only."""
    x = generator(0, "x").standard_normal((4, 3, 5))
    with pytest.warns(UserWarning, match="Implicit dimension"):
        naive = nn.Softmax()(torch.tensor(x))
    right, ours = both("torch", of_layer, spec.Softmax(), x)
    assert_trap(naive, ours, right, off_by=0.5)


def test_trap_dropout_draws_its_own_mask() -> None:
    """Seeded alike, `nn.Dropout` drops other units: off by more than half of the output."""
    model = spec.Model("dropout", (50,), (spec.Dropout(0.3),), spec.MeanSquaredError())
    x = example(model).x
    right, ours = (
        build(model, e, seed=1, dtype="float64").trace(x, training=True).outputs["dropout1"]
        for e in ("numpy", "torch")
    )
    with torch.random.fork_rng():
        torch.manual_seed(1)
        naive = nn.Dropout(0.3)(torch.tensor(x))
    assert_trap(naive, ours, right, off_by=0.5)


def test_defaults_that_agree_today() -> None:
    """Written down at the bindings all the same; were one to change, only this test would tell."""
    x = generator(0, "x").standard_normal((4, 5))
    for module, layer in (
        (nn.LeakyReLU(), spec.LeakyReLU()),
        (nn.GELU(), spec.GELU()),
        (nn.ELU(), spec.ELU()),
    ):
        assert error(module(torch.tensor(x)).numpy(), of_layer("numpy", layer, x)) < 1e-12
