"""Small sets of real measurements that come inside scikit-learn, an optional extra."""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.data.dataset import Dataset, split_rows
from brain.errors import UserError


def iris(*, test_fraction: float = 0.2, seed: int = 0) -> Dataset:
    """150 iris flowers of three species, by four lengths in centimetres: x `(N, 4)`, y `(N,)`.

    R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7
    (1936). A seeded `test_fraction` of the flowers, equally many of each species, is the test.
    """
    found = require_scikit_learn("iris").load_iris()
    species = tuple(str(name) for name in found.target_names)
    title = "Fisher's iris flowers, lengths in cm"
    return _divided("iris", found.data, found.target, species, title, test_fraction, seed)


def digits(*, test_fraction: float = 0.2, seed: int = 0) -> Dataset:
    """1,797 handwritten digits, 8x8 grey: x `(N, 8, 8, 1)` in [0, 1], y `(N,)`.

    A pixel counts the dark points of a 4x4 square of the scan, 0 to 16; here it is divided by 16.
    E. Alpaydin and C. Kaynak, "Cascading classifiers", Kybernetika 34 (1998). A seeded
    `test_fraction` of the pictures, each digit by its share, is the test.
    """
    found = require_scikit_learn("digits").load_digits()
    images = found.images[..., None] / 16  # (N, 8, 8, 1)
    names = tuple(str(digit) for digit in range(10))
    title = "Handwritten digits, 8x8"
    return _divided("digits", images, found.target, names, title, test_fraction, seed)


def has_scikit_learn() -> bool:
    """Whether scikit-learn is installed; nothing is imported to find out."""
    return find_spec("sklearn") is not None


def require_scikit_learn(name: str) -> ModuleType:
    """The module `sklearn.datasets`; where it is missing, a UserError that says what to do."""
    try:
        from sklearn import datasets
    except ImportError as error:
        raise UserError(
            f"the data set {name!r} comes with scikit-learn, which is not installed; install it "
            'with: pip install "inside-ai-brain[sklearn]" (in a clone: '
            'pip install -e ".[sklearn]").'
        ) from error
    module: ModuleType = datasets
    return module


def _divided(
    name: str,
    x: NDArray[Any],
    y: NDArray[Any],
    classes: tuple[str, ...],
    title: str,
    test_fraction: float,
    seed: int,
) -> Dataset:
    train, test = split_rows(y, test_fraction, seed, f"{name} split")
    x, y = x.astype(np.float32), y.astype(np.int64)
    return Dataset(name, x[train], y[train], x[test], y[test], "classification", classes, title)
