"""A whole training: epochs, and batches in another order each time.

In an epoch every sample is seen once. `orders` says in which order: a tensor of N indices for each
epoch (`torch.randperm(N)` draws one). The batches are cut from it, `batch_size` each; the last one
is as short as what is left. The loss of an epoch is the mean over its N samples, so a short batch
counts as much as it has samples.
"""

from torch_nn.lessons.day2.training_step import training_step


def training_loop(model, loss_function, optimizer, x, y, batch_size, orders):
    """Train once through `x`, `y` for each order, by `training_step`; return the epochs' losses.

    `loss_function` is a mean over the samples of a batch. The result is a list of numbers.
    """
    losses = []
    for order in orders:
        # <solution>
        total = 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            loss = training_step(model, loss_function, optimizer, x[rows], y[rows])
            total += loss * len(rows)
        losses.append(total / len(order))
        # </solution>
    return losses
