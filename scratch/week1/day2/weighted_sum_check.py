"""How `weighted_sum` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Two samples that can be followed by hand; then any three of four numbers."""
    inputs, weights = [[1.0, 2.0, 0.0], [3.0, -1.0, 4.0]], [2.0, 0.5, -1.0]
    draw = ask.draw.standard_normal
    X, w, b = draw((3, 4)), draw(4), 2 + draw()
    ask(answer.sums_by_loops, inputs, weights, 10.0)
    ask(answer.sums_by_loops, X.tolist(), w.tolist(), b)
    ask(answer.sums_by_product, np.array(inputs), np.array(weights), 10.0)
    ask(answer.sums_by_product, X, w, b)


PRODUCT = "inputs @ weights + bias"

exercise = Exercise(
    title="The weighted sum, in loops and as a product",
    page="theory/neural-network.md",
    hints=(
        "The outer loop goes over the samples, a sum for each; the inner one over the weights.",
        "z = X w + b, number by number z_n = sum over i of x_ni w_i, plus b: "
        "theory/neural-network.md (1). An array (N, D) @ an array (D,) is (N,).",
        "for each sample: z starts at the bias; for each i, add sample i times weight i to z; "
        "append z to the list. With arrays: inputs times weights as a matrix product, plus the "
        "bias",
    ),
    mistakes=(
        Mistake(
            "in the loops the bias is left out: let each sum start with it", {"z = bias": "z = 0"}
        ),
        Mistake("in the product the bias is left out: add it", {PRODUCT: "inputs @ weights"}),
        Mistake(
            "the bias is left out in both: every sum has it once",
            {"z = bias": "z = 0", PRODUCT: "inputs @ weights"},
        ),
        Mistake(
            "in the loops the bias is added for each weight: add it once for each sample",
            {"z = bias": "z = 0", "weights[i]": "weights[i] + bias"},
        ),
        Mistake(
            "in the loops each sum goes on from the one before: start z anew for every sample",
            {"    sums = []\n": "    sums = []\n    z = bias\n", "        z = bias\n": ""},
        ),
        Mistake(
            "in the loops only the last product counts: add to z, do not replace it",
            {"z = z + sample[i] * weights[i]": "z = bias + sample[i] * weights[i]"},
        ),
        Mistake(
            "in the loops you return after the first sample: the return belongs behind both loops",
            {"sums.append(z)": "return [z]"},
        ),
        Mistake(
            "in the loops a sum is appended after every product: append once for each sample",
            {
                "        sums.append(z)\n": "",
                "* weights[i]\n": "* weights[i]\n            sums.append(z)\n",
            },
        ),
        Mistake(
            "* multiplies number by number and adds nothing up: the matrix product is @",
            {PRODUCT: "inputs * weights + bias"},
        ),
        Mistake(
            "the product sums over the samples, too: one sum for each sample is asked for",
            {PRODUCT: "(inputs * weights).sum() + bias"},
        ),
        Mistake(
            "the shapes do not fit: it is inputs (N, D) @ weights (D,), in this order",
            {PRODUCT: "weights @ inputs + bias"},
        ),
        Mistake(
            "the product sums over the samples: sum over the features, one sum for each sample",
            {PRODUCT: "(inputs * weights).sum(axis=0) + bias"},
        ),
        Mistake(
            "the loops make one sum of all samples: start one for each, and append it",
            {
                "    sums = []\n": "    z = bias\n",
                "        z = bias\n": "",
                "        sums.append(z)\n": "",
                "return sums": "return z",
            },
        ),
    ),
    read_next="theory/dense.md, 'Forward', and scratch/dense.py, where `plain_dense` is the "
    "loops and `dense` the product",
)
