"""How `zero_padding` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """One small image, a batch, and no padding at all."""
    ask(answer.zero_padding, np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]).reshape(1, 3, 2, 1), 1)
    ask(answer.zero_padding, ask.draw.standard_normal((2, 3, 4, 5)), 2)
    ask(answer.zero_padding, ask.draw.standard_normal((2, 3, 4, 5)), 0)


exercise = Exercise(
    title="Zero padding",
    page="theory/conv2d.md",
    hints=(
        "Make an array of zeros that is large enough, and put the images into the middle of it. "
        "np.pad can do it too: see what it takes to leave two of the four axes alone.",
        "Cell (h, w) of the image comes to (h + t, w + t), t being the padding: "
        "theory/conv2d.md has the same t in (1), where a window may begin t cells outside of "
        "the image.",
        "zeros of (N, H + 2t, W + 2t, C); into rows t to t + H and columns t to t + W of all "
        "images and channels write x; return it",
    ),
    mistakes=(
        Mistake(
            "every axis is padded, with images and channels that nobody took: only rows and "
            "columns get a frame",
            {"return padded": "return np.pad(x, padding)"},
        ),
        Mistake(
            "all zeros lie below and to the right: the image belongs in the middle",
            {"padding : padding + h, padding : padding + w": ":h, :w"},
        ),
        Mistake(
            "all zeros lie above and to the left: the image belongs in the middle",
            {"padding : padding + h, padding : padding + w": "2 * padding :, 2 * padding :"},
        ),
        Mistake(
            "there are zeros above and to the left, but none below and to the right: each side "
            "grows by twice the padding",
            {"h + 2 * padding, w + 2 * padding": "h + padding, w + padding"},
        ),
        Mistake(
            "the frame repeats the border of the image: it shall be zeros",
            {"return padded": "return np.pad(x, ((0,), (padding,), (padding,), (0,)), 'edge')"},
        ),
        Mistake(
            "only the rows are padded: there are zeros to the left and to the right as well",
            {"w + 2 * padding": "w", "padding : padding + w": ":"},
        ),
        Mistake(
            "channels are padded in place of rows: of the four axes the second and the third "
            "get a frame",
            {
                "return padded": "return np.pad(x, ((0, 0), (0, 0), (padding, padding), "
                "(padding, padding)))"
            },
        ),
        Mistake(
            "it fails where the padding is 0: -0 is 0, so a slice up to `-padding` is empty; "
            "say where it ends by the height and the width",
            {"padding : padding + h, padding : padding + w": "padding:-padding, padding:-padding"},
        ),
        Mistake(
            "only the columns are padded: there are zeros above and below as well",
            {"h + 2 * padding": "h", "padding : padding + h": ":"},
        ),
    ),
    read_next="theory/conv2d.md (10): how much padding 'same' adds, and at which end",
)
