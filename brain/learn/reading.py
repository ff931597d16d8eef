"""A learner's text, read without running it."""

from __future__ import annotations

import ast
import difflib
import warnings


def parsed(text: str) -> ast.Module:
    """The syntax tree of a learner's text; what Python would warn of is not printed."""
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(text)


def imported(node: ast.AST) -> list[str]:
    """The top-level packages that a node of a syntax tree imports."""
    if isinstance(node, ast.Import):
        return [name.name.partition(".")[0] for name in node.names]
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]] if not node.level else ["(relative)"]
    return []


def nearest(name: str, text: str) -> str:
    """What in a text may have been meant by a name that is not in it."""
    there = [n.name for n in parsed(text).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    near = difflib.get_close_matches(name, there, n=1, cutoff=0.5) or there[:1]
    return f"; there is `{near[0]}`: was it renamed?" if near else ": was it deleted?"
