"""How `write_characters` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """A network that counts 0, 1, 2, 0, 1, ... when it is cool; then any two networks."""
    counts = 4 * np.eye(3), np.zeros((3, 3)), np.zeros(3), 9 * np.roll(np.eye(3), 1, 1), np.zeros(3)
    ask(answer.write_characters, 0, np.zeros((1, 3)), np.array([0.3, 0.5, 0.7, 0.4]), 0.5, *counts)
    normal = ask.draw.standard_normal
    for units, temperature in ((5, 1.5), (6, 0.7)):
        weights = 2 * normal((7, units)), normal((units, units)), normal(units)
        out = normal((units, 7)), normal(7)
        state, draws = np.tanh(normal((1, units))), np.append(0.01, ask.draw.random(39))
        ask(answer.write_characters, 2, state, draws, temperature, *weights, *out)


exercise = Exercise(
    title="Writing characters",
    page="theory/language.md",
    hints=(
        "One loop over the draws. Two things are carried from one round to the next: which?",
        "h_t = f(h_(t-1), x_t), and the next character's probabilities are the softmax of h_t "
        "V + c: theory/language.md (8).",
        "read = first; for each u: x = a row of zeros with a 1 at read; the state = rnn_step "
        "of x and the state; logits = the state times V plus c; read = sample_character of "
        "them; write it down; in the end return all that was written",
    ),
    mistakes=(
        Mistake(
            "the state is not carried: every step begins with the one that was passed in",
            {
                "h = rnn_step(x, h, W, U, b)": "new = rnn_step(x, h, W, U, b)",
                "h @ V + c": "new @ V + c",
            },
        ),
        Mistake(
            "each step begins with zeros: the state that a step makes goes into the next one",
            {"rnn_step(x, h, W, U, b)": "rnn_step(x, 0 * h, W, U, b)"},
        ),
        Mistake(
            "every step reads the first character: read what was written last",
            {"x[0, read] = 1.0": "x[0, first] = 1.0"},
        ),
        Mistake(
            "the first character is written as well: only what is drawn is",
            {"written = []": "written = [first]"},
        ),
        Mistake(
            "what is written is the character that was read, one too early: write the one that "
            "is drawn",
            {
                "        x = np.zeros((1, len(W)))": (
                    "        written += [read]\n        x = np.zeros((1, len(W)))"
                ),
                "        written.append(read)\n": "",
            },
        ),
        Mistake(
            "the same number is used for every draw: each character has its own",
            {"temperature, u": "temperature, draws[0]"},
        ),
        Mistake("the bias of the output is left out: add c to the logits", {"h @ V + c": "h @ V"}),
        Mistake(
            "the temperature is not passed on: sample_character needs it",
            {"temperature, u": "1.0, u"},
        ),
        Mistake(
            "the ones of earlier characters are still in x: begin with a new row of zeros each "
            "time",
            {
                "        x = np.zeros((1, len(W)))\n": "",
                "    written = []\n": "    written = []\n    x = np.zeros((1, len(W)))\n",
            },
        ),
        Mistake(
            "the likeliest character is taken every time: draw it by its number",
            {"sample_character(logits[0], temperature, u)": "int(np.argmax(logits[0]))"},
        ),
        Mistake(
            "the id itself is put into the row: a character goes in as a 1 at its id",
            {"= 1.0": "= read"},
        ),
        Mistake(
            "the first character is never read, since each is drawn before the step: read, "
            "then draw",
            {
                "        h = rnn_step(x, h, W, U, b)\n": "",
                "        x[0, read] = 1.0\n": "",
                "written.append(read)": (
                    "written.append(read)\n        x[0, read] = 1.0\n        h = rnn_step(x, h, "
                    "W, U, b)"
                ),
            },
        ),
    ),
    read_next=(
        "brain/sampling.py, `written`: the same for any network; `brain generate` streams a text"
    ),
)
