"""Looking at a saved network: every picture that fits it, and one sentence for what does not."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from brain import data, spec
from brain.data import Dataset, texts
from brain.engine import Network, build
from brain.stage import Stage
from brain.testing.refusals import refusal
from rnn.look import held_out_text, look

VERSE = "".join(f"the {a}at sat on the {b}at, and then?\n" for a in "bcfhmprs" for b in "mhcr") * 9
WINDOW = 20


@pytest.fixture
def verse(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setitem(texts.TEXTS, "theory", ("Verse", lambda name: VERSE))
    return data.load("theory", length=WINDOW)


def language(dataset: Dataset, layer: Any, *more: spec.Layer) -> Network:
    last = spec.Dense(dataset.outputs)
    layers = (spec.Embedding(dataset.outputs, 6), layer, *more, last)
    return build(spec.Model("small", (WINDOW,), layers, spec.SoftmaxCrossEntropy()))


def looked(folder: Path, net: Network, dataset: Dataset, **options: Any) -> tuple[list[str], str]:
    screen = io.StringIO()
    stage = Stage(folder, quick=True, console=Console(file=screen, width=200))
    look(net, dataset, stage, **options)
    for path in stage.paths:
        assert path.read_bytes().startswith(b"\x89PNG" if path.suffix == ".png" else b"<!doctype")
    return [path.name for path in stage.paths], screen.getvalue()


PICTURES = ["look-states.png", "look-gates.png", "look-cells.png", "look-text.html"]


@pytest.mark.parametrize("layer", [spec.LSTM, spec.GRU, spec.RNN], ids=lambda kind: kind.__name__)
def test_a_text_network(tmp_path: Path, verse: Dataset, layer: Any) -> None:
    net = language(verse, layer(units=7, return_sequences=True))
    names, said = looked(tmp_path, net, verse)
    gates = [] if layer is spec.RNN else ["look-gates.png"]
    assert names == ["look-states.png", *gates, *PICTURES[2:], "look-gradients.png"]
    assert f"{layer.__name__.lower()}1, unit" in said
    assert "follows place in the line" in said
    assert f"{WINDOW - 1} steps back" in said
    assert ("it has no gates" in said) == (layer is spec.RNN)
    start = "".join(verse.classes[i] for i in verse.x_test[0][:15])
    assert start.replace("\n", "⏎\n") in said


def test_an_answer_after_the_window_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.TEXTS, "theory", ("Verse", lambda name: VERSE))
    dataset = data.load("theory", length=WINDOW, stride=5, target="last")
    names, _ = looked(tmp_path, language(dataset, spec.GRU(5)), dataset)
    assert names == [*PICTURES, "look-gradients.png"]


def test_a_text_a_unit_and_a_layer_of_ones_own(tmp_path: Path, verse: Dataset) -> None:
    first, second = (spec.LSTM(4, return_sequences=True), spec.GRU(3, return_sequences=True))
    net = language(verse, first, second)
    options = {"text": "the cat, the hat", "layer": "gru1", "unit": 2, "name": "mine"}
    names, said = looked(tmp_path, net, verse, **options)
    assert names[0] == "mine-states.png"
    assert "unit 2 of gru1 of small, character by character" in said
    assert "the cat, the hat" in said
    page = (tmp_path / "mine-text.html").read_text(encoding="utf-8")
    assert "Unit 2 of gru1 of small" in page
    assert page.count("<span") == 16


def test_one_character_can_be_read(tmp_path: Path, verse: Dataset) -> None:
    net = language(verse, spec.GRU(3, return_sequences=True))
    names, _ = looked(tmp_path, net, verse, text="a")
    assert names == [*PICTURES, "look-gradients.png"]


@pytest.mark.parametrize("name", ["adding", "copy"])
def test_a_memory_task(tmp_path: Path, name: str) -> None:
    dataset = data.load(name, n=30)
    each = name == "copy"
    loss = spec.SoftmaxCrossEntropy() if each else spec.MeanSquaredError()
    layers: tuple[Any, ...] = (spec.LSTM(4, return_sequences=each), spec.Dense(dataset.outputs))
    layers = (spec.Embedding(10, 3), *layers) if each else layers
    net = build(spec.Model("memory", dataset.input_shape, layers, loss))
    names, said = looked(tmp_path, net, dataset)
    assert names == ["look-states.png", "look-gates.png", "look-gradients.png"]
    assert "49 steps back" in said
    assert "is no text to read" in refusal(lambda: looked(tmp_path, net, dataset, text="a"))


@pytest.mark.parametrize("horizon", [1, 3])
def test_a_series(tmp_path: Path, horizon: int) -> None:
    dataset = data.load("sine", n=200, noise=0.1, length=12, horizon=horizon)
    layers = (spec.GRU(4), spec.Dense(horizon))
    net = build(spec.Model("seer", (12, 1), layers, spec.MeanSquaredError()))
    names, said = looked(tmp_path, net, dataset)
    pictures = ("states", "gates", "forecasts", "gradients")
    assert names == [f"look-{picture}.png" for picture in pictures]
    scale = dataset.scaling
    assert scale
    x, z, y = dataset.x_test[:, -1, 0], net.predict(dataset.x_test)[:, 0], dataset.y_test[:, 0]
    seen, naive = (scale.deviation * float(np.mean(np.abs(a - y))) for a in (z, x))
    assert f"mean error one step ahead: seer {seen:.3g}, naive {naive:.3g}\n" in said


def test_the_held_out_text_is_put_together_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.TEXTS, "theory", ("Verse", lambda name: VERSE))
    for stride in (20, 10, 4):
        dataset = data.load("theory", length=20, stride=stride)
        text = "".join(dataset.classes[i] for i in held_out_text(dataset, 90))
        assert text == VERSE[len(VERSE) - len(VERSE) // 10 :][:90]
    assert len(held_out_text(dataset, 7)) == 7


def test_what_is_not_there_is_one_sentence(tmp_path: Path, verse: Dataset) -> None:
    net = language(verse, spec.LSTM(4, return_sequences=True))

    def refused(**options: Any) -> str:
        said = refusal(lambda: looked(tmp_path, net, verse, **options))
        assert not list(tmp_path.iterdir())  # nothing is drawn before it is found out
        return said

    assert refused(unit=4) == "lstm1 has the cells 0 to 3, and no cell 4."
    assert "unknown recurrent layer 'lstm2'" in refused(layer="lstm2")
    assert "has never seen 'é'" in refused(text="thé")
    assert "nothing to read" in refused(text="")
    moons = data.load("moons")
    layers = (spec.Dense(3), spec.Dense(1))
    dense = build(spec.Model("mlp", (2,), layers, spec.BinaryCrossEntropy()))
    assert "no recurrent layer" in refusal(lambda: looked(tmp_path, dense, moons))
