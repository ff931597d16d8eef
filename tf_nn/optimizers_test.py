"""Every optimizer is there; and where Keras's own habit is another, ours follows the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

import keras  # noqa: E402
from keras import optimizers  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare import cases  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.testing.equivalence_suite import declared  # noqa: E402
from brain.testing.trap_suite import (  # noqa: E402
    LINE,
    assert_trap,
    both,
    line_data,
    movement,
    of_training,
)
from tf_nn.optimizers import OPTIMIZERS  # noqa: E402

TINY = 1e-300
"""An eps that is not felt, where something else is to be shown."""


def test_every_optimizer_is_there_and_tried() -> None:
    for place, known in (
        ("tf_nn/optimizers.py", OPTIMIZERS.keys()),
        ("brain/compare/cases.py", {type(rule) for rule in cases.optimizers().values()}),
    ):
        lacking = {rule.__name__ for rule in declared(spec.Optimizer) - known}
        assert not lacking, f"{place} has no {', '.join(lacking)}"


def naively(
    optimizer: Any,
    steps: int = 1,
    rate: spec.Schedule | None = None,
    size: float = 1.0,
    penalty: Callable[[Any], Any] = lambda w: 0.0,
) -> NDArray[Any]:
    """How an optimizer of Keras's moves the parameters of LINE, in float64."""
    before, x, y = line_data(size)
    weight, bias = (tf.Variable(array) for array in before.values())
    for step in range(steps):
        if rate is not None:
            optimizer.learning_rate = rate(step)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(x @ weight + bias - y))
            loss += penalty(weight) + penalty(bias)
        gradients = tape.gradient(loss, [weight, bias])
        optimizer.apply_gradients(zip(gradients, [weight, bias], strict=True))
    return movement({"dense1.weight": weight.numpy(), "dense1.bias": bias.numpy()}, before)


# Rates are sums of powers of two, which float32 holds, but where the rate is the point.
TRAPS = {
    # lr * m * sqrt(1 - beta2^t) / (sqrt(v) + eps): eps is felt 32 times as much at step 1
    "adam-eps": (lambda: optimizers.Adam(0.25, epsilon=1e-3), spec.Adam(0.25, eps=1e-3), 0.1),
    # beta2 passes through float32, and 1 - 0.999 keeps four digits
    "adam-bias": (lambda: optimizers.Adam(0.25, epsilon=TINY), spec.Adam(0.25, eps=TINY), 5e-6),
    # sqrt(s + eps)
    "rmsprop-eps": (
        lambda: optimizers.RMSprop(0.25, rho=0.75, epsilon=0.01),
        spec.RMSprop(0.25, rho=0.75, eps=0.01),
        0.1,
    ),
    "adagrad-eps": (
        lambda: optimizers.Adagrad(0.25, epsilon=0.01, initial_accumulator_value=0.0),
        spec.AdaGrad(0.25, eps=0.01),
        0.1,
    ),
    # s starts at 0.1
    "adagrad-start": (lambda: optimizers.Adagrad(0.25), spec.AdaGrad(0.25), 0.2),
    # the decay goes past the moments (AdamW's), or past the velocity
    "adam-decay": (
        lambda: optimizers.Adam(0.25, epsilon=TINY, weight_decay=0.25),
        spec.Adam(0.25, eps=TINY, weight_decay=0.25),
        0.1,
    ),
    # 0.004, where 0.01 is usual
    "adamw-decay": (
        lambda: optimizers.AdamW(0.25, epsilon=TINY),
        spec.AdamW(0.25, eps=TINY),
        1e-3,
    ),
    # each array by its own norm, where the table has one norm for all
    "clip": (lambda: optimizers.SGD(1.0, clipnorm=0.5), spec.SGD(1.0, clip_norm=0.5), 0.1),
    # the learning rate is a float32 variable
    "rate": (lambda: optimizers.SGD(0.1), spec.SGD(0.1), 1e-8),
}


@pytest.mark.parametrize(("naive", "rule", "off_by"), TRAPS.values(), ids=TRAPS)
def test_trap_kerass_first_step(
    naive: Callable[[], Any], rule: spec.Optimizer, off_by: float
) -> None:
    right, ours = both("tensorflow", of_training, rule)
    assert_trap(naively(naive()), ours, right, off_by)


