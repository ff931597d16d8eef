"""Writing a text: one character after another, each drawn by what a model expects.

    net = Store("models").open("char-gru-hamlet").network()
    reader = NetworkReader(net)
    for i in written(reader, vocabulary.encode("To be"), 400, Sampling(0.8), seed=0):
        print(vocabulary.characters[i], end="")

The same for every engine, and for anything else that foretells characters. theory/language.md
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.data.texts import Vocabulary
from brain.engine import Network
from brain.errors import UserError, shown
from brain.randomness import generator

Array = NDArray[Any]

GRID = 2.0**-16
"""Logits are rounded to multiples of this, 15 millionths, before anything is chosen."""


class Reader(Protocol):
    """Whatever reads characters and says what it expects next."""

    @property
    def size(self) -> int:
        """How many characters there are."""

    def read(self, character: int) -> Array:
        """Read one character's id; the logits `(V,)` of what follows it and all before it."""


@dataclass(frozen=True)
class Sampling:
    """How a character is chosen by its logits.

    They are divided by the `temperature`: below 1 the likely becomes likelier, above 1 all become
    more alike, and at 0 the likeliest is taken (of several, the one with the lowest id). With
    `top_k` only the k likeliest can be drawn.
    """

    temperature: float = 1.0
    top_k: int | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise UserError(
                f"the temperature must be a number, 0 or more, not {self.temperature}: 0 takes "
                "the likeliest character, 1 draws as the model expects."
            )
        if self.top_k is not None and self.top_k < 1:
            raise UserError(
                f"top-k must be 1 or more, not {self.top_k}; leave it out to draw from all."
            )

    def probabilities(self, logits: Array) -> NDArray[np.float64]:
        """With what probability each character is drawn: logits `(V,)` to float64 `(V,)`.

        Engines round differently, a float32 logit by some millionths. What is equal by
        mathematics, say two characters that were never seen, must not be told apart by that, so
        logits are rounded to a `GRID`, and of equal ones the lowest id comes first. No rounding
        can do more: where a draw falls within rounding of the border between two characters, or
        two different logits stand astride one of the grid's, two engines may still choose
        differently. The chance of that is some millionths a character.
        """
        size = len(logits)
        if self.top_k is not None and self.top_k > size:
            raise UserError(
                f"top-k is {self.top_k}, and the model knows {size} characters: choose {size} or "
                "fewer."
            )
        z = np.rint(np.asarray(logits, dtype=np.float64) / GRID) * GRID
        if not math.isfinite(z.max()):
            raise UserError("the model's answer is not finite: its training has diverged.")
        order = np.argsort(-z, kind="stable")
        kept = np.zeros(size)
        kept[order[: 1 if self.temperature == 0 else self.top_k]] = 1  # theory/language.md (10)
        with np.errstate(over="ignore"):  # at a temperature near 0: exp(-inf) is the 0 it should be
            e = kept * np.exp((z - z[order[0]]) / (self.temperature or 1.0))  # (9)
        return e / e.sum()

    def choose(self, logits: Array, draw: float) -> int:
        """The id of a character: that in whose share of [0, 1) the number `draw` lies."""
        sums = np.cumsum(self.probabilities(logits))
        return int(np.searchsorted(sums, draw * sums[-1], side="right"))


def written(
    reader: Reader, prompt: Sequence[int] | Array, length: int, sampling: Sampling, seed: int = 0
) -> Iterator[int]:
    """The ids of `length` characters that follow the `prompt`, each as soon as it is chosen.

    The first is drawn from all characters alike where the prompt is empty. The same seed gives the
    same draws whatever reads.
    """
    if length < 1:
        raise UserError(f"the length must be 1 character or more, not {length}.")
    if sampling.top_k is not None:
        sampling.probabilities(np.zeros(reader.size))  # refused before anything is written
    return _written(reader, prompt, length, sampling, seed)


def _written(
    reader: Reader, prompt: Iterable[int], length: int, sampling: Sampling, seed: int
) -> Iterator[int]:
    draws = generator(seed, "written text")
    logits = np.zeros(reader.size)
    for character in prompt:
        logits = reader.read(int(character))
    for done in range(1, length + 1):
        character = sampling.choose(logits, draws.random())
        yield character
        if done < length:
            logits = reader.read(character)


class NetworkReader:
    """A language model that reads a character at a time, its recurrent state carried along.

    `net` is one that foretells the next of several characters, whatever their number; it is built
    anew for one, in the same engine. UserError for one that cannot read so.
    """

    def __init__(self, net: Network) -> None:
        self._one = type(net)(one_step(net.model), dtype=net.dtype.name, device=net.device)
        self._one.load_parameters(net.parameters())
        self._one.load_state(net.state())
        self._carry: dict[str, Array] = {}

    @property
    def size(self) -> int:
        return self._one.model.output_shape[-1]

    def read(self, character: int) -> Array:
        """`h` is what it was after the character before. theory/language.md (8)"""
        x = np.array([[character]])  # (N, T) = (1, 1)
        logits, self._carry = self._one.predict(x, carry=self._carry, return_carry=True)
        return logits.reshape(-1)  # (1, 1, V), or (1, V) where only the last step has an answer


def one_step(model: spec.Model) -> spec.Model:
    """A language model `(T,)`, ids to logits, for one character at a time: the same parameters.

    UserError for a model that takes no ids, reads from the end too, or is made for one length.
    """
    if model.ids is None or model.loss != spec.SoftmaxCrossEntropy():
        raise UserError(
            f"{model.name} is no language model: that takes the ids of characters and foretells "
            "the next, as char-gru does."
        )
    if any(isinstance(node.layer, spec.Bidirectional) for node in model.walk()):
        raise UserError(
            f"{model.name} reads from the end too, so it cannot write what it has not read yet; "
            "take a model that reads forwards, as char-gru."
        )
    if model.output_shape[-1] != model.ids:
        raise UserError(
            f"{model.name} cannot write: it reads {model.ids} characters and answers with "
            f"{model.output_shape[-1]} classes."
        )
    try:
        one = replace(model, input_shape=(1,))
        same = one.parameters() == model.parameters()
    except UserError:
        same = False
    if not same:
        raise UserError(
            f"{model.name} reads {model.input_shape[0]} characters at once and no fewer, so it "
            "cannot write one after another; take a recurrent model, as char-gru."
        )
    return one


def vocabulary_of(classes: Sequence[str], model: spec.Model) -> Vocabulary:
    """The characters that a language model's ids stand for, by its run's `classes`; or UserError.

    UserError as `one_step` has it, and for classes that are no characters.
    """
    one_step(model)
    if len(classes) != model.ids or any(len(name) != 1 for name in classes):
        raise UserError(
            f"{model.name} is no model of a text: it was trained on {len(classes)} classes, "
            f"{shown(list(classes[-3:]))} among them, that are not single characters."
        )
    return Vocabulary("".join(classes))


def prompt_ids(vocabulary: Vocabulary, prompt: str) -> NDArray[np.int64]:
    """The ids of a prompt; for an empty one, that of a line's end, so that a line begins.

    Nothing where the vocabulary has no line's end either. UserError for characters that the model
    never saw, all of them named.
    """
    strange = sorted(set(prompt) - set(vocabulary.characters))
    if strange:
        listed = ", ".join(repr(c) for c in strange[:10]) + (", ..." if len(strange) > 10 else "")
        raise UserError(
            f"the model never saw {listed} of the prompt; it knows "
            f"{shown(vocabulary.characters, 120)}."
        )
    return vocabulary.encode(prompt or ("\n" if "\n" in vocabulary.characters else ""))
