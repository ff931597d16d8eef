"""How `rnn_forward` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The sequence of theory/rnn.md, then a batch that begins with a state of its own."""
    normal = ask.draw.standard_normal
    one = np.array([[0.5]]), np.array([[2.0]]), np.array([-0.5])
    ask(answer.rnn_forward, np.array([[[1.0], [2.0], [0.0]]]), np.zeros((1, 1)), *one)
    weights = normal((4, 5)) / 2, normal((5, 5)) / 2, normal(5)
    ask(answer.rnn_forward, normal((2, 6, 4)), np.tanh(normal((2, 5))), *weights)
    ask(answer.rnn_forward, normal((3, 2, 4)), np.tanh(normal((3, 5))), *weights)


exercise = Exercise(
    title="An RNN over time",
    page="theory/rnn.md",
    hints=(
        "One loop over the steps. What does step t read of x, and where does its state come from?",
        "H_t = tanh(X_t W + H_(t-1) U + b) for t = 1 to T, with H_0 the state passed in: "
        "theory/rnn.md (1).",
        "for every step: the state = rnn_step of (what all samples have at this step, the "
        "state, weights); keep it as that step's; in the end return all that were kept",
    ),
    mistakes=(
        Mistake(
            "each step begins with the state that was passed in: the state that a step makes "
            "goes into the next one",
            {
                "h = rnn_step(x[:, t], h, W, U, b)": "states[:, t] = rnn_step(x[:, t], h, W, U, b)",
                "        states[:, t] = h\n": "",
            },
        ),
        Mistake(
            "it begins with zeros: the state that is passed in counts, so that a long text can "
            "be read in pieces",
            {"    for t in range(steps):": "    h = np.zeros_like(h)\n    for t in range(steps):"},
        ),
        Mistake(
            "the sequence is read from its end: the first step comes first",
            {"range(steps)": "reversed(range(steps))"},
        ),
        Mistake(
            "what is kept of a step is the state before it: keep the one that it makes",
            {
                "        h = rnn_step(x[:, t], h, W, U, b)\n        states[:, t] = h\n": (
                    "        states[:, t] = h\n        h = rnn_step(x[:, t], h, W, U, b)\n"
                )
            },
        ),
        Mistake(
            "only the last state is returned: the states of all steps are asked for",
            {"return states": "return h"},
        ),
        Mistake(
            "time is the first axis of the result: it is the second, after the samples",
            {"return states": "return states.swapaxes(0, 1)"},
        ),
        Mistake(
            "the state to begin with stands among the results: keep those that the steps make, "
            "T of them",
            {
                "return states": "return np.concatenate([h0[:, np.newaxis], states], axis=1)",
                "steps = x.shape[1]": "steps, h0 = x.shape[1], h",
            },
        ),
        Mistake(
            "every step reads what comes in at the first: step t reads x[:, t]",
            {"x[:, t]": "x[:, 0]"},
        ),
        Mistake(
            "each step begins with zeros: the state that a step makes goes into the next one",
            {"rnn_step(x[:, t], h,": "rnn_step(x[:, t], 0 * h,"},
        ),
        Mistake(
            "the state to begin with is kept as if it were the first step's, and what comes in "
            "at the first step is never read: the first step makes a state too",
            {"range(steps)": "range(1, steps)", "    for t": "    states[:, 0] = h\n    for t"},
        ),
        Mistake(
            "the loop runs over the samples: the steps are the second axis of x, and all "
            "samples take a step at once",
            {
                "    for t in range(steps):": "    states = []\n    for t in range(len(x)):",
                "x[:, t]": "x[t]",
                "states[:, t] = h": "states.append(h)",
                "return states": "return np.array(states)",
            },
        ),
        Mistake(
            "all that is kept is one and the same array, overwritten at every step: let each "
            "step make a new one",
            {
                "h = rnn_step(x[:, t], h, W, U, b)": "h[...] = rnn_step(x[:, t], h, W, U, b)",
                "        states[:, t] = h\n": "",
                "return states": "return np.repeat(h[:, np.newaxis], steps, axis=1)",
            },
        ),
    ),
    read_next=(
        "theory/language.md, 'A state instead of a context': what a carried state is good for"
    ),
)
