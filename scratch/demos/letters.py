"""A one-layer network reads Hamlet, and learns which character follows which."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from numpy.typing import NDArray
from rich.console import Console

from brain import data, plots, spec
from brain.consumers import progress
from brain.data import Dataset, Vocabulary
from brain.engine import Network, build
from brain.randomness import generator
from brain.training import train

LENGTH = 32
SHOWN = 26
NAMES = {" ": "␣", "\n": "⏎"}
BLUES = LinearSegmentedColormap.from_list("blues", ("#FFFFFF", plots.BLUE, "#001A2B"))

Table = NDArray[np.float64]


def run(out: Path, seed: int, quick: bool, console: Console) -> list[Path]:
    """Train, write a line, draw, and return the files written; `quick` trains a tenth as long."""
    text, instead = data.demo_text()
    if instead:
        console.print(instead, markup=False, highlight=False)
    dataset = data.load(text.name, length=LENGTH, one_hot=True)
    epochs, batch_size = (3, 32) if quick else (30, 32)
    steps = spec.steps_in(len(dataset.x_train), batch_size, epochs)
    optimizer = spec.Adam(spec.Cosine(0.1, steps))
    net = build(model(len(text.vocabulary)), "numpy", seed=seed, optimizer=optimizer)
    console.print(str(net.model))
    stream = train(net, dataset, batch_size=batch_size, epochs=epochs, seed=seed)
    for _ in progress(stream, text.title, console):
        pass

    learned, pairs = next_character(net), count_pairs(dataset)
    read = net.evaluate(dataset.x_train, dataset.y_train)["loss"]
    rest = net.evaluate(dataset.x_test, dataset.y_test)["loss"]
    console.print(
        f"nats a character: {read:.3f} on what it read, where counted pairs give "
        f"{entropy(pairs):.3f} and no table of pairs gives less; {rest:.3f} on the rest"
    )
    line = " ".join(sample(learned, text.vocabulary, seed).split())
    console.print(f"it writes: {line}", markup=False, highlight=False)
    path = out / "letters-pairs.png"
    return [draw(path, f"{text.title}: what follows", text.vocabulary, learned, pairs)]


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


def draw(path: Path, title: str, vocabulary: Vocabulary, learned: Table, pairs: Table) -> Path:
    """Both tables side by side, for the characters that are most common."""
    shown = np.sort(np.argsort(-pairs.sum(axis=1), kind="stable")[:SHOWN])
    names = [NAMES.get(c, c) for c in vocabulary.decode(shown)]
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
    return plots.save(fig, path)
