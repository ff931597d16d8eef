"""Where PyTorch's own habit is another for sequences, ours follows the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch import nn  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.examples import example  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.testing.trap_suite import assert_trap  # noqa: E402
from torch_nn.engine import TorchNetwork  # noqa: E402

Array = NDArray[Any]

KINDS = {
    "rnn1": (spec.RNN(4), nn.RNN),
    "lstm1": (spec.LSTM(4), nn.LSTM),
    "gru1": (spec.GRU(4), nn.GRU),
}
each_kind = pytest.mark.parametrize("name", KINDS)


def sequences(layer: spec.Layer, time: int = 5) -> spec.Model:
    return spec.Model("m", (time, 3), (layer,), spec.MeanSquaredError())


def both(model: spec.Model, **options: Any) -> list[Any]:
    """The NumPy network and ours, with the example's parameters."""
    nets = [build(model, engine, dtype="float64", **options) for engine in ("numpy", "torch")]
    for net in nets:
        net.load_parameters(example(model).parameters)
    return nets


def stock(name: str, second_bias: float, **options: Any) -> Any:
    """PyTorch's own with the example's parameters, and the second bias a share of the first."""
    layer, kind = KINDS[name]
    values = {k: torch.tensor(a) for k, a in example(sequences(layer)).parameters.items()}
    module = kind(3, 4, **options).double()
    second = values.get(f"{name}.recurrent_bias", second_bias * values[f"{name}.bias"])
    with torch.no_grad():
        module.weight_ih_l0.copy_(values[f"{name}.weight"].T)
        module.weight_hh_l0.copy_(values[f"{name}.recurrent_weight"].T)
        module.bias_ih_l0.copy_(values[f"{name}.bias"])
        module.bias_hh_l0.copy_(second)
    return module


@each_kind
def test_trap_time_comes_first(name: str) -> None:
    """Unless told, a batch of 7 sequences is read as one sequence of 7 steps, in silence."""
    model = sequences(KINDS[name][0])
    x = example(model).x
    right, ours = (net.predict(x) for net in both(model))
    naive = stock(name, 0.0)(torch.tensor(x))[0][:, -1]
    assert_trap(naive.detach(), ours, right, off_by=0.2)


@pytest.mark.parametrize("name", ["rnn1", "lstm1"])
def test_trap_one_bias_copied_into_two(name: str) -> None:
    """Both are added: the bias counts twice."""
    model = sequences(KINDS[name][0])
    x = example(model).x
    right, ours = (net.predict(x) for net in both(model))
    naive = stock(name, 1.0, batch_first=True)(torch.tensor(x))[0][:, -1]
    assert_trap(naive.detach(), ours, right, off_by=0.1)


@each_kind
def test_forms_that_agree_today(name: str) -> None:
    """The gates' order, the reset after the product; with one bias and the batch first."""
    model = sequences(KINDS[name][0])
    x = example(model).x
    naive = stock(name, 0.0, batch_first=True)(torch.tensor(x))[0][:, -1]
    assert error(naive.detach().numpy(), both(model)[0].predict(x)) < 1e-12


def test_trap_the_biases_of_an_lstm_begin_at_random() -> None:
    """Both of them, uniform up to 1 / sqrt(units): the forget gate is neither open nor at zero."""
    model = sequences(spec.LSTM(4))
    given = example(model)
    values = {k: a for k, a in given.parameters.items() if k != "lstm1.bias"}
    outputs = []
    for engine in ("numpy", "torch"):
        net = build(model, engine, dtype="float64")
        net.load_parameters({**net.parameters(), **values})  # the bias as `brain` begins it
        outputs.append(net.predict(given.x))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = nn.LSTM(3, 4, batch_first=True).double()
    for theirs, key in (("weight_ih_l0", "weight"), ("weight_hh_l0", "recurrent_weight")):
        getattr(module, theirs).data = torch.tensor(values[f"lstm1.{key}"].T)
    naive = module(torch.tensor(given.x))[0][:, -1]
    assert_trap(naive.detach(), outputs[1], outputs[0], off_by=0.1)


