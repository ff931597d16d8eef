"""Twenty pairs of models as users write them: the verdict, the layer and the cause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from brain.compare.own.held import Comparison, Held
from brain.compare.own.sides import Side
from brain.errors import UserError
from brain.names import ENGINES, READERS
from brain.testing.pairs import COMPANION_SHAPE, PAIRS, Pair
from brain.testing.present import needs
from brain.worker import Worker

FAULTY = [pair for pair in PAIRS if pair.answer == "differs"]
ENOUGH = 14
"""Of sixteen causes; the table below says which of them are right today."""


@pytest.fixture(scope="module")
def workers() -> Iterator[dict[str, Worker]]:
    """A process for NumPy, PyTorch and Keras each."""
    for engine in ("torch", "tensorflow"):
        needs(engine, ENGINES)
    found = {engine: Worker(engine, threads=1) for engine in ("numpy", "torch", "tensorflow")}
    yield found
    for worker in found.values():
        worker.close()


@pytest.fixture(scope="module")
def found(workers: dict[str, Worker]) -> dict[int, Held]:
    """What is found of every pair."""
    return {pair.number: held(pair, workers) for pair in PAIRS}


def held(pair: Pair, workers: dict[str, Worker]) -> Held:
    random = np.random.default_rng(pair.number)
    x: Any = random.standard_normal((5, *pair.shape))
    if pair.vocabulary:
        x = random.integers(0, pair.vocabulary, (5, *pair.shape))
    return compared(workers, pair.torch, pair.keras, x)


def compared(
    workers: dict[str, Worker], torch: str, keras: str, x: Any, given: dict[str, str] | None = None
) -> Held:
    sides = []
    for option, factory in (("torch", torch), ("keras", keras)):
        engine, reader = READERS[option]
        sides.append(Side(workers[engine], workers["numpy"], reader, factory, "float64", 0))
    return Comparison(sides[0], sides[1], x, given or {}).run()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair.number))
def test_verdict(found: dict[int, Held], pair: Pair) -> None:
    assert found[pair.number].verdict.answer == pair.answer


@pytest.mark.parametrize("pair", FAULTY, ids=lambda pair: str(pair.number))
def test_layer(found: dict[int, Held], pair: Pair) -> None:
    first = found[pair.number].verdict.first
    words = first.replace(",", " ").split()
    assert pair.layer in words, first


@pytest.mark.parametrize("pair", FAULTY, ids=lambda pair: str(pair.number))
def test_cause(found: dict[int, Held], pair: Pair) -> None:
    cause = found[pair.number].verdict.cause.lower()
    assert any(word in cause for word in pair.causes), cause


def test_clean_pairs_have_nothing_to_tell(found: dict[int, Held]) -> None:
    for pair in PAIRS:
        if pair.answer == "equal":
            verdict = found[pair.number].verdict
            assert (verdict.first, verdict.cause) == ("", "")


class TestCompanions:
    """What cannot be compared, or in part only, is told with the name at fault."""

    X = np.random.default_rng(0).standard_normal((6, *COMPANION_SHAPE))

    def held(self, workers: dict[str, Worker], name: str, **given: Any) -> Held:
        modules = (module.partition(":")[0] for module in (PAIRS[0].torch, PAIRS[0].keras))
        torch, keras = (f"{module}:{name}" for module in modules)
        return compared(workers, torch, keras, given.pop("x", self.X), **given)

    def test_shapes_that_cannot_match(self, workers: dict[str, Worker]) -> None:
        found = self.held(workers, "other_shapes")
        verdict = found.verdict
        assert verdict.answer == "differs"
        assert verdict.cause == (
            "weight is (8, 6) in 0 of PyTorch, (8, 7) in "
            f"{found.rows[0].theirs} of Keras: their shapes cannot match"
        )

    def test_a_model_that_is_random(self, workers: dict[str, Worker]) -> None:
        found = self.held(workers, "random_noise")
        assert found.verdict.answer == "differs"
        assert found.verdict.cause == "PyTorch: what goes into fc2 is random in evaluation"
        assert found.rows[0].evaluation.answer == "equal"  # type: ignore[union-attr]

    def test_a_model_that_fails_on_the_way(self, workers: dict[str, Worker]) -> None:
        found = self.held(workers, "fails_late")
        assert "PyTorch: after act, in fc2 (Linear), which was given (6, 6)" in found.verdict.cause
        assert [row.mine for row in found.rows] == ["fc1"]

    def test_a_step_that_nobody_can_follow(self, workers: dict[str, Worker]) -> None:
        found = self.held(workers, "untraceable")
        assert found.verdict.answer == "equal"
        assert "PyTorch: what goes into fc2 could not be followed" in found.notes

    def test_a_factory_that_raises(self, workers: dict[str, Worker]) -> None:
        with pytest.raises(UserError, match=r"--torch .*:raises: ValueError: no weights here"):
            self.held(workers, "raises")

    def test_no_model(self, workers: dict[str, Worker]) -> None:
        with pytest.raises(UserError, match=r"--torch .*:no_model gave"):
            self.held(workers, "no_model")

    def test_a_map_that_names_nothing(self, workers: dict[str, Worker]) -> None:
        with pytest.raises(UserError, match="unknown layer in --map 'fc9'; did you mean 'fc2'"):
            self.held(workers, "untraceable", given={"fc9": "dense"})

    def test_numbers_for_token_ids(self, workers: dict[str, Worker]) -> None:
        pair = PAIRS[5]
        with pytest.raises(UserError, match=r"embedding .*takes token ids"):
            compared(workers, pair.torch, pair.keras, self.X)

    def test_whole_numbers_for_others(self, workers: dict[str, Worker]) -> None:
        found = self.held(workers, "untraceable", x=np.arange(48).reshape(6, 8))
        assert found.verdict.answer == "equal"

    def test_what_shows_only_with_larger_numbers(self, workers: dict[str, Worker]) -> None:
        verdict = self.held(workers, "clipped").verdict
        assert verdict.answer == "differs"
        assert verdict.quantities["outputs"].answer == "equal"
        assert verdict.quantities["outputs, input times 1000"].answer == "differs"
        assert "ReLU6" in verdict.cause

    def test_dropout_as_a_function_is_held_still(self, workers: dict[str, Worker]) -> None:
        verdict = self.held(workers, "dropped").verdict
        assert verdict.answer == "differs"
        assert verdict.quantities["gradients"].answer == "differs"
        assert verdict.first == "between fc2 and fc3, backward"
        assert "PyTorch: no gradient comes back from fc3 to fc2" in verdict.cause

    def test_noise_in_training_leaves_it_undecided(self, workers: dict[str, Worker]) -> None:
        verdict = self.held(workers, "shaken").verdict
        assert verdict.answer == "undecided"
        assert verdict.quantities["outputs"].answer == "equal"
        assert verdict.first == ""
