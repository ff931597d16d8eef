"""The equations of naive-bayes.md, held against the code."""

from __future__ import annotations

import math

import numpy as np

from scratch.classic.naive_bayes import GaussianNaiveBayes
from theory.equations import Array, near, normal, same, slope

X, LABELS, NEW = normal("x", 12, 2), np.array([0, 1, 1, 2] * 3), normal("new", 5, 2)
SMOOTHING = 0.1
PLAIN = GaussianNaiveBayes(smoothing=0).fit(X, LABELS)
SMOOTH = GaussianNaiveBayes(SMOOTHING).fit(X, LABELS)


def density(x: float, mean: float, variance: float) -> float:
    return math.exp(-((x - mean) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)


def densities() -> Array:
    """p(x | k) of the new rows, `(5, 3)`, as products."""
    return np.array(
        [
            [
                math.prod(density(x[i], PLAIN.mean[k, i], PLAIN.variance[k, i]) for i in range(2))
                for k in range(3)
            ]
            for x in NEW
        ]
    )


def likelihood(mean: Array, variance: Array) -> float:
    """The logarithm of the density of all rows that were learned, each under its own class."""
    exponent = (X - mean[LABELS]) ** 2 / variance[LABELS]
    return float(-np.sum(np.log(2 * np.pi * variance[LABELS]) + exponent) / 2)


def test_naive_bayes_1_bayes_rule() -> None:
    joint = PLAIN.prior * densities()
    same(PLAIN.predict_proba(NEW), joint / joint.sum(axis=1, keepdims=True))


def test_naive_bayes_2_logarithm_of_a_bell() -> None:
    x, mean, variance = NEW[0, 0], PLAIN.mean[1, 0], PLAIN.variance[1, 0]
    page = -(math.log(2 * math.pi * variance) + (x - mean) ** 2 / variance) / 2
    same(page, math.log(density(x, mean, variance)))
    same(PLAIN.joint_log_likelihood(NEW) - np.log(PLAIN.prior), np.log(densities()))


def test_naive_bayes_3_prior() -> None:
    same(PLAIN.prior, [3 / 12, 6 / 12, 3 / 12])

    def of_all(free: Array) -> float:
        """The likelihood of the labels; the last share is what the others leave."""
        share = np.append(free, 1 - free.sum())
        return float(np.sum(np.log(share[LABELS])))

    # Central differences err by STEP^2 / 6 of the third derivative, 2 N_k / share^3 here.
    assert np.abs(slope(of_all, PLAIN.prior[:2])).max() < 1e-7
    assert np.abs(slope(of_all, PLAIN.prior[:2] + 0.01)).max() > 0.1


def test_naive_bayes_4_means() -> None:
    same(PLAIN.mean[1], sum(X[n] for n in range(12) if LABELS[n] == 1) / 6)
    near(slope(lambda mean: likelihood(mean, PLAIN.variance), PLAIN.mean), np.zeros((3, 2)))


def test_naive_bayes_5_variances() -> None:
    own = [(X[n] - PLAIN.mean[1]) ** 2 for n in range(12) if LABELS[n] == 1]
    same(PLAIN.variance[1], sum(own) / 6)
    # Central differences err by STEP^2 / 6 of the third derivative, about N_k / v^3 here.
    flat = slope(lambda variance: likelihood(PLAIN.mean, variance), PLAIN.variance)
    assert np.abs(flat).max() < 1e-6
    assert np.abs(slope(lambda v: likelihood(PLAIN.mean, v), 1.01 * PLAIN.variance)).max() > 1e-2


def test_naive_bayes_6_smoothing() -> None:
    same(SMOOTH.variance, PLAIN.variance + SMOOTHING * max(X[:, 0].var(), X[:, 1].var()))


def test_naive_bayes_7_joint_log_likelihood() -> None:
    same(np.exp(PLAIN.joint_log_likelihood(NEW)), PLAIN.prior * densities())


def test_naive_bayes_8_log_probabilities() -> None:
    joint = PLAIN.joint_log_likelihood(NEW)
    most = joint.max(axis=1, keepdims=True)
    page = joint - most - np.log(np.sum(np.exp(joint - most), axis=1, keepdims=True))
    same(PLAIN.predict_log_proba(NEW), page)
    same(np.exp(page).sum(axis=1), np.ones(5))
