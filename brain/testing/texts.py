"""A small text, its characters, and language models for them: what tests of writing share."""

from __future__ import annotations

from typing import Any

from brain import spec
from brain.data import Vocabulary

VERSE = "".join(f"the {a}at sat on the {b}at, and then?\n" for a in "bcfhmprs" for b in "mhcr") * 30
VOCABULARY = Vocabulary.of("\n abcdefghijklmnopqrstuvwxyz.,?")


def writer(reading: Any, length: int = 12, size: int = len(VOCABULARY)) -> spec.Model:
    """A language model over `size` characters around the layers `reading`."""
    layers = (spec.Embedding(size, 8), *reading, spec.Dense(size, init=spec.init.Glorot()))
    return spec.Model("writer", (length,), layers, spec.SoftmaxCrossEntropy())
