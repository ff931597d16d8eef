"""What a framework tells of a user's own model: its layers one by one, in the canonical form.

Each framework's folder has a subclass of `OwnModel`; nothing of a framework is known here.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from brain import spec
from brain.errors import UserError, brief, unknown
from brain.parameters import Arrays

Array = NDArray[Any]


@dataclass
class Leaf:
    """One call of one layer, its arrays in the canonical names and layouts (theory/README.md).

    `name` is the framework's own (`features.0`; the second call of a layer is `fc#2`), `kind` its
    class there (`Conv2d`), `label` what both frameworks' layers of that kind are called here: the
    declaration's kind, or Keras's name where there is no declaration (`Conv1D`). `layer` declares
    what it computes; `options` says in words what it does otherwise than `layer` says, as
    `{"recurrent_activation": "hard_sigmoid"}`. `unmapped` are its arrays that have no canonical
    counterpart.

    Of a pass: `x` and `y`, the layer's input and output, `(N, ...)`; `d_x` the gradient of the
    input through this call alone (a shortcut around it does not count), None for token ids and in a
    pass without gradients, zeros where none comes through; `gradients` those of its parameters
    (all calls of the layer added up, at its first call; a parameter that gets none has zeros);
    `next_state` the running statistics after a pass in training.
    """

    name: str
    kind: str
    label: str
    layer: spec.Layer | None
    x: Array
    y: Array
    options: dict[str, str] = field(default_factory=dict)
    parameters: Arrays = field(default_factory=dict)
    state: Arrays = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)
    d_x: Array | None = None
    gradients: Arrays = field(default_factory=dict)
    next_state: Arrays = field(default_factory=dict)


@dataclass
class Pass:
    """One pass through a model: its leaves in the order of their calls, and what came out.

    `x` and `output` are the model's, in the canonical layouts, `d_input` the gradient of `x`.
    `loose` are parameters that belong to no leaf (a module's own `nn.Parameter` beside its layers),
    `idle` layers that were never called, `held` sources of randomness that were held still.
    `stopped` says why the pass came no further than its last leaf; empty where it came to its end.
    """

    leaves: list[Leaf]
    x: Array
    output: Array | None
    d_input: Array | None = None
    loose: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    stopped: str = ""


class OwnModel(ABC):
    """A user's own model, made by a factory in float64 or float32, and asked pass by pass.

    Dropout and every other stock source of randomness is held still (`Pass.held` names them).
    """

    framework: str
    """What users call it: `PyTorch`, `Keras`."""

    def __init__(self, factory: str, dtype: str, seed: int) -> None:
        """Make the model that `module:factory` or `path/file.py:factory` gives.

        UserError where there is none, it raises, or it gives something else than a model.
        """
        self.factory, self.dtype, self.seed = factory, dtype, seed

    @abstractmethod
    def run(self, x: Array, training: bool, dy: Array | None = None) -> Pass:
        """One pass; with `dy`, shaped like the output, the gradients of sum(output * dy) too.

        `x` is canonical: `(N, H, W, C)`, `(N, T, D)`, `(N, T)` token ids, `(N, D)`. The model is
        afterwards as it was, running statistics included. Where the user's code raises in the
        middle, the leaves so far and `stopped`; UserError where not even one layer was reached.
        """

    @abstractmethod
    def write(self, name: str, parameters: Arrays, state: Arrays) -> None:
        """Set a leaf's arrays, by canonical names; UserError for a name or shape it has not."""

    @abstractmethod
    def alone(
        self,
        name: str,
        x: Array,
        dy: Array,
        parameters: Arrays,
        state: Arrays,
        training: bool,
    ) -> Arrays:
        """One leaf by itself, as `brain.compare.causes.alone.quantities` gives it: `output`,
        `d_input` (none for ids), `d_weight` ..., `next running_mean` ... (in training).

        Its arrays are afterwards what they were before.
        """


def made(option: str, factory: str, kind: type, wanted: str) -> Any:
    """The model that `module:name` or `path/file.py:name` gives: a function, a class, or itself.

    UserError, which names `option` and `factory`, where nothing is there, it raises, or it gives
    something else than a `kind` (`wanted`, in words).
    """
    said = f"{option} {factory}"
    own = next((pair for pair in OPTIONS if pair[1] == option), None)
    found = loaded(option, factory)
    for _ in range(2):  # a function may give a class
        if isinstance(found, kind) or not callable(found) or _foreign(found) not in (None, own):
            break
        with told(said, "a factory is called without arguments"):
            found = found()
    if (other := _foreign(found)) and other[1] != option:
        raise UserError(f"{said} is a {other[0]} model: give it to {other[1]}.")
    if not isinstance(found, kind):
        raise UserError(f"{said} gave {found!r:.60}, not {wanted}.")
    return found


OPTIONS = (("PyTorch", "--torch"), ("Keras", "--keras"))


def _foreign(found: Any) -> tuple[str, str] | None:
    """The framework that a model is of, and its option; None where it is of no known one."""
    classes = (found if isinstance(found, type) else type(found)).__mro__
    names = {(c.__module__.partition(".")[0], c.__name__) for c in classes}
    if ("torch", "Module") in names:
        return OPTIONS[0]
    return OPTIONS[1] if ("keras", "Layer") in names else None


def loaded(option: str, factory: str) -> Any:
    """What `module:name` or `path/file.py:name` stands for; `option` names it in errors.

    A file's own folder is importable from then on, as when Python runs it.
    """
    place, _, name = factory.rpartition(":")
    if not (place and name):
        raise UserError(f"{option} takes module:factory or path/file.py:factory, not {factory!r}.")
    said = f"{option} {factory}"
    path = Path(place).resolve() if place.endswith(".py") else None
    if path and not path.is_file():
        raise UserError(f"{said}: there is no file {place}.")
    if path:
        sys.path.insert(0, str(path.parent))
    with told(said):
        module = importlib.import_module(path.stem if path else place)
    if path and Path(module.__file__ or "").resolve() != path:
        raise UserError(f"{said}: another module is called {path.stem!r}; rename the file.")
    if not hasattr(module, name):
        names = [n for n, value in vars(module).items() if callable(value) and n[:1] != "_"]
        raise unknown(f"factory in {place}", name, names)
    return getattr(module, name)


@contextmanager
def told(said: str, hint: str = "") -> Iterator[None]:
    """Whatever a user's code raises, even to end the process, as one sentence: what, and where.

    `hint` is added where the call itself failed, before any line of the user's code was reached.
    """
    try:
        yield
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        lines = traceback.extract_tb(error.__traceback__)
        inside = [f for f in lines if f.filename != __file__ and f.filename[:1] != "<"]
        own = [f for f in inside if "site-packages" not in f.filename and "importlib" not in f.name]
        where = f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
        hint = f"; {hint}" if hint and not inside else ""
        raise UserError(f"{said}: {type(error).__name__}: {brief(error)}{where}{hint}") from None
