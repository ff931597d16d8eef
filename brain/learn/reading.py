"""A learner's text, read without running it."""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Iterator


def parsed(text: str) -> ast.Module:
    """The syntax tree of a learner's text; what Python would warn of is not printed."""
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(text)


RELATIVE = "(relative)"


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The modules that a syntax tree imports, anywhere in it, and the lines where it does.

    An import relative to the file's own folder is `RELATIVE`.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield (node.module or "") if not node.level else RELATIVE, node.lineno


def nearest(name: str, text: str) -> str:
    """What in a text may have been meant by a name that is not in it."""
    there = [n.name for n in parsed(text).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    near = difflib.get_close_matches(name, there, n=1, cutoff=0.5) or there[:1]
    return f"; there is `{near[0]}`: was it renamed?" if near else ": was it deleted?"
