"""What the tests of the reader of users' own models share: how a model is made and asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import nn

from brain.compare.own.leaves import Array, Leaf, Pass
from brain.compare.tolerances import error
from brain.randomness import generator
from torch_nn.own.model import TorchOwnModel

IMAGES, SEQUENCES, ROWS = (2, 7, 6, 4), (3, 5, 4), (5, 6)

given: Any = None
"""What the factory of the test that runs is."""


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small networks: with more threads, most of the time would go into waiting."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def opened(factory: Any, dtype: str = "float64", seed: int = 0) -> TorchOwnModel:
    """The reader on a factory of these tests."""
    global given
    given = factory
    return TorchOwnModel(f"{__name__}:given", dtype, seed)


def drawn(*shape: int, seed: int = 0) -> Array:
    return generator(seed, "x").standard_normal(shape)


def ids(*shape: int, below: int = 11) -> Array:
    return generator(0, "ids").integers(0, below, shape)


def ran(model: TorchOwnModel, x: Array, training: bool = True) -> tuple[Pass, Array]:
    """A pass and back, and the dy that was drawn for it."""
    output = model.run(x, training).output
    assert output is not None
    dy = drawn(*output.shape, seed=1)
    return model.run(x, training, dy), dy


def close(found: Array, right: Array, within: float = 1e-12) -> None:
    assert found.shape == right.shape
    assert error(found, right) < within


def only(make: Callable[[], nn.Module], shape: tuple[int, ...]) -> tuple[TorchOwnModel, Leaf]:
    """The reader on a model of one layer, and its leaf after a pass."""
    model = opened(make)
    (leaf,) = model.run(
        ids(*shape) if make().__class__ is nn.Embedding else drawn(*shape), True
    ).leaves
    return model, leaf


class Net(nn.Module):
    """Whatever `forward` does with the layers in `parts`."""

    def __init__(self, parts: dict[str, nn.Module], forward: Callable[..., Any]) -> None:
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)
        self.way = forward

    def forward(self, x: Any) -> Any:
        return self.way(self, x)


def named(found: Pass) -> dict[str, Leaf]:
    return {leaf.name: leaf for leaf in found.leaves}
