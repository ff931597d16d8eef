"""One recipe on real handwritten digits; an engine's own tests subclass `Learning`.

class TestLearning(Learning):
    engine = "torch"
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from brain import data, spec
from brain.data import Dataset
from brain.engine import build
from brain.randomness import generator
from brain.recipes import recipe_for
from brain.training import train

EPOCHS = 5


class Learning:
    """The MLP 784-128-10 with the project's default recipe."""

    engine: ClassVar[str]

    def test_varied_pictures_are_the_same_as_numpys(self) -> None:
        """Augmentation is drawn in `brain`, by step: two engines see the same pictures."""
        x = generator(0, "pictures").random((40, 6, 5, 2), dtype=np.float32)
        y = np.arange(40) % 3
        pictures = Dataset("p", x, y, x[:5], y[:5], "classification", ("a", "b", "c"), "pictures")
        varied = (spec.Crop(2), spec.Flip(), spec.Shift(1), spec.Cutout(3))
        model = spec.Model(
            "m", (6, 5, 2), (spec.Flatten(), spec.Dense(3)), spec.SoftmaxCrossEntropy()
        )
        losses = []
        for engine, augmentation in ((self.engine, varied), ("numpy", varied), ("numpy", ())):
            net = build(model, engine, dtype="float64")
            steps = train(net, pictures, batch_size=16, epochs=4, augmentation=augmentation)
            losses.append([float(step.loss) for step in steps])
        np.testing.assert_allclose(losses[0], losses[1], rtol=1e-10)
        assert not np.allclose(losses[1], losses[2], rtol=1e-3)

    @pytest.mark.parametrize(
        ("name", "epochs", "wanted"), [("digits", 5, 0.96), ("mnist", 5, 0.975)]
    )
    def test_reads_handwritten_digits(self, name: str, epochs: int, wanted: float) -> None:
        if not data.describe(name).available():
            pytest.skip(f"the data set {name} is not here: brain data get {name}")
        dataset = data.load(name)
        recipe = recipe_for("mlp", dataset, epochs=EPOCHS)
        net = build(recipe.model, self.engine, seed=recipe.seed, optimizer=recipe.optimizer)
        for step in train(net, dataset, batch_size=recipe.batch_size, epochs=EPOCHS):
            metrics = step.metrics
        assert metrics["accuracy"] >= wanted
