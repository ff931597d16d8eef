"""k-nearest neighbours: against loops and against scikit-learn's brute force."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from brain.errors import UserError
from brain.randomness import generator
from scratch.classic.knn import KNearestNeighbours
from scratch.testing.tables import CLASSES, table

DRAW = generator(0, "nearest neighbours tests")
X, Y, NEW = DRAW.standard_normal((70, 3)), DRAW.integers(0, 4, 70), DRAW.standard_normal((30, 3))


@pytest.mark.parametrize("k", [1, 2, 3, 5, 7, 35, 36, 69, 70])
@pytest.mark.parametrize("at_once", [1, 500, 10**6])
def test_the_loops_find_the_same(k: int, at_once: int) -> None:
    model = KNearestNeighbours(k, at_once=at_once).fit(X, Y)
    distance, nearest = model.neighbours(NEW)
    share = model.predict_proba(NEW)
    for m, new in enumerate(NEW):
        far = [float(np.sqrt(sum((new - x) ** 2))) for x in X]
        order = sorted(range(70), key=far.__getitem__)[:k]
        assert nearest[m].tolist() == order
        np.testing.assert_allclose(distance[m], [far[n] for n in order], rtol=1e-12)
        np.testing.assert_allclose(share[m], [np.mean(Y[order] == c) for c in range(4)])


@pytest.mark.parametrize("k", [1, 5, 10])
@pytest.mark.parametrize("standard", [False, True], ids=["as measured", "standard"])
@pytest.mark.parametrize("name", CLASSES)
def test_it_finds_what_scikit_learn_finds(name: str, standard: bool, k: int) -> None:
    """Of samples equally far away, as on a grid, either may be the last that counts."""
    x, y = table(name, standard=standard)
    from sklearn.neighbors import KNeighborsClassifier

    train, new = x[::2], x[1::2]
    theirs = KNeighborsClassifier(k, algorithm="brute").fit(train, y[::2])
    ours = KNearestNeighbours(k).fit(train, y[::2])
    far, _ = theirs.kneighbors(new, k + 1)
    np.testing.assert_allclose(ours.neighbours(new)[0], far[:, :k], rtol=1e-6, atol=1e-6)
    clear = far[:, k] - far[:, k - 1] > 1e-9 * far[:, k]
    assert clear.mean() > 0.75
    np.testing.assert_allclose(
        ours.predict_proba(new[clear]), theirs.predict_proba(new[clear]), atol=1e-12
    )
    assert ours.predict(new[clear]).tolist() == theirs.predict(new[clear]).tolist()
    assert np.mean(ours.predict(new) == theirs.predict(new)) > 0.995  # of the others nearly all


def test_of_equal_votes_the_lowest_class_wins() -> None:
    model = KNearestNeighbours(2).fit([[0.0], [1.0]], [9, 3])
    assert model.predict([[0.2], [0.9]]).tolist() == [3, 3]


def test_samples_far_from_zero_lose_no_digits() -> None:
    distance, _ = KNearestNeighbours(1).fit(X + 1e6, Y).neighbours(NEW + 1e6)
    near, _ = KNearestNeighbours(1).fit(X, Y).neighbours(NEW)
    np.testing.assert_allclose(distance, near, rtol=1e-6)


@pytest.mark.parametrize("outlier", [1e9, 1e140])
def test_an_outlier_spoils_nothing(outlier: float) -> None:
    x = np.concatenate([DRAW.random((99, 2)), [[outlier, outlier]]])
    _, nearest = KNearestNeighbours(1).fit(x, np.arange(100) % 2).neighbours(x)
    assert nearest[:, 0].tolist() == list(range(100))


def test_memory_does_not_grow_with_the_questions() -> None:
    model = KNearestNeighbours(3, at_once=10_000).fit(X, Y)

    def peak(count: int) -> int:
        x = np.zeros((count, 3))
        tracemalloc.start()
        model.predict(x)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    # all distances of 40,000 questions are 22 MB; a question and its answer take 24 + 128 bytes
    assert peak(40_000) < 40_000 * 70 * 8


def test_k_larger_than_n() -> None:
    with pytest.raises(UserError, match=r"k is 5, but x holds 3 rows only: take a k of at most 3"):
        KNearestNeighbours(5).fit(X[:3], [0, 1, 0])
    with pytest.raises(UserError, match="k must be a whole number from 1"):
        KNearestNeighbours(0)
