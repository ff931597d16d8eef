"""What every engine must show of what it sees; its tests subclass `Seeing`.

class TestSeeing(Seeing):
    engine = "torch"

The maps are those of `cnn`, which is asked for by name: on a branch without it the tests skip.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.compare.examples import example
from brain.compare.tolerances import error
from brain.engine import Network, build
from brain.stage import Stage
from brain.testing.shapes import plain, residual, shapes

Array = NDArray[Any]

TOLERANCE = 1e-10
"""In float64: sums of some thousand terms, passed on through some layers and a few steps."""

LABELS = np.array([2, 0, 1, 1])


def cnn(module: str) -> Any:
    """A module of the vision track; the test is skipped where its folder is not there."""
    pytest.importorskip("cnn", reason="the folder cnn/ is not on this branch")
    return importlib.import_module(f"cnn.{module}")


def saliency(net: Network, x: Array) -> Array:
    pytest.importorskip("scratch", reason="the folder scratch/ is not on this branch")
    return importlib.import_module("scratch.seeing").saliency(net, x, LABELS)


def smoothgrad(net: Network, x: Array) -> Array:
    return cnn("saliency").smoothgrad(net, x, LABELS, samples=4)


def integrated_gradients(net: Network, x: Array) -> Array:
    return cnn("saliency").integrated_gradients(net, x, LABELS, baseline=0.1, steps=6)


def gradcam(net: Network, x: Array) -> Array:
    return cnn("gradcam").gradcam(net, x, LABELS)


def gradcam_inside(net: Network, x: Array) -> Array:
    convolutions = cnn("places").convolutions(net.model)
    return cnn("gradcam").gradcam(net, x, LABELS, convolutions[1].name)


def occlusion(net: Network, x: Array) -> Array:
    return cnn("occlusion").occlusion(net, x, LABELS, size=5, stride=3)


def class_maximised(net: Network, x: Array) -> Array:
    maximisation = cnn("maximisation")
    ascent = maximisation.Ascent(steps=5, blur_every=2)
    return np.append(*(a.ravel() for a in maximisation.maximise(net, [0, 2], ascent=ascent)))


def channel_maximised(net: Network, x: Array) -> Array:
    maximisation, layer = cnn("maximisation"), cnn("places").convolutions(net.model)[1].name
    ascent = maximisation.Ascent(steps=4, blur_every=3)
    return np.append(*(a.ravel() for a in maximisation.maximise(net, [1, 3], layer, ascent=ascent)))


def embedded(net: Network, x: Array) -> Array:
    embedding = cnn("embedding")
    return embedding.principal_components(embedding.last_hidden(net, x)[1]).scores


def sizes(net: Network, x: Array) -> Array:
    stops = cnn("breakdown").breakdown(net, x[0])
    return np.array([number for stop in stops for number in (stop.size, stop.zeros)])


def effective(net: Network, x: Array) -> Array:
    layer = cnn("places").last_images(net.model).name
    return cnn("receptive").effective(net, x, layer)


MAPS: tuple[Callable[[Network, Array], Array], ...] = (
    saliency,
    smoothgrad,
    integrated_gradients,
    gradcam,
    gradcam_inside,
    occlusion,
    class_maximised,
    channel_maximised,
    embedded,
    sizes,
    effective,
)


class Seeing:
    """What an engine's networks see is what NumPy's see."""

    engine: ClassVar[str]

    def both(self, model: spec.Model) -> tuple[Network, Network, Array]:
        """The engine's network and NumPy's, with the same random values, and four pictures."""
        given = example(model, samples=len(LABELS))
        nets = [build(model, engine, dtype="float64") for engine in (self.engine, "numpy")]
        for net in nets:
            net.load_parameters(given.parameters)
            net.load_state(given.state)
        return nets[0], nets[1], given.x

    @pytest.mark.parametrize("look", MAPS, ids=lambda look: look.__name__)
    @pytest.mark.parametrize("model", [plain(), residual()], ids=lambda model: model.name)
    def test_every_map_is_numpys(
        self, model: spec.Model, look: Callable[[Network, Array], Array]
    ) -> None:
        net, reference, x = self.both(model)
        ours, theirs = look(net, x), look(reference, x)
        assert np.any(theirs), "a map of nothing but zeros shows nothing"
        assert error(ours, theirs) < TOLERANCE

    @pytest.mark.parametrize("model", [plain(), residual()], ids=lambda model: model.name)
    def test_feature_maps_are_numpys(self, model: spec.Model) -> None:
        net, reference, x = self.both(model)
        ours, theirs = (cnn("maps").feature_maps(n, x) for n in (net, reference))
        assert list(ours) == list(theirs)
        for layer, maps in theirs.items():
            assert error(ours[layer], maps) < TOLERANCE, layer

    @pytest.mark.parametrize("model", [plain(), residual()], ids=lambda model: model.name)
    def test_a_network_up_to_a_layer_gives_its_output(self, model: spec.Model) -> None:
        net, _, x = self.both(model)
        convolution = cnn("places").convolutions(model)[-1].name
        short = cnn("places").up_to(net, convolution)
        assert type(short) is type(net)
        wanted = net.trace(x, layers=[convolution]).outputs[convolution]
        assert error(short.predict(x), wanted) < TOLERANCE

    def test_everything_is_drawn(self, tmp_path: Path) -> None:
        stage = Stage(tmp_path, quick=True)
        net = build(residual(), self.engine)
        cnn("look").look(net, shapes(3), stage, shown=1)
        assert len({path.name for path in stage.paths}) >= 10
        assert all(path.read_bytes().startswith(b"\x89PNG") for path in stage.paths)
