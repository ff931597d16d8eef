"""How far back a network can learn: the gradient of the last step's loss, step by step before it.

Measured by the real backward pass of RNN, LSTM and GRU on the adding task, at the beginning and
after training, with what theory says beside it; and what the values decide that it begins with.
theory/memory.md (1) to (5)
"""

from __future__ import annotations

from brain import data, spec
from brain.alone import main
from brain.data import Dataset
from brain.engine import Network, build
from brain.names import MODELS, look_up
from brain.stage import Stage
from brain.training import train
from rnn.demos.memory import KINDS
from rnn.look import what_is_left
from rnn.pictures import Left, gradients_left

LENGTH = 60
SAMPLES = 100
UNITS = 64
GAINS = (0.8, 1.0, 1.3)
BIASES = (0.0, 1.0, 3.0)


def run(stage: Stage) -> None:
    """Measure, train, and measure again."""
    n, epochs = (500, 1) if stage.quick else (6000, 12)
    dataset = data.load("adding", n=n, length=LENGTH, seed=stage.seed)
    panels: dict[str, dict[str, Left]] = {"before training": {}, "after training": {}}
    for kind, model in KINDS.items():
        net = made(model, dataset, epochs, stage.seed)
        panels["before training"][kind] = measured(net, dataset)
        steps = train(net, dataset, batch_size=50, epochs=epochs, seed=stage.seed)
        *_, last = stage.watch(steps, kind)
        panels["after training"][kind] = measured(net, dataset)
        start, end = (left[kind].norms for left in panels.values())
        stage.say(
            f"{kind:4} {LENGTH - 1} steps back: {start[0] / start[-1]:.1e} of the last step's "
            f"gradient before training, {end[0] / end[-1]:.1e} after; test loss "
            f"{last.metrics['loss']:.4f} (1/6 without a memory)"
        )
    title = f"How much of a gradient is left, on the adding task of {LENGTH} steps"
    stage.picture("gradients-time", gradients_left(panels, title))
    title = "Before training: what the first values decide"
    stage.picture("gradients-start", gradients_left(starts(dataset, stage.seed), title))


def starts(dataset: Dataset, seed: int) -> dict[str, dict[str, Left]]:
    """Untrained: RNNs by the singular values of U, all alike; LSTMs by the forget gates' bias."""
    panels: dict[str, dict[str, Left]] = {"singular values of U": {}, "bias of forget gates": {}}
    plain, gated = panels.values()
    for gain in GAINS:
        layer = spec.RNN(UNITS, recurrent_init=spec.init.Orthogonal(gain))
        plain[f"RNN, {gain:g}"] = measured(untrained(layer, dataset, seed), dataset)
    for bias in BIASES:
        net = untrained(spec.LSTM(UNITS), dataset, seed)
        values = net.parameters()
        values["lstm1.bias"][UNITS : 2 * UNITS] = bias
        net.load_parameters(values)
        gated[f"LSTM, {bias:g}"] = measured(net, dataset)
    return panels


def untrained(layer: spec.Layer, dataset: Dataset, seed: int) -> Network:
    """One recurrent layer and a Dense, for `dataset`."""
    layers = (layer, spec.Dense(1, init=spec.init.Glorot()))
    return build(
        spec.Model("start", dataset.input_shape, layers, spec.MeanSquaredError()), seed=seed
    )


def made(model: str, dataset: Dataset, epochs: int, seed: int) -> Network:
    """The named model with fresh values."""
    steps = spec.steps_in(len(dataset.x_train), 50, epochs)
    optimizer = spec.Adam(spec.Cosine(0.005, steps), clip_norm=1.0)
    model_ = look_up("model", model, MODELS)(dataset.input_shape, 1, spec.MeanSquaredError())
    return build(model_, seed=seed, optimizer=optimizer)


def measured(net: Network, dataset: Dataset) -> Left:
    """The mean over some test samples, and the theory beside."""
    return what_is_left(net, dataset.x_test[:SAMPLES], dataset.y_test[:SAMPLES])


if __name__ == "__main__":
    main(run)
