"""Looking at a network: the same pictures twice, a line for each, and what cannot be looked at."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from brain import data, plots, spec
from brain.data import Dataset
from brain.engine import Network, build
from brain.stage import Stage
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, residual, shapes
from brain.training import train
from cnn import models
from cnn.look import KINDS, look, one_of_each
from scratch.models import digits_cnn, mlp
from scratch.testing.staged import quick, repeats


@pytest.fixture(autouse=True)
def _unspaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are drawn once, not twice to space them: cnn/pictures_test.py has them spaced."""
    save = plots.save

    def unspaced(figure: Figure, path: Path) -> Path:
        figure.set_layout_engine("none")
        return save(figure, path)

    monkeypatch.setattr(plots, "save", unspaced)


def trained(model: spec.Model, channels: int) -> Network:
    net = build(model, optimizer=spec.Adam(0.01))
    list(train(net, shapes(channels), epochs=2))
    return net


def test_everything_is_drawn_the_same_twice(tmp_path: Path) -> None:
    net = trained(residual(3), 3)
    run = partial(look, net, shapes(3), shown=2)
    said = repeats(run, tmp_path, *(f"look-{kind}.png" for kind in KINDS))
    assert [line.split()[0] for line in said.splitlines()] == list(KINDS)
    right = round(net.score(shapes(3).x_test, shapes(3).y_test) * 36)
    assert f"{right} of 36 test pictures are told right" in said


def test_the_tracks_networks_are_looked_at(tmp_path: Path) -> None:
    """On pictures as large as those of MNIST, which cnn/demos/lenet_test.py looks at."""
    small, around = shapes(), ((0, 0), (8, 8), (8, 8), (0, 0))
    wide = replace(
        small, x_train=np.pad(small.x_train, around), x_test=np.pad(small.x_test, around)
    )
    net = build(models.resnet_8((28, 28, 1), 3))
    paths, _ = quick(partial(look, net, wide, shown=1, name="x"), tmp_path)
    assert [path.stem for path in paths] == [f"x-{kind}" for kind in KINDS]


def test_pictures_of_eight_pixels_of_two_classes_of_one_unit_are_looked_at(tmp_path: Path) -> None:
    digits = _eight_pixels()
    binary = replace(
        digits,
        y_train=digits.y_train % 2,
        y_test=digits.y_test % 2,
        task="binary",
        classes=("even", "odd"),
    )
    net = build(digits_cnn((8, 8, 1), 1, spec.BinaryCrossEntropy()))
    paths, said = quick(partial(look, net, binary, shown=2, layer="conv1"), tmp_path)
    assert len(paths) == len(KINDS)
    assert "Grad-CAM in conv1" in said


def _eight_pixels() -> Dataset:
    """The digits that come with scikit-learn; without it, the middle of the shapes."""
    if importlib.util.find_spec("sklearn"):
        return data.load("digits")
    middle, small = slice(2, 10), shapes()
    parts = {part: getattr(small, part)[:, middle, middle] for part in ("x_train", "x_test")}
    return replace(small, **parts)


def test_pictures_of_every_class_come_first() -> None:
    labels = np.array([1, 1, 0, 2, 2, 0])
    np.testing.assert_array_equal(one_of_each(labels, 5), [2, 0, 3, 5, 1])
    np.testing.assert_array_equal(one_of_each(labels, 9), [2, 0, 3, 5, 1, 4])


@pytest.mark.parametrize(
    ("net", "options", "said"),
    [
        (build(mlp((12, 12, 1), 3)), {}, "model 'mlp' has no convolution"),
        (build(mlp((4,), 3)), {}, "takes (4,), no images"),
        (build(plain(3)), {}, "x has shape (1, 12, 12, 1), but the input of model 'plain' wants"),
        (build(digits_cnn((9, 9, 1), 3)), {}, "wants (N, 9, 9, 1)"),
        (build(digits_cnn((12, 12, 1))), {}, "shapes has 3 classes"),
        (build(plain()), {"layer": "dense1"}, "gives (7,), no image"),
        (build(plain()), {"layer": "conv7"}, "unknown layer of model 'plain' 'conv7'"),
        (build(plain()), {"shown": 0}, "from 1 to 12 pictures"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_before_anything_is_drawn(
    net: Network, options: dict[str, object], said: str, tmp_path: Path
) -> None:
    stage = Stage(tmp_path, quick=True)
    assert said in refusal(lambda: look(net, shapes(), stage, **options))  # type: ignore[arg-type]
    assert not stage.paths