@pytest.mark.parametrize(
    ("naive", "rule"),
    [
        (lambda: optimizers.Adam(0.25), spec.Adam(0.25)),
        (lambda: optimizers.RMSprop(0.25), spec.RMSprop(0.25)),
        (
            lambda: optimizers.Adagrad(0.25, initial_accumulator_value=0.0),
            spec.AdaGrad(0.25),
        ),
    ],
    ids=["adam", "rmsprop", "adagrad"],
)
def test_trap_kerass_eps_is_1e_7_by_default(naive: Callable[[], Any], rule: spec.Optimizer) -> None:
    """Ten times ours, and inside the root more: gradients near 1e-8 hardly move anything."""
    right, ours = both("tensorflow", of_training, rule, 1, 1e-4)
    assert_trap(naively(naive(), size=1e-4), ours, right, off_by=0.5)


@pytest.mark.parametrize("nesterov", [False, True], ids=["momentum", "nesterov"])
def test_trap_keras_keeps_the_rate_inside_the_velocity(nesterov: bool) -> None:
    """v <- mu * v - lr * g: the same path while the rate stays, another once it changes."""
    options: dict[str, Any] = {"momentum": 0.75, "nesterov": nesterov}
    constant = both("tensorflow", of_training, spec.SGD(0.25, **options), 6)
    assert error(naively(optimizers.SGD(0.25, **options), 6), constant[0]) < 1e-12

    rate = spec.Step(0.25, every=2, factor=0.5)
    naive = naively(optimizers.SGD(0.25, **options), 6, rate)
    right, ours = both("tensorflow", of_training, spec.SGD(rate, **options), 6)
    assert_trap(naive, ours, right, off_by=0.1)


def test_trap_the_l2_of_keras_has_no_half() -> None:
    """c * w^2 has the slope 2 c w: twice the decay of that name."""
    naive = naively(optimizers.SGD(0.25), 3, penalty=keras.regularizers.L2(0.25))
    right, ours = both("tensorflow", of_training, spec.SGD(0.25, weight_decay=0.25), 3)
    assert_trap(naive, ours, right, off_by=0.1)
    halved = naively(optimizers.SGD(0.25), 3, penalty=keras.regularizers.L2(0.125))
    assert error(halved, right) < 1e-12


@pytest.mark.parametrize(
    ("naive", "rule"),
    [
        # nothing is added to the norm
        (lambda: optimizers.SGD(1.0, global_clipnorm=1e-5), spec.SGD(1.0, clip_norm=1e-5)),
        # lr * g / sqrt(1 - rho) at the first step
        (
            lambda: optimizers.RMSprop(0.25, rho=0.9, epsilon=TINY),
            spec.RMSprop(0.25, rho=0.9, eps=TINY),
        ),
        (lambda: optimizers.RMSprop(0.25, epsilon=TINY), spec.RMSprop(0.25, eps=TINY)),
    ],
    ids=["global-clip", "rho", "rho-default"],
)
def test_forms_that_agree_today(naive: Callable[[], Any], rule: spec.Optimizer) -> None:
    right = of_training("numpy", rule, 1, 1e-4)
    assert error(naively(naive(), size=1e-4), right) < 1e-6  # rho passes through float32


def test_trap_keras_decays_past_the_velocity() -> None:
    naive = naively(optimizers.SGD(0.25, momentum=0.75, weight_decay=0.25), 3)
    rule = spec.SGD(0.25, momentum=0.75, weight_decay=0.25)
    right, ours = both("tensorflow", of_training, rule, 3)
    assert_trap(naive, ours, right, off_by=0.05)


def test_trap_bias_correction_in_float32() -> None:
    """Keras is off by 5e-6 there, as above; in a float32 network, ours is right to 1e-6."""
    parameters, x, y = line_data()
    net = build(LINE, "tensorflow", optimizer=spec.Adam(0.25))
    net.load_parameters(parameters)
    net.train_step(x, y)
    right = of_training("numpy", spec.Adam(0.25))
    assert error(movement(net.parameters(), parameters), right) < 1e-6


def test_trap_kerass_schedules_are_float32() -> None:
    """Rates come from `brain.spec`, in float64, and are handed to each step."""
    naive = keras.optimizers.schedules.CosineDecay(0.1, decay_steps=100)
    ours = spec.Cosine(0.1, 100)
    rates = np.array([ours(step) for step in range(100)])
    assert_trap([float(naive(step)) for step in range(100)], rates, rates, off_by=1e-8)
