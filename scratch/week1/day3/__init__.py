"""Day 3: activation and loss."""

TASKS = ("relu", "softmax", "one_hot", "cross_entropy", "forward")
