"""Handwritten digits, made ready for a network.

scikit-learn brings 1,797 of them: `load_digits()` returns an object whose `data` has a row of 64
pixels for each, 8 rows of 8, and whose `target` has the digits themselves. A pixel is a number from
0, white, to 16, black; a network likes numbers from 0 to 1.
"""


def digits():
    """Return X, of shape (1797, 64), with numbers from 0 to 1, and labels, of shape (1797,)."""
    from sklearn.datasets import load_digits  # here, since all else of the week does without

    # <solution>
    found = load_digits()
    return found.data / 16, found.target
    # </solution>
