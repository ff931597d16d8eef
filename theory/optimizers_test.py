"""The equations of optimizers.md, held against the code."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from brain import spec
from scratch.optimizers import apply
from theory.equations import Array, near, normal, same, slope

START, GRADIENTS = normal("start", 3), normal("gradients", 6, 3)
ETA, EPS = 0.1, 0.01


def path(rule: spec.Optimizer, gradient: Callable[[int, Array], Array] | None = None) -> Array:
    """The weights after each of six steps, with GRADIENTS or with gradient(step, weights)."""
    w, memory = {"w": START.copy()}, {"w": {name: np.zeros(3) for name in rule.remembers}}
    after = []
    for t in range(6):
        g = GRADIENTS[t].copy() if gradient is None else gradient(t, w["w"])
        apply(rule, w, {"w": g}, memory, rule.rate(t), t)
        after.append(w["w"].copy())
    return np.array(after)


def walk(step: Callable[[Array, Array, int], Array]) -> Array:
    """The weights by the page: step(w, g, t) gives the next."""
    w, after = START, []
    for t in range(6):
        w = step(w, GRADIENTS[t], t)
        after.append(w)
    return np.array(after)


def past(decay: float, t: int, power: int = 1) -> Array:
    """g_t + decay g_(t-1) + decay^2 g_(t-2) + ..., unrolled; of the gradients' `power`."""
    terms = [decay ** (t - i) * GRADIENTS[i] ** power for i in range(t + 1)]
    return np.sum(terms, axis=0)


def test_optimizers_1_2_momentum() -> None:
    same(path(spec.SGD(ETA, momentum=0.8)), walk(lambda w, g, t: w - ETA * past(0.8, t)))
    same(path(spec.SGD(ETA)), walk(lambda w, g, t: w - ETA * g))


def test_optimizers_3_nesterov() -> None:
    rule = spec.SGD(ETA, momentum=0.8, nesterov=True)
    same(path(rule), walk(lambda w, g, t: w - ETA * (g + 0.8 * past(0.8, t))))


def test_optimizers_3_nesterov_is_a_gradient_taken_ahead() -> None:
    def bowl(theta: Array) -> Array:
        return np.array([0.5, 1.0, 3.0]) * theta + theta**3

    theta, v, ahead = START, np.zeros(3), []
    for _ in range(6):
        v = 0.8 * v + bowl(theta - ETA * 0.8 * v)
        theta = theta - ETA * v
        ahead.append(theta - ETA * 0.8 * v)  # w, the place looked at next
    same(path(spec.SGD(ETA, momentum=0.8, nesterov=True), lambda t, w: bowl(w)), ahead)


def test_optimizers_4_6_adagrad() -> None:
    def step(w: Array, g: Array, t: int) -> Array:
        return w - ETA * g / (np.sqrt(past(1.0, t, power=2)) + EPS)

    same(path(spec.AdaGrad(ETA, eps=EPS)), walk(step))


def test_optimizers_5_6_rmsprop() -> None:
    def step(w: Array, g: Array, t: int) -> Array:
        return w - ETA * g / (np.sqrt(0.3 * past(0.7, t, power=2)) + EPS)

    same(path(spec.RMSprop(ETA, rho=0.7, eps=EPS)), walk(step))
    first = path(spec.RMSprop(ETA, eps=1e-12))[0] - START
    near(first, -ETA / math.sqrt(0.1) * np.sign(GRADIENTS[0]))


def adam(w: Array, g: Array, t: int) -> Array:
    m_hat = 0.2 * past(0.8, t) / (1 - 0.8 ** (t + 1))
    v_hat = 0.1 * past(0.9, t, power=2) / (1 - 0.9 ** (t + 1))
    return w - ETA * m_hat / (np.sqrt(v_hat) + EPS)


def test_optimizers_7_8_9_adam() -> None:
    same(path(spec.Adam(ETA, beta1=0.8, beta2=0.9, eps=EPS)), walk(adam))
    near(path(spec.Adam(ETA, eps=1e-12))[0] - START, -ETA * np.sign(GRADIENTS[0]))


def test_optimizers_9_the_correction_makes_means_right() -> None:
    mean, m = 7.0, 0.0
    for n in range(1, 6):
        m = 0.9 * m + 0.1 * mean
        same(m / (1 - 0.9**n), mean)


def test_optimizers_10_adamw() -> None:
    rule = spec.AdamW(ETA, beta1=0.8, beta2=0.9, eps=EPS, weight_decay=0.3)
    same(path(rule), walk(lambda w, g, t: adam(w - ETA * 0.3 * w, g, t)))


def test_optimizers_11_clipping() -> None:
    start = {"a": normal("a", 2, 3), "b": normal("b", 4)}
    gradients = {name: normal(f"g {name}", *array.shape) for name, array in start.items()}
    norm = math.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    for c in (norm / 3, 3 * norm):
        after = {name: array.copy() for name, array in start.items()}
        copies = {name: g.copy() for name, g in gradients.items()}
        apply(spec.SGD(1.0, clip_norm=c), after, copies, {"a": {}, "b": {}}, 1.0, 0)
        for name, g in gradients.items():
            same(start[name] - after[name], g * min(1, c / norm))


def test_optimizers_12_weight_decay() -> None:
    decay, target = 0.3, normal("target", 3)

    def penalised(w: Array) -> float:
        return float(np.sum((w - target) ** 2) + decay / 2 * np.sum(w**2))

    moved = path(spec.SGD(ETA, weight_decay=decay), lambda t, w: 2 * (w - target))[0] - START
    same(moved, -ETA * (2 * (START - target) + decay * START))
    near(moved, -ETA * slope(penalised, START))


def cosine(u: float) -> float:
    return (1 + math.cos(math.pi * min(u, 1))) / 2


def rates(schedule: spec.Schedule, formula: Callable[[int], float]) -> None:
    same([schedule(t) for t in range(30)], [formula(t) for t in range(30)])


def test_optimizers_13_step() -> None:
    rates(spec.Step(ETA, every=7, factor=0.3), lambda t: ETA * 0.3 ** math.floor(t / 7))


def test_optimizers_14_exponential() -> None:
    rates(spec.Exponential(ETA, rate=0.9), lambda t: ETA * 0.9**t)


def test_optimizers_15_cosine() -> None:
    rates(spec.Cosine(ETA, steps=20, final_lr=0.02), lambda t: 0.02 + 0.08 * cosine(t / 20))


def test_optimizers_16_linear_warmup() -> None:
    schedule = spec.LinearWarmup(6, spec.Exponential(ETA, rate=0.9))
    rates(schedule, lambda t: ETA * (t + 1) / 6 if t < 6 else ETA * 0.9 ** (t - 6))


def test_optimizers_17_one_cycle() -> None:
    def one_cycle(t: int) -> float:
        start, end, top = ETA / 25, ETA / 1e4, 0.3 * 22
        if t < top:
            return ETA + (start - ETA) * cosine(t / top)
        return end + (ETA - end) * cosine((t - top) / (22 - top))

    rates(spec.OneCycle(ETA, steps=22), one_cycle)
