"""Day 6: the engine."""

TASKS = ("he_initialisation", "neural_net", "accuracy", "gradient_check")
