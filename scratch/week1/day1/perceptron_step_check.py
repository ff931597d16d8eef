"""How `perceptron_step` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Too high, too low (and still so after the step), right; then any, with both targets."""
    ask(answer.perceptron_step, np.array([1.0, 2.0]), np.array([0.5, 0.5]), -1.0, 0, 0.1)
    ask(answer.perceptron_step, np.array([1.0, 2.0]), np.array([-1.0, 0.25]), -0.75, 1, 0.1)
    ask(answer.perceptron_step, np.array([3.0, 1.0]), np.array([1.0, -1.0]), -1.0, 1, 0.5)
    draw = ask.draw.standard_normal
    inputs, weights, bias = draw(4), draw(4), draw()
    for target in (0, 1):
        ask(answer.perceptron_step, inputs, weights, bias, target, 0.25)


AGAIN = "bias + learning_rate * (target - perceptron(inputs, new_weights, bias))"
ERROR = "target - perceptron(inputs, weights, bias)"
NEW = "new_weights = weights + learning_rate * error * inputs"

exercise = Exercise(
    title="One step of Rosenblatt's rule",
    page="theory/neural-network.md",
    hints=(
        "Where the output was 0 and should be 1, the sum was too small: weights of positive "
        "inputs go up, and the bias too.",
        "w <- w + lr * error * x and b <- b + lr * error, with error = target - output: a step "
        "like theory/neural-network.md (10), with -error * x in the place of the slope.",
        "error = target minus the output of perceptron; new weights = weights plus learning rate "
        "times error times inputs; new bias = bias plus learning rate times error; return both",
    ),
    mistakes=(
        Mistake(
            "it learns the wrong way round: the error is target - output, and it is added",
            {ERROR: "perceptron(inputs, weights, bias) - target"},
        ),
        Mistake(
            "the bias does not learn: it moves by learning_rate * error",
            {"bias + learning_rate * error": "bias"},
        ),
        Mistake(
            "the weights do not learn: they move, too", {" + learning_rate * error * inputs": ""}
        ),
        Mistake(
            "the learning rate is left out: multiply both moves by it",
            {
                "learning_rate * error * inputs": "error * inputs",
                "bias + learning_rate * error": "bias + error",
            },
        ),
        Mistake(
            "the learning rate is left out of the bias's move",
            {"bias + learning_rate * error": "bias + error"},
        ),
        Mistake(
            "every weight moves by the same: multiply each weight's move by its own input",
            {" * inputs": ""},
        ),
        Mistake(
            "weights are multiplied where inputs should be: a weight moves by its own input",
            {"error * inputs": "error * weights"},
        ),
        Mistake(
            "it moves even where the output was right: the error is then 0, not 1 or -1",
            {ERROR: "2 * target - 1"},
        ),
        Mistake(
            "the error is the target alone: take the perceptron's output from it",
            {ERROR: "target"},
        ),
        Mistake(
            "the error is taken from the sum z: take it from the perceptron's output, 0 or 1",
            {ERROR: "target - (inputs @ weights + bias)"},
        ),
        Mistake(
            "the perceptron is asked again between the two moves: take the error once, before both",
            {"bias + learning_rate * error": AGAIN},
        ),
        Mistake(
            "the array of weights is changed in place (weights += ... does that): make a new one",
            {NEW: "weights += learning_rate * error * inputs\n    new_weights = weights"},
        ),
        Mistake(
            "these are the moves alone: add them to the old weights and to the old bias",
            {
                NEW: "new_weights = learning_rate * error * inputs",
                "bias + learning_rate * error": "learning_rate * error",
            },
        ),
        Mistake(
            "it moves up in both cases: where the output was 1 and should be 0 it has to move down",
            {ERROR: "abs(target - perceptron(inputs, weights, bias))"},
        ),
        Mistake(
            "the bias's move is multiplied by the inputs, so that an array comes out: it is "
            "learning_rate * error alone",
            {"bias + learning_rate * error": "bias + learning_rate * error * inputs"},
        ),
        Mistake(
            "the bias's move is multiplied by the sum of the inputs: it is learning_rate * error "
            "alone",
            {"bias + learning_rate * error": "bias + learning_rate * error * inputs.sum()"},
        ),
        Mistake(
            "the bias's move is multiplied by the bias: it is learning_rate * error alone",
            {"bias + learning_rate * error": "bias + learning_rate * error * bias"},
        ),
        Mistake(
            "the weights move the wrong way, the bias the right one: both moves are added",
            {"weights + learning_rate": "weights - learning_rate"},
        ),
        Mistake(
            "these are the weights alone: return the new bias, too",
            {"return new_weights, new_bias": "return new_weights"},
        ),
        Mistake(
            "the two are in the wrong order: return the weights first, then the bias",
            {"return new_weights, new_bias": "return new_bias, new_weights"},
        ),
    ),
    read_next="Nielsen, chapter 1, 'Sigmoid neurons', on why a step is hard to learn with: "
    "http://neuralnetworksanddeeplearning.com/chap1.html#sigmoid_neurons",
)
