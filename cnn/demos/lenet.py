"""LeNet-5 learns to read MNIST in NumPy, and shows everything that it sees.

Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
recognition" (1998).
"""

from __future__ import annotations

from brain import data
from brain.alone import main
from brain.stage import Stage
from cnn.demos.trained import trained
from cnn.look import look
from cnn.models import lenet


def run(stage: Stage) -> None:
    """Train for about a minute, then look: filters, maps, reasons, mistakes, receptive fields."""
    dataset = data.load("mnist", seed=stage.seed)
    net = trained(stage, lenet(), dataset, epochs=4, name="lenet", lr=0.003)
    look(net, dataset, stage, name="lenet")


if __name__ == "__main__":
    main(run)
