"""From labels to targets: row n is 1 at the class of sample n, and 0 elsewhere.

    labels 2, 0 with 3 classes  ->  0 0 1
                                    1 0 0

This is what the network's output should have been: all probability on the right class.
"""

import numpy as np


def one_hot(labels, classes):
    """Return an array of shape (N, classes), with a single 1 in each row.

    `labels` is an array of N whole numbers from 0 to `classes` - 1; not every class needs to be
    among them.
    """
    # <solution>
    targets = np.zeros((len(labels), classes))
    targets[np.arange(len(labels)), labels] = 1
    return targets
    # </solution>
