"""A small network learns colour pictures, and five ways to ask say where it looks.

Gradient, SmoothGrad, integrated gradients, Grad-CAM and occlusion, side by side: for the class that
is true, and for the class that comes next.
"""

from __future__ import annotations

import numpy as np

from brain import data, spec
from brain.alone import main
from brain.data import Dataset
from brain.engine import Network
from brain.stage import Stage
from cnn.demos.trained import trained
from cnn.look import missed_share, one_of_each
from cnn.mistakes import judged
from cnn.reasons import reasons
from scratch.image_pictures import side_by_side

SHOWN = 7


def run(stage: Stage) -> None:
    """Train on a part of CIFAR-10 for about a minute, then ask."""
    dataset = data.load("cifar10", seed=stage.seed)
    net = trained(stage, small(dataset), dataset, epochs=4, name="sees", rows=16_000, lr=0.01)
    compare(stage, net, dataset)


def small(dataset: Dataset) -> spec.Model:
    """Three convolutions with BatchNorm and ReLU, the last averaged over the picture."""
    layers: list[spec.Layer] = []
    for filters in (16, 32, 64):
        layers += [spec.Conv2D(filters, padding="same", bias=False), spec.BatchNorm(), spec.ReLU()]
        if filters < 64:
            layers.append(spec.MaxPool2D(2))
    layers += [spec.GlobalAvgPool2D(), spec.Dense(dataset.outputs, init=spec.init.Glorot())]
    return spec.Model("colours", dataset.input_shape, tuple(layers), spec.SoftmaxCrossEntropy())


def compare(stage: Stage, net: Network, dataset: Dataset) -> None:
    """Five ways to ask, for the answer and for its rival; of pictures that are told right."""
    many, shown = (60, 2) if stage.quick else (300, SHOWN)
    answers, p = judged(net, dataset.x_test[:many])
    right = np.flatnonzero(answers == dataset.y_test[:many])
    right = right if len(right) else np.arange(len(answers))
    rows = right[one_of_each(dataset.y_test[right], shown)]
    x = dataset.x_test[rows]
    order = np.argsort(-p[rows], axis=1)
    for kind, title, place in (
        ("answer", "what speaks for the answer", 0),
        ("rival", "what speaks for the class that came second", 1),
    ):
        labels = order[:, place]
        maps, off = reasons(net, x, labels, stage)
        names = [
            f"{dataset.classes[c]}: {p[row, c]:.0%}" for row, c in zip(rows, labels, strict=True)
        ]
        stage.picture(f"sees-{kind}", side_by_side(x, names, maps, f"{dataset.title}: {title}"))
        stage.say(f"{title}: {missed_share(off)}")


if __name__ == "__main__":
    main(run)
