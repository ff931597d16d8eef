"""Gradient descent by hand, with autograd's gradients.

A tensor w starts at `start`. Each step computes the loss f(w), goes backward, and moves w itself
against its gradient. Two things are easily forgotten. The step must not become a part of the graph
(`torch.no_grad`), and PyTorch adds each new gradient to the one that is there: the old one has to
be taken away.
"""

import torch


def gradient_steps(f, start, rate, steps):
    """Return a list of the losses before each step, as numbers, and w after the last step.

    `f` takes a tensor (D,) and returns a loss; `start` is a tensor (D,), which stays as it is.
    """
    w = start.clone().requires_grad_()
    losses = []
    for _ in range(steps):
        # <solution>
        loss = f(w)
        losses.append(loss.item())
        w.grad = None
        loss.backward()
        with torch.no_grad():
            w -= rate * w.grad
        # </solution>
    return losses, w.detach()
