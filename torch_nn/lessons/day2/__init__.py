"""Day 2: layers, losses and training."""

TASKS = (
    "linear_module",
    "class_loss",
    "training_step",
    "training_loop",
    "evaluation_mode",
    "canonical_weights",
)
