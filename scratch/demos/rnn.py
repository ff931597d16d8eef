"""A small recurrent network in NumPy reads Hamlet, and writes as it learns.

After A. Karpathy, "The Unreasonable Effectiveness of Recurrent Neural Networks" (2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import data, plots, spec
from brain.alone import main
from brain.data import Vocabulary
from brain.engine import Network, build
from brain.sampling import NetworkReader, Sampling, prompt_ids, written
from brain.scores import probabilities
from brain.stage import Stage
from brain.training import train
from scratch.models import char_rnn_small
from scratch.sequences import letters, state_heatmap

Array = NDArray[Any]

LENGTH = 64
SAMPLES = (0.0, 0.03, 0.1, 0.3, 1.0)  # shares of the training after which it writes a line


def run(stage: Stage) -> None:
    """Train on the text, write a line now and then, and draw the state while it reads."""
    text, instead = data.demo_text()
    if instead:
        stage.say(instead)
    dataset = data.load(text.name, length=LENGTH)
    epochs, batch_size = (1 if stage.quick else 30), 32
    last = spec.steps_in(len(dataset.x_train), batch_size, epochs)
    model = char_rnn_small((LENGTH,), len(text.vocabulary))
    optimizer = spec.Adam(spec.Cosine(0.01, last), clip_norm=1.0)
    net = build(model, "numpy", seed=stage.seed, optimizer=optimizer)
    stage.say(str(net.model))

    moments = {round(share * last) for share in SAMPLES}
    losses, metrics = [], []

    def write(done: int) -> None:
        line = sample(net, text.vocabulary, stage.seed)
        stage.say(f"after {done:4} steps it writes: {' '.join(line.split())}")

    write(0)
    steps = train(net, dataset, batch_size=batch_size, epochs=epochs, seed=stage.seed)
    for step in stage.watch(steps, text.title):
        losses.append(float(step.loss))
        if step.metrics:
            metrics.append(step.metrics)
        if step.step in moments:
            write(step.step)
    found = metrics[-1]
    right, loss = found["accuracy"], found["loss"]
    stage.say(f"it foretells {right:.1%} of the characters, {loss:.3f} nats each")
    stage.picture("rnn-loss", plots.training_curves(losses, metrics, f"{text.title}: learning"))
    read = dataset.x_test[0], dataset.y_test[0]
    stage.picture("rnn-state", states(net, text.vocabulary, *read))


def sample(net: Network, vocabulary: Vocabulary, seed: int, length: int = 100) -> str:
    """`length` characters, each drawn by what the network expects after those before it."""
    begin = prompt_ids(vocabulary, "")
    ids = list(written(NetworkReader(net), begin, length, Sampling(), seed))
    return vocabulary.decode(ids)


def states(net: Network, vocabulary: Vocabulary, x: Array, y: Array) -> Figure:
    """Every unit's state after each character that is read, and how well the next is foretold.

    `x` and `y` are ids `(T,)`.
    """
    trace = net.trace(x[None])
    hidden = trace.outputs["rnn1"][0]  # (T, H)
    p = probabilities(net.model.loss, trace.outputs[net.model.nodes[-1].name])[0]  # (T, V)
    title = "What a recurrent network of 32 units remembers while it reads"
    return state_heatmap(hidden, letters(vocabulary.decode(x)), title, p[np.arange(len(y)), y])


if __name__ == "__main__":
    main(run)