def test_trap_dropout_of_a_single_layer_is_none() -> None:
    """`dropout=` is between the layers of a stack; of one layer it says so in a warning only."""
    model = sequences(spec.LSTM(4, return_sequences=True))
    layers = (*model.layers, spec.Dropout(0.5))
    given = example(model)
    dropped = spec.Model("m", model.input_shape, layers, model.loss)
    right, ours = (
        net.trace(given.x, training=True).outputs["dropout1"] for net in both(dropped, seed=1)
    )
    with pytest.warns(UserWarning, match="all but last recurrent layer"):
        module = stock("lstm1", 0.0, batch_first=True, dropout=0.5).train()
    naive = module(torch.tensor(given.x))[0].detach()
    assert_trap(naive, ours, right, off_by=0.5)
    assert error(naive.numpy(), both(model)[0].predict(given.x)) < 1e-12


@pytest.mark.parametrize("name", ["rnn1", "lstm1"])
def test_trap_a_second_bias_that_is_trained_doubles_the_step(name: str) -> None:
    """It gets the gradient of the first, so that their sum moves twice as far: off by 100 %."""
    model = sequences(KINDS[name][0])
    given = example(model)
    nets = both(model, optimizer=spec.SGD(0.1))
    for net in nets:
        net.train_step(given.x, given.y)
    right, ours = (
        net.parameters()[f"{name}.bias"] - given.parameters[f"{name}.bias"] for net in nets
    )
    module = stock(name, 0.0, batch_first=True)
    y = module(torch.tensor(given.x))[0][:, -1]
    nn.functional.mse_loss(y, torch.tensor(given.y)).backward()
    naive = -0.1 * (module.bias_ih_l0.grad + module.bias_hh_l0.grad)
    assert_trap(naive, ours, right, off_by=0.99)


def test_trap_the_last_step_of_both_ways_is_not_the_end() -> None:
    """At the last step, the half that reads backwards has read one step alone."""
    model = sequences(spec.Bidirectional(spec.LSTM(4)))
    given = example(model)
    right, ours = (net.predict(given.x) for net in both(model))
    fused = nn.LSTM(3, 4, batch_first=True, bidirectional=True).double()
    with torch.no_grad():
        for place, end in (("forward", ""), ("backward", "_reverse")):
            start = f"bidirectional1.{place}.lstm1."
            values = {k: torch.tensor(given.parameters[start + k]) for k in KEYS}
            getattr(fused, f"weight_ih_l0{end}").copy_(values["weight"].T)
            getattr(fused, f"weight_hh_l0{end}").copy_(values["recurrent_weight"].T)
            getattr(fused, f"bias_ih_l0{end}").copy_(values["bias"])
            getattr(fused, f"bias_hh_l0{end}").zero_()
        y, (hidden, _) = fused(torch.tensor(given.x))
    assert_trap(y[:, -1], ours, right, off_by=0.2)
    ends = torch.cat((hidden[0], hidden[1]), dim=-1)
    np.testing.assert_allclose(ends, right, rtol=1e-12, atol=1e-14)


KEYS = ("weight", "recurrent_weight", "bias")


@pytest.mark.parametrize("name", ["rnn1", "lstm1"])
def test_the_second_bias_is_a_zero_that_stays(name: str) -> None:
    model = sequences(KINDS[name][0])
    net = build(model, "torch", optimizer=spec.AdamW(0.1, weight_decay=0.1, clip_norm=0.5))
    assert isinstance(net, TorchNetwork)
    given = example(model)
    for _ in range(3):
        net.train_step(given.x, given.y)
    (buffer,) = net._module.buffers()
    assert not buffer.any()
    assert [key.rpartition(".")[2] for key in net.parameters()] == list(KEYS)
    assert len(list(net._module.parameters())) == 3


def test_every_parameter_of_a_module_has_a_canonical_name() -> None:
    layers = (
        spec.Bidirectional(spec.GRU(2, return_sequences=True)),
        spec.Residual((spec.LSTM(4, return_sequences=True),)),
        spec.RNN(3),
    )
    net = build(spec.Model("m", (5, 3), layers, spec.MeanSquaredError()), "torch")
    assert isinstance(net, TorchNetwork)
    assert list(net._named) == list(net.model.parameters())
    theirs = {id(parameter) for parameter in net._module.parameters()}
    assert {id(parameter) for parameter in net._named.values()} == theirs
