"""Every numbered equation, written once more from its page and held against the code.

A test is named after its page and its equations; those of derivatives also meet central
differences. All in float64. `pages_test.py` asks for a test for every equation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.engine import build
from brain.parameters import draw
from brain.randomness import dropout_mask, generator
from scratch.activations import ACTIVATIONS
from scratch.context import Context
from scratch.layers import d_dense, dense
from scratch.losses import LOSSES
from scratch.optimizers import apply

Array = NDArray[Any]

STEP = 1e-5
# A central difference errs by STEP^2 / 6 of a third derivative and by eps / STEP of the value, both
# near 1e-11 for values near 1; the values here stay below 100.
NUMERICAL = 2e-9
# The page's form and the code's differ by some roundings of 1e-16.
ROUNDING = 1e-13


def normal(label: str, *shape: int) -> Array:
    return generator(5, f"theory {label}").standard_normal(shape)


def slope(f: Callable[[Array], Any], x: Array) -> Array:
    """The gradient of the number f(x) by central differences, one number of x at a time."""
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        h = np.zeros_like(x)
        h[place] = STEP
        gradient[place] = (f(x + h) - f(x - h)) / (2 * STEP)
    return gradient


def same(a: Any, b: Any) -> None:
    np.testing.assert_allclose(a, b, rtol=ROUNDING, atol=ROUNDING)


def near(a: Any, b: Any) -> None:
    np.testing.assert_allclose(a, b, rtol=NUMERICAL, atol=NUMERICAL)


# dense.md

W, B, X, DZ = normal("w", 4, 3), normal("b", 3), normal("x", 5, 4), normal("dz", 5, 3)


def dense_forward(w: Array = W, b: Array = B, x: Array = X) -> Array:
    return dense(spec.Dense(3), {"weight": w, "bias": b}, x, Context())[0]


def dense_backward() -> tuple[Any, dict[str, Any]]:
    return d_dense(spec.Dense(3), {"weight": W, "bias": B}, X, DZ, Context())


def test_dense_1_forward() -> None:
    z = [[sum(x[i] * W[i, j] for i in range(4)) + B[j] for j in range(3)] for x in X]
    same(dense_forward(), z)


def test_dense_2_gradient_of_the_weight() -> None:
    gradient = dense_backward()[1]["weight"]
    same(gradient, sum(np.outer(X[n], DZ[n]) for n in range(5)))
    near(gradient, slope(lambda w: np.sum(DZ * dense_forward(w=w)), W))


def test_dense_3_gradient_of_the_bias() -> None:
    gradient = dense_backward()[1]["bias"]
    same(gradient, sum(DZ[n] for n in range(5)))
    near(gradient, slope(lambda b: np.sum(DZ * dense_forward(b=b)), B))


def test_dense_4_gradient_of_the_input() -> None:
    dx = dense_backward()[0]
    same(dx, [[sum(dz[k] * W[i, k] for k in range(3)) for i in range(4)] for dz in DZ])
    near(dx, slope(lambda x: np.sum(DZ * dense_forward(x=x)), X))


# activations.md

POINTS = np.array([[-3.1, -1.2, -0.4], [0.3, 1.5, 2.8]])  # none near the corner at 0
DY = normal("dy", 2, 3)


def activation(
    layer: spec.Activation,
    value: Callable[[Array], Array],
    derivative: Callable[[Array, Array], Array],
) -> None:
    """Hold value(x) and derivative(x, y) against the code."""
    f, df = ACTIVATIONS[type(layer)]
    for x in (POINTS, np.zeros((2, 3))):
        y = value(x)
        same(f(layer, x), y)
        same(df(layer, x, y, DY), DY * derivative(x, y))
    near(df(layer, POINTS, f(layer, POINTS), DY), slope(lambda x: np.sum(DY * f(layer, x)), POINTS))


def sigma(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def phi(x: Array) -> Array:
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def big_phi(x: Array) -> Array:
    return 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def tanh_of_gelu(x: Array) -> Array:
    return np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))


def d_tanh_of_gelu(x: Array) -> Array:
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
    return (1 - tanh_of_gelu(x) ** 2) * inner


def test_activations_1_2_relu() -> None:
    activation(spec.ReLU(), lambda x: (x + abs(x)) / 2, lambda x, y: 1.0 * (x > 0))


def test_activations_3_4_leaky_relu() -> None:
    activation(
        spec.LeakyReLU(0.2),
        lambda x: np.maximum(x, 0) + 0.2 * np.minimum(x, 0),
        lambda x, y: 0.2 + 0.8 * (x > 0),
    )


def test_activations_5_6_elu() -> None:
    activation(
        spec.ELU(0.7),
        lambda x: np.where(x > 0, x, 0.7 * (np.exp(x) - 1)),
        lambda x, y: np.where(x > 0, 1, y + 0.7),
    )


def test_activations_7_8_sigmoid() -> None:
    activation(spec.Sigmoid(), sigma, lambda x, y: y * (1 - y))


def test_activations_9_10_tanh() -> None:
    def tanh(x: Array) -> Array:
        return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))

    activation(spec.Tanh(), tanh, lambda x, y: 1 - y**2)
    same(tanh(POINTS), 2 * sigma(2 * POINTS) - 1)


def test_activations_11_12_softplus() -> None:
    activation(spec.Softplus(), lambda x: np.log(1 + np.exp(x)), lambda x, y: sigma(x))


def test_activations_13_14_silu() -> None:
    activation(spec.SiLU(), lambda x: x * sigma(x), lambda x, y: sigma(x) + y * (1 - sigma(x)))


def test_activations_15_16_gelu() -> None:
    activation(spec.GELU(), lambda x: x * big_phi(x), lambda x, y: big_phi(x) + x * phi(x))


def test_activations_17_18_gelu_by_tanh() -> None:
    activation(
        spec.GELU("tanh"),
        lambda x: x * (1 + tanh_of_gelu(x)) / 2,
        lambda x, y: (1 + tanh_of_gelu(x)) / 2 + x * d_tanh_of_gelu(x) / 2,
    )


def test_activations_19_20_softmax() -> None:
    f, df = ACTIVATIONS[spec.Softmax]
    y = np.array([[math.exp(v) / sum(math.exp(u) for u in row) for v in row] for row in POINTS])
    same(f(spec.Softmax(), POINTS), y)
    dx = df(spec.Softmax(), POINTS, y, DY)
    jacobians = [np.diag(row) - np.outer(row, row) for row in y]
    same(dx, [jacobian.T @ dy for jacobian, dy in zip(jacobians, DY, strict=True)])
    same(dx, y * (DY - np.sum(y * DY, axis=1, keepdims=True)))
    near(dx, slope(lambda x: np.sum(DY * f(spec.Softmax(), x)), POINTS))
    near(df(spec.Softmax(), POINTS, y, np.ones((2, 3))), 0.0)


# losses.md

LOGITS, LABELS = normal("logits", 4, 2, 3), np.array([[0, 2], [1, 1], [2, 0], [2, 2]])
ANSWERS = (normal("answers", 4, 2, 3) > 0).astype(np.int64)
TARGETS = normal("targets", 4, 2, 3)


def loss_slope(loss: type[spec.Loss], target: Array) -> Array:
    return slope(lambda z: LOSSES[loss](z, target)[0], LOGITS)


def test_losses_1_softmax_cross_entropy() -> None:
    z, t = LOGITS.reshape(8, 3), LABELS.reshape(8)
    each = [math.log(sum(np.exp(z[m]))) - z[m, t[m]] for m in range(8)]
    same(LOSSES[spec.SoftmaxCrossEntropy](LOGITS, LABELS)[0], sum(each) / 8)
    same(each, [-math.log(np.exp(z[m, t[m]]) / sum(np.exp(z[m]))) for m in range(8)])


def test_losses_2_gradient_of_softmax_cross_entropy() -> None:
    dz = LOSSES[spec.SoftmaxCrossEntropy](LOGITS, LABELS)[1]
    p = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=-1, keepdims=True)
    same(dz, (p - np.eye(3)[LABELS]) / 8)
    near(dz, loss_slope(spec.SoftmaxCrossEntropy, LABELS))
    same(dz.sum(axis=-1), 0.0)


def test_losses_3_binary_cross_entropy() -> None:
    loss = LOSSES[spec.BinaryCrossEntropy](LOGITS, ANSWERS)[0]
    same(loss, np.mean(np.log(1 + np.exp(LOGITS)) - ANSWERS * LOGITS))
    p = sigma(LOGITS)
    same(loss, np.mean(-ANSWERS * np.log(p) - (1 - ANSWERS) * np.log(1 - p)))
    pairs = np.stack([np.zeros_like(LOGITS), LOGITS], axis=-1)  # two classes, logits 0 and z
    same(loss, LOSSES[spec.SoftmaxCrossEntropy](pairs, ANSWERS)[0])


def test_losses_4_gradient_of_binary_cross_entropy() -> None:
    dz = LOSSES[spec.BinaryCrossEntropy](LOGITS, ANSWERS)[1]
    same(dz, (sigma(LOGITS) - ANSWERS) / 24)
    near(dz, loss_slope(spec.BinaryCrossEntropy, ANSWERS))


def test_losses_5_mean_squared_error() -> None:
    loss = LOSSES[spec.MeanSquaredError](LOGITS, TARGETS)[0]
    same(loss, sum((o - y) ** 2 for o, y in zip(LOGITS.flat, TARGETS.flat, strict=True)) / 24)


def test_losses_6_gradient_of_mean_squared_error() -> None:
    do = LOSSES[spec.MeanSquaredError](LOGITS, TARGETS)[1]
    same(do, 2 / 24 * (LOGITS - TARGETS))
    near(do, loss_slope(spec.MeanSquaredError, TARGETS))


# optimizers.md

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


# initial-values.md

MANY = 20_000
# The variance of n normal draws is known to sqrt(2 / n), 1 % of it for n = MANY, half of it for
# uniform draws; four times that. The draws are always the same ones.
CHANCE = 0.04


def weights(init: spec.init.Initializer, *shape: int, label: str = "w") -> Array:
    info = spec.ParameterInfo(shape, init, math.prod(shape[:-1]), shape[-1])
    return draw(info, generator(5, f"theory initial {label}"))


def chance(a: Any, b: Any, tolerance: float = CHANCE) -> None:
    np.testing.assert_allclose(a, b, rtol=tolerance)


def test_initial_values_1_the_size_of_a_signal() -> None:
    x = 0.5 + normal("signal", 30)  # a mean that is not 0: the mean square counts
    z = x @ weights(spec.init.Normal(0.3), 30, MANY)
    chance(z.var(), 30 * 0.3**2 * np.mean(x**2))


def test_initial_values_2_he() -> None:
    w = weights(spec.init.He(), 30, MANY)
    chance(w.var(), 2 / 30)
    x = np.maximum(normal("signal", 30), 0)
    # max(z, 0)^2 scatters more: sqrt(5 / n) of its mean, 1.6 %
    chance(np.mean(np.maximum(x @ w, 0) ** 2), np.mean(x**2), tolerance=2 * CHANCE)


def test_initial_values_3_the_size_of_a_gradient() -> None:
    w, dz = weights(spec.init.Normal(0.3), MANY, 30), 0.5 + normal("gradient", 30)
    params, x = {"weight": w, "bias": np.zeros(30)}, np.zeros((1, MANY))
    dx = d_dense(spec.Dense(30), params, x, dz[None], Context())[0]
    assert dx is not None
    chance(dx.var(), 30 * 0.3**2 * np.mean(dz**2))


def test_initial_values_4_glorot() -> None:
    for distribution in ("normal", "uniform"):
        w = weights(spec.init.Glorot(distribution), 40, 500)
        chance(w.var(), 2 / (40 + 500))


def test_initial_values_5_the_limit_of_a_uniform_draw() -> None:
    for init, variance in ((spec.init.He("uniform"), 2 / 40), (spec.init.Glorot(), 2 / 540)):
        largest, limit = np.abs(weights(init, 40, 500)).max(), math.sqrt(3 * variance)
        assert 0.999 * limit < largest <= limit  # of 20 000 draws, one comes so close
    u = (np.arange(1_000_000) + 0.5) / 500_000 - 1  # -1 to 1, by the midpoint rule
    near(np.mean(u**2), 1 / 3)


def test_initial_values_6_orthogonal() -> None:
    q, wide = weights(spec.init.Orthogonal(), 7, 4), weights(spec.init.Orthogonal(), 4, 7)
    u = normal("u", 4)
    same(q.T @ q, np.eye(4))
    same(np.linalg.norm(q @ u), np.linalg.norm(u))
    same(wide @ wide.T, np.eye(4))
    same(np.linalg.norm(u @ wide), np.linalg.norm(u))


# dropout.md

RATE = 0.3
DROPOUT = spec.Model("dropout", (4, 3), (spec.Dropout(RATE),), spec.MeanSquaredError())


def dropped(x: Array, dy: Array | None = None) -> Any:
    return build(DROPOUT, seed=2, dtype="float64").trace(x, dy=dy, training=True)


def test_dropout_1_forward() -> None:
    x = normal("x", 500, 4, 3)
    y = dropped(x).outputs["dropout1"]
    gone = y == 0
    same(y, np.where(gone, 0, x / (1 - RATE)))
    assert abs(gone.mean() - RATE) < 4 * math.sqrt(RATE * (1 - RATE) / x.size)  # 4 deviations
    same(build(DROPOUT, dtype="float64").predict(x), x)


def test_dropout_2_gradient_of_the_input() -> None:
    x, dy = normal("x", 5, 4, 3), normal("dy", 5, 4, 3)
    dx = dropped(x, dy).d_input
    same(dx, dropout_mask(2, 0, "dropout1", x.shape, RATE, x.dtype) * dy)
    near(dx, slope(lambda x: np.sum(dy * dropped(x).outputs["dropout1"]), x))


def test_dropout_3_mean_and_variance_of_the_mask() -> None:
    m, probability = np.array([0, 1 / (1 - RATE)]), np.array([RATE, 1 - RATE])
    same(probability @ m, 1)
    same(probability @ (m - 1) ** 2, RATE / (1 - RATE))
    mask = dropout_mask(0, 0, "dropout1", (MANY,), RATE, np.dtype("float64"))
    chance(mask.var(), RATE / (1 - RATE))
    chance(mask.mean(), 1)


# residual.md


def tanh_block(w: Array) -> Callable[[Array], tuple[Array, Array]]:
    """F(x) = tanh(x W) for one sample, and its Jacobian, dF_k / dx_i in row k, column i."""

    def block(x: Array) -> tuple[Array, Array]:
        y = np.tanh(x @ w)
        return y, (1 - y**2)[:, None] * w.T

    return block


def residual_net(blocks: int, *shortcut: spec.Layer) -> Any:
    """Blocks of tanh(x W) around three units, W and any shortcut's weight drawn by name."""
    block = spec.Residual((spec.Dense(3, bias=False), spec.Tanh()), shortcut)
    model = spec.Model("blocks", (3,), (block,) * blocks, spec.MeanSquaredError())
    net = build(model, dtype="float64")
    net.load_parameters({name: normal(name, 3, 3) / 2 for name in net.parameters()})
    return net


