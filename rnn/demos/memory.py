"""Two tasks that only a memory solves: the plain RNN fails, LSTM and GRU learn them.

All are trained alike; at a smaller learning rate the RNN learns something too (rnn/README.md).
S. Hochreiter and J. Schmidhuber, "Long short-term memory" (1997), sections 5.4 and 5.5;
theory/memory.md (9), (10).
"""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure

from brain import data, plots, spec
from brain.alone import main
from brain.data import Dataset
from brain.engine import build
from brain.names import MODELS, look_up
from brain.pictures import COLOURS, MARKERS
from brain.stage import Stage
from brain.training import train
from rnn.tasks import without_memory

KINDS = {"RNN": "memory-rnn", "LSTM": "memory-lstm", "GRU": "memory-gru"}
BATCH = 32


@dataclass(frozen=True)
class Task:
    """A task in a length that is learnt in a minute; long versions are in rnn/recipes."""

    title: str
    unit: str
    options: dict[str, int]
    epochs: int
    lr: float


TASKS = {
    "adding": Task("mean squared error", "squared", {"n": 6000, "length": 40}, 12, 0.01),
    "copy": Task("nats a step", "nats", {"n": 4000, "symbols": 3, "delay": 12}, 20, 0.01),
}


def run(stage: Stage) -> None:
    """Train the three on each task; draw their test losses beside what needs no memory."""
    for name, task in TASKS.items():
        options = {**task.options, "n": 500} if stage.quick else task.options
        dataset = data.load(name, **options, seed=stage.seed)
        baseline = without_memory(dataset)
        epochs = 2 if stage.quick else task.epochs
        curves = {
            kind: learn(model, dataset, task.lr, epochs, stage) for kind, model in KINDS.items()
        }
        stage.say(f"{dataset.title}: {baseline:.4f} {task.title} without a memory")
        for kind, losses in curves.items():
            share = losses[-1] / baseline
            stage.say(f"  {kind:4} {losses[-1]:.4f}, {share:.1%} of that")
        stage.picture(f"memory-{name}", draw(dataset.title, task, curves, baseline))


def learn(model: str, dataset: Dataset, lr: float, epochs: int, stage: Stage) -> list[float]:
    """Train one network; its loss on the test rows after each epoch."""
    steps = spec.steps_in(len(dataset.x_train), BATCH, epochs)
    optimizer = spec.Adam(spec.Cosine(lr, steps), clip_norm=1.0)
    loss = spec.SoftmaxCrossEntropy() if dataset.classes else spec.MeanSquaredError()
    made = look_up("model", model, MODELS)(dataset.input_shape, dataset.outputs, loss)
    net = build(made, seed=stage.seed, optimizer=optimizer)
    taken = train(net, dataset, batch_size=BATCH, epochs=epochs, seed=stage.seed)
    watched = stage.watch(taken, f"{made.name}, {dataset.name}")
    return [step.metrics["loss"] for step in watched if step.metrics]


def draw(title: str, task: Task, curves: dict[str, list[float]], baseline: float) -> Figure:
    """The three curves on a logarithmic scale, and the line that needs no memory."""
    fig, axes = plots.figure(7.5, 4.8)
    for number, (kind, losses) in enumerate(curves.items()):
        look = {"color": COLOURS[number], "marker": MARKERS[number], "markersize": 4}
        axes.plot(range(1, len(losses) + 1), losses, label=kind, **look)
    axes.axhline(baseline, color="black", linestyle="--", label=f"no memory: {baseline:.4f}")
    axes.set(title=title, xlabel="epoch", ylabel=f"test loss ({task.title})", yscale="log")
    axes.xaxis.get_major_locator().set_params(integer=True)
    plots.legend_below(fig, axes)
    return fig


if __name__ == "__main__":
    main(run)
