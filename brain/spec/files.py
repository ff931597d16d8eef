"""Declarations as JSON files: `{"format": 1, "kind": "Model", ...}`.

Every object carries its class under `kind`. Nothing is guessed: an unknown key, a missing one, a
value out of range or a newer format is refused, and the sentence names the path of the key.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from brain.errors import UserError, brief, shown
from brain.outputs import write_whole
from brain.spec.declaration import sentence

FORMAT = 1
"""The version of the file format; raised when an older reader would misread a newer file."""

Declared = TypeVar("Declared")


def to_json(declared: Any) -> str:
    """Any declaration as JSON text, its format version first."""
    fields = TypeAdapter(type(declared)).dump_python(declared, mode="json")
    return json.dumps({"format": FORMAT, **fields}, indent=1) + "\n"


def from_json(cls: type[Declared], text: str | bytes, source: str = "the text") -> Declared:
    """The declaration of class `cls` that `to_json` wrote; `source` names it in errors."""
    try:
        fields = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, source))
    except UserError:
        raise
    except (ValueError, RecursionError) as error:
        raise UserError(f"{source}: this is not JSON ({brief(error)}).") from None
    if not isinstance(fields, dict):
        raise UserError(f"{source}: a {cls.__name__} is a JSON object, {{...}}.")
    _check_format(fields.pop("format", None), source)
    if fields.get("kind") != cls.__name__:
        raise UserError(
            f"{source}: kind: it should be {cls.__name__!r}, not {shown(fields.get('kind'))}."
        )
    try:
        return TypeAdapter(cls).validate_json(json.dumps(fields))
    except RecursionError:
        raise UserError(f"{source}: this is nested too deep to be a {cls.__name__}.") from None
    except ValidationError as error:
        raise UserError(sentence(error, cls, source)) from None


def _object(pairs: list[tuple[str, Any]], source: str) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise UserError(f"{source}: the key {shown(twice)} stands twice in one object.")
    return fields


def _check_format(version: object, source: str) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise UserError(
            f"{source}: format: it should be a version number from 1, not {shown(version)}."
        )
    if version > FORMAT:
        raise UserError(
            f"{source}: format: the file has version {shown(version)}, and this program reads up "
            f"to {FORMAT}; update it with: pip install --upgrade inside-ai-brain"
        )


def save(declared: Any, path: str | os.PathLike[str]) -> None:
    """Write a declaration to a file, whole or not at all."""
    write_whole(path, to_json(declared))


def load(cls: type[Declared], path: str | os.PathLike[str]) -> Declared:
    """Read a declaration of class `cls` from a file."""
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {os.fspath(path)}: {error.strerror}.") from None
    return from_json(cls, text, os.fspath(path))
