"""One table of names: what can be asked for by name, and where it lives.

`brain` never imports the rooms above it; it reaches them through this table, at the moment they
are asked for. A folder that is not on this branch, or a framework that is not installed, is one
sentence that says how to get it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from brain.errors import UserError, shown, unknown


@dataclass(frozen=True)
class Entry:
    """Where a name lives (`module:attribute`), what it is, and the package it cannot do without."""

    where: str
    what: str
    needs: str | None = None


@dataclass(frozen=True)
class Demo(Entry):
    """A demo: `what` it teaches, and about how long it takes on two cores."""

    seconds: int = 0

    @property
    def group(self) -> str:
        """What it is listed under, one of `GROUPS`."""
        if ".experiments." in self.where:
            return "experiments"
        return GROUPS.get(self.where.partition(".")[0], "algorithms")


GROUPS: Mapping[str, str] = {
    "scratch": "algorithms",
    "cnn": "vision",
    "rnn": "sequences",
}
"""By folder, what its demos are listed under; those of `scratch.experiments` apart."""


ENGINES: Mapping[str, Entry] = {
    "numpy": Entry("scratch.engine:NumpyNetwork", "pure NumPy, every derivative by hand"),
    "torch": Entry("torch_nn.engine:TorchNetwork", "PyTorch, nn.Module and autograd", "torch"),
    "tensorflow": Entry(
        "tf_nn.engine:TensorFlowNetwork", "TensorFlow, Keras layers in tf.function", "tensorflow"
    ),
}

MODELS: Mapping[str, Entry] = {
    "softmax-regression": Entry("scratch.models:softmax_regression", "one Dense layer"),
    "mlp": Entry("scratch.models:mlp", "one hidden layer of 128 ReLU units"),
    "mlp-tanh": Entry("scratch.models:mlp_tanh", "two hidden layers of tanh, narrow"),
    "mlp-dropout": Entry("scratch.models:mlp_dropout", "two wide hidden layers with dropout"),
    "mlp-residual": Entry("scratch.models:mlp_residual", "residual blocks of GELU layers"),
    "digits-cnn": Entry("scratch.models:digits_cnn", "two small convolutions, for 8x8 digits"),
    "char-rnn-small": Entry("scratch.models:char_rnn_small", "a small RNN foretells characters"),
    "conv": Entry("cnn.models:conv", "one convolution of 20 filters, pooled"),
    "lenet": Entry("cnn.models:lenet", "LeNet-5: two convolutions, three Dense layers"),
    "vgg-small": Entry("cnn.models:vgg_small", "four 3x3 convolutions, BatchNorm and Dropout"),
    "small-cnn": Entry("cnn.models:small_cnn", "five normalised convolutions, no hidden layer"),
    "resnet-8": Entry("cnn.models:resnet_8", "a residual network of 8 layers, for 32x32"),
    "resnet-8-wide": Entry("cnn.models:resnet_8_wide", "the same with twice the filters"),
    "resnet-20": Entry("cnn.models:resnet_20", "a residual network of 20 layers, for 32x32"),
    "char-rnn": Entry("rnn.models:char_rnn", "128 recurrent units foretell characters"),
    "char-lstm": Entry("rnn.models:char_lstm", "the same with an LSTM"),
    "char-gru": Entry("rnn.models:char_gru", "the same with a GRU"),
    "char-gru-wide": Entry("rnn.models:char_gru_wide", "a GRU of 256 units, with dropout"),
    "char-gru-dropout": Entry("rnn.models:char_gru_dropout", "the same with more, for short texts"),
    "char-lstm-stacked": Entry("rnn.models:char_lstm_stacked", "two LSTMs with dropout between"),
    "forecast-rnn": Entry("rnn.models:forecast_rnn", "32 recurrent units continue a series"),
    "forecast-lstm": Entry("rnn.models:forecast_lstm", "the same with an LSTM"),
    "forecast-gru": Entry("rnn.models:forecast_gru", "the same with a GRU"),
    "memory-rnn": Entry("rnn.models:memory_rnn", "64 recurrent units, for adding and copy"),
    "memory-lstm": Entry("rnn.models:memory_lstm", "the same with an LSTM"),
    "memory-gru": Entry("rnn.models:memory_gru", "the same with a GRU"),
    "memory-bilstm": Entry("rnn.models:memory_bilstm", "two LSTMs, one reading from the end"),
}

RECIPES: Mapping[str, str] = {
    "lenet-mnist": "cnn",
    "small-mnist": "cnn",
    "small-fashion": "cnn",
    "cifar-numpy": "cnn",
    "cifar-best": "cnn",
    "shakespeare": "rnn",
    "hamlet": "rnn",
    "adding-rnn": "rnn",
    "adding-lstm": "rnn",
    "adding-gru": "rnn",
    "copy-rnn": "rnn",
    "copy-lstm": "rnn",
    "copy-gru": "rnn",
    "airline": "rnn",
    "sunspots": "rnn",
}
"""The recipes, and in which folder's `recipes/` each lies, as NAME.toml."""

