"""Numbers that remember: against central differences, against the engine, and by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.randomness import generator
from brain.testing.refusals import refusal
from scratch.neurons.scalar import Value, in_order, value

Function = Callable[..., Value]

FUNCTIONS: dict[str, Function] = {
    "sum": lambda a, b: a + b + 3 + (4 + a),
    "difference": lambda a, b: a - b - 3 + (4 - a),
    "product": lambda a, b: a * b * 3 + 4 * a,
    "quotient": lambda a, b: a / b + a / 3 + 4 / a,
    "powers": lambda a, b: a**3 + b**-2 + a**0.5 * b**1,
    "exp": lambda a, b: (a * b).exp() + a.exp(),
    "log": lambda a, b: (a * b).log() * b.log(),
    "tanh": lambda a, b: (a - b).tanh() * a.tanh(),
    "relu": lambda a, b: (a * b).relu() + (-a).relu(),
    "used twice": lambda a, b: (a * a + b) * (a * a + b) + a,
    "all of it": lambda a, b: ((a * b - 2).tanh() / (b**2 + 1) - (a / b).exp().log() * a).relu(),
}
POINTS = [(0.7, 1.9), (2.3, 0.4), (1.1, 1.1)]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("point", POINTS)
def test_gradients_are_central_differences(name: str, point: tuple[float, float]) -> None:
    f, h = FUNCTIONS[name], 1e-5
    a, b = Value(point[0]), Value(point[1])
    f(a, b).backward()
    for x, (da, db) in ((a, (h, 0)), (b, (0, h))):
        up, down = (
            f(Value(point[0] + way * da), Value(point[1] + way * db)).data for way in (1, -1)
        )
        # h^2 / 6 of a third derivative below 100, and eps / h of values below 100
        assert x.grad == pytest.approx((up - down) / (2 * h), abs=5e-9, rel=5e-9)


def test_values_are_those_of_plain_numbers() -> None:
    a, b = 0.7, 1.9
    for name, wanted in (
        ("difference", a - b - 3 + 4 - a),
        ("quotient", a / b + a / 3 + 4 / a),
        ("powers", a**3 + b**-2 + a**0.5 * b),
        ("log", np.log(a * b) * np.log(b)),
        ("relu", a * b),
    ):
        assert FUNCTIONS[name](Value(a), Value(b)).data == pytest.approx(wanted, rel=1e-14)


def test_it_is_the_engine_on_a_small_network() -> None:
    layers = (spec.Dense(4), spec.Tanh(), spec.Dense(3), spec.ReLU(), spec.Dense(2))
    model = spec.Model("small", (3,), layers, spec.MeanSquaredError())
    net = build(model, "numpy", dtype="float64", seed=1)
    draw = generator(0, "scalar")
    net.load_parameters({n: draw.standard_normal(a.shape) for n, a in net.parameters().items()})
    x, y = draw.standard_normal((5, 3)), draw.standard_normal((5, 2))
    wanted_loss, wanted = net.loss_and_gradients(x, y)

    numbers = {n: np.vectorize(Value, otypes=[object])(a) for n, a in net.parameters().items()}
    a = x
    for count, bend in ((1, Value.tanh), (2, Value.relu), (3, lambda z: z)):
        z = a @ numbers[f"dense{count}.weight"] + numbers[f"dense{count}.bias"]  # NumPy adds Values
        a = np.vectorize(bend, otypes=[object])(z)
    loss: Value = ((a - y) ** 2).mean()
    loss.backward()

    assert loss.data == pytest.approx(wanted_loss, rel=1e-12)
    for name, array in wanted.items():
        grads = np.vectorize(lambda number: number.grad)(numbers[name])
        np.testing.assert_allclose(grads, array, rtol=1e-12, atol=1e-12)
    assert np.count_nonzero(wanted["dense2.weight"])


def test_by_hand() -> None:
    a, b = Value(2.0), Value(-3.0)
    y = (a * b + 10) ** 2  # (4)^2
    y.backward()
    assert (y.data, a.grad, b.grad, y.grad) == (16, 2 * 4 * -3, 2 * 4 * 2, 1)
    y.backward()  # each pass begins at 0
    assert (a.grad, b.grad) == (-24, 16)


def test_relu_is_flat_at_zero() -> None:
    x = Value(0.0)
    x.relu().backward()
    assert x.grad == 0


def test_to_the_power_of_0_everything_is_1_and_flat() -> None:
    for number in (0.0, 2.0, -3.0):
        x = Value(number)
        y = x**0
        y.backward()
        assert (y.data, x.grad) == (1, 0)


def test_every_number_comes_after_what_it_is_made_of() -> None:
    a = Value(1.0)
    b = a + a
    c = b * a
    d = (c + b) * c
    order = in_order(d)
    assert len(order) == len(set(order)) == 5  # a, b, c, c + b, d
    for place, node in enumerate(order):
        assert all(parent in order[:place] for parent, _ in node.parents)
    assert order[-1] is d


def test_a_long_chain_needs_no_deep_recursion() -> None:
    x = Value(1.0)
    y = x
    for _ in range(5000):
        y = y + x
    y.backward()
    assert x.grad == 5001


def test_a_value_stays_and_a_number_becomes_one() -> None:
    a = Value(2.0, name="a")
    assert value(a) is a
    assert value(2).data == 2
    assert repr(a) == "Value(2, grad=0)"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Value(-1.0).log(), "log(-1) is no finite number"),
        (lambda: Value(0.0).log(), "log(0) is no finite number"),
        (lambda: Value(1000.0).exp(), "exp(1000) is no finite number"),
        (lambda: 1 / Value(0.0), "pow(0, -1) is no finite number"),
        (lambda: Value(-2.0) ** 0.5, "pow(-2, 0.5) is no finite number"),
        (lambda: Value(0.0) ** 0.5, "pow(0, -0.5) is no finite number"),  # its slope
        (lambda: Value(1e200) * 1e200, "× gives inf"),
        (lambda: Value(2.0) ** Value(3.0), "an exponent must be a plain number, not Value(3, gra"),  # type: ignore[operator]
        (lambda: Value("a"), "a Value must be a plain number, not 'a'"),  # type: ignore[arg-type]
        (lambda: Value(1.0) + "x", "a Value must be a plain number, not 'x'"),  # type: ignore[operator]
        (lambda: "x" * Value(1.0), "a Value must be a plain number, not 'x'"),  # type: ignore[operator]
        (lambda: Value(1.0) - None, "a Value must be a plain number, not None"),  # type: ignore[operator]
        (lambda: Value(10**400), "a Value must be a plain number, not 1000"),
        (lambda: Value(float("nan")), "a Value gives nan"),
    ],
)
def test_what_has_no_value_is_a_sentence(make: Callable[[], object], says: str) -> None:
    assert says in refusal(make)
