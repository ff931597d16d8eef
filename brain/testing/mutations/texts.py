"""Mutations of JSON and of tables: well-formed, but not what was meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from brain.testing.mutations.plain import Mutation

RAW = "raw text stands here"  # a place holder: some JSON cannot be written from Python's values

NUMBERS = (
    *("0", "-0.0", "-1", "0.5", "1.0", "1e999", "-1e999", "NaN", "-Infinity", "1e-400", "1e308"),
    *("2147483648", "9223372036854775808", "18446744073709551616"),
    *("9" * 300, "9" * 4000, "9" * 5000),
)
STRINGS = (
    *("", " ", "x", "\n", "a\nb", "\0", "\ud800", "\U0001f9e0", "é" * 70, "x" * 200_000),
    *("../../outside", "/outside", "no_such_module:Engine", "..:x", "brain:x", ":", "a\0b:c", "1"),
    *("Dense", "Sequential", "Model", "Recipe", "numpy", "cuda", "float64", "NaN", "\r\x1b[31m"),
)
OTHERS = ("null", "true", "false", "[]", "{}", "[[]]", '{"": null}', '{"kind": "Dense"}', "[null]")
DEPTHS = (2, 31, 33, 100, 180, 250, 900, 990, 5000, 100_000)
NESTS = (
    ("[", "1", "]"),
    ('{"a": ', "1", "}"),
    ('{"kind": "Sequential", "layers": [', '{"kind": "ReLU"}', "]}"),
    ('{"kind": "Residual", "body": [', "", '], "shortcut": []}'),
    ('{"kind": "LinearWarmup", "steps": 3, "after": ', "0.1", "}"),
)

Place = tuple[Any, Any]  # a list or an object, and an index or a key in it


def places(node: Any) -> Iterator[Place]:
    """Every value inside a JSON value."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in entries:
        yield node, key
        if isinstance(value, dict | list):
            yield from places(value)


def edited(content: bytes, random: np.random.Generator, edit: Any, wanted: Any = None) -> bytes:
    """The JSON after `edit(container, key)` at a random place whose value is a `wanted`.

    Raw text that `edit` returns is put in the place of `RAW`.
    """
    root = {"root": json.loads(content)}
    found = [p for p in places(root) if wanted is None or isinstance(p[0][p[1]], wanted)]
    raw = edit(*found[random.integers(len(found))]) if found else None
    text = json.dumps(root.get("root"))
    return (text.replace(json.dumps(RAW), raw) if raw else text).encode()


def _set(raw: str) -> Any:
    def edit(container: Any, key: Any) -> str:
        container[key] = RAW
        return raw

    return edit


def _one(random: np.random.Generator, of: tuple[Any, ...]) -> Any:
    return of[random.integers(len(of))]


def other_number(content: bytes, random: np.random.Generator) -> bytes:
    """A number that is negative, zero, huge, infinite or none at all, in place of a number."""
    return edited(content, random, _set(_one(random, NUMBERS)), int | float)


def other_string(content: bytes, random: np.random.Generator) -> bytes:
    """Another string: empty, long, with line ends, NULs or half a surrogate pair."""
    return edited(content, random, _set(json.dumps(_one(random, STRINGS))), str)


def other_type(content: bytes, random: np.random.Generator) -> bytes:
    """A value of any type in place of any other."""
    raw = (*NUMBERS, *OTHERS, *map(json.dumps, STRINGS))
    return edited(content, random, _set(_one(random, raw)))


def nested(content: bytes, random: np.random.Generator) -> bytes:
    """Lists, objects or layers inside each other, up to 100,000 deep."""
    opening, inside, closing = _one(random, NESTS)
    depth = _one(random, DEPTHS if len(opening) < 9 else DEPTHS[:-1])
    return edited(content, random, _set(opening * depth + inside + closing * depth))


def nested_layers(content: bytes, random: np.random.Generator) -> bytes:
    """A layer (or whatever is an object) inside so many nests of layers."""
    opening, _, closing = NESTS[int(random.integers(2, len(NESTS)))]
    depth = _one(random, DEPTHS[:-2])

    def edit(container: Any, key: Any) -> str:
        inside = json.dumps(container[key])
        return str(_set(opening * depth + inside + closing * depth)(container, key))

    return edited(content, random, edit, dict)


def without_key(content: bytes, random: np.random.Generator) -> bytes:
    """A key or an element less."""
    return edited(content, random, lambda container, key: container.pop(key) and None)


