"""A small convolutional network in NumPy reads handwritten digits, and shows what it looks at."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import data, plots, spec
from brain.alone import main
from brain.data import Dataset
from brain.engine import Network, build
from brain.stage import Stage
from brain.training import train
from scratch.image_pictures import Row, filters, side_by_side, wrongest
from scratch.models import digits_cnn, softmax_regression
from scratch.pictures import confusion, weight_images
from scratch.seeing import most_wrong, saliency

Array = NDArray[Any]

SHOWN = 6


def run(stage: Stage) -> None:
    """Train a CNN and, to compare, one Dense layer; draw what each has learned."""
    dataset = data.load("digits", seed=stage.seed)
    x, y = dataset.x_test, dataset.y_test
    epochs = 3 if stage.quick else 15
    nets = {}
    losses: list[float] = []
    metrics: list[dict[str, float]] = []
    for model in (softmax_regression(dataset.input_shape), digits_cnn(dataset.input_shape)):
        last = spec.steps_in(len(dataset.x_train), 32, epochs)
        optimizer = spec.Adam(spec.Cosine(0.01, last))
        net = nets[model.name] = build(model, "numpy", seed=stage.seed, optimizer=optimizer)
        losses, metrics = [], []
        steps = train(net, dataset, batch_size=32, epochs=epochs, seed=stage.seed)
        for step in stage.watch(steps, model.name):
            losses.append(float(step.loss))
            if step.metrics:
                metrics.append(step.metrics)
        right = metrics[-1]["accuracy"]
        stage.say(f"{model.name:18} reads {right:.1%} of {len(x)} digits that it never saw")

    net = nets["digits-cnn"]
    answers = net.predict(x).argmax(axis=1)
    stage.picture("cnn-loss", plots.training_curves(losses, metrics, "Digits: a CNN learning"))
    fig, axes = plots.figure(6, 5.6)
    title = f"{np.sum(answers == y)} of {len(y)} test digits read"
    confusion(axes, y, answers, dataset.classes, title)
    stage.picture("cnn-confusion", fig)
    stage.picture("cnn-worst", worst(dataset, net.predict_proba(x)))
    stage.picture("cnn-saliency", looked_at(net, dataset))
    stage.picture("cnn-filters", first_filters(net, x[0]))
    templates = nets["softmax-regression"].parameters()["dense1.weight"]  # (64, 10)
    images = templates.T.reshape(10, *dataset.input_shape[:2])
    title = "One Dense layer: the weights of each digit's score are a picture of it"
    stage.picture("cnn-weights", weight_images(images, dataset.classes, title))


def worst(dataset: Dataset, p: Array) -> Figure:
    """The ten test digits whose true class was given the least probability."""
    rows = most_wrong(p, dataset.y_test, 10)
    title = "The test digits that it was most wrong about, or least sure of"
    x, y = dataset.x_test[rows], dataset.y_test[rows]
    return wrongest(x, y, p[rows], dataset.classes, title, article="a ")


def looked_at(net: Network, dataset: Dataset) -> Figure:
    """The first test digits, and the pixels that their scores depend on most."""
    x, y = dataset.x_test[:SHOWN], dataset.y_test[:SHOWN]
    maps = Row("saliency", saliency(net, x, y), "|change of the score|,\nby pixel")
    titles = [f"a {dataset.classes[label]}" for label in y]
    title = "Saliency: which pixels would change the score of the right class most"
    return side_by_side(x, titles, [maps], title)


def first_filters(net: Network, image: Array) -> Figure:
    """The kernels of the first layer, and what each makes of one digit after ReLU."""
    convolution, relu = (node.name for node in net.model.nodes[:2])
    kernels = np.moveaxis(net.parameters()[f"{convolution}.weight"], -1, 0)  # (8, 3, 3, 1)
    answers = net.trace(image[None]).outputs[relu][0]  # (H, W, 8)
    title = "The first convolution: its kernels, and what each finds in the digit"
    return filters(image, kernels, answers, title)


if __name__ == "__main__":
    main(run)
