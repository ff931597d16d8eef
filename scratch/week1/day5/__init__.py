"""Day 5: the optimizer."""

TASKS = ("sgd_update", "ten_steps", "mini_batches", "linear_epoch", "batch_sizes")
