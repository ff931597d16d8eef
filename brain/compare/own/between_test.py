"""What is between two layers is found from the numbers, whatever made them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from brain.compare.own import between
from brain.compare.own.between import MERGING, Search, ways

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

Array = Any
IMAGES = np.random.default_rng(0).standard_normal((3, 8, 6, 4))
STEPS = np.random.default_rng(1).standard_normal((3, 7, 6))
ROWS = np.random.default_rng(2).standard_normal((3, 6))


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def pooled(x: Array, take: Callable[..., Array] = np.max) -> Array:
    n, h, w, c = x.shape
    return take(x.reshape(n, h // 2, 2, w // 2, 2, c), axis=(2, 4))


def neighbours(x: Array) -> Array:
    """The largest of each cell and those around it."""
    wide = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-np.inf)
    found: Array = np.lib.stride_tricks.sliding_window_view(wide, (3, 3), (1, 2)).max((-2, -1))
    return found


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


FOUND: dict[str, tuple[Array, Callable[[Array], Array], list[str]]] = {
    "nothing": (ROWS, lambda x: x, []),
    "relu": (ROWS, relu, ["ReLU"]),
    "a slope of its own": (ROWS, lambda x: np.where(x > 0, x, 0.17 * x), ["LeakyReLU"]),
    "relu, pool": (IMAGES, lambda x: pooled(relu(x)), ["ReLU", "MaxPool2D"]),
    "mean pool": (IMAGES, lambda x: pooled(x, np.mean), ["AvgPool2D"]),
    "relu, pool, flatten": (
        IMAGES,
        lambda x: pooled(relu(x)).reshape(3, -1),
        ["ReLU", "MaxPool2D", "Flatten"],
    ),
    "channels first": (
        IMAGES,
        lambda x: relu(x).transpose(0, 3, 1, 2).reshape(3, -1),
        ["ReLU", "Flatten in the order C, H, W"],
    ),
    "all positions": (IMAGES, lambda x: x.mean(axis=(1, 2)), ["GlobalAvgPool2D"]),
    "last step": (STEPS, lambda x: x[:, -1], ["last step"]),
    "either end": (
        STEPS,
        lambda x: np.concatenate([x[:, -1, :3], x[:, 0, 3:]], -1),
        ["last step of both directions"],
    ),
    "mean over time": (STEPS, lambda x: x.mean(axis=1), ["mean over time"]),
    "turned round": (STEPS, lambda x: x[:, ::-1], ["time backwards"]),
    "exchanged": (STEPS, lambda x: x.swapaxes(0, 1), ["batch and time exchanged"]),
    "axes": (STEPS, lambda x: x.swapaxes(1, 2), ["axes in the order D, T"]),
    "softmax": (ROWS, softmax, ["Softmax"]),
    "scaled": (ROWS, lambda x: 2 * x, ["times 2"]),
    "rows of an image": (
        IMAGES,
        lambda x: x.transpose(0, 2, 3, 1).reshape(3, 6, 32),
        ["reshape of W, C, H"],
    ),
    "zeros": (
        IMAGES,
        lambda x: np.pad(x, ((0, 0), (1, 0), (2, 1), (0, 0))),
        ["zeros around: 1, 0, 2, 1"],
    ),
    "relu, zeros": (
        IMAGES,
        lambda x: np.pad(relu(x), ((0, 0), (1, 1), (1, 1), (0, 0))),
        ["ReLU", "zeros around: 1, 1, 1, 1"],
    ),
    "zeros before a sequence": (
        STEPS,
        lambda x: np.pad(x, ((0, 0), (6, 0), (0, 0))),
        ["zeros around: 6, 0"],
    ),
    "largest of the neighbours": (IMAGES, neighbours, ["MaxPool2D"]),
    "largest of the neighbours, channels first": (
        IMAGES,
        lambda x: neighbours(x).transpose(0, 3, 1, 2).reshape(3, -1),
        ["MaxPool2D", "Flatten in the order C, H, W"],
    ),
    "a row as an image": (ROWS, lambda x: x.reshape(3, 1, 2, 3), ["reshape"]),
    "a row as an image, channels first": (
        ROWS,
        lambda x: x.reshape(3, 3, 1, 2).transpose(0, 2, 3, 1),
        ["reshape to C, H, W"],
    ),
    "part": (ROWS, lambda x: x[:, 2:5], ["[2:5] of the last axis"]),
}


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_steps_are_found_from_the_numbers(name: str, dtype: str) -> None:
    x, made, labels = FOUND[name]
    x = x.astype(dtype)
    way = Search("numpy", dtype).way([("input", x)], made(x).astype(dtype))
    assert way.known
    assert [step.label for step in way.steps] == labels


class TestMerged:
    """Two arrays put together."""

    OLD, NEW = ROWS, np.random.default_rng(3).standard_normal((3, 6))

    def way(self, target: Array) -> Any:
        return Search("numpy", "float64").way([("input", self.OLD), ("out 0", self.NEW)], target)

    def test_a_shortcut(self) -> None:
        way = self.way(relu(self.OLD + self.NEW))
        assert way.sources == ["out 0", "input"]
        assert [step.label for step in way.steps] == ["sum", "ReLU"]

    def test_a_gate(self) -> None:
        way = self.way(self.OLD / (1 + np.exp(-self.NEW)))
        assert way.sources == ["out 0", "input"]
        assert [step.label for step in way.steps] == ["Sigmoid", "product"]

    def test_what_nobody_knows_is_not_known(self) -> None:
        assert not self.way(np.sort(self.NEW * self.OLD, axis=0) ** 3).known


OTHER = np.random.default_rng(4).standard_normal((3, 7, 6))
WEIGHTS = np.random.default_rng(5).standard_normal((3, 7, 7))
GATES = np.random.default_rng(6).standard_normal((3, 4))

PUT_TOGETHER: dict[str, tuple[Array, Array, Callable[[Array, Array], Array], list[str]]] = {
    "the newer first": (
        *(STEPS, OTHER, lambda old, new: np.concatenate([new, old], -1)),
        ["side by side (the newer first)"],
    ),
    "the older first": (
        *(STEPS, OTHER, lambda old, new: np.concatenate([old, new], -1)),
        ["side by side (the older first)"],
    ),
    "the newer first, then relu": (
        *(STEPS, OTHER, lambda old, new: relu(np.concatenate([new, old], -1))),
        ["side by side (the newer first)", "ReLU"],
    ),
    "one of them after relu": (
        *(STEPS, OTHER, lambda old, new: np.concatenate([relu(old), new], -1)),
        ["ReLU", "side by side (the older first)"],
    ),
    "in time": (
        *(STEPS, OTHER, lambda old, new: np.concatenate([old, new], 1)),
        ["one after the other in time (the older first)"],
    ),
    "minus the newer": (
        *(STEPS, OTHER, lambda old, new: old - new),
        ["difference (the older first)"],
    ),
    "minus the older": (
        *(STEPS, OTHER, lambda old, new: new - old),
        ["difference (the newer first)"],
    ),
    "a factor a channel": (IMAGES, GATES, lambda x, c: x * c[:, None, None], ["product"]),
    "an offset a channel": (IMAGES, GATES, lambda x, c: x + c[:, None, None], ["sum"]),
    "squeeze and excitation": (
        *(IMAGES, GATES, lambda x, c: x / (1 + np.exp(-c[:, None, None]))),
        ["Sigmoid", "product"],
    ),
    "squeeze and excitation, hard": (
        *(IMAGES, GATES, lambda x, c: x * np.clip(c[:, None, None] / 6 + 0.5, 0, 1)),
        ["HardSigmoid", "product"],
    ),
    "scores": (
        *(STEPS, OTHER, lambda q, k: q @ k.swapaxes(1, 2)),
        ["matrix product with the second transposed (the older first)"],
    ),
    "scaled scores": (
        *(STEPS, OTHER, lambda k, q: q @ k.swapaxes(1, 2) / 6**0.5),
        ["scaled scores (the newer first)"],
    ),
    "attention": (
        *(STEPS, OTHER, lambda q, k: softmax(q @ k.swapaxes(1, 2) / 6**0.5)),
        ["scaled scores (the older first)", "Softmax"],
    ),
    "attended": (STEPS, WEIGHTS, lambda v, p: p @ v, ["matrix product (the newer first)"]),
}


@pytest.mark.parametrize("name", PUT_TOGETHER)
def test_two_arrays_are_put_together_in_an_order(name: str) -> None:
    """One step of the way is named in `MERGING`: by it the other array finds its place."""
    old, new, made, labels = PUT_TOGETHER[name]
    way = Search("numpy", "float64").way([("input", old), ("out 0", new)], made(old, new))
    assert [step.label for step in way.steps] == labels
    assert set(way.sources) == {"input", "out 0"}
    assert len([label for label in labels if label in MERGING]) == 1


class TestFew:
    """A way is looked for on some of the samples, and must hold for all."""

    MANY = np.random.default_rng(7).standard_normal((9, 9, 4))

    def labels(self, target: Array, x: Array = MANY) -> list[str]:
        return [s.label for s in Search("numpy", "float64").way([("input", x)], target).steps]

    def test_what_holds_for_the_first_ones_alone_is_not_taken(self) -> None:
        x = self.MANY.copy()
        x[:6] = np.abs(x[:6])  # ReLU, there
        assert self.labels(np.abs(x), x) == ["abs"]

    def test_samples_and_steps_exchanged_need_all(self) -> None:
        assert self.labels(relu(self.MANY).swapaxes(0, 1)) == ["ReLU", "batch and time exchanged"]

    def test_samples_and_steps_as_one_axis_need_all(self) -> None:
        x = self.MANY[:, :5]
        assert self.labels(relu(x).reshape(45, 4), x) == ["ReLU", "reshape"]


def test_when_the_time_is_over_the_way_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(between, "BUDGET", 0.0)
    search = Search("numpy", "float64")
    assert not search.way([("input", ROWS)], relu(ROWS)).known
    assert search.way([("input", ROWS)], ROWS).known


def test_numbers_without_bound_are_like_nothing_but_themselves() -> None:
    masked = np.where(WEIGHTS > 0, WEIGHTS, -np.inf)
    search = Search("numpy", "float64")
    assert not search.way([("input", WEIGHTS)], masked).known
    assert search.way([("input", WEIGHTS), ("out 0", masked)], masked).sources == ["out 0"]


def test_each_layer_has_its_way_and_the_output_too() -> None:
    leaves = [{"x": ROWS, "y": ROWS @ np.eye(6)[:, :4]}]
    leaves.append({"x": relu(leaves[0]["y"]), "y": leaves[0]["y"] - 1})
    found = ways("numpy", ROWS, leaves, softmax(leaves[1]["y"]), "float64")
    assert [way["sources"] for way in found] == [["input"], ["out 0"], ["out 1"]]
    assert [[s["label"] for s in way["steps"]] for way in found] == [[], ["ReLU"], ["Softmax"]]
