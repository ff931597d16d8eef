"""Day 1: tapes, variables and graphs."""

TASKS = (
    "tape_gradients",
    "second_derivative",
    "variable_steps",
    "custom_dense",
    "compiled_step",
)
