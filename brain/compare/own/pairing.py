"""Which layer of one model is which in the other: by order, kind, shapes and names."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from brain.compare.own.leaves import Leaf
from brain.errors import UserError, brief, unknown

ALIKE = (
    {"BatchNorm", "LayerNorm", "GroupNorm", "RMSNormalization"},
    {"RNN", "LSTM", "GRU", "Bidirectional"},
)
"""Kinds of which one is put for the other by mistake."""

KIND, FAMILY, SHAPE, NAME = 4.0, 1.0, 4.0, 1.0
"""What speaks for two layers being the same: how much each sign counts."""


@dataclass
class Pairing:
    """The places of the layers that are one another's, in the first model's order; and the rest."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    alone: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))


def paired(
    mine: Sequence[Leaf],
    theirs: Sequence[Leaf],
    given: Mapping[str, str] | None = None,
    sources: Sources | None = None,
) -> Pairing:
    """Pair the layers that have parameters: those `given` by name, then the likeliest others.

    First those of one kind and shape, in the order of their calls as far as it goes, then in any;
    then those of one kind. `sources` decides between layers that look alike.
    """
    own, other = ([i for i, leaf in enumerate(s) if holds(leaf)] for s in (mine, theirs))
    pairs = [put(mine, theirs, a, b) for a, b in (given or {}).items()]
    for side in (0, 1):
        places = [pair[side] for pair in pairs]
        for place in places:
            if places.count(place) > 1:
                leaf = (mine, theirs)[side][place]
                raise UserError(f"--map names {leaf.name} twice; a layer has one counterpart.")

    def rest() -> tuple[list[int], list[int]]:
        """What has no counterpart yet."""
        taken = {a for a, _ in pairs}, {b for _, b in pairs}
        return [i for i in own if i not in taken[0]], [j for j in other if j not in taken[1]]

    fixed = len(pairs)
    pairs += aligned(mine, theirs, *rest(), alike=True)
    for i in rest()[0]:
        same = [j for j in rest()[1] if signature(theirs[j]) == signature(mine[i])]
        pairs += [(i, j) for j in same[:1]]
    pairs += aligned(mine, theirs, *rest(), alike=False)
    if sources:
        exchange(pairs, fixed, mine, sources)
    pairs.sort()
    return Pairing(pairs, rest())


Sources = tuple[Sequence[int | None], Sequence[int | None]]
"""Of either model, for each layer the one that feeds it; -1 for the input, None if unknown."""


def exchange(
    pairs: list[tuple[int, int]], fixed: int, mine: Sequence[Leaf], sources: Sources
) -> None:
    """Exchange counterparts of one kind and shape while more pairs are fed by pairs.

    Branches may be called in any order, and their layers look alike: what feeds them does not. The
    first `fixed` pairs stay.
    """

    def fed() -> int:
        known = {(-1, -1), *pairs}
        return sum((sources[0][a], sources[1][b]) in known for a, b in pairs)

    best, moved = fed(), True
    kinds = {a: str(signature(mine[a])) for a, _ in pairs}
    while moved and best < len(pairs):
        moved = False
        for i in range(fixed, len(pairs)):
            for j in range(i + 1, len(pairs)):
                (a, b), (c, d) = pairs[i], pairs[j]
                if kinds[a] != kinds[c]:
                    continue
                pairs[i], pairs[j] = (a, d), (c, b)
                if (now := fed()) > best:
                    best, moved = now, True
                else:
                    pairs[i], pairs[j] = (a, b), (c, d)


def holds(leaf: Leaf) -> bool:
    """Whether a layer holds anything that would have to be copied."""
    return bool(leaf.parameters or leaf.state or leaf.unmapped)


def signature(leaf: Leaf) -> tuple[object, ...]:
    return leaf.label, {name: array.shape for name, array in leaf.parameters.items()}


