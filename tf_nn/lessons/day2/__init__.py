"""Day 2: layers, losses and training."""

TASKS = (
    "keras_dense",
    "weighted_class_loss",
    "keras_training_step",
    "keras_batchnorm",
)
