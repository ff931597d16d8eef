"""How `gradient_check` is checked: on a right network, and on some that are spoilt."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake
from scratch.week1.networks import NAMES, arrays_of, network_class

SHAPES = ((4, 5), (5,), (5, 3), (3,))


def probe(answer, ask: Ask) -> None:
    """The networks' backward is spoilt from outside, each entry by a factor of its own; a step of
    the first is right."""

    class Network(network_class()):
        """The entries of some of its steps are so many times as long as they should be."""

        def backward(self, X, y, learning_rate):
            before = arrays_of(self)
            result = super().backward(X, y, learning_rate)
            for name, factor in self.factors.items():
                setattr(self, name, before[name] + factor * (getattr(self, name) - before[name]))
            return result

        def __repr__(self) -> str:
            spoilt = " and ".join(self.factors)
            return f"network with wrong steps of {spoilt}" if spoilt else "right network"

    shapes = dict(zip(NAMES, SHAPES, strict=True))
    for spoilt in ((), ("W2",), ("W1", "b1"), ("b2",)):
        network = Network(4, 5, 3)
        network.factors = {name: ask.draw.uniform(-1, 5, shapes[name]) for name in spoilt}
        for name, shape in shapes.items():
            setattr(network, name, ask.draw.standard_normal(shape))
        network.forward(ask.draw.standard_normal((6, 4)))  # of another batch
        X, y = ask.draw.standard_normal((6, 4)), np.eye(3)[ask.draw.integers(0, 3, 6)]
        before = arrays_of(network)
        ask(answer.gradient_check, network, X, y)
        for name, after in arrays_of(network).items():
            # Rounding moves them by less than 1e-12 where a difference is added back.
            ask.note(f"10,000,000 times how far {name} was moved", 1e7 * (after - before[name]))


ERROR = "np.linalg.norm(g - t) / (np.linalg.norm(g) + np.linalg.norm(t))"

exercise = Exercise(
    title="The gradient check",
    page="theory/autodiff.md",
    hints=(
        "Three parts: what backward believes; the weights put back; what is true, array by array.",
        "theory/autodiff.md, 'Why it is done so': central differences are how a gradient is "
        "tested. W_new = W - 1 * dW, so dW = W - W_new.",
        "forward, backward at the rate 1; for each name before minus after is g; put all back; for "
        "each name t is the numerical gradient of a function of v, the loss with v in that "
        "array's place; note the norm of g - t over the sum of the norms of g and t",
    ),
    mistakes=(
        Mistake(
            "the sign is reversed: W moves by minus its gradient, so g is before minus after",
            {"before[name] - getattr(network, name)": "getattr(network, name) - before[name]"},
        ),
        Mistake(
            "the weights are not put back after the step: the slopes are tried at another place",
            {"setattr(network, name, before[name])": "pass"},
        ),
        Mistake(
            "the weights are not put back: the network must stay as it was, to the last digit, "
            "however short the step is",
            {
                "(X, y, 1.0)": "(X, y, 1e-6)",
                "before[name] - getattr(network, name) for name": (
                    "(before[name] - getattr(network, name)) / 1e-6 for name"
                ),
                "setattr(network, name, before[name])": "pass",
            },
        ),
        Mistake(
            "a step at the rate -1 does not lead back, since it is made of another gradient: put "
            "back what the arrays were before",
            {
                "    for name in NAMES:\n        setattr(network, name, before[name])\n": (
                    "    network.forward(X)\n    network.backward(X, y, -1.0)\n"
                )
            },
        ),
        Mistake(
            "the weights are put back only in the end: put them back before the slopes are tried",
            {
                "    for name in NAMES:\n        setattr(network, name, before[name])\n": "",
                "+ np.linalg.norm(t))": "+ np.linalg.norm(t))\n"
                "    for name in NAMES:\n        setattr(network, name, before[name])",
            },
        ),
        Mistake(
            "that is |g - t| alone: divide by |g| + |t|, or large slopes look the worse ones",
            {" / (np.linalg.norm(g) + np.linalg.norm(t))": ""},
        ),
        Mistake(
            "that is divided by |t| alone: divide by |g| + |t|",
            {"(np.linalg.norm(g) + np.linalg.norm(t))": "np.linalg.norm(t)"},
        ),
        Mistake(
            "that is divided by |g + t|: divide by the sum of the two norms",
            {"(np.linalg.norm(g) + np.linalg.norm(t))": "np.linalg.norm(g + t)"},
        ),
        Mistake(
            "the norms are compared, not the slopes: two arrows of one length may point anywhere",
            {"np.linalg.norm(g - t)": "abs(np.linalg.norm(g) - np.linalg.norm(t))"},
        ),
        Mistake(
            "backward is called without forward: it then works with what another batch left there",
            {"    network.forward(X)\n    network.backward": "    network.backward"},
        ),
        Mistake(
            "the largest entries are compared: np.linalg.norm looks at all of them",
            {
                ERROR: "np.max(np.abs(g - t)) / (np.max(np.abs(g)) + np.max(np.abs(t)))",
            },
        ),
        Mistake(
            "those are means, or sums, of absolute values: take np.linalg.norm, the root of the "
            "sum of the squares",
            {
                ERROR: "np.mean(np.abs(g - t)) / (np.mean(np.abs(g)) + np.mean(np.abs(t)))",
            },
        ),
        Mistake(
            "those are squares: np.linalg.norm is the root of the sum of the squares",
            {ERROR: "np.sum((g - t) ** 2) / (np.sum(g**2) + np.sum(t**2))"},
        ),
        Mistake(
            "only the first entry is compared: np.linalg.norm looks at all of them",
            {ERROR: "abs((g - t).flat[0]) / (abs(g.flat[0]) + abs(t.flat[0]))"},
        ),
        Mistake(
            "the step is taken at another rate than 1: so its length is not the gradient's",
            {"(X, y, 1.0)": "(X, y, 0.1)"},
        ),
        Mistake(
            "that is the mean of |g - t|: divide the norm of g - t by |g| + |t|",
            {ERROR: "np.mean(np.abs(g - t))"},
        ),
        Mistake(
            "g is held against itself: the slopes that are tried come from numerical_gradient",
            {
                "t = numerical_gradient(lambda v, name=name: loss_with(network, name, v, X, y), "
                "before[name])": "t = g"
            },
        ),
    ),
    tolerance=1e-2,  # an error near 0 is noise of the differences: this lets 1e-5 pass for 0
    read_next="scratch/experiments/grad_check.py: so is every derivative of the engine checked",
)
