"""The equations of knn.md, held against the code."""

from __future__ import annotations

import math

import numpy as np

from scratch.classic.knn import KNearestNeighbours
from theory.equations import normal, same

X, NEW, LABELS = normal("x", 40, 3), normal("new", 6, 3), np.arange(40) % 3
MODEL = KNearestNeighbours(4).fit(X, LABELS)


def test_knn_1_distance() -> None:
    distance, nearest = MODEL.neighbours(NEW)
    for m in range(6):
        far = [math.sqrt(sum((NEW[m, i] - x[i]) ** 2 for i in range(3))) for x in X]
        same(distance[m], sorted(far)[:4])
        assert nearest[m].tolist() == np.argsort(far)[:4].tolist()


def test_knn_2_the_square_multiplied_out() -> None:
    a, b = NEW[:, None], X[None]
    multiplied = np.sum(a * a, axis=2) - 2 * NEW @ X.T + np.sum(b * b, axis=2)
    same(multiplied, np.sum((a - b) ** 2, axis=2))
    for m in range(6):
        assert set(MODEL.neighbours(NEW)[1][m]) == set(np.argsort(multiplied[m])[:4])


def test_knn_3_shares_of_the_votes() -> None:
    _, nearest = MODEL.neighbours(NEW)
    share = [[sum(LABELS[n] == c for n in row) / 4 for c in range(3)] for row in nearest]
    same(MODEL.predict_proba(NEW), share)
    # the same as an estimate of density: k_c / (N_c V), the class's share, over k / (N V)
    volume, counts = 0.37, np.bincount(LABELS)
    densities = 4 * np.array(share) / (counts * volume)
    same(share, counts / 40 * densities / (4 / (40 * volume)))
