"""How every spec class is made: a frozen dataclass that checks its own fields.

`@declaration` gives a class what all of `brain.spec` shares: it is immutable, hashable and
comparable; a wrong field is refused when the object is made, with one sentence that names it; and
its class name travels in files under the key `kind`. The checking and the files are pydantic's.
"""

from __future__ import annotations

import dataclasses
import difflib
import inspect
import re
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform

from pydantic import BeforeValidator, ConfigDict, Field, Strict, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from brain.errors import UserError, shown, unknown

Declared = TypeVar("Declared", bound=type)


def plain(value: object) -> object:
    """A NumPy number as Python's own: `labels.max() + 1` is a fine number of units."""
    scalar = type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0
    return value.item() if scalar else value  # type: ignore[attr-defined]


Count = Annotated[int, BeforeValidator(plain), Field(ge=1, lt=2**63)]  # no array has more
Number = Annotated[float, BeforeValidator(plain)]
Positive = Annotated[float, BeforeValidator(plain), Field(gt=0)]
NonNegative = Annotated[float, BeforeValidator(plain), Field(ge=0)]
Fraction = Annotated[float, BeforeValidator(plain), Field(ge=0, lt=1)]
Loose = Strict(False)
"""Marks a tuple that may also be given as a list."""

_CONFIG = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
_CLASS_NAME = re.compile(r"^[A-Z]\w*$")


class _SaysWhy(type):
    """Turns pydantic's report of a wrong field into one sentence."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except ValidationError as error:
            raise UserError(sentence(error, cls)) from None


class Declaration(metaclass=_SaysWhy):
    """The base of everything that is declared; `kind` is the name of the class."""

    kind: str


@dataclass_transform(frozen_default=True)
def declaration(cls: Declared) -> Declared:
    """Make `cls`, a `Declaration`, a frozen, checked dataclass whose files carry its name."""
    annotations = inspect.get_annotations(cls)
    cls.__annotations__ = {"kind": Literal[cls.__name__], **annotations}
    cls.kind = dataclasses.field(default=cls.__name__, kw_only=True, repr=False)  # type: ignore[attr-defined]
    return checked_dataclass(frozen=True, config=_CONFIG)(cls)  # type: ignore[return-value]


def sentence(error: ValidationError, cls: type, source: str = "") -> str:
    """The first fault that pydantic found, as one sentence: `layers[2].units: ...`.

    `cls` is what was being made; `source` is the file it came from, if any.
    """
    # An unknown key explains a missing one, so it is told first.
    faults = sorted(error.errors(), key=lambda e: e["type"] != "unexpected_keyword_argument")
    fault = faults[0]
    path = _path(fault, [] if source else _keys(cls.__name__))
    classes = [part for part in fault["loc"][:-1] if _is_class(part)]
    complaint = _complaint(fault, _keys(classes[-1] if classes else cls.__name__))
    if source:
        return f"{source}: {path or cls.__name__}: {complaint}"
    return f"{cls.__name__}.{path}: {complaint}" if path else f"{cls.__name__}: {complaint}"


def _is_class(part: int | str) -> bool:
    return isinstance(part, str) and bool(_CLASS_NAME.match(part))


def _keys(class_name: str | int) -> list[str]:
    """The keys of the declarations with this name."""
    found: list[str] = []
    waiting: list[type] = [Declaration]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if cls.__name__ == class_name and dataclasses.is_dataclass(cls):
            found += [field.name for field in dataclasses.fields(cls) if field.name != "kind"]
    return found


def _path(fault: Any, positional: list[str]) -> str:
    """`("layers", 2, "Dense", "units")` as `layers[2].units`; class names are not part of it."""
    location = fault["loc"]
    names_a_key = fault["type"] in ("unexpected_keyword_argument", "missing")
    path = ""
    for place, part in enumerate(location):
        last = place == len(location) - 1
        if isinstance(part, int):
            by_position = place == 0 and part < len(positional)
            path += positional[part] if by_position else f"[{part}]"
        elif not _is_class(part) or (last and names_a_key):
            name = part if part.isidentifier() and len(part) <= 60 else _shown(part)
            path += f".{name}" if path else name
    return path if len(path) <= 200 else f"{path[:150]}...{path[-47:]}"


def _complaint(fault: Any, known: list[str]) -> str:
    kind, context, value = fault["type"], fault.get("ctx", {}), fault["input"]
    if kind == "union_tag_invalid":
        classes = re.findall(r"'(\w+)'", context["expected_tags"])
        return str(unknown("kind", context["tag"], classes))
    if kind == "union_tag_not_found":
        return "the key 'kind', which names the class, is missing."
    if kind == "unexpected_keyword_argument":
        wrong = str(fault["loc"][-1])[:100].lower()
        others = [key for key in known if key != wrong]  # another class of this name may have it
        near = difflib.get_close_matches(wrong, others, n=1)
        return f"unknown key; did you mean {near[0]!r}?" if near else "unknown key; remove it."
    if kind == "missing":
        return "this value is missing."
    if kind == "value_error":
        return f"{context['error']}"
    wanted = re.sub(r"^(Input|String|Tuple) should", "it should", fault["msg"])
    return f"{wanted}, but it is {_shown(value)}."


def _shown(value: object) -> str:
    if not isinstance(value, Declaration):
        return shown(value)
    family = type(value).__module__.rpartition(".")[2]  # two of them have a Constant
    return f"{family}.{shown(value)}"
