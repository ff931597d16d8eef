"""A small convolutional network in NumPy reads handwritten digits, and shows what it looks at.

The saliency map is the gradient of one score by the pixels: K. Simonyan, A. Vedaldi and
A. Zisserman, "Deep Inside Convolutional Networks" (2013), section 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import data, plots, spec
from brain.alone import main
from brain.data import Dataset
from brain.engine import Network, build
from brain.stage import Stage
from brain.training import train
from scratch.models import digits_cnn, softmax_regression
from scratch.pictures import confusion, weight_images

Array = NDArray[Any]

SHOWN = 6
GREYS: dict[str, Any] = {"cmap": "gray", "vmin": 0, "vmax": 1, "interpolation": "nearest"}


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
    stage.picture("cnn-worst", worst(net, dataset))
    stage.picture("cnn-saliency", looked_at(net, dataset))
    stage.picture("cnn-filters", filters(net, x[0]))
    templates = nets["softmax-regression"].parameters()["dense1.weight"]  # (64, 10)
    images = templates.T.reshape(10, *dataset.input_shape[:2])
    title = "One Dense layer: the weights of each digit's score are a picture of it"
    stage.picture("cnn-weights", weight_images(images, dataset.classes, title))


def worst(net: Network, dataset: Dataset) -> Figure:
    """The ten test digits whose true class was given the least probability."""
    p = net.predict_proba(dataset.x_test)  # (N, 10)
    of_truth = p[np.arange(len(p)), dataset.y_test]
    fig, grid = plots.figure(8, 4.6, nrows=2, ncols=5)
    for axes, row in zip(grid.flat, np.argsort(of_truth), strict=False):
        truth = dataset.y_test[row]
        second, first = np.argsort(p[row])[-2:]
        rival = second if first == truth else first
        title = f"is a {truth}: {of_truth[row]:.1%}\nor a {rival}: {p[row, rival]:.1%}"
        digit(axes, dataset.x_test[row], title)
    fig.suptitle("The test digits that it was most wrong about, or least sure of")
    return fig


def digit(axes: Axes, image: Array, title: str) -> None:
    """One picture `(H, W, 1)`, without axes."""
    axes.imshow(image[..., 0], **GREYS)
    axes.set_title(title, fontsize=9)
    axes.set_axis_off()


def saliency(net: Network, x: Array, labels: Array) -> Array:
    """How much each pixel moves the score of the label, `(N, H, W)`: |d score / d x|."""
    one_hot = np.eye(net.model.output_shape[0])[labels]  # (N, 10)
    gradient = net.trace(x, dy=one_hot, layers=()).d_input  # (N, H, W, 1)
    assert gradient is not None
    return np.abs(gradient)[..., 0]


def looked_at(net: Network, dataset: Dataset) -> Figure:
    """The first test digits, and the pixels that their scores depend on most."""
    x, y = dataset.x_test[:SHOWN], dataset.y_test[:SHOWN]
    maps = saliency(net, x, y)
    fig, grid = plots.figure(10, 3.9, nrows=2, ncols=SHOWN)
    for column in range(SHOWN):
        digit(grid[0, column], x[column], f"a {dataset.classes[y[column]]}")
        shown = grid[1, column].imshow(maps[column], cmap="cividis", vmin=0, vmax=maps.max())
        grid[1, column].set_title(f"score of {dataset.classes[y[column]]}", fontsize=9)
        grid[1, column].set_axis_off()
    fig.colorbar(shown, ax=grid, label="|change of the score|, by pixel", shrink=0.8)
    fig.suptitle("Saliency: which pixels would change the score of the right class most")
    return fig


def filters(net: Network, image: Array) -> Figure:
    """The kernels of the first layer, and what each makes of one digit after ReLU."""
    convolution, relu = (node.name for node in net.model.nodes[:2])
    kernels = net.parameters()[f"{convolution}.weight"][:, :, 0]  # (3, 3, 8)
    answers = net.trace(image[None]).outputs[relu][0]  # (H, W, 8)
    count, limit = kernels.shape[-1], float(np.abs(kernels).max())
    fig, grid = plots.figure(11, 3.8, nrows=2, ncols=count + 1)
    digit(grid[0, 0], image, "input")
    grid[1, 0].set_axis_off()
    for column in range(count):
        above, below = grid[:, column + 1]
        weights = above.imshow(kernels[..., column], cmap=plots.CLASSES, vmin=-limit, vmax=limit)
        seen = below.imshow(answers[..., column], cmap="cividis", vmin=0, vmax=answers.max())
        above.set_title(f"filter {column + 1}", fontsize=9)
        above.set_axis_off()
        below.set_axis_off()
    fig.colorbar(weights, ax=grid[0], label="weight")
    fig.colorbar(seen, ax=grid[1], label="output")
    fig.suptitle("The first convolution: its kernels, and what each finds in the digit")
    return fig


if __name__ == "__main__":
    main(run)
