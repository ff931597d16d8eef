"""How `batchnorm_forward` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The numbers of theory/batchnorm.md, as images of 1 by 2 cells; then a batch, with a large
    eps.
    """
    normal = ask.draw.standard_normal
    x = np.array([[1.0, 0.0], [5.0, 4.0], [5.0, 4.0], [9.0, 4.0]]).reshape(2, 1, 2, 2)
    ask(answer.batchnorm_forward, x, np.array([3.0, 2.0]), np.array([0.0, 1.0]), 1.0)
    images = 2 * normal((3, 2, 4, 5)) + normal(5)
    ask(answer.batchnorm_forward, images, normal(5), normal(5), 0.3)
    ask(answer.batchnorm_forward, images, normal(5), normal(5))


exercise = Exercise(
    title="Batch normalisation",
    page="theory/batchnorm.md",
    hints=(
        "Four axes go in, and C means come out: over which axes is the mean? NumPy spreads "
        "arrays of shape (C,) over the last axis by itself.",
        "normalised = (x - mean) / sqrt(variance + eps) and y = gamma normalised + beta: "
        "theory/batchnorm.md (1) and (2).",
        "mean and variance over images, rows and columns; subtract the mean; divide by the root of "
        "(variance plus eps); times gamma, plus beta; return all three",
    ),
    mistakes=(
        Mistake(
            "eps is added outside the root: it belongs to the variance, inside",
            {"np.sqrt(variance + eps)": "(np.sqrt(variance) + eps)"},
        ),
        Mistake(
            "eps is not used: add it to the variance",
            {"variance + eps": "variance"},
        ),
        Mistake(
            "it divides by the variance: divide by its root",
            {"np.sqrt(variance + eps)": "(variance + eps)"},
        ),
        Mistake(
            "the variance divides by one less than the number of cells: here it is the plain "
            "mean of the squares",
            {"x.var(axis=(0, 1, 2))": "x.var(axis=(0, 1, 2), ddof=1)"},
        ),
        Mistake(
            "the statistics are taken over the images alone, for each cell its own: take them "
            "over rows and columns too",
            {
                "x.mean(axis=(0, 1, 2))": "x.mean(axis=0)",
                "x.var(axis=(0, 1, 2))": "x.var(axis=0)",
            },
        ),
        Mistake(
            "one mean and one variance are taken for all channels: each channel has its own",
            {"x.mean(axis=(0, 1, 2))": "x.mean()", "x.var(axis=(0, 1, 2))": "x.var()"},
        ),
        Mistake(
            "the standard deviation is returned where the variance is asked for, its square",
            {"beta, mean, variance": "beta, mean, np.sqrt(variance)"},
        ),
        Mistake(
            "beta is left out: it moves each channel, after gamma has stretched it",
            {"gamma * normal + beta": "gamma * normal"},
        ),
        Mistake(
            "beta is added before gamma stretches: stretch first, then move",
            {"gamma * normal + beta": "gamma * (normal + beta)"},
        ),
        Mistake(
            "gamma and beta are exchanged: gamma stretches, beta moves",
            {"gamma * normal + beta": "beta * normal + gamma"},
        ),
        Mistake(
            "the mean is not subtracted",
            {"(x - mean)": "x"},
        ),
        Mistake(
            "the standard deviation is taken for the variance, which is its square",
            {"x.var(axis=(0, 1, 2))": "x.std(axis=(0, 1, 2))"},
        ),
        Mistake(
            "the squared differences are summed: the variance is their mean",
            {"x.var(axis=(0, 1, 2))": "x.var(axis=(0, 1, 2)) * x[..., 0].size"},
        ),
        Mistake(
            "the variance is returned with eps in it: eps belongs under the root alone",
            {"beta, mean, variance": "beta, mean, variance + eps"},
        ),
        Mistake(
            "gamma is left out: it stretches each channel before beta moves it",
            {"gamma * normal": "normal"},
        ),
        Mistake(
            "the statistics are taken over the channels of each cell: that is layer normalisation",
            {
                "x.mean(axis=(0, 1, 2))": "x.mean(axis=-1, keepdims=True)",
                "x.var(axis=(0, 1, 2))": "x.var(axis=-1, keepdims=True)",
            },
        ),
        Mistake(
            "each image is normalised by itself: the statistics are over the whole batch",
            {
                "x.mean(axis=(0, 1, 2))": "x.mean(axis=(1, 2), keepdims=True)",
                "x.var(axis=(0, 1, 2))": "x.var(axis=(1, 2), keepdims=True)",
            },
        ),
    ),
    read_next="theory/batchnorm.md (7), the gradient, and (8), the statistics that prediction uses",
)
