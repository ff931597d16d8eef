"""Stubs from solutions, answers with mistakes from solutions."""

from __future__ import annotations

import pytest

from brain.regions import changed, filled, marked, place, stub
from brain.testing.refusals import refusal

TEXT = '''from scratch.week1.day1.sigmoid import sigmoid
from brain.errors import UserError


class Layer:
    def forward(self, x):
        """Return x w."""
        # <solution>
        self.x = x
        return x @ self.w
        # </solution>

    def backward(self, dy):
        # <solution>
        return self.x.T @ dy
        # </solution>


# <solution>
A = 1
# </solution>
'''


def test_a_stub_has_none_of_the_regions_and_all_else() -> None:
    assert (
        stub(TEXT)
        == '''from exercises.scratch.day1.sigmoid import sigmoid
from brain.errors import UserError


class Layer:
    def forward(self, x):
        """Return x w."""
        raise NotImplementedError("your code here")

    def backward(self, dy):
        raise NotImplementedError("your code here")


raise NotImplementedError("your code here")
'''
    )
    compile(stub(TEXT), "stub", "exec")


def test_a_stub_is_no_solution_and_has_no_region() -> None:
    assert marked(TEXT)
    assert not marked(stub(TEXT))
    assert not marked(filled(TEXT))


def test_filled_is_the_solution_without_marks() -> None:
    text = filled(TEXT)
    assert "solution>" not in text
    assert "exercises.scratch.day1.sigmoid" in text
    assert text.count("\n") == TEXT.count("\n") - 6
    assert "        self.x = x\n        return x @ self.w\n\n    def backward" in text


@pytest.mark.parametrize("mark", ["        # <solution>\n", "    # </solution>\n"])
def test_a_mark_without_a_partner_is_refused(mark: str) -> None:
    text = refusal(lambda: stub(TEXT + mark))
    assert text == "a mark of a solution's region has no partner."


def test_a_mistake_changes_the_regions_alone() -> None:
    text = changed(TEXT, {"self.x.T @ dy": "dy @ self.x.T", "x @ self.w": "x"})
    assert text == filled(TEXT).replace("self.x.T @ dy", "dy @ self.x.T").replace("x @ self.w", "x")
    assert '"""Return x w."""' in changed(TEXT, {"return x @": "return 1 + x @"})


@pytest.mark.parametrize(("old", "times"), [("sigmoid", 0), ("self.x", 2), ("x w", 0)])
def test_a_mistake_that_is_not_there_once_is_refused(old: str, times: int) -> None:
    text = refusal(lambda: changed(TEXT, {old: ""}))
    assert text == f"{old!r} stands {times} times in the solution, not once."


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("scratch/week1/day1/sigmoid.py", "exercises/scratch/day1/sigmoid.py"),
        ("tf_nn/lessons/day12/a_b.py", "exercises/tf_nn/day12/a_b.py"),
        ("scratch/week1/day6/gradient_check.py", "exercises/scratch/day6/gradient_check.py"),
        ("scratch/week1/gates.py", None),
        ("scratch/layers/dense.py", None),
        ("a/scratch/week1/day1/sigmoid.py", None),
    ],
)
def test_where_a_stub_goes(path: str, to: str | None) -> None:
    assert place(path) == to
