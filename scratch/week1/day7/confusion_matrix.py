"""Which digit is taken for which? A share of right predictions does not say; a table does.

Row i, column j: how many samples of class i were taken for class j. The right ones stand on the
diagonal.
"""

import numpy as np


def confusion_matrix(labels, predictions, classes):
    """Return a table of counts, of shape (classes, classes).

    `labels` are the right classes and `predictions` the network's: N whole numbers each, from 0 to
    `classes` - 1.
    """
    table = np.zeros((classes, classes), dtype=int)
    # <solution>
    for label, prediction in zip(labels, predictions, strict=True):
        table[label, prediction] += 1
    # </solution>
    return table