DEMOS: Mapping[str, Demo] = {
    "linear": Demo("scratch.demos.linear:run", "descent finds the floor of a bowl", seconds=2),
    "logistic": Demo("scratch.demos.logistic:run", "a straight line finds its place", seconds=6),
    "knn": Demo("scratch.demos.knn:run", "neighbours vote; what k decides", seconds=4),
    "naive_bayes": Demo(
        "scratch.demos.naive_bayes:run",
        "a Gaussian for each class, and Bayes' rule",
        "sklearn",
        seconds=3,
    ),
    "nn": Demo("scratch.demos.nn:run", "a hidden layer bends the boundary: two spirals", seconds=7),
    "cnn": Demo(
        "scratch.demos.cnn:run", "a NumPy CNN reads digits; where it looks", "sklearn", seconds=7
    ),
    "rnn": Demo("scratch.demos.rnn:run", "an RNN learns to write like Hamlet", seconds=7),
    "letters": Demo("scratch.demos.letters:run", "which letter follows which", seconds=6),
    "xor": Demo(
        "scratch.experiments.xor:run", "what no single neuron can do; save and load", seconds=6
    ),
    "softmax_toy": Demo(
        "scratch.experiments.softmax_toy:run", "three clusters and their borders", seconds=10
    ),
    "iris": Demo(
        "scratch.experiments.iris:run",
        "train, save, load, and score on unseen flowers",
        "sklearn",
        seconds=3,
    ),
    "grad_check": Demo(
        "scratch.experiments.grad_check:run", "every derivative against a difference", seconds=9
    ),
    "surface": Demo(
        "scratch.experiments.surface:run", "a network bends to a surface, seen in 3D", seconds=3
    ),
    "optimizers": Demo(
        "scratch.experiments.optimizers:run", "the path of each down one loss surface", seconds=2
    ),
    "initialisation": Demo(
        "scratch.experiments.initialisation:run", "signals fade or explode with depth", seconds=5
    ),
    "regularisation": Demo(
        "scratch.experiments.regularisation:run", "between learning and memorising", seconds=6
    ),
    "learning_rate": Demo(
        "scratch.experiments.learning_rate:run", "too small, right, and 100", seconds=3
    ),
    "lenet": Demo("cnn.demos.lenet:run", "LeNet-5 reads MNIST; everything it sees", seconds=90),
    "sees": Demo("cnn.demos.sees:run", "five ways to ask a network where it looks", seconds=75),
    "receptive": Demo(
        "cnn.demos.receptive:run", "what a unit can see, and what it does see", seconds=7
    ),
    "writer": Demo(
        "rnn.demos.writer:run", "a GRU passes what counting knows, and writes", seconds=30
    ),
    "memory": Demo(
        "rnn.demos.memory:run", "what LSTM and GRU remember, an RNN forgets", seconds=40
    ),
    "gradients": Demo(
        "rnn.demos.gradients:run", "how far back a gradient reaches: measured", seconds=30
    ),
    "truncation": Demo(
        "rnn.demos.truncation:run", "windows, carried states, and clipping", seconds=60
    ),
    "cells": Demo("rnn.demos.cells:run", "gates, and text coloured by one cell", seconds=18),
    "forecast": Demo(
        "rnn.demos.forecast:run", "a year of passengers ahead, and how sure", seconds=5
    ),
    "sunspots": Demo("rnn.demos.sunspots:run", "a cycle that no simple rule foretells", seconds=23),
}

WORKLOADS: Mapping[str, Entry] = {
    "mlp-tiny": Entry("benchmarks.workloads:mlp_tiny", "2-8-2, batch 4: overhead alone"),
    "mlp-small": Entry("benchmarks.workloads:mlp_small", "784-128-10, batch 32"),
    "mlp-wide": Entry("benchmarks.workloads:mlp_wide", "784-512-512-10, batch 128"),
    "cnn-mnist": Entry("benchmarks.workloads:cnn_mnist", "2 convolutions on 28x28x1, batch 32"),
    "cnn-cifar": Entry("benchmarks.workloads:cnn_cifar", "3 convolutions on 32x32x3, batch 64"),
    "resnet-cifar": Entry("benchmarks.workloads:resnet_cifar", "ResNet-8, batch 64", "cnn"),
    "rnn-char": Entry("benchmarks.workloads:rnn_char", "RNN of 128 units, 64 steps, batch 32"),
    "lstm-char": Entry("benchmarks.workloads:lstm_char", "the same with an LSTM"),
    "gru-char": Entry("benchmarks.workloads:gru_char", "the same with a GRU"),
    "lstm-wide": Entry("benchmarks.workloads:lstm_wide", "LSTM of 256, 100 steps, batch 64"),
}

