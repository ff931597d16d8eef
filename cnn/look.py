"""Everything that a network for images shows of itself: a folder of pictures, a line for each.

    look(net, data.load("mnist"), Stage(Path("plots")))

Every picture is made from `trace` and `predict`, so any engine's network will do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.data import Dataset
from brain.engine import Network
from brain.errors import UserError
from brain.stage import Stage
from cnn import pictures
from cnn.breakdown import breakdown, by_family
from cnn.embedding import last_hidden, principal_components
from cnn.filters import first_filters
from cnn.maps import feature_maps, image_layers, spread
from cnn.maximisation import Ascent, maximise
from cnn.mistakes import confusion_table, fitting, judged, most_confused
from cnn.places import convolutions, image_layer, last_images
from cnn.reasons import reasons
from cnn.receptive import effective, effective_size, middle, receptive_fields
from scratch.image_pictures import side_by_side, wrongest
from scratch.seeing import most_wrong

Array = NDArray[Any]


@dataclass
class Scene:
    """What is looked at: a network, its data, some test pictures with their classes."""

    net: Network
    dataset: Dataset
    stage: Stage
    name: str
    layer: str  # of Grad-CAM
    x: Array
    y: Array

    def show(self, kind: str, figure: Any, line: str) -> None:
        """Write one picture and say a line about it."""
        self.stage.picture(f"{self.name}-{kind}", figure)
        self.stage.say(f"{kind:12} {line}")

    @property
    def called(self) -> str:
        """The model and its data, for titles."""
        return f"{self.net.model.name} on {self.dataset.name}"


def look(
    net: Network,
    dataset: Dataset,
    stage: Stage,
    *,
    name: str = "look",
    layer: str | None = None,
    shown: int = 6,
) -> None:
    """Draw what a trained network sees in pictures of its test part, under names that begin so.

    `layer` is the one that Grad-CAM asks; `shown` is how many pictures are explained. UserError for
    a network without a convolution, one that gives no classes, and data that it does not take.
    """
    convolutions(net.model)
    fitting(net, dataset)
    if not 1 <= shown <= 12:
        raise UserError(f"shown ({shown}) must be from 1 to 12 pictures.")
    node = last_images(net.model) if layer is None else image_layer(net.model, layer)
    rows = one_of_each(dataset.y_test, shown)
    scene = Scene(net, dataset, stage, name, node.name, dataset.x_test[rows], dataset.y_test[rows])
    for part in PARTS:
        part(scene)


def one_of_each(labels: Array, count: int) -> Array:
    """The rows of the first picture of each class, then of the second, `count` in all."""
    seen: dict[int, int] = {}
    turns = np.empty(len(labels), dtype=np.int64)
    for row, label in enumerate(labels.tolist()):
        turns[row] = seen[label] = seen.get(label, -1) + 1
    return np.lexsort((labels, turns))[:count]


def show_filters(scene: Scene) -> None:
    """The first kernels, and what each finds."""
    layer, weights = first_filters(scene.net)
    answers = feature_maps(scene.net, scene.x[:1], [layer])[layer][0]
    title = f"{scene.called}: the kernels of {layer}, and what each finds in a picture"
    line = f"{len(weights)} kernels of {weights.shape[1]}x{weights.shape[2]} in {layer}"
    scene.show("filters", pictures.kernels(scene.x[0], weights, answers, title), line)


def show_maps(scene: Scene) -> None:
    """One picture on its way, layer by layer."""
    chosen = spread(image_layers(scene.net), 8)
    maps = {name: a[0] for name, a in feature_maps(scene.net, scene.x[:1], chosen).items()}
    title = f"{scene.called}: one picture, layer by layer (the channels that vary most)"
    silent = float(np.mean(~maps[chosen[-1]].any(axis=(0, 1))))
    line = f"from {chosen[0]} to {chosen[-1]}; there {silent:.0%} of the channels are silent"
    scene.show("maps", pictures.layer_by_layer(scene.x[0], maps, title), line)


def show_reasons(scene: Scene) -> None:
    """Where each way of asking finds the reason for the right class."""
    rows, off = reasons(scene.net, scene.x, scene.y, scene.stage, scene.layer)
    p = judged(scene.net, scene.x)[1]
    titles = [f"{scene.dataset.classes[c]}: {p[i, c]:.0%}" for i, c in enumerate(scene.y)]
    title = f"{scene.called}: what speaks for the true class (with its probability)"
    line = (
        f"five ways to ask where the true class is seen, Grad-CAM in {scene.layer}; "
        f"{missed_share(off)}"
    )
    scene.show("reasons", side_by_side(scene.x, titles, rows, title), line)


def missed_share(off: float) -> str:
    """In words, how far integrated gradients are from the sum that theory gives them."""
    return (
        "the integrated gradients of a picture add up to what its score is above that of a black "
        f"one, but for {off:.1%}"
    )


def show_best(scene: Scene) -> None:
    """The picture that each class likes best, and those that channels of some layers do."""
    net, quick = scene.net, scene.stage.quick
    ascent = Ascent(steps=8) if quick else Ascent()
    rest = scene.dataset.x_train[:1000].mean(axis=(0, 1, 2))
    options: dict[str, Any] = {"ascent": ascent, "rest": rest, "seed": scene.stage.seed}
    classes = scene.dataset.classes[:20]
    images, heights = maximise(net, range(len(classes)), **options)
    images = np.stack([stretched(image) for image in images])
    title = f"{scene.called}: what raises each class's score most (contrast stretched)"
    line = (
        f"in {ascent.steps} steps from noise the scores rose from {heights[0].mean():.1f} to "
        f"{heights[-1].mean():.1f}, the mean of the classes"
    )
    drawn = pictures.gallery(images, classes, title, columns=min(5, len(classes)))
    scene.show("classes", drawn, line)
    every = [node.name for node in convolutions(net.model) if ".shortcut." not in node.name]
    names = spread(every, 2 if quick else 4)
    found = []
    for layer in names:
        channels = range(min(6, image_layer(net.model, layer).output_shape[-1]))
        still = replace(ascent, jitter=0)
        made, _ = maximise(net, channels, layer, everywhere=False, **options | {"ascent": still})
        part = receptive_fields(net.model)[layer].pixels(middle(net, layer), made.shape[1:3])
        found.append([stretched(image[part]) for image in made])
    title = f"{scene.called}: what single channels answer to most, as much as a unit sees"
    drawn = pictures.patches(dict(zip(names, found, strict=True)), title)
    scene.show("channels", drawn, f"the first channels of {', '.join(names)}")


def stretched(image: Array) -> Array:
    """An image whose numbers go from 0 to 1."""
    low, high = image.min(), image.max()
    return (image - low) / ((high - low) or 1)


def show_mistakes(scene: Scene) -> None:
    """What is taken for what, and the worst of it."""
    dataset = scene.dataset
    part = slice(300 if scene.stage.quick else None)
    x, truth = dataset.x_test[part], dataset.y_test[part]
    many = len(x)
    answers, p = judged(scene.net, x)
    right = int(np.sum(answers == truth))
    pairs = most_confused(confusion_table(truth, answers, len(dataset.classes)), 1)
    line = f"{right:,} of {many:,} test pictures are told right"
    if pairs:
        one, other = (dataset.classes[label] for label in pairs[0][:2])
        line += f"; most often {one} was taken for {other}, {pairs[0].times} times"
    title = f"{scene.called}: {right:,} of {many:,} test pictures told right"
    drawn = pictures.confused(truth, answers, dataset.classes, title)
    scene.show("confusion", drawn, line)
    rows = most_wrong(p, truth, 10)
    title = f"{scene.called}: the test pictures that it was most wrong about"
    drawn = wrongest(x[rows], truth[rows], p[rows], dataset.classes, title)
    least = p[rows[0], truth[rows[0]]]
    scene.show("mistakes", drawn, f"the worst gave its true class a probability of {least:.2g}")


def show_embedding(scene: Scene) -> None:
    """Where test pictures lie in the last hidden layer."""
    many = 200 if scene.stage.quick else 1500
    x, y = scene.dataset.x_test[:many], scene.dataset.y_test[:many]
    layer, hidden = last_hidden(scene.net, x)
    if min(hidden.shape) < 3:
        scene.stage.say(f"{'embedding':12} left out: {layer} has too few units to draw a plane")
        return
    found = principal_components(hidden)
    title = f"{scene.called}: {len(x):,} test pictures in the last hidden layer"
    line = (
        f"two of the {hidden.shape[1]} directions of {layer} hold {found.explained[:2].sum():.0%} "
        "of the variance"
    )
    scene.show("embedding", pictures.embedding(found, y, scene.dataset.classes, layer, title), line)


def show_way(scene: Scene) -> None:
    """What each layer costs, and what comes out of it."""
    stops = breakdown(scene.net, scene.x[0])
    totals = by_family(stops)
    flops, parameters = (sum(total[i] for total in totals.values()) for i in (0, 1))
    parts = (
        f"{name} {a / flops:.0%} and {b / parameters:.0%}"
        for name, (a, b) in totals.items()
        if a / flops > 0.005 or b / parameters > 0.005
    )
    line = f"of {flops / 1e6:.2f} MFLOPs and {parameters:,} parameters: {', '.join(parts)}"
    title = f"{scene.called}: what each layer does with one picture, and what it costs"
    scene.show("way", pictures.way_through(stops, title), line)


def show_fields(scene: Scene) -> None:
    """How much of the picture a unit can see, and does."""
    net = scene.net
    theoretical = receptive_fields(net.model)
    fields = {name: replace(theoretical[name], layer="") for name in image_layers(net)}
    firsts = {field: name for name, field in reversed(fields.items())}  # of layers that see alike
    layers = spread([name for name in fields if name in firsts.values()], 9)
    x = scene.dataset.x_test[: 8 if scene.stage.quick else 64]
    seen = {layer: effective(net, x, layer) for layer in layers}
    places = {layer: middle(net, layer) for layer in layers}
    last = layers[-1]
    line = (
        f"a unit of {last} can see {theoretical[last].size} pixels across, and most of what moves "
        f"it lies within {effective_size(seen[last]):.1f}"
    )
    title = f"{scene.called}: what the unit in the middle of a layer sees ({len(x)} pictures)"
    drawn = pictures.fields(scene.x[0], seen, theoretical, places, title)
    scene.show("fields", drawn, line)


PARTS: tuple[Callable[[Scene], None], ...] = (
    show_filters,
    show_maps,
    show_reasons,
    show_best,
    show_mistakes,
    show_embedding,
    show_way,
    show_fields,
)
"""What is drawn, in this order."""
KINDS = (
    *("filters", "maps", "reasons", "classes", "channels"),
    *("confusion", "mistakes", "embedding", "way", "fields"),
)
"""What the pictures are called behind the name that they begin with, in this order."""