def body(number: int) -> Callable[[Array], tuple[Array, Array]]:
    return tanh_block(normal(f"residual{number}.body.dense1.weight", 3, 3) / 2)


SAMPLE, COTANGENT = normal("sample", 3), normal("cotangent", 3)


def test_residual_1_forward() -> None:
    same(residual_net(1).predict(SAMPLE[None])[0], body(1)(SAMPLE)[0] + SAMPLE)
    s = normal("residual1.shortcut.dense1.weight", 3, 3) / 2
    net = residual_net(1, spec.Dense(3, bias=False))
    same(net.predict(SAMPLE[None])[0], body(1)(SAMPLE)[0] + SAMPLE @ s)


def test_residual_2_gradient_of_the_input() -> None:
    s = normal("residual1.shortcut.dense1.weight", 3, 3) / 2
    j = body(1)(SAMPLE)[1]
    for net, j_shortcut in (
        (residual_net(1), np.eye(3)),
        (residual_net(1, spec.Dense(3, bias=False)), s.T),
    ):
        dx = net.trace(SAMPLE[None], dy=COTANGENT[None]).d_input[0]
        same(dx, j.T @ COTANGENT + j_shortcut.T @ COTANGENT)
        near(dx, slope(lambda x, net=net: COTANGENT @ net.predict(x[None])[0], SAMPLE))  # type: ignore[misc]


def test_residual_3_gradient_through_many_blocks() -> None:
    x, product = SAMPLE, np.eye(3)
    for number in (1, 2, 3):
        y, j = body(number)(x)
        x, product = x + y, product @ (np.eye(3) + j).T
    net = residual_net(3)
    same(net.trace(SAMPLE[None], dy=COTANGENT[None]).d_input[0], product @ COTANGENT)
