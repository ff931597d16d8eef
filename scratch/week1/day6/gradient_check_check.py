"""How `gradient_check` is checked: on a right network, and on some that are spoilt."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake
from scratch.week1.networks import NAMES, arrays_of, network_class

SHAPES = ((4, 5), (5,), (5, 3), (3,))


def probe(answer, ask: Ask) -> None:
    """The networks' backward is spoilt from outside: a step of the first is right."""

    class Network(network_class()):
        """Some of its steps are so many times as long as they should be."""

        def backward(self, X, y, learning_rate):
            before = arrays_of(self)
            super().backward(X, y, learning_rate)
            for name, factor in self.factors.items():
                setattr(self, name, before[name] + factor * (getattr(self, name) - before[name]))

        def __repr__(self) -> str:
            spoilt = ", ".join(f"{name} times {factor}" for name, factor in self.factors.items())
            return f"network with steps of {spoilt}" if spoilt else "right network"

    for factors in ({}, {"W2": 2.0}, {"b1": 0.0, "W1": -0.5}, {"b2": 6.0}):
        network = Network(4, 5, 3)
        network.factors = factors
        for name, shape in zip(NAMES, SHAPES, strict=True):
            setattr(network, name, ask.draw.standard_normal(shape))
        X, y = ask.draw.standard_normal((6, 4)), np.eye(3)[ask.draw.integers(0, 3, 6)]
        before = arrays_of(network)
        ask(answer.gradient_check, network, X, y)
        for name in NAMES:  # as it was: but for the rounding of a difference that is added back
            same = np.allclose(getattr(network, name), before[name], rtol=0, atol=1e-12)
            ask.note(f"whether {name} of the network is what it was before", same)


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
            "the step is taken at another rate than 1: so its length is not the gradient's",
            {"(X, y, 1.0)": "(X, y, 0.1)"},
        ),
        Mistake(
            "that is the mean of |g - t|: divide the norm of g - t by |g| + |t|",
            {
                "np.linalg.norm(g - t) / (np.linalg.norm(g) + np.linalg.norm(t))": (
                    "np.mean(np.abs(g - t))"
                )
            },
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
