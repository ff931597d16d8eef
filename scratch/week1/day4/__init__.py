"""Day 4: the chain rule."""

TASKS = (
    "chain_rule",
    "numerical_gradient",
    "sigmoid_gradient",
    "relu_gradient",
    "softmax_gradient",
    "layer_gradient",
)
