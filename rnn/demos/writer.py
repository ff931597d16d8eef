"""A GRU in NumPy reads Hamlet, passes what counting knows of it, and writes hotter and cooler.

The baselines are n-grams, the last smoothed as I. H. Witten and T. C. Bell (1991) have it; all are
judged on the last tenth of the text, which none has read. theory/language.md
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from brain import data, plots, spec
from brain.alone import main
from brain.data import Vocabulary
from brain.engine import Network, build
from brain.sampling import NetworkReader, Reader, Sampling, prompt_ids, written
from brain.stage import Stage
from brain.training import train
from rnn.language import Judged, Parts, baselines, held_out, parts
from rnn.models import char_gru
from rnn.ngrams import NGramReader, NGrams

LENGTH, BATCH = 64, 32
TEMPERATURES = (0.2, 0.8, 1.2)
BASELINES = {
    "unigram": {"color": plots.GREY, "linestyle": ":"},
    "bigram": {"color": plots.GREEN, "linestyle": "-."},
    "5-gram": {"color": plots.ORANGE, "linestyle": "--"},
}


def run(stage: Stage) -> None:
    """Count, train, judge now and then, write, and draw."""
    text, instead = data.demo_text()
    if instead:
        stage.say(instead)
    dataset, whole = data.load(text.name, length=LENGTH), parts(text.name)
    counted = baselines(whole)
    for name, judged in counted.items():
        stage.say(f"{name}: {judged.nats:.3f} nats a character on what is held out")

    epochs = 1 if stage.quick else 10
    last = spec.steps_in(len(dataset.x_train), BATCH, epochs)
    optimizer = spec.Adam(spec.Cosine(0.006, last), clip_norm=1.0)
    model = char_gru((LENGTH,), len(text.vocabulary))
    net = build(model, "numpy", seed=stage.seed, optimizer=optimizer)
    stage.say(str(net.model))
    start = held_out(net, whole.ids, whole.judged)
    stage.say(f"GRU before it learns: {start.nats:.3f} nats a character")
    steps = train(net, dataset, batch_size=BATCH, epochs=epochs, seed=stage.seed)
    moments = np.unique(np.geomspace(1, last, 4 if stage.quick else 14).astype(int))
    learned = {}  # by characters read
    for step in stage.watch(steps, text.title):
        if step.step in moments:
            learned[step.step * BATCH * LENGTH] = held_out(net, whole.ids, whole.judged)
    found = learned[max(learned)]
    stage.say(f"GRU: {found.nats:.3f} nats a character ({found.bits:.2f} bits)")
    passed = [name for name, judged in counted.items() if judged.nats > found.nats]
    stage.say(f"it foretells better than: {', '.join(passed) or 'none of them'}")
    stage.picture("writer-learning", draw(text.title, counted, learned))
    write(stage, net, whole, text.vocabulary)


def write(stage: Stage, net: Network, whole: Parts, vocabulary: Vocabulary) -> None:
    """Print what counting writes, and what the network does at each temperature."""
    counting = NGramReader(NGrams(whole.read, whole.size))
    readers: dict[str, tuple[Reader, float]] = {"the 5-gram, at 0.8": (counting, 0.8)}
    for temperature in TEMPERATURES:
        readers[f"the GRU, at {temperature}"] = (NetworkReader(net), temperature)
    for name, (reader, temperature) in readers.items():
        stage.say(f"{name}, writes:")
        length = 60 if stage.quick else 240
        stage.say(lines(reader, vocabulary, temperature, length, stage.seed))


def lines(
    reader: Reader, vocabulary: Vocabulary, temperature: float, length: int, seed: int
) -> str:
    """What a reader writes from the beginning of a line on, indented."""
    begin = prompt_ids(vocabulary, "")
    ids = list(written(reader, begin, length, Sampling(temperature), seed))
    return textwrap.indent(vocabulary.decode(ids), "    ", lambda line: True)


@mpl.rc_context(plots.STYLE)  # type: ignore[arg-type]
def draw(title: str, counted: Mapping[str, Judged], learned: Mapping[int, Judged]) -> Figure:
    """What is held out, in nats a character: of the network as it reads, and of counting.

    `learned` is by the number of characters that the network was trained on.
    """
    fig, axes = plots.figure(7.4, 4.8)
    for name, judged in counted.items():
        label = f"{name}, {judged.nats:.2f}"
        axes.axhline(judged.nats, label=label, linewidth=1.8, **BASELINES[name])
    read, nats = list(learned), [judged.nats for judged in learned.values()]
    label = f"GRU, {nats[-1]:.2f} at the end"
    axes.plot(read, nats, color=plots.BLUE, marker="o", markersize=4, label=label)
    axes.set(
        xscale="log",
        title=f"{title}:\nhow well what is held out is foretold",
        xlabel="characters that the network was trained on, repeated ones too",
        ylabel="nats a character, held out",
    )
    axes.legend()
    return fig


if __name__ == "__main__":
    main(run)
