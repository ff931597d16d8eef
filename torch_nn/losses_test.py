"""Every loss is there; and where PyTorch's own habit is another, ours follows the table."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch import nn  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.randomness import generator  # noqa: E402
from brain.testing.equivalence_suite import declared  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_loss  # noqa: E402
from torch_nn.losses import LOSSES  # noqa: E402


def test_every_loss_is_there() -> None:
    lacking = {loss.__name__ for loss in declared(spec.Loss) - LOSSES.keys()}
    assert not lacking, f"torch_nn/losses.py has no {', '.join(lacking)}"


def test_trap_cross_entropy_wants_the_classes_second() -> None:
    """With as many positions as classes, `(N, T, K)` passes for `(N, K, T)`: off by 10 %."""
    random = generator(0, "logits")
    logits, labels = random.standard_normal((6, 4, 4)), random.integers(0, 4, (6, 4))
    naive = nn.CrossEntropyLoss()(torch.tensor(logits), torch.tensor(labels))
    right, ours = both("torch", of_loss, spec.SoftmaxCrossEntropy(), logits, labels)
    assert_trap(naive, ours, right, off_by=0.1)


def test_trap_cross_entropy_of_probabilities_is_another_loss() -> None:
    """It takes logits; given probabilities it runs, and applies softmax twice."""
    random = generator(0, "logits")
    logits, labels = 3 * random.standard_normal((6, 4)), random.integers(0, 4, 6)
    naive = nn.CrossEntropyLoss()(torch.tensor(logits).softmax(-1), torch.tensor(labels))
    right, ours = both("torch", of_loss, spec.SoftmaxCrossEntropy(), logits, labels)
    assert_trap(naive, ours, right, off_by=0.1)


def test_trap_binary_cross_entropy_of_probabilities_stops_at_100() -> None:
    logits, labels = np.array([[300.0], [2.0]]), np.array([[0], [1]])
    probabilities = torch.sigmoid(torch.tensor(logits))
    naive = nn.BCELoss()(probabilities, torch.tensor(labels).double())
    right, ours = both("torch", of_loss, spec.BinaryCrossEntropy(), logits, labels)
    assert_trap(naive, ours, right, off_by=0.6)  # 100 for 300


def test_trap_a_column_against_a_row_is_broadcast() -> None:
    """`(N, 1)` minus `(N,)` is `(N, N)`; PyTorch warns and goes on."""
    random = generator(0, "outputs")
    output, y = random.standard_normal((6, 1)), random.standard_normal(6)
    with pytest.warns(UserWarning, match="broadcasting"):
        naive = nn.MSELoss()(torch.tensor(output), torch.tensor(y))
    right, ours = both("torch", of_loss, spec.MeanSquaredError(), output, y)
    assert right == pytest.approx(np.mean((output[:, 0] - y) ** 2))
    assert_trap(naive, ours, right, off_by=0.1)


def test_class_weights_are_samples_that_are_repeated() -> None:
    """The sum is divided by that of the weights, so a weight of 3 is a sample that is there thrice.

    Keras divides by the number of samples.
    """
    random, weights = generator(0, "logits"), np.array([1, 2, 1, 3])
    logits, labels = random.standard_normal((6, 4)), random.integers(0, 4, 6)
    often = weights[labels]
    right, ours = both(
        *("torch", of_loss, spec.SoftmaxCrossEntropy()),
        *(logits.repeat(often, axis=0), labels.repeat(often)),
    )
    weighted = nn.CrossEntropyLoss(weight=torch.tensor(weights).double())
    for value in (ours, weighted(torch.tensor(logits), torch.tensor(labels))):
        assert error(np.asarray(value), right) < 1e-12


def test_defaults_that_agree_today() -> None:
    """Written down in `losses.py` all the same; were one to change, only this test would tell."""
    random = generator(0, "outputs")
    output, y = random.standard_normal((2, 6, 4))
    for function, loss, targets in (
        (nn.MSELoss(), spec.MeanSquaredError(), y),
        (nn.CrossEntropyLoss(), spec.SoftmaxCrossEntropy(), random.integers(0, 4, 6)),
        (nn.BCEWithLogitsLoss(), spec.BinaryCrossEntropy(), (y > 0).astype(float)),
    ):
        naive = function(torch.tensor(output), torch.tensor(targets)).numpy()
        labels = targets.astype(int) if loss.labels else targets
        assert error(naive, of_loss("numpy", loss, output, labels)) < 1e-12
