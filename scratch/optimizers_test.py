"""The optimizers against the formulas, written once more in Python's own floats."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare import cases
from brain.compare.gather import Runs
from brain.engine import Network, build
from brain.names import MODELS, look_up
from brain.testing.here import workers
from scratch import optimizers
from scratch.optimizers import OPTIMIZERS, apply, clip_scale

MODEL = spec.Model(
    "small", (3,), (spec.Dense(4), spec.Tanh(), spec.Dense(2)), spec.MeanSquaredError()
)
RANDOM = np.random.default_rng(7)
X, Y = RANDOM.standard_normal((6, 3)), 5 * RANDOM.standard_normal((6, 2))
STEPS = 8
Floats = list[float]


def sgd(mu: float = 0.0, nesterov: bool = False) -> Callable[..., float]:
    def rule(w: float, g: float, m: Floats, t: int, lr: float) -> float:
        m[0] = mu * m[0] + g
        return w - lr * (g + mu * m[0] if nesterov else m[0])

    return rule


def adagrad(w: float, g: float, m: Floats, t: int, lr: float) -> float:
    m[0] = m[0] + g**2
    return w - lr * g / (math.sqrt(m[0]) + 1e-3)


def rmsprop(w: float, g: float, m: Floats, t: int, lr: float) -> float:
    m[0] = 0.8 * m[0] + 0.2 * g**2
    return w - lr * g / (math.sqrt(m[0]) + 1e-3)


def adam(w: float, g: float, m: Floats, t: int, lr: float) -> float:
    m[0] = 0.7 * m[0] + 0.3 * g
    m[1] = 0.95 * m[1] + 0.05 * g**2
    mhat, vhat = m[0] / (1 - 0.7**t), m[1] / (1 - 0.95**t)
    return w - lr * mhat / (math.sqrt(vhat) + 1e-3)


def adamw(w: float, g: float, m: Floats, t: int, lr: float) -> float:
    return adam(w - lr * 0.3 * w, g, m, t, lr)


def warmed(step: int) -> float:
    """0.05 reached in 4 steps, then halved every 2."""
    return 0.05 * (step + 1) / 4 if step < 4 else 0.05 * 0.5 ** ((step - 4) // 2)


WARMED = spec.LinearWarmup(4, spec.Step(0.05, every=2, factor=0.5))
MOMENTS: dict[str, Any] = {"beta1": 0.7, "beta2": 0.95, "eps": 1e-3}
# The spec, the rule in plain floats, the rate by step, coupled weight decay, clipping.
RULES: dict[str, tuple[spec.Optimizer, Callable[..., float], Any, float, float | None]] = {
    "sgd": (spec.SGD(0.1), sgd(), lambda step: 0.1, 0.0, None),
    "sgd-all": (
        spec.SGD(WARMED, weight_decay=0.2, clip_norm=0.5), sgd(), warmed, 0.2, 0.5,
    ),
    "momentum": (
        spec.SGD(WARMED, momentum=0.6, weight_decay=0.2, clip_norm=0.5),
        sgd(0.6), warmed, 0.2, 0.5,
    ),
    "nesterov": (
        spec.SGD(WARMED, momentum=0.6, nesterov=True, weight_decay=0.2, clip_norm=0.5),
        sgd(0.6, nesterov=True), warmed, 0.2, 0.5,
    ),
    "adagrad": (
        spec.AdaGrad(WARMED, eps=1e-3, weight_decay=0.2, clip_norm=0.5), adagrad, warmed, 0.2, 0.5,
    ),
    "rmsprop": (
        spec.RMSprop(WARMED, rho=0.8, eps=1e-3, weight_decay=0.2, clip_norm=0.5),
        rmsprop, warmed, 0.2, 0.5,
    ),
    "adam": (
        spec.Adam(WARMED, weight_decay=0.2, clip_norm=0.5, **MOMENTS), adam, warmed, 0.2, 0.5,
    ),
    "adam-free": (spec.Adam(0.1, **MOMENTS), adam, lambda step: 0.1, 0.0, None),
    "adamw": (
        spec.AdamW(WARMED, weight_decay=0.3, clip_norm=0.5, **MOMENTS), adamw, warmed, 0.0, 0.5,
    ),
}  # fmt: skip


def flat(arrays: dict[str, Any]) -> Floats:
    return [float(v) for array in arrays.values() for v in array.ravel()]


def network(optimizer: spec.Optimizer, dtype: str = "float64") -> Network:
    return build(MODEL, dtype=dtype, seed=1, optimizer=optimizer)


def test_every_optimizer_is_here() -> None:
    assert {type(rule[0]) for rule in RULES.values()} == set(OPTIMIZERS)


@pytest.mark.parametrize("name", RULES)
def test_steps_follow_the_formulas(name: str) -> None:
    optimizer, rule, rate, decay, clip = RULES[name]
    net = network(optimizer)
    w = flat(net.parameters())
    memory = [[0.0, 0.0] for _ in w]
    clipped = 0
    for step in range(STEPS):
        g = flat(net.loss_and_gradients(X, Y)[1])
        norm = math.sqrt(sum(v * v for v in g))
        if clip is not None and norm > clip:
            clipped += 1
            g = [v * (clip / norm) for v in g]
        g = [v + decay * u for v, u in zip(g, w, strict=True)]
        w = [rule(u, v, m, step + 1, rate(step)) for u, v, m in zip(w, g, memory, strict=True)]
        net.train_step(X, Y)
        # One step in float64, from values that agreed: a dozen roundings.
        np.testing.assert_allclose(flat(net.parameters()), w, rtol=1e-13, atol=1e-15)
        w = flat(net.parameters())
    assert bool(clipped) == (clip is not None)
    kept = net.optimizer_state()
    for place, remembered in enumerate(optimizer.remembers):
        arrays = {k: kept[f"{k}.{remembered}"] for k in net.parameters()}
        # The plain memory was carried through all the steps.
        np.testing.assert_allclose(flat(arrays), [m[place] for m in memory], rtol=1e-11, atol=1e-15)


def test_the_first_step_of_adam_has_the_length_of_the_rate() -> None:
    net = network(spec.Adam(0.01, eps=1e-12))
    before = flat(net.parameters())
    signs = np.sign(flat(net.loss_and_gradients(X, Y)[1]))
    net.train_step(X, Y)
    moved = np.array(before) - flat(net.parameters())
    np.testing.assert_allclose(moved, 0.01 * signs, rtol=1e-8)  # eps against gradients near 1e-3


def test_clip_scale_by_hand() -> None:
    gradients = {"a": np.array([[3.0, 0.0]]), "b": np.array([4.0])}
    assert clip_scale(1.0, gradients) == 0.2
    assert clip_scale(5.0, gradients) == 1.0
    assert clip_scale(50.0, gradients) == 1.0  # never longer than it was
    assert clip_scale(None, gradients) == 1.0


@pytest.mark.filterwarnings("error")
def test_a_gradient_of_zero_is_left_alone() -> None:
    zero = {"a": np.zeros((2, 3)), "b": np.zeros(3)}
    assert clip_scale(0.5, zero) == 1.0
    assert clip_scale(0.5, {}) == 1.0
    w = {"a": np.ones((2, 3)), "b": np.ones(3)}
    apply(spec.SGD(0.1, clip_norm=0.5), w, zero, {"a": {}, "b": {}}, 0.1, 0)
    assert all((array == 1).all() for array in w.values())


def test_the_clipped_gradient_has_the_wanted_length() -> None:
    net = network(spec.SGD(1.0, clip_norm=0.25))
    before = flat(net.parameters())
    gradient = np.array(flat(net.loss_and_gradients(X, Y)[1]))
    net.train_step(X, Y)
    moved = np.array(before) - flat(net.parameters())
    assert np.linalg.norm(gradient) > 0.25
    assert np.linalg.norm(moved) == pytest.approx(0.25, rel=1e-13)
    cosine = moved @ gradient / np.linalg.norm(moved) / np.linalg.norm(gradient)
    assert cosine == pytest.approx(1, rel=1e-13)


@pytest.mark.parametrize("name", RULES)
def test_single_precision_stays_single_and_near(name: str) -> None:
    optimizer = RULES[name][0]
    single, double = network(optimizer, "float32"), network(optimizer)
    for _ in range(3):
        single.train_step(X, Y)
        double.train_step(X, Y)
    arrays = single.optimizer_state()
    assert arrays.pop("step") == 3
    assert {a.dtype for a in (*single.parameters().values(), *arrays.values())} <= {
        np.dtype(np.float32)
    }
    # Three steps of moderate size: some tens of single-precision roundings of weights near 1.
    np.testing.assert_allclose(flat(single.parameters()), flat(double.parameters()), atol=1e-5)


def clipped(model: spec.Model, rule: spec.Optimizer, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For the first 10 steps of a comparison's trajectory, whether the gradient was clipped."""
    scales: list[float] = []
    scale_of = optimizers.clip_scale

    def spy(clip_norm: float | None, gradients: dict[str, Any]) -> float:
        scales.append(scale_of(clip_norm, gradients))
        return scales[-1]

    monkeypatch.setattr(optimizers, "clip_scale", spy)
    Runs(model, workers(), rule, 10, "cpu", lambda what: None).trajectory("numpy", "float32")
    return [scale < 1 for scale in scales]


def test_clipping_is_at_work_where_comparisons_train(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a language model: the mean over all its steps leaves gradients below the bound."""
    ours = [name for name, entry in MODELS.items() if entry.where.startswith("scratch.")]
    for name in (name for name in ours if name != "char-rnn-small"):
        model = look_up("model", name, MODELS)()
        assert any(clipped(model, cases.optimizers()["nesterov"], monkeypatch)), name


def test_every_layer_with_parameters_has_a_case_whose_gradient_is_clipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So the norm is taken over every kind of parameter, whatever form its gradient has."""
    wanted = {type(n.layer) for case in cases.CASES for n in case.walk() if n.parameters}
    reached: set[type] = set()
    for case in cases.CASES:
        kinds = {type(node.layer) for node in case.walk() if node.parameters}
        if kinds - reached and any(clipped(case, cases.optimizers()["nesterov"], monkeypatch)):
            reached |= kinds
    assert not wanted - reached, f"never clipped: {wanted - reached}"
