"""A small LSTM reads Hamlet; then its states, its gates and the text in the colours of its cells.

After A. Karpathy, J. Johnson and L. Fei-Fei, "Visualizing and understanding recurrent networks"
(2016).
"""

from __future__ import annotations

from brain import data, spec
from brain.alone import main
from brain.data import Dataset
from brain.engine import Network, build
from brain.stage import Stage
from brain.training import train
from rnn.look import look

LENGTH, UNITS = 64, 64
BATCH = 32


def run(stage: Stage) -> None:
    """Train for about half a minute, then look."""
    text, instead = data.demo_text()
    if instead:
        stage.say(instead)
    dataset = data.load(text.name, length=LENGTH)
    net = trained(dataset, stage)
    look(net, dataset, stage, name="cells")


def trained(dataset: Dataset, stage: Stage) -> Network:
    """A character LSTM after 15 epochs; one, where the stage is quick."""
    epochs = 1 if stage.quick else 15
    steps = spec.steps_in(len(dataset.x_train), BATCH, epochs)
    optimizer = spec.Adam(spec.Cosine(0.01, steps), clip_norm=1.0)
    net = build(model(dataset.outputs), seed=stage.seed, optimizer=optimizer)
    watched = train(net, dataset, batch_size=BATCH, epochs=epochs, seed=stage.seed)
    *_, last = stage.watch(watched, dataset.title)
    found = last.metrics
    stage.say(
        f"it foretells {found['accuracy']:.1%} of the characters, {found['loss']:.3f} nats each"
    )
    return net


def model(characters: int) -> spec.Model:
    """An Embedding of 32 numbers, an LSTM of 64 units, and an answer at each step."""
    layers = (
        spec.Embedding(characters, 32),
        spec.LSTM(UNITS, return_sequences=True),
        spec.Dense(characters, init=spec.init.Glorot()),
    )
    return spec.Model("small-lstm", (LENGTH,), layers, spec.SoftmaxCrossEntropy())


if __name__ == "__main__":
    main(run)