def doubled_key(content: bytes, random: np.random.Generator) -> bytes:
    """A key that stands twice in its object, once or ten thousand times over."""
    times = _one(random, (1, 1, 1, 10_000))

    def edit(container: Any, key: Any) -> str | None:
        if not isinstance(container, dict):
            container[key:key] = [container[key]] * min(times, 50)
            return None
        twice = f"{json.dumps(key)}: {json.dumps(container[key])}"
        others = "".join(f'"{n}": 0, ' for n in range(times - 1))
        container[RAW] = container.pop(key)
        return f"{json.dumps(key)}: 0, {others}{twice}, {json.dumps(key)}"

    return edited(content, random, edit)


def renamed_key(content: bytes, random: np.random.Generator) -> bytes:
    """A key with another name."""

    def edit(container: Any, key: Any) -> None:
        if isinstance(container, dict):
            container[_one(random, (key.upper(), key + "s", *STRINGS))] = container.pop(key)

    return edited(content, random, edit)


def emptied_array(content: bytes, random: np.random.Generator) -> bytes:
    """An array or an object with nothing in it."""
    return edited(content, random, _set(_one(random, ("[]", "{}"))), list | dict)


def exchanged(content: bytes, random: np.random.Generator) -> bytes:
    """The value of another place copied here."""
    values = [container[key] for container, key in places({"root": json.loads(content)})]
    return edited(content, random, _set(json.dumps(_one(random, tuple(values)))))


def recoded(content: bytes, random: np.random.Generator) -> bytes:
    """The same text in another encoding, or with a mark of byte order."""
    return content.decode().encode(_one(random, ("utf-16", "utf-32", "utf-8-sig", "utf-16-be")))


JSON: tuple[Mutation, ...] = (
    other_number,
    other_string,
    other_type,
    nested,
    nested_layers,
    without_key,
    doubled_key,
    renamed_key,
    emptied_array,
    exchanged,
    recoded,
)

CELLS = (
    *NUMBERS,
    *(s.encode("utf-8", "replace").decode() for s in STRINGS),
    *("nan", " inf", "\t-nan\n", "1_000", "1,5", "0x10", "٣", "1e", "--1", "٢٠٠٠-٠١", "\u2028"),
    *("0000-00", "2000-13", "2000-02-30", "9999-12", "1949-1", "1949-01-01T00:00", "NaT"),
)


def other_cell(content: bytes, random: np.random.Generator) -> bytes:
    """Something else in one cell, with quotes round it or without."""
    cell = _one(random, CELLS)
    cell = '"' + cell.replace('"', '""') + '"' if random.integers(2) else cell

    def edit(cells: list[str]) -> None:
        cells[random.integers(len(cells))] = cell

    return _in_a_line(content, random, edit)


def fewer_cells(content: bytes, random: np.random.Generator) -> bytes:
    """A cell less, in one line or in all."""
    if random.integers(2):
        return _in_a_line(content, random, lambda cells: cells.pop() and None)
    return b"\n".join(line.rpartition(b",")[0] for line in content.splitlines())


def more_cells(content: bytes, random: np.random.Generator) -> bytes:
    """Up to a hundred thousand more cells in a line."""
    more = ",".join([_one(random, CELLS)[:10]] * _one(random, (1, 2, 100_000)))
    return _in_a_line(content, random, lambda cells: cells.append(more))


def opened_quote(content: bytes, random: np.random.Generator) -> bytes:
    """A quote that is opened and never closed."""
    place = int(random.integers(len(content) + 1))
    return content[:place] + b'"' + content[place:]


def huge_line(content: bytes, random: np.random.Generator) -> bytes:
    """A line of 200,000 characters."""
    character = _one(random, ("1", "x", " ", "\0", "é", '"', ","))
    return _in_a_line(content, random, lambda cells: cells.__setitem__(0, character * 200_000))


def moved_line(content: bytes, random: np.random.Generator) -> bytes:
    """Lines in another order, one of them twice or gone."""
    lines = content.splitlines(keepends=True)
    line = lines.pop(random.integers(len(lines)))
    for _ in range(int(random.integers(3))):
        lines.insert(int(random.integers(len(lines) + 1)), line)
    return b"".join(lines)


def other_line_ends(content: bytes, random: np.random.Generator) -> bytes:
    """Line ends of another habit."""
    return _one(random, (b"\r", b"\r\n", b"\n\n", b"\n\r", b"\0\n", b";")).join(
        content.splitlines()
    )


def _in_a_line(content: bytes, random: np.random.Generator, edit: Any) -> bytes:
    lines = [line.split(",") for line in content.decode().splitlines()]
    edit(lines[random.integers(len(lines))])
    return "\n".join(map(",".join, lines)).encode("utf-8", "replace")


TABLE: tuple[Mutation, ...] = (
    other_cell,
    fewer_cells,
    more_cells,
    opened_quote,
    huge_line,
    moved_line,
    other_line_ends,
    recoded,
)
