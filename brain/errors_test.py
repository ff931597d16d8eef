"""What a file holds is quoted in a sentence of one line, however much it is."""

from __future__ import annotations

import pytest

from brain.errors import brief, shown, unknown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\nb", r"'a\nb'"),
        (3, "3"),
        ([1, 2], "[1, 2]"),
        ("x" * 10_000_000, "'xxx"),
        (list(range(10_000)), "[0, 1, 2, 3, 4, 5, ...]"),
        (10**4000, "1000"),
    ],
)
def test_a_value_is_shown_briefly(value: object, text: str) -> None:
    assert shown(value).startswith(text)
    assert len(shown(value)) <= 60
    assert shown(value).isprintable()


def test_a_value_may_be_nested_as_deep_as_it_likes() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert shown(deep) == "[[[[[[[...]]]]]]]"
    while deep:  # undone from outside: freeing it is recursive too
        deep = deep.pop()  # type: ignore[assignment]


def test_what_a_library_says_is_brief() -> None:
    assert brief(ValueError("two\nlines\tand \x1b[31m red")) == "two lines and  [31m red"
    assert brief(EOFError()) == "EOFError"
    assert brief("x" * 1000) == "x" * 197 + "..."


def test_an_unknown_name_is_one_short_sentence() -> None:
    known = [f"layer{number}.weight" for number in range(1000)]
    text = str(unknown("parameter", "x" * 1_000_000, known))
    assert len(text) < 600
    assert text.endswith("...")
    near = unknown("engine", "torhc", ["numpy", "torch"])
    assert str(near) == "unknown engine 'torhc'; did you mean 'torch'? Known: numpy, torch."
    assert "did you mean 'fc'" in str(unknown("layer", "fd", ["fc", "logits"]))
    far = unknown("demo", "nonsense", ["linear", "sees"])
    assert str(far) == "unknown demo 'nonsense'. Known: linear, sees."
