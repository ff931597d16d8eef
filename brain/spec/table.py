"""A model as a table: layer, output shape, parameters, FLOPs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from brain.spec.layers import Layer

if TYPE_CHECKING:
    from brain.spec.model import Model, Node


def table(model: Model) -> str:
    """The model's table as text, one row a layer, the layers of a nest set in."""
    head = ("layer", "", "output shape", "parameters", "FLOPs")
    rows = list(_rows(model.nodes))
    parameters = sum(math.prod(info.shape) for info in model.parameters().values())
    foot = ("total", "", "", f"{parameters:,}", f"{model.flops():,}")
    widths = [max(len(row[i]) for row in (head, *rows, foot)) for i in range(len(head))]
    rule = "-" * (sum(widths) + 2 * len(widths) - 2)
    title = f"{model.name}: {model.input_shape} to {model.output_shape}, {describe(model.loss)}"
    body = [_line(head, widths), rule, *(_line(row, widths) for row in rows), rule]
    return "\n".join([title, "", *body, _line(foot, widths)])


def _rows(nodes: tuple[Node, ...], inside: str = "", depth: int = 0) -> Iterator[tuple[str, ...]]:
    for node in nodes:
        own = sum(math.prod(info.shape) for info in node.parameters.values())
        yield (
            "  " * depth + node.name.removeprefix(inside),
            describe(node.layer),
            str(node.output_shape),
            f"{own:,}",
            f"{node.flops:,}",
        )
        for nested in node.nests.values():
            yield from _rows(nested, f"{node.name}.", depth + 1)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
    return "  ".join(left + right).rstrip()


def describe(declared: object) -> str:
    """A declaration as one would write it, leaving out defaults and the layers inside it."""
    parts = []
    for field in dataclasses.fields(declared):  # type: ignore[arg-type]
        value = getattr(declared, field.name)
        inside = isinstance(value, tuple) and any(isinstance(part, Layer) for part in value)
        if field.name == "kind" or inside or value == field.default:
            continue
        required = field.default is dataclasses.MISSING
        shown = describe(value) if dataclasses.is_dataclass(value) else repr(value)
        parts.append(shown if required else f"{field.name}={shown}")
    return f"{type(declared).__name__}({', '.join(parts)})"
