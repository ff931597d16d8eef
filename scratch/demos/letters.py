"""A one-layer network reads Hamlet, and learns which character follows which."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import data, plots, spec
from brain.alone import main
from brain.data import Dataset, Vocabulary
from brain.engine import Network, build
from brain.randomness import generator
from brain.stage import Stage
from brain.training import train
from scratch.pictures import BLUES
from scratch.sequences import letters

LENGTH = 32
SHOWN = 26

Table = NDArray[np.float64]


def run(stage: Stage) -> None:
    """Train, write a line and draw; `quick` trains a tenth as long."""
    text, instead = data.demo_text()
    if instead:
        stage.say(instead)
    dataset = data.load(text.name, length=LENGTH, one_hot=True)
    epochs, batch_size = (3, 32) if stage.quick else (30, 32)
    last = spec.steps_in(len(dataset.x_train), batch_size, epochs)
    optimizer = spec.Adam(spec.Cosine(0.1, last))
    net = build(model(len(text.vocabulary)), "numpy", seed=stage.seed, optimizer=optimizer)
    stage.say(str(net.model))
    steps = train(net, dataset, batch_size=batch_size, epochs=epochs, seed=stage.seed)
    for _ in stage.watch(steps, text.title):
        pass

    learned, pairs = next_character(net), count_pairs(dataset)
    read = net.evaluate(dataset.x_train, dataset.y_train)["loss"]
    rest = net.evaluate(dataset.x_test, dataset.y_test)["loss"]
    stage.say(
        f"nats a character: {read:.3f} on what it read, where counted pairs give "
        f"{entropy(pairs):.3f} and no table of pairs gives less; {rest:.3f} on the rest"
    )
    line = " ".join(sample(learned, text.vocabulary, stage.seed).split())
    stage.say(f"it writes: {line}")
    title = f"{text.title}: what follows"
    stage.picture("letters-pairs", draw(title, text.vocabulary, learned, pairs))


def model(characters: int) -> spec.Model:
    """Softmax regression on one character, at each of `LENGTH` places alike."""
    return spec.Model(
        name="letters",
        input_shape=(LENGTH, characters),
        layers=(spec.Dense(characters, init=spec.init.Glorot()),),
        loss=spec.SoftmaxCrossEntropy(),
    )


def next_character(net: Network) -> Table:
    """The learned probability of each character (columns) after each (rows), `(V, V)`."""
    every = np.eye(net.model.input_shape[-1], dtype=np.float32)  # (V, V)
    asked = np.broadcast_to(every[:, None], (len(every), *net.model.input_shape))  # (V, T, V)
    return net.predict_proba(asked)[:, 0].astype(np.float64)


def count_pairs(dataset: Dataset) -> Table:
    """How often each character (columns) follows each (rows) in the training part, `(V, V)`."""
    size = dataset.outputs
    before, after = dataset.x_train.argmax(axis=-1), dataset.y_train  # (N, T) each
    pairs = np.bincount((before * size + after).ravel(), minlength=size**2)
    return pairs.reshape(size, size).astype(np.float64)


def frequencies(pairs: Table) -> Table:
    """Each row of counts as shares of its sum; zeros where there is none."""
    return pairs / np.maximum(pairs.sum(axis=1, keepdims=True), 1)


def entropy(pairs: Table) -> float:
    """The mean of -log(share of the pair in its row), over all pairs counted: nats."""
    there = pairs > 0
    return float(-np.sum(pairs[there] * np.log(frequencies(pairs)[there])) / pairs.sum())


def sample(learned: Table, vocabulary: Vocabulary, seed: int, length: int = 64) -> str:
    """`length` characters, each drawn by what the network expects after the one before."""
    draws = generator(seed, "letters sample").random(length)
    sums = np.cumsum(learned, axis=1)
    ids = [0]
    for draw in draws:
        ids.append(int(np.searchsorted(sums[ids[-1]], draw * sums[ids[-1], -1], side="right")))
    return vocabulary.decode(ids[1:])


def draw(title: str, vocabulary: Vocabulary, learned: Table, pairs: Table) -> Figure:
    """Both tables side by side, for the characters that are most common."""
    shown = np.sort(np.argsort(-pairs.sum(axis=1), kind="stable")[:SHOWN])
    names = letters(vocabulary.decode(shown))
    fig, axes = plots.figure(11, 5.8, ncols=2, sharey=True)
    for axis, table, heading in (
        (axes[0], learned, "learned by one layer"),
        (axes[1], frequencies(pairs), "counted"),
    ):
        part = table[np.ix_(shown, shown)]
        # The root of a probability is drawn: what is rare would be white otherwise.
        image = axis.imshow(part, cmap=BLUES, norm=PowerNorm(0.5, 0, 1))
        axis.set(title=heading, xlabel="next character")
        axis.set_xticks(range(len(names)), names)
        axis.set_yticks(range(len(names)), names)
        axis.grid(False)
    axes[0].set_ylabel("character")
    bar = fig.colorbar(image, ax=axes, ticks=[0, 0.01, 0.05, 0.1, 0.25, 0.5, 1], shrink=0.85)
    bar.set_label("probability, given the character on the left")
    fig.suptitle(f"{title} ({SHOWN} most common characters; ␣ space, ⏎ new line)")
    return fig


if __name__ == "__main__":
    main(run)
