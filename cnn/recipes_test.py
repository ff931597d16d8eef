"""Every recipe of the vision track, in its quick mode, in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

from brain import data
from brain.engine import build
from brain.recipe_files import make, path_of
from brain.testing.recipe_suite import Recipes
from brain.testing.refusals import refusal
from cnn.models import lenet


class TestRecipes(Recipes):
    engine = "numpy"
    only = "cnn"


@pytest.mark.parametrize(
    ("data_set", "words"),
    [
        ("digits", "lenet cannot take the rows of digits: "),  # 8x8: too small for its kernels
        ("moons", "lenet cannot take the rows of moons: "),
    ],
)
def test_images_of_a_size_that_a_model_cannot_take_are_one_sentence(
    tmp_path: Path, data_set: str, words: str
) -> None:
    if not data.describe(data_set).available():
        pytest.skip(f"the data set {data_set} is not here")
    text = path_of("lenet-mnist").read_text(encoding="utf-8").replace('"mnist"', f'"{data_set}"')
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    message = refusal(lambda: make(str(path)))
    assert message.startswith(f"{path}: {words}")


@pytest.mark.parametrize("shape", [(32, 32, 3), (28, 28, 3), (14, 14, 1), (28, 28)])
def test_images_that_are_not_the_networks_are_one_sentence(shape: tuple[int, ...]) -> None:
    net = build(lenet())
    text = refusal(lambda: net.predict(np.zeros((2, *shape))))
    assert f"(2, {', '.join(map(str, shape))})" in text
    assert "(N, 28, 28, 1)" in text
