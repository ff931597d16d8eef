"""One step of training.

The order is always the same: forget the old gradients, compute the loss, go backward, let the
optimizer move the parameters.
"""


def training_step(model, loss_function, optimizer, x, y):
    """Train `model` on one batch and return the loss before the step, a plain number.

    `loss_function(outputs, y)` returns a tensor without axes. The model is left in training mode,
    in which dropout drops and batch normalisation takes its batch's statistics.
    """
    # <solution>
    model.train()
    optimizer.zero_grad()
    loss = loss_function(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
    # </solution>
