"""Asking a trained network.

In training mode dropout drops units and batch normalisation uses, and takes up, its batch's
statistics. To ask a network for its outputs, it is put in evaluation mode, in which neither
happens, and no graph is kept, since nothing will go backward. Afterwards it is put back in the mode
it came in.
"""

import torch


def predict(model, x):
    """Return the outputs of `model` for `x` in evaluation mode, without a graph.

    The model is left in the mode in which it came.
    """
    # <solution>
    before = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(x)
    model.train(before)
    return outputs
    # </solution>
