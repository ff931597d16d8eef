"""Day 1: tensors and autograd."""

TASKS = (
    "standardise_rows",
    "regression_loss",
    "autograd_gradients",
    "gradient_steps",
    "linear_function",
)
