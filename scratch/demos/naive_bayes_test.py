"""The curves are those that the estimator believes in, and the same bits are drawn twice."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from scratch.classic.naive_bayes import GaussianNaiveBayes
from scratch.demos import naive_bayes
from scratch.testing.staged import repeats

pytest.importorskip("sklearn", reason="the irises come with scikit-learn")


def test_it_knows_the_petals_and_draws_the_same_twice(tmp_path: Path) -> None:
    names = ("naive_bayes-curves.png", "naive_bayes-regions.png")
    said = repeats(naive_bayes.run, tmp_path, *names)
    found = re.search(r"test accuracy ([\d.]+)%", said)
    assert found
    assert float(found[1]) > 90
    assert re.search(r"setosa +petals 1\.4\d ± 0\.\d\d by 0\.2\d ± 0\.\d\d cm", said)


def test_the_curves_that_are_drawn_are_those_that_decide() -> None:
    dataset = naive_bayes.petals(0)
    assert dataset.input_shape == (2,)
    model = GaussianNaiveBayes().fit(dataset.x_train, dataset.y_train)
    row = dataset.x_test[0].astype(np.float64)
    joint = [
        prior * np.prod(naive_bayes.normal(row, mean, variance))
        for prior, mean, variance in zip(model.prior, model.mean, model.variance, strict=True)
    ]
    np.testing.assert_allclose(np.log(joint), model.joint_log_likelihood(row[None])[0], rtol=1e-9)


def test_a_density_has_the_area_one() -> None:
    line = np.linspace(-20, 20, 4001)
    area = np.sum(naive_bayes.normal(line, 1.5, 2.5)) * (line[1] - line[0])
    assert area == pytest.approx(1)
