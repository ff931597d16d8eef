"""The digits of day 7's checks are scikit-learn's own, and their parts are all of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brain import regions
from brain.learn.checking import FAILED, Checker
from brain.learn.courses import found, tasks
from brain.learn.folder import Folder
from brain.learn.rooms import Rooms
from scratch.week1 import digits


def test_the_parts_are_scikit_learns_digits() -> None:
    whole = pytest.importorskip("sklearn.datasets").load_digits()
    shown = np.arange(len(whole.target)) % 7 < 3
    pictures, labels, others = digits.samples()
    np.testing.assert_array_equal(pictures, whole.data[shown] / 16)
    np.testing.assert_array_equal(labels, whole.target[shown])
    np.testing.assert_array_equal(others, whole.data[~shown] / 16)
    np.testing.assert_array_equal(digits.held_out_labels(), whole.target[~shown])
    assert len(labels) == digits.TRAINED


def test_where_scikit_learn_is_missing_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="not installed; install it with"):
        digits.samples()


@pytest.mark.parametrize(
    "look",
    [
        "sys.modules['scratch.week1.digits'].held_out_labels()",
        "open(sys.modules['scratch.week1.digits'].__file__)",
    ],
)
def test_an_answer_cannot_look_up_the_labels(tmp_path: Path, look: str) -> None:
    pytest.importorskip("sklearn")
    (task,) = found(["train_digits"], tasks())
    text = regions.filled(task.solution).replace(
        "    losses = []\n", f"    {look}\n    losses = []\n"
    )
    assert look in text
    with Rooms() as rooms:
        result = Checker(Folder(tmp_path, remembers=False), rooms).run(task, "import sys\n" + text)
    assert result.status == FAILED
    assert result.says.startswith("it read the solution")
