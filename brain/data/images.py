"""Sets of 28x28 grey pictures in IDX files: MNIST and Fashion-MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brain.data.dataset import Dataset
from brain.data.files import damaged, fetch
from brain.data.idx import read_idx
from brain.errors import UserError

DIGITS = tuple("0123456789")
CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def mnist() -> Dataset:
    """60,000 + 10,000 handwritten digits: x `(N, 28, 28, 1)` in [0, 1], y `(N,)`.

    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86 (1998).
    """
    return _pictures("mnist", DIGITS, "MNIST: handwritten digits, 28x28")


def fashion_mnist() -> Dataset:
    """60,000 + 10,000 pictures of clothes: x `(N, 28, 28, 1)` in [0, 1], y `(N,)`.

    H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
    machine learning algorithms", arXiv:1708.07747 (2017).
    """
    return _pictures("fashion_mnist", CLOTHES, "Fashion-MNIST: clothes, 28x28")


def _pictures(name: str, classes: tuple[str, ...], title: str) -> Dataset:
    train_images, train_labels, test_images, test_labels = fetch(name)
    x_train, y_train = _part(train_images, train_labels)
    x_test, y_test = _part(test_images, test_labels)
    return Dataset(name, x_train, y_train, x_test, y_test, "classification", classes, title)


def _part(images: Path, labels: Path) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """One half of the set: pictures (N, 28, 28, 1) and labels (N,)."""
    pixels = read_idx(images, rank=3)  # (N, 28, 28)
    if pixels.shape[1:] != (28, 28):
        raise damaged(images, f"its pictures are {pixels.shape[1:]}, not (28, 28)")
    digits = read_idx(labels, rank=1)  # (N,)
    if digits.max() > 9:
        raise damaged(labels, f"it holds the label {digits.max()}; labels go from 0 to 9")
    if len(pixels) != len(digits):
        raise UserError(
            f"{images} holds {len(pixels):,} pictures and {labels} {len(digits):,} labels; "
            "replace the files, or remove them to have them downloaded anew."
        )
    # Straight from bytes to float32: no array of another type or size is made on the way.
    x = np.divide(pixels[..., None], 255, dtype=np.float32)  # (N, 28, 28, 1)
    return x, digits.astype(np.int64)
