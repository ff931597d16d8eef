"""The cross-entropy of a classifier, and its probabilities.

A network ends in logits, numbers of any size, one for each of K classes. `cross_entropy` of
PyTorch takes these logits, since softmax is inside it: what passed a softmax already passes a
second one, in silence. And it looks for the classes on axis 1, but a sequence model has them last.
"""

import torch
from torch.nn import functional


def class_loss(logits, labels):
    """Return the mean cross-entropy of `logits` against the right classes, a tensor without axes.

    `logits` has the shape (N, K) or (N, T, K), with the classes last; `labels` are whole numbers
    of the shape (N,) or (N, T).
    """
    # <solution>
    classes = logits.shape[-1]
    return functional.cross_entropy(logits.reshape(-1, classes), labels.reshape(-1))
    # </solution>


def probabilities(logits):
    """Return the probability of each class, of the shape of `logits`: the classes are last."""
    # <solution>
    return torch.softmax(logits, dim=-1)
    # </solution>
