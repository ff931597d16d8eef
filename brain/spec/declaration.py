"""How every spec class is made: a frozen dataclass that checks its own fields.

`@declaration` gives a class what all of `brain.spec` shares: it is immutable, hashable and
comparable; a wrong field is refused when the object is made, with one sentence that names it; and
its class name travels in files under the key `kind`. The checking and the files are pydantic's.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import inspect
import re
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform

from pydantic import ConfigDict, Field, Strict, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from brain.errors import UserError, unknown

Declared = TypeVar("Declared", bound=type)

Count = Annotated[int, Field(ge=1)]
Steps = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Loose = Strict(False)
"""Marks a tuple that may also be given as a list."""

_CONFIG = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
_CLASS_NAME = re.compile(r"^[A-Z]\w*$")


@dataclass_transform(frozen_default=True)
def declaration(cls: Declared) -> Declared:
    """Make `cls` a frozen, checked dataclass whose files carry its name under `kind`."""
    annotations = inspect.get_annotations(cls)
    cls.__annotations__ = {"kind": Literal[cls.__name__], **annotations}
    cls.kind = dataclasses.field(default=cls.__name__, kw_only=True, repr=False)  # type: ignore[attr-defined]
    cls.__doc__ = cls.__doc__ or cls.__name__
    made = checked_dataclass(frozen=True, config=_CONFIG)(cls)
    checked_init = made.__init__

    @functools.wraps(checked_init)
    def init_or_say_why(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            checked_init(self, *args, **kwargs)
        except ValidationError as error:
            raise UserError(sentence(error, made)) from None

    made.__init__ = init_or_say_why  # type: ignore[method-assign]
    return made  # type: ignore[return-value]


def sentence(error: ValidationError, cls: type, source: str = "") -> str:
    """The first fault that pydantic found, as one sentence: `layers[2].units: ...`.

    `cls` is what was being made; `source` is the file it came from, if any.
    """
    # An unknown key explains a missing one, so it is told first.
    faults = sorted(error.errors(), key=lambda e: e["type"] != "unexpected_keyword_argument")
    names = [field.name for field in dataclasses.fields(cls) if field.name != "kind"]
    path = _path(faults[0]["loc"], [] if source else names)
    missing = [str(e["loc"][-1]) for e in faults if e["type"] == "missing"]
    complaint = _complaint(faults[0], missing or names)
    if source:
        return f"{source}: {path or cls.__name__}: {complaint}"
    return f"{cls.__name__}.{path}: {complaint}" if path else f"{cls.__name__}: {complaint}"


def _path(location: tuple[int | str, ...], positional: list[str]) -> str:
    """`("layers", 2, "Dense", "units")` as `layers[2].units`; class names are not part of it."""
    path = ""
    for place, part in enumerate(location):
        if isinstance(part, int):
            by_position = place == 0 and part < len(positional)
            path += positional[part] if by_position else f"[{part}]"
        elif not _CLASS_NAME.match(part):
            path += f".{part}" if path else part
    return path


def _complaint(fault: Any, known: list[str]) -> str:
    kind, context, value = fault["type"], fault.get("ctx", {}), fault["input"]
    if kind == "union_tag_invalid":
        classes = re.findall(r"'(\w+)'", context["expected_tags"])
        return str(unknown("kind", context["tag"], classes))
    if kind == "union_tag_not_found":
        return "the key 'kind', which names the class, is missing."
    if kind == "unexpected_keyword_argument":
        near = difflib.get_close_matches(str(fault["loc"][-1]), known, n=1)
        return f"unknown key; did you mean {near[0]!r}?" if near else "unknown key; remove it."
    if kind == "missing":
        return "this value is missing."
    if kind == "value_error":
        return f"{context['error']}"
    wanted = re.sub(r"^(Input|String) should", "it should", fault["msg"])
    return f"{wanted}, but it is {_shown(value)}."


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
