"""How `rnn_backward` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The sequence of theory/rnn.md, of which only the last output counts; then a batch."""
    normal = ask.draw.standard_normal
    states = np.array([[[0.0], [0.4621], [0.4005]]])
    one = np.array([[[1.0], [2.0], [0.0]]]), np.zeros((1, 1)), states
    last = np.array([[[0.0], [0.0], [1.0]]])
    ask(answer.rnn_backward, last, *one, np.array([[0.5]]), np.array([[2.0]]))
    for samples, steps in ((2, 4), (3, 2)):
        x, states = normal((samples, steps, 3)), np.tanh(normal((samples, steps, 5)))
        h, weights = np.tanh(normal((samples, 5))), (normal((3, 5)), normal((5, 5)) / 2)
        ask(answer.rnn_backward, normal((samples, steps, 5)), x, h, states, *weights)


exercise = Exercise(
    title="Backpropagation through time",
    page="theory/rnn.md",
    hints=(
        "One loop, from the last step to the first, that carries dh along as the forward loop "
        "carried h. Which state did step 0 read?",
        "dH_t = dY_t + dA_(t+1) U^T, and the gradients of W, U and b are sums over t: "
        "theory/rnn.md (2) and (4) to (6).",
        "all gradients = zeros; for t from the last step down to the first: dh = dh plus what "
        "arrives at this state; from rnn_backward_step get dx of this step, dh of the state "
        "before (carry it), and three gradients to add to those of W, U and b",
    ),
    mistakes=(
        Mistake(
            "nothing is carried back from the step after: a state counts as output and in the "
            "next step, and both gradients add up",
            {"dh = dh + dstates[:, t]": "dh = dstates[:, t]"},
        ),
        Mistake(
            "only what arrives at the last state counts: every state is an output, so add what "
            "arrives at each",
            {"dh = dh + dstates[:, t]": "dh = dh + (dstates[:, t] if t == x.shape[1] - 1 else 0)"},
        ),
        Mistake(
            "the first step is given the last state as the one before it (index -1): it read "
            "the state that the sequence began with",
            {"states[:, t - 1] if t > 0 else h": "states[:, t - 1]"},
        ),
        Mistake(
            "the first step is given zeros as the state before it: it read the state that was "
            "passed in",
            {"t > 0 else h": "t > 0 else 0 * h"},
        ),
        Mistake(
            "the weights' gradients are those of the first step alone, as each step overwrites "
            "the one after it: they are used at all steps, so add up",
            {"dW += ": "dW = ", "dU += ": "dU = ", "db += ": "db = "},
        ),
        Mistake(
            "the steps are gone through forwards: a state's gradient needs that of the state "
            "after it",
            {"reversed(range(x.shape[1]))": "range(x.shape[1])"},
        ),
        Mistake(
            "the weights' gradients are divided by the number of steps: they add up",
            {
                "return dx, dh, dW, dU, db": (
                    "return (dx, dh, *(d / x.shape[1] for d in (dW, dU, db)))"
                )
            },
        ),
        Mistake(
            "what arrives at a state is added after the step instead of before it",
            {
                "        dh = dh + dstates[:, t]\n": "",
                "        dW += dW_t\n": ("        dh = dh + dstates[:, t]\n        dW += dW_t\n"),
            },
        ),
        Mistake(
            "`before` is the state that the step made itself: it is that of the step before",
            {"states[:, t - 1] if": "states[:, t] if"},
        ),
        Mistake(
            "the first step is left out: the loop goes down to step 0",
            {"reversed(range(x.shape[1]))": "reversed(range(1, x.shape[1]))"},
        ),
        Mistake(
            "what a step sends back is added to the gradient that it was given: that one is "
            "used up, so carry on with what was sent back alone",
            {
                "dx[:, t], dh, dW_t": "dx[:, t], back, dW_t",
                "db += db_t": "db += db_t\n        dh = dh + back",
            },
        ),
    ),
    read_next="scratch/recurrent.py, `d_rnn`: the sums over time as one product each",
)
