"""Where PyTorch's own normalisations and embeddings part from the table, and by how much."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch import nn  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.examples import example  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.randomness import generator  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_batch, of_statistics  # noqa: E402
from torch_nn.norms import BatchNorm  # noqa: E402

X = 2 * generator(0, "norms").standard_normal((7, 5)) + 1
SEQUENCE = generator(0, "sequence").standard_normal((7, 5, 5)) * np.arange(1, 6)


def statistics(naive: nn.Module) -> np.ndarray:
    """The running statistics of one of PyTorch's own layers, as rows."""
    return np.stack([naive.running_mean.numpy(), naive.running_var.numpy()])


def test_trap_batchnorm_keeps_an_unbiased_running_variance() -> None:
    """Divided by 6 instead of 7: the variance taken up is a sixth too large."""
    naive = nn.BatchNorm1d(5, momentum=0.1, eps=1e-5).double()
    naive(torch.tensor(X))
    right, ours = both("torch", of_statistics, spec.BatchNorm(), X)
    assert_trap(statistics(naive), ours, right, off_by=0.03)
    biased = statistics(naive)
    biased[1] -= 0.1 * X.var(axis=0) / 6
    assert error(biased, right) < 1e-12  # that is all the difference


def test_trap_batchnorm_takes_up_statistics_in_every_pass() -> None:
    """A look at the gradients in training mode moves them; of ours, a step alone does."""
    layer = spec.BatchNorm()
    naive = nn.BatchNorm1d(5).double()
    net = build(spec.Model("m", (5,), (layer,), spec.MeanSquaredError()), "torch", dtype="float64")
    naive(torch.tensor(X))
    net.trace(X, X, training=True)
    net.loss_and_gradients(X, X)
    begin = np.stack([np.zeros(5), np.ones(5)])
    assert_trap(statistics(naive), np.stack([*net.state().values()]), begin, off_by=0.1)


def test_trap_batchnorm_takes_axis_1_for_the_channels() -> None:
    """Over (N, T, C) it gives each time step a mean, in silence where T is C."""
    right, ours = both("torch", of_batch, spec.BatchNorm(), SEQUENCE)
    naive = nn.BatchNorm1d(5).double()(torch.tensor(SEQUENCE))
    assert_trap(naive.detach(), ours, right, off_by=0.4)


def test_trap_batchnorm_refuses_a_batch_of_one() -> None:
    """The last short batch of an epoch may hold one sample: y is then beta."""
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm1d(5).double()(torch.tensor(X[:1]))
    right, ours = both("torch", of_batch, spec.BatchNorm(), X[:1])
    np.testing.assert_array_equal(right, np.zeros((1, 5)))
    # PyTorch computes x * s - mean * s, here with s = 1 / sqrt(1e-5): 316 roundings of 1e-16
    np.testing.assert_allclose(ours, right, atol=1e-12)


def test_trap_torch_std_is_unbiased() -> None:
    """A LayerNorm written out with `std`, over 4 instead of 5: a tenth too small."""
    x = torch.tensor(X)
    naive = (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5)
    right, ours = both("torch", of_batch, spec.LayerNorm(), X)
    assert_trap(naive, ours, right, off_by=0.1)


def test_trap_eps_outside_the_root() -> None:
    """The same number beside the deviation instead of the variance: off by more than 4 %."""
    layer, x = spec.LayerNorm(eps=0.1), 0.5 * torch.tensor(X)
    deviation = x.var(-1, keepdim=True, correction=0).sqrt()
    naive = (x - x.mean(-1, keepdim=True)) / (deviation + 0.1)
    right, ours = both("torch", of_batch, layer, 0.5 * X)
    assert_trap(naive, ours, right, off_by=0.04)


def test_trap_layernorm_over_all_axes_but_the_first() -> None:
    """`nn.LayerNorm(x.shape[1:])` takes one mean for a whole sequence."""
    right, ours = both("torch", of_batch, spec.LayerNorm(), SEQUENCE)
    naive = nn.LayerNorm(SEQUENCE.shape[1:]).double()(torch.tensor(SEQUENCE))
    assert_trap(naive.detach(), ours, right, off_by=0.2)


def test_trap_an_embedding_with_padding_never_learns_it() -> None:
    """`padding_idx=0` reads row 0 like any other, and gives it no gradient."""
    model = spec.Model("m", (4,), (spec.Embedding(6, 3),), spec.MeanSquaredError())
    given = example(model)
    naive = nn.Embedding(6, 3, padding_idx=0).double()
    naive.weight.data = torch.tensor(given.parameters["embedding1.weight"])
    (naive(torch.tensor(given.x)) * torch.tensor(given.dy)).sum().backward()
    right, ours = (
        build(model, e, dtype="float64").trace(given.x, dy=given.dy).d_parameters
        for e in ("numpy", "torch")
    )
    assert (given.x == 0).any()
    key = "embedding1.weight"
    assert_trap(naive.weight.grad, ours[key], right[key], off_by=0.2)


def test_the_gradient_of_an_embedding_has_its_rows_added() -> None:
    """One array, the rows of a token added up; TensorFlow's is a row for every place."""
    model = spec.Model("m", (4,), (spec.Embedding(6, 3),), spec.MeanSquaredError())
    given = example(model)
    naive = nn.Embedding(6, 3).double()
    (naive(torch.tensor(given.x)) * torch.tensor(given.dy)).sum().backward()
    net = build(model, "numpy", dtype="float64")
    right = net.trace(given.x, dy=given.dy).d_parameters["embedding1.weight"]
    assert naive.weight.grad is not None
    assert error(naive.weight.grad.numpy(), right) < 1e-12


def test_defaults_that_agree_today() -> None:
    """Written down at the bindings all the same; were one to change, only this test would tell."""
    for module, layer in (
        (nn.LayerNorm(5), spec.LayerNorm()),
        (nn.BatchNorm1d(5), spec.BatchNorm()),
    ):
        naive = module.double()(torch.tensor(X)).detach().numpy()
        assert error(naive, of_batch("numpy", layer, X)) < 1e-12
    own = nn.BatchNorm1d(5).double()
    own(torch.tensor(X))
    assert error(statistics(own)[0], of_statistics("numpy", spec.BatchNorm(), X)[0]) < 1e-12


def test_batchnorm_keeps_a_batch_between_a_pass_in_training_and_its_step_alone() -> None:
    layer = BatchNorm(5, momentum=0.1, eps=0.1).double()
    for array in (*layer.parameters(), *layer.buffers()):
        array.data.fill_(1.0)
    x = torch.tensor(X)
    layer.train()(x)
    assert layer.batch is not None
    layer.take_up()
    assert layer.batch is None
    layer.train()(x)
    layer.eval()(x)
    assert layer.batch is None  # a prediction has none
    with pytest.raises(AssertionError, match="no pass in training"):
        layer.take_up()
