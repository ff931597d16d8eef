"""The cross-entropy of logits, with a weight for each sample.

Keras's cross-entropies take probabilities unless they are told `from_logits=True`; given logits
without it, they cut them off and go on. And with `sample_weight` they divide by the number of
samples. Here a sample of weight 2 shall count as if it were there twice, also in the number that
the sum is divided by.
"""

import tensorflow as tf


def weighted_class_loss(logits, labels, weights):
    """Return the weighted mean of the samples' cross-entropies, a tensor without axes.

    `logits` (N, K); `labels` (N,), whole numbers; `weights` (N,), not negative.
    """
    # <solution>
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_sum(weights * losses) / tf.reduce_sum(weights)
    # </solution>
