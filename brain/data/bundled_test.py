"""Iris and digits, where scikit-learn is installed; one clear sentence where it is not."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from brain.data import describe, fetch, load
from brain.data.bundled import has_scikit_learn
from brain.errors import UserError

needs_scikit_learn = pytest.mark.skipif(
    not has_scikit_learn(), reason="scikit-learn, an optional extra, is not installed"
)


@needs_scikit_learn
def test_iris_is_in_centimetres_and_balanced() -> None:
    data = load("iris")
    assert (data.x_train.shape, data.x_test.shape) == ((120, 4), (30, 4))
    assert (data.task, data.outputs) == ("classification", 3)
    assert data.classes == ("setosa", "versicolor", "virginica")
    assert np.bincount(data.y_test).tolist() == [10, 10, 10]
    x = np.concatenate([data.x_train, data.x_test])
    np.testing.assert_allclose(x.mean(axis=0), [5.8433, 3.0573, 3.758, 1.1993], atol=1e-3)


@needs_scikit_learn
def test_digits_are_images_from_0_to_1() -> None:
    data = load("digits")
    assert (data.x_train.shape, data.x_test.shape) == ((1438, 8, 8, 1), (359, 8, 8, 1))
    assert (data.x_train.min(), data.x_train.max()) == (0.0, 1.0)
    assert data.outputs == 10
    share = np.bincount(np.concatenate([data.y_train, data.y_test])) * 359 / 1797
    assert np.all(np.abs(np.bincount(data.y_test) - share) < 1)


@needs_scikit_learn
@pytest.mark.parametrize("name", ["iris", "digits"])
def test_a_seed_decides_the_split(name: str) -> None:
    first, again, other = load(name, seed=1), load(name, seed=1), load(name, seed=2)
    np.testing.assert_array_equal(first.x_test, again.x_test)
    assert not np.array_equal(first.x_test, other.x_test)
    assert len(load(name, test_fraction=0.5).x_test) in (75, 898)
    assert fetch(name) == ()


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_without_scikit_learn_the_error_says_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert not describe(name).available()
    for action in (load, fetch):
        with pytest.raises(UserError, match=r'pip install "inside-ai-brain\[sklearn\]"'):
            action(name)