CONTENDERS: Mapping[str, Entry] = {
    "numpy": Entry("benchmarks.engines:NumpyEngine", "this project's NumPy engine"),
    "torch-eager": Entry("benchmarks.plain_torch:Eager", "plain PyTorch, as it stands", "torch"),
    "torch-compiled": Entry(
        "benchmarks.plain_torch:Compiled", "plain PyTorch through torch.compile", "torch"
    ),
    "torch_nn": Entry("benchmarks.engines:TorchEngine", "this project's PyTorch engine", "torch"),
    "tf-graph": Entry(
        "benchmarks.plain_tensorflow:Graph", "plain Keras layers in tf.function", "tensorflow"
    ),
    "tf-xla": Entry(
        "benchmarks.plain_tensorflow:Compiled", "the same compiled by XLA", "tensorflow"
    ),
    "tf_nn": Entry(
        "benchmarks.engines:TensorFlowEngine", "this project's TensorFlow engine", "tensorflow"
    ),
}
"""What is timed side by side: the engines, and plain code in the frameworks."""

LOOKS: Mapping[str, Entry] = {
    "images": Entry("cnn.look:look", "draws what a network of images sees"),
    "text": Entry("rnn.look:look", "draws what a network of token ids remembers"),
    "numbers": Entry("rnn.look:look", "draws what a network of sequences of numbers remembers"),
}
"""Who draws a saved network: `look(net, dataset, stage)`, by what the network takes."""

TOOLS: Mapping[str, Entry] = {
    "bench": Entry("benchmarks.asked:run", "runs the benchmarks that a command line asks for"),
    "language": Entry(
        "rnn.baselines:beside", "a language model's figures beside those of counting"
    ),
    "in_order": Entry(
        "rnn.baselines:in_order", "how well a language model foretells a text read in order"
    ),
}
"""What commands need from the rooms above `brain`."""

READERS: Mapping[str, tuple[str, str]] = {
    "run": ("numpy", "brain.compare.own.declared:DeclaredModel"),
    "torch": ("torch", "torch_nn.own.model:TorchOwnModel"),
    "keras": ("tensorflow", "tf_nn.own.model:KerasOwnModel"),
}
"""Of `brain compare --run, --torch, --keras`: in which engine's process a user's model runs, and
who reads it there."""

EXTRAS: Mapping[str, tuple[str, str]] = {
    "torch": ("PyTorch", "torch"),
    "tensorflow": ("TensorFlow", "tensorflow"),
    "keras": ("TensorFlow", "tensorflow"),
    "sklearn": ("scikit-learn", "sklearn"),
}
"""An importable package: what it is called, and the extra of this project that installs it."""


def look_up(what: str, name: str, table: Mapping[str, Entry]) -> Any:
    """The object that `name` stands for in `table`; `what` names the kind of thing in errors.

    For engines and models a `module:attribute` that is not in the table is imported as it stands,
    so that anyone's own can be given by its import path.
    """
    if name in table:
        return _import(table[name].where, name)
    if ":" in name and table in (ENGINES, MODELS):
        return _import(name, name)
    raise unknown(what, name, table)


def usable(table: Mapping[str, Entry]) -> list[str]:
    """The names in a table that can be used here: folder on the branch, framework installed."""
    return [name for name, entry in table.items() if installed(entry)]


def installed(entry: Entry) -> bool:
    """Whether an entry can be used here; imports neither the folder nor the framework."""
    folder = entry.where.partition(".")[0]
    return all(here(package) for package in (folder, entry.needs) if package)


def here(package: str) -> bool:
    """Whether a package is there; a folder that only keeps `__pycache__`, left over when its files
    went with another branch, is none."""
    found = importlib.util.find_spec(package)
    return found is not None and found.origin is not None


def require(entry_name: str, table: Mapping[str, Entry]) -> None:
    """Raise the sentence that `look_up` would, without importing anything."""
    entry = table.get(entry_name)
    if entry and not installed(entry):
        folder = entry.where.partition(".")[0]
        raise absent(entry.needs if entry.needs and here(folder) else folder)


def absent(package: str) -> UserError:
    """The error for a package that is not there: a room of the project, or one to install."""
    tables = (ENGINES, MODELS, DEMOS, WORKLOADS, CONTENDERS, LOOKS, TOOLS)
    if package in {entry.where.partition(".")[0] for table in tables for entry in table.values()}:
        from brain.tracks.table import no_folder

        return no_folder(package)
    if package in EXTRAS:
        title, extra = EXTRAS[package]
        return UserError(
            f'{title} is not installed; install it with: pip install "inside-ai-brain[{extra}]"'
            f' (in a clone: pip install -e ".[{extra}]").'
        )
    return UserError(f"{package} is not installed; install it with: pip install {package}")


def _import(where: str, name: str) -> Any:
    module_name, _, attribute = where.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), attribute)):
        raise UserError(f"{shown(name)}: an import path is written module:name.")
    try:
        return getattr(importlib.import_module(module_name), attribute)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in EXTRAS or where != name:
            raise absent(missing) from None
        there = f"there is no module {shown(error.name)} to import"
        raise UserError(f"{shown(name)}: {there}.") from None
    except AttributeError:
        raise UserError(f"{shown(name)}: {module_name} has no {shown(attribute)}.") from None
