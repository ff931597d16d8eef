"""A network put together neuron by neuron, and nothing hidden. theory/neural-network.md

Slower than the engine, whose layers are matrices, and equal to it (`neuron_test.py`). After
C. M. Bishop, *Pattern Recognition and Machine Learning* (2006), sections 5.1 to 5.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import checks
from brain.data.options import SEEDS, real_number, whole_number
from brain.errors import UserError
from brain.parameters import checked
from brain.randomness import generator
from brain.stage import Tick
from scratch.neurons.activations import Identity, ReLU, Sigmoid, Tanh

__all__ = ["Identity", "Layer", "NeuralNetwork", "Neuron", "ReLU", "Sigmoid", "Tanh"]

Array = NDArray[np.float64]

MOST_NEURONS, MOST_STEPS, LARGEST = 10**5, 10**9, 1e9


class Neuron:
    """A weighted sum and its activation; after `backward`, its gradients `dw` and `db` as well."""

    def __init__(self, w: Array, b: float, activation: Identity) -> None:
        self.w, self.b = w, b  # (D,) and one number
        self.dw, self.db = np.zeros_like(w), 0.0
        self.activation = activation

    def forward(self, x: Array) -> Array:
        """Its answer to each sample: `(N, D)` to `(N,)`."""
        self.x = x
        z = x @ self.w + self.b  # theory/neural-network.md (1)
        self.a = self.activation.value(z)  # (2)
        return self.a

    def backward(self, da: Array) -> Array:
        """From the gradient of its answers, `(N,)`, to that of its inputs, `(N, D)`."""
        dz = da * self.activation.slope(self.a)  # (6)
        self.dw = self.x.T @ dz  # (7)
        self.db = float(dz.sum())  # (8)
        return np.outer(dz, self.w)  # (9)

    def descend(self, lr: float) -> None:
        """A step downhill."""
        self.w = self.w - lr * self.dw  # (10)
        self.b = self.b - lr * self.db


class Layer:
    """Neurons side by side: each is given all inputs and gives one output."""

    def __init__(self, neurons: Sequence[Neuron]) -> None:
        self.neurons = list(neurons)

    def forward(self, x: Array) -> Array:
        """`(N, D)` to `(N, H)`: a column from each neuron."""
        return np.stack([neuron.forward(x) for neuron in self.neurons], axis=1)

    def backward(self, da: Array) -> Array:
        """`(N, H)` to `(N, D)`: an input answers for what it did in every neuron."""
        dx = np.zeros_like(self.neurons[0].x)
        for neuron, its_da in zip(self.neurons, da.T, strict=True):
            dx += neuron.backward(its_da)  # (9)
        return dx


class NeuralNetwork:
    """Layers in a chain, trained by gradient descent on the mean squared error.

    `sizes` counts the inputs and then the neurons of each layer: (2, 2, 1). All layers but the last
    have the activation `hidden`, the last has `output`. Weights are drawn evenly between -`reach`
    and `reach`, biases begin at 0. What does not fit together is a UserError.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        hidden: Identity,
        output: Identity,
        seed: int = 0,
        reach: float = 0.5,
    ) -> None:
        if len(sizes) < 2:
            raise UserError(f"sizes must be two numbers or more, not {sizes!r}.")
        sizes = [whole_number("each of sizes", size, 1, MOST_NEURONS) for size in sizes]
        reach = real_number("reach", reach, 0, LARGEST)
        draw = generator(whole_number("seed", seed, *SEEDS), "neurons")
        self.sizes, self.layers = tuple(sizes), list[Layer]()
        for count in range(1, len(sizes)):
            activation = output if count == len(sizes) - 1 else hidden
            weights = draw.uniform(-reach, reach, (sizes[count], sizes[count - 1]))  # (H, D)
            self.layers.append(Layer([Neuron(w, 0.0, activation) for w in weights]))

    def predict(self, x: ArrayLike) -> Array:
        """`(N, D)` to `(N, K)`, through one layer after the other."""
        a = _table("x", x, self.sizes[0])
        for layer in self.layers:
            a = layer.forward(a)  # (3)
        return a

    def backward(self, x: ArrayLike, y: ArrayLike) -> float:
        """The loss on `x (N, D)` and `y (N, K)`, and in each neuron the loss's gradients."""
        targets = _table("y", y, self.sizes[-1])
        outputs = self.predict(x)
        if len(targets) != len(outputs):
            raise UserError(f"y holds {len(targets)} targets, but x holds {len(outputs)} samples.")
        loss = np.mean((outputs - targets) ** 2)  # (4)
        da = 2 * (outputs - targets) / outputs.size  # (5)
        for layer in reversed(self.layers):
            da = layer.backward(da)
        return float(loss)

    def fit(self, x: ArrayLike, y: ArrayLike, lr: float, steps: int) -> Iterator[Tick]:
        """Take `steps` steps, each on all samples; yields the loss before each.

        Whoever takes the ticks may stop at any. Raises UserError where the training diverges.
        """
        lr, steps = real_number("lr", lr, 0, LARGEST), whole_number("steps", steps, 0, MOST_STEPS)
        neurons = [neuron for layer in self.layers for neuron in layer.neurons]
        for step in range(1, steps + 1):
            with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused
                loss = self.backward(x, y)
                for neuron in neurons:
                    neuron.descend(lr)
            weights = all(np.isfinite(n.w).all() and np.isfinite(n.b) for n in neurons)
            if not (np.isfinite(loss) and weights):
                raise UserError(
                    f"step {step}, at a loss of {loss:g}, leads to weights that are not finite: "
                    f"take a smaller lr than {lr:g}."
                )
            yield Tick(step, steps, loss)

    def parameters(self) -> dict[str, Array]:
        """Copies, as the engine has them: `dense1.weight (D, H)`, `dense1.bias (H,)`, and so on."""
        arrays: dict[str, Array] = {}
        for name, layer in self._named():
            arrays[f"{name}.weight"] = np.stack([neuron.w for neuron in layer.neurons], axis=1)
            arrays[f"{name}.bias"] = np.array([neuron.b for neuron in layer.neurons])
        return arrays

    def gradients(self) -> dict[str, Array]:
        """What `backward` has left in the neurons, by the names of `parameters`."""
        arrays: dict[str, Array] = {}
        for name, layer in self._named():
            arrays[f"{name}.weight"] = np.stack([neuron.dw for neuron in layer.neurons], axis=1)
            arrays[f"{name}.bias"] = np.array([neuron.db for neuron in layer.neurons])
        return arrays

    def load_parameters(self, arrays: Mapping[str, ArrayLike]) -> None:
        """Take up weights and biases, by the names of `parameters`; all of them or none."""
        wanted = {name: array.shape for name, array in self.parameters().items()}
        given = checked(arrays, wanted, "parameter", np.dtype(np.float64))
        for name, layer in self._named():
            for place, neuron in enumerate(layer.neurons):
                neuron.w = given[f"{name}.weight"][:, place].astype(np.float64)
                neuron.b = float(given[f"{name}.bias"][place])

    def _named(self) -> Iterator[tuple[str, Layer]]:
        for count, layer in enumerate(self.layers, start=1):
            yield f"dense{count}", layer


def _table(name: str, given: ArrayLike, columns: int) -> Array:
    """What is given as finite numbers `(N, columns)`; `(N,)` will do for one column."""
    array = checks.finite(name, checks.numbers(name, given).astype(np.float64))
    if columns == 1 and array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] != columns or not len(array):
        raise UserError(f"{name} has shape {array.shape}; wanted (N, {columns}), N at least 1.")
    return array
