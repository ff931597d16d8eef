"""Gaussian naive Bayes: against scikit-learn, and where columns do not vary."""

from __future__ import annotations

import numpy as np
import pytest

from brain.errors import UserError
from scratch.classic.naive_bayes import GaussianNaiveBayes
from scratch.testing.tables import CLASSES, table


@pytest.mark.parametrize("standard", [False, True], ids=["as measured", "standard"])
@pytest.mark.parametrize("name", CLASSES)
def test_it_says_what_scikit_learn_says(name: str, standard: bool) -> None:
    x, y = table(name, standard=standard)
    from sklearn.naive_bayes import GaussianNB

    theirs, ours = GaussianNB().fit(x, y), GaussianNaiveBayes().fit(x, y)
    np.testing.assert_allclose(ours.mean, theirs.theta_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.variance, theirs.var_, rtol=1e-9)
    np.testing.assert_allclose(
        ours.predict_log_proba(x), theirs.predict_log_proba(x), rtol=1e-6, atol=1e-6
    )
    assert ours.predict(x).tolist() == theirs.predict(x).tolist()


def test_a_column_that_does_not_vary_within_a_class() -> None:
    x = np.array([[1.0, 0.0], [1.0, 1.0], [2.0, 0.0], [2.0, 1.0]])
    assert GaussianNaiveBayes().fit(x, [0, 0, 1, 1]).predict(x).tolist() == [0, 0, 1, 1]
    with pytest.raises(UserError, match="column 0 of x does not vary within the class 0"):
        GaussianNaiveBayes(smoothing=0).fit(x, [0, 0, 1, 1])


def test_where_nothing_varies_there_is_nothing_to_learn() -> None:
    for constant in (1.0, 0.1):  # the mean of six times 0.1 is not 0.1
        with pytest.raises(UserError, match="does not vary"):
            GaussianNaiveBayes().fit(np.full((12, 2), constant), [0] * 6 + [1] * 6)


def test_a_row_too_far_from_every_class_to_be_told() -> None:
    model = GaussianNaiveBayes().fit([[0.0], [1e-100], [2e-100], [3e-100]], [0, 0, 1, 1])
    with pytest.raises(UserError, match="the result is not finite"):
        model.predict([[1e100]])


def test_densities_too_small_for_a_number_still_tell_classes_apart() -> None:
    x = np.repeat([[0.0], [1.0], [10.0], [11.0]], 2000, axis=1)
    model = GaussianNaiveBayes().fit(x, [0, 0, 1, 1])
    joint = model.joint_log_likelihood(x + 1)
    assert (np.exp(joint[2]) == 0).all()
    assert model.predict(x + 1).tolist() == [0, 0, 1, 1]
    np.testing.assert_allclose(model.predict_proba(x + 1).sum(axis=1), 1)
