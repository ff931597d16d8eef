"""What a probe asks with, in the process that runs a learner's file, and what that file imports."""

from __future__ import annotations

import importlib.abc
import importlib.util
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from brain.errors import brief
from brain.learn.answers import as_array, told
from brain.learn.exercise import Answer
from brain.randomness import generator


class AbsentError(Exception):
    """A name that the probe wants is not in the learner's file."""


class Asking:
    """Asks an answer, and notes what it says. See `brain.learn.exercise.Ask`."""

    def __init__(self, seed: int) -> None:
        self.draw = generator(seed, "probe")
        self.given: Any = None
        self.answers: list[Answer] = []
        self.label = ""

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        given = [copied(argument) for argument in arguments]
        name = getattr(function, "__name__", type(function).__name__)
        self.label = f"{name}({', '.join(brief(told(one, 70), 70) for one in arguments)})"
        result = function(*given)
        arrays = [array for one in arguments if (array := as_array(one)) is not None]
        lengths = tuple(n for array in arrays for n in array.shape)
        changes = any(not same(*pair) for pair in zip(arguments, given, strict=True))
        self.answers.append(Answer(self.label, frozen(result), lengths, changes))
        self.label = ""
        return result

    def note(self, label: str, value: Any) -> None:
        self.answers.append(Answer(label, frozen(value)))


def copied(argument: Any) -> Any:
    """A copy of an array, or of a list with its arrays; anything else as it is."""
    if type(argument) in (list, tuple):
        return type(argument)(copied(part) for part in argument)
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def frozen(value: Any) -> Any:
    """A value as it is now: what a file does to an array later does not count."""
    array = as_array(value)
    if array is not None:
        return array if array.shape or isinstance(value, np.ndarray) else array[()]
    for kind in (list, tuple):
        if isinstance(value, kind):
            return kind(frozen(part) for part in value)
    return {k: frozen(v) for k, v in value.items()} if isinstance(value, dict) else value


def same(before: Any, after: Any) -> bool:
    """Whether an argument is what it was."""
    if isinstance(before, np.ndarray):
        return before.shape == after.shape and before.tobytes() == after.tobytes()
    if type(before) in (list, tuple):
        return len(before) == len(after) and all(map(same, before, after))
    return not isinstance(before, int | float | str) or bool(before == after)


class Named:
    """A learner's module; a name that is not in it is `AbsentError`, not a fault of the probe."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._module, name)
        except AttributeError:
            raise AbsentError(name) from None


class Neighbours(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds other exercises, `exercises.scratch.day1.sigmoid`, in texts that were given."""

    def __init__(self, texts: dict[str, tuple[str, str]]) -> None:
        self.texts = texts
        self.packages = {
            name.rsplit(".", n)[0] for name in texts for n in range(1, name.count(".") + 1)
        }

    def find_spec(self, fullname: str, path: object, target: object = None) -> Any:
        if fullname.partition(".")[0] != "exercises":
            return None
        if fullname in self.texts or fullname in self.packages:
            package = fullname in self.packages
            return importlib.util.spec_from_loader(fullname, self, is_package=package)
        says = f"this exercise does without {fullname!r}: if it is an earlier one, pass that first"
        raise ModuleNotFoundError(says, name=fullname)

    def get_source(self, fullname: str) -> str:
        return self.texts.get(fullname, ("", ""))[1]

    def is_package(self, fullname: str) -> bool:
        return fullname in self.packages
