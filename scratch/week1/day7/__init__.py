"""Day 7: digits."""

TASKS = ("digits", "hold_out", "train_digits", "overfit", "confusion_matrix")