def likeness(a: Leaf, b: Leaf) -> float:
    """How much speaks for two layers being the same; 0 where nothing does."""
    if a.label == b.label:
        found = KIND
    elif any({a.label, b.label} <= family for family in ALIKE):
        found = FAMILY
    else:
        return 0.0
    if signature(a)[1] == signature(b)[1]:
        found += SHAPE
    elif {k: v.ndim for k, v in a.parameters.items()} != {
        k: v.ndim for k, v in b.parameters.items()
    }:
        found -= FAMILY / 2
    return found + NAME * difflib.SequenceMatcher(None, a.name.lower(), b.name.lower()).ratio()


def aligned(
    mine: Sequence[Leaf],
    theirs: Sequence[Leaf],
    own: Sequence[int],
    other: Sequence[int],
    alike: bool,
) -> list[tuple[int, int]]:
    """The pairs that keep both orders and have the largest likeness in sum; `alike` ones alone are
    of one kind and shape.

    The alignment of two sequences by dynamic programming (Needleman and Wunsch 1970), gaps free.
    """
    best = [[0.0] * (len(other) + 1) for _ in range(len(own) + 1)]
    score = [
        [
            0.0
            if alike and signature(mine[i]) != signature(theirs[j])
            else likeness(mine[i], theirs[j])
            for j in other
        ]
        for i in own
    ]
    for i in range(len(own) - 1, -1, -1):
        for j in range(len(other) - 1, -1, -1):
            both = best[i + 1][j + 1] + score[i][j] if score[i][j] > 0 else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    i = j = 0
    found = []
    while i < len(own) and j < len(other):
        if score[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + score[i][j]:
            found.append((own[i], other[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def unlike(a: Leaf, b: Leaf, titles: tuple[str, str]) -> str:
    """Why the arrays of one cannot go into the other; empty where they can.

    `titles` are what the two models are called.
    """
    mine, theirs = (f"{leaf.name} of {title}" for leaf, title in zip((a, b), titles, strict=True))
    for name in (name for name in a.parameters if name in b.parameters):
        shapes = a.parameters[name].shape, b.parameters[name].shape
        if shapes[0] != shapes[1]:
            return (
                f"{name} is {shapes[0]} in {mine}, {shapes[1]} in {theirs}: "
                "their shapes cannot match"
            )
    if lacking := sorted(a.parameters.keys() ^ b.parameters.keys()):
        return f"only {mine if lacking[0] in a.parameters else theirs} has a {lacking[0]}"
    if a.unmapped or b.unmapped:
        arrays = ", ".join(a.unmapped or b.unmapped)
        where = mine if a.unmapped else theirs
        return f"no known layout: {arrays} of {where}; port it and use --keep-weights"
    return ""


def put(mine: Sequence[Leaf], theirs: Sequence[Leaf], a: str, b: str) -> tuple[int, int]:
    """The places of two layers that are named, in whichever order; UserError for an unknown one."""
    own, other = ([leaf.name for leaf in side] for side in (mine, theirs))
    if a not in own and a in other and b in own:
        a, b = b, a
    for name, known in ((a, own), (b, other)):
        if name not in known:
            raise unknown("layer in --map", name, known)
    found = own.index(a), other.index(b)
    kinds = mine[found[0]].label, theirs[found[1]].label
    if kinds[0] != kinds[1] and not any(set(kinds) <= family for family in ALIKE):
        raise UserError(f"--map puts {a}, a {kinds[0]}, and {b}, a {kinds[1]}, together.")
    return found


def read_map(path: Path) -> dict[str, str]:
    """The pairs of a TOML file: `"features.0" = "conv2d"`, a layer's name in either model.

    UserError where it cannot be read, or holds anything else.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise UserError(f"--map {path} is no TOML: it is no text.") from None
    except OSError as error:
        raise UserError(f"--map {path}: {brief(error)}") from None
    except tomllib.TOMLDecodeError as error:
        hint = 'names stand in quotes, as "fc.0" = "dense_3"'
        raise UserError(f"--map {path} is no TOML: {brief(error)}; {hint}.") from None
    for name, other in found.items():
        if isinstance(other, dict):
            raise UserError(
                f"--map {path}: {name} is a table; write the names of two layers in quotes, as "
                '"fc.0" = "dense_3", without headings.'
            )
        if not isinstance(other, str):
            raise UserError(f"--map {path}: {name} stands for {other!r}, not for a layer's name.")
    return found
