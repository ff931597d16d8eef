"""One recipe on real handwritten digits; an engine's own tests subclass `Learning`.

class TestLearning(Learning):
    engine = "torch"
"""

from __future__ import annotations

from typing import ClassVar

import pytest

from brain import data
from brain.engine import build
from brain.recipes import recipe_for
from brain.training import train

EPOCHS = 5


class Learning:
    """The MLP 784-128-10 with the project's default recipe."""

    engine: ClassVar[str]

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
