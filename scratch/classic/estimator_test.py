"""What every classic algorithm says of what it cannot use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from brain.errors import UserError
from scratch.classic.estimator import Classifier, Estimator, Regressor
from scratch.classic.knn import KNearestNeighbours
from scratch.classic.linear import LinearRegression
from scratch.classic.logistic import LogisticRegression
from scratch.classic.naive_bayes import GaussianNaiveBayes
from scratch.classic.network import OneHiddenLayer

REGRESSORS: list[Callable[[], Regressor]] = [
    LinearRegression,
    lambda: LinearRegression(method="descent"),
]
CLASSIFIERS: list[Callable[[], Classifier]] = [
    LogisticRegression,
    lambda: KNearestNeighbours(2),
    GaussianNaiveBayes,
    lambda: OneHiddenLayer(3, epochs=2),
]
X, Y = np.array([[0.0, 1.0], [2.0, 0.5], [1.0, 4.0], [3.0, 3.0]]), np.array([0, 1, 1, 0])

every = pytest.mark.parametrize("make", [*REGRESSORS, *CLASSIFIERS])
each_classifier = pytest.mark.parametrize("make", CLASSIFIERS)

NAN = X.copy()
NAN[2, 1] = np.nan
INFINITE = X.copy()
INFINITE[0, 0] = np.inf
WRONG_ROWS = {
    "empty": (np.zeros((0, 2)), [], r"x is empty, its shape is \(0, 2\)"),
    "an empty list": ([], [], r"x is empty, its shape is \(0,\)"),
    "no columns": (np.zeros((4, 0)), Y, r"x is empty, its shape is \(4, 0\)"),
    "NaN": (NAN, Y, r"x holds 1 values that are NaN or infinite, the first at \(2, 1\)"),
    "infinite": (INFINITE, Y, r"x holds 1 values that are NaN or infinite, the first at \(0, 0\)"),
    "one axis": ([1.0, 2.0, 3.0, 4.0], Y, r"x has shape \(4,\).* try x\[:, None\]"),
    "pictures": (np.zeros((4, 8, 8)), Y, r"x has shape \(4, 8, 8\).* x.reshape\(len\(x\), -1\)"),
    "ragged": ([[1.0], [1.0, 2.0]], [0, 1], "rows differ in length"),
    "text": ([["a"], ["b"]], [0, 1], "wanted real numbers"),
    "too large": (1e200 * X, Y, r"x holds numbers as large as 4e\+200, too large to be squared"),
    "barely too large": (1e150 * X, Y, r"x holds numbers as large as .* none is above 4e\+149"),
    "too few answers": (X, Y[:3], "y holds 3 answers, but x holds 4 rows"),
}


@every
@pytest.mark.parametrize("fault", WRONG_ROWS)
def test_what_fit_refuses(make: Callable[[], Estimator], fault: str) -> None:
    x, y, message = WRONG_ROWS[fault]
    with pytest.raises(UserError, match=message):
        make().fit(x, y)  # type: ignore[arg-type]


@every
def test_what_predict_refuses(make: Callable[[], Estimator]) -> None:
    with pytest.raises(UserError, match=r"has learned nothing yet: call fit\(x, y\) first"):
        make().predict(X)
    model = make().fit(X, Y)
    with pytest.raises(UserError, match="x has 3 columns, but the rows of fit had 2"):
        model.predict(np.zeros((1, 3)))
    with pytest.raises(UserError, match="NaN"):
        model.predict(NAN)
    with pytest.raises(UserError, match="x holds numbers as large as"):
        model.predict(1e200 * X)
    with pytest.raises(UserError, match="y holds 1 answers, but x holds 4 rows"):
        model.score(X, [0])


@each_classifier
def test_what_classifiers_refuse(make: Callable[[], Classifier]) -> None:
    with pytest.raises(UserError, match="y holds one class only, 3: a classifier needs two"):
        make().fit(X, [3, 3, 3, 3])
    with pytest.raises(UserError, match="y must hold classes, whole numbers"):
        make().fit(X, [0.5, 1, 1, 0])
    with pytest.raises(UserError, match=r"y has shape \(4, 1\), but one class a row is wanted"):
        make().fit(X, Y[:, None])
    with pytest.raises(UserError, match="y holds 1 values that are NaN"):
        make().fit(X, [0, 1, np.nan, 0])
    for wrong in (2**63, -(2**63)):
        with pytest.raises(UserError, match=r"y must hold classes below 2\*\*63"):
            make().fit(X, np.array([0, 1, 1, wrong], float))
    with pytest.raises(UserError, match=r"y must hold classes below 2\*\*63"):
        make().fit(X, np.array([0, 1, 1, 2**63], np.uint64))


@pytest.mark.parametrize("make", REGRESSORS)
def test_what_regressors_refuse(make: Callable[[], Regressor]) -> None:
    with pytest.raises(UserError, match="y holds 1 values that are NaN"):
        make().fit(X, [0, 1, np.nan, 0])
    with pytest.raises(UserError, match=r"y has shape \(4, 1, 1\), but numbers are wanted"):
        make().fit(X, Y[:, None, None])
    with pytest.raises(UserError, match="y holds numbers as large as"):
        make().fit(X, 1e200 * Y)


@pytest.mark.parametrize("make", REGRESSORS)
def test_score_takes_answers_in_the_shape_of_fit_alone(make: Callable[[], Regressor]) -> None:
    """(N,) and (N, 1) would be taken for (N, N) differences."""
    with pytest.raises(UserError, match=r"y has shape \(4, 1\), but the answers have \(4,\)"):
        make().fit(X, Y).score(X, Y[:, None])
    assert make().fit(X, Y[:, None]).score(X, Y[:, None]) == make().fit(X, Y).score(X, Y)


@every
@pytest.mark.parametrize("scale", [1e-170, 1e-300, 1e100, 1e148])
def test_numbers_of_any_size_give_finite_answers_or_a_sentence(
    make: Callable[[], Estimator], scale: float
) -> None:
    with np.errstate(all="ignore"):
        try:
            answer = make().fit(scale * X, Y).predict(scale * X)
        except UserError:
            return
    assert np.isfinite(answer).all()


@each_classifier
def test_a_classifier_answers_in_its_classes(make: Callable[[], Classifier]) -> None:
    model = make().fit(X, np.where(Y, 5, -3))
    share = model.predict_proba(X)
    assert share.shape == (4, 2)
    np.testing.assert_allclose(share.sum(axis=1), 1)
    assert model.predict(X).tolist() == model.classes[share.argmax(axis=1)].tolist()
    assert model.score(X, model.predict(X)) == 1


@every
def test_a_column_that_does_not_vary_does_no_harm(make: Callable[[], Estimator]) -> None:
    model = make().fit(np.column_stack([X, np.full(4, 2.0)]), Y)
    assert np.isfinite(model.predict(np.column_stack([X, np.full(4, 2.0)]))).all()


@every
def test_whole_numbers_and_float32_are_computed_in_float64(make: Callable[[], Estimator]) -> None:
    whole = np.array([[0, 1], [2, 5], [1, 4], [3, 3]])
    expected = make().fit(whole.astype(float), Y).predict(whole.astype(float))
    for kind in (np.int64, np.float32):
        given = whole.astype(kind)
        np.testing.assert_array_equal(make().fit(given, Y).predict(given), expected)
