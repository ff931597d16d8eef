"""What a test needs of what may be missing: a folder of another branch, a framework."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from brain.errors import UserError
from brain.names import Entry, require


def needs(name: str, table: Mapping[str, Entry]) -> None:
    """Skip the test where `name` cannot be used; the reason is the sentence that a user reads."""
    __tracebackhide__ = True  # so that the test's own line is named
    try:
        require(name, table)
    except UserError as error:
        pytest.skip(str(error))


def absence(name: str, table: Mapping[str, Entry]) -> str:
    """The sentence that says why `name` cannot be used; skip the test where it can be."""
    __tracebackhide__ = True
    try:
        require(name, table)
    except UserError as error:
        return str(error)
    pytest.skip(f"{name} is here")
