"""What a user sees who does something wrong: one sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from brain.errors import UserError


def refusal(call: Callable[[], object]) -> str:
    """The one sentence with which `call` is refused; the test fails if it is none."""
    with pytest.raises(UserError) as caught:
        call()
    text = str(caught.value)
    assert text
    assert "\n" not in text
    return text
