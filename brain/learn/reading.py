"""A learner's text, read without running it."""

from __future__ import annotations

import ast
import difflib
import sys
import warnings
from collections.abc import Collection, Iterator

from brain.learn.courses import TRACKS
from brain.learn.guard import UNHEARD

PACKAGES = ("benchmarks", "brain", "theory", *TRACKS)
"""The folders of this project, whose files an exercise may neither import nor read."""
FOREIGN = ("torch", "tensorflow", "keras", "jax", "cupy", "sklearn", "scipy", "pandas", "autograd")
"""Packages that hold solutions of exercises."""
RELATIVE = "(relative)"


def parsed(text: str) -> ast.Module:
    """The syntax tree of a learner's text; what Python would warn of is not printed."""
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(text)


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The modules that a syntax tree imports, anywhere in it, and the lines where it does; of
    `from a import b` both `a` and `a.b`, which may be one.

    An import relative to the file's own folder is `RELATIVE`.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        if isinstance(node, ast.ImportFrom):
            module = (node.module or "") if not node.level else RELATIVE
            yield module, node.lineno
            yield from ((f"{module}.{name.name}", node.lineno) for name in node.names)


def fault(text: str, uses: Collection[str]) -> tuple[str, int]:
    """Why a text cannot be run, and the line, or "": Python cannot read it, or it imports what is
    neither in `uses`, nor Python's own library without what holds solutions."""
    try:
        tree = parsed(text)
    except SyntaxError as error:
        line = error.lineno or 0
        return f"Python cannot read line {line}: {error.msg}", line
    except (ValueError, RecursionError, MemoryError):
        return "Python cannot read it: a zero byte, or too many things inside one another", 0
    library = sys.stdlib_module_names - UNHEARD - {*PACKAGES, *FOREIGN}
    for module, line in imported(tree):
        package = module.partition(".")[0]
        if package == RELATIVE:
            return "it imports from beside itself: write from exercises.scratch ... import", line
        if package not in {*uses, "exercises"} | library:
            with_ = " and ".join(uses)
            return f"it imports {package}: this exercise is written with {with_} alone", line
    return "", 0


def nearest(name: str, text: str) -> str:
    """What in a text may have been meant by a name that is not in it."""
    body = parsed(text).body
    there = [n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    there += [target.id for n in body if isinstance(n, ast.Assign) for target in n.targets
              if isinstance(target, ast.Name)]  # fmt: skip
    near = difflib.get_close_matches(name, there, n=1, cutoff=0.5) or there[:1]
    return f"; there is `{near[0]}`: was it renamed?" if near else ": was it deleted?"
