"""A text is judged character by character, in order, and beside it stands what counting gives."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from brain import data, spec
from brain.data import files, texts
from brain.engine import build
from brain.records import read
from brain.store import Store
from brain.testing.invoked import done
from brain.testing.refusals import refusal
from brain.testing.texts import VERSE, VOCABULARY, writer
from rnn import language
from rnn.baselines import beside
from rnn.language import Judged, Parts, baselines, held_out, parts

GRU = spec.GRU(6, return_sequences=True)
IDS = VOCABULARY.encode("the cat sat on the mat, and then? the bat sat.")
KNOWN = {"hamlet": 1.68, "tinyshakespeare": 1.67}
"""What the 5-gram of Witten and Bell is known to give, nats a character."""


def needs(name: str) -> None:
    """Skip the test where a text is not here: a test never downloads."""
    if files.locate(name) is None:
        pytest.skip(f"BRAIN_DATA names no folder that holds {name}")


@pytest.fixture
def verse(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of our own under the name "theory"."""
    monkeypatch.setitem(texts.TEXTS, "theory", ("Verse", lambda name: VERSE))
    monkeypatch.setattr(texts, "has_theory", lambda: True)


@pytest.mark.parametrize("name", KNOWN)
def test_the_baselines_of_the_texts(name: str) -> None:
    needs(name)
    found = baselines(parts(name))
    assert found["5-gram"].nats == pytest.approx(KNOWN[name], abs=0.01)
    assert found["unigram"].nats > found["bigram"].nats + 0.5
    assert found["bigram"].nats > found["5-gram"].nats + 0.5


@pytest.mark.parametrize("name", KNOWN)
def test_the_held_out_part_is_that_of_the_data_set(name: str) -> None:
    needs(name)
    text, dataset = parts(name), data.load(name, length=64)
    first = np.concatenate([dataset.x_test[0, :1], dataset.y_test[0]])
    np.testing.assert_array_equal(text.ids[-text.judged :][:65], first)
    np.testing.assert_array_equal(text.read[:65], [dataset.x_train[0, 0], *dataset.y_train[0]])
    assert text.judged == round(0.1 * len(text.ids))
    assert text.size == dataset.outputs


@pytest.mark.parametrize("piece", [4, 7, 512])
@pytest.mark.parametrize("judged", [1, 12, 45])
def test_read_in_pieces_it_is_the_whole(
    monkeypatch: pytest.MonkeyPatch, piece: int, judged: int
) -> None:
    monkeypatch.setattr(language, "PIECE", piece)
    net = build(writer((GRU, spec.Dropout(0.5))), seed=2, dtype="float64")
    whole = build(writer((GRU,), length=judged), dtype="float64")
    whole.load_parameters(net.parameters())
    p = whole.predict_proba(IDS[None, -judged - 1 : -1])[0]
    wanted = -np.mean(np.log(p[np.arange(judged), IDS[-judged:]]))
    found = held_out(net, IDS, judged)
    assert found.nats == pytest.approx(wanted, rel=1e-12)
    assert found.characters == judged


def test_nothing_after_a_character_helps_to_foretell_it() -> None:
    net = build(writer((GRU,)), seed=2, dtype="float64")
    changed = IDS.copy()
    changed[-1] = (changed[-1] + 1) % len(VOCABULARY)
    one, other = (held_out(net, ids[:-1], 20) for ids in (IDS, changed))
    assert one == other
    assert held_out(net, IDS, 20) != held_out(net, changed, 20)


def test_figures_in_bits_and_as_a_perplexity() -> None:
    fair = Judged.of(np.full(7, 1 / 8))
    assert fair.nats == pytest.approx(math.log(8))
    assert fair.bits == pytest.approx(3)
    assert fair.perplexity == pytest.approx(8)
    assert fair.characters == 7


def test_who_cannot_be_judged_so() -> None:
    last = build(writer((spec.GRU(6),)))
    assert "answers after the last step alone" in refusal(lambda: held_out(last, IDS, 5))
    both = build(writer((spec.Bidirectional(GRU),)))
    assert "reads from the end too" in refusal(lambda: held_out(both, IDS, 5))
    net = build(writer((GRU,)))
    for judged in (0, len(IDS), len(IDS) + 5):
        assert f"the last {judged} cannot be judged" in refusal(
            lambda judged=judged: held_out(net, IDS, judged)  # type: ignore[misc]
        )


def test_evaluate_shows_both_figures_and_the_baselines(verse: None, tmp_path: Path) -> None:
    models = ("--models", tmp_path / "models")
    done("train", "char-gru", "--data", "theory", "--epochs", 1, "--save", *models)
    out = done("evaluate", "char-gru-theory", *models)
    loss = re.search(r"^test: loss ([\d.]+)", out, re.MULTILINE)
    rows = dict(re.findall(r"^ *(\S.*?) {2,}([\d.]+) +[\d.]+ +[\d.]+ +[\d,]+", out, re.MULTILINE))
    assert loss
    assert list(rows)[-2:] == ["char-gru, 64 characters at a time", "char-gru, read in order"]
    assert rows["char-gru, 64 characters at a time"] == loss[1]
    text = parts("theory")
    for name, judged in zip(list(rows)[:3], baselines(text).values(), strict=True):
        assert float(rows[name]) == pytest.approx(judged.nats, abs=1e-4)
    net = Store(models[1]).open("char-gru-theory").network()
    wanted = held_out(net, text.ids, text.judged).nats
    assert float(rows["char-gru, read in order"]) == pytest.approx(wanted, abs=1e-4)


def test_a_record_has_both_figures(verse: None, tmp_path: Path) -> None:
    options = ("--record", tmp_path, "--models", tmp_path / "models")
    done("train", "char-gru", "--data", "theory", "--epochs", 1, *options)
    record = read(tmp_path / "char-gru-theory-numpy-0.json")
    net, text = Store(tmp_path / "models").open("char-gru-theory").network(), parts("theory")
    assert record.in_order == pytest.approx(held_out(net, text.ids, text.judged).nats, rel=1e-6)
    assert record.in_order != pytest.approx(record.test["loss"], rel=1e-3)


def test_what_counting_gives_is_recorded(verse: None, tmp_path: Path) -> None:
    from rnn.baselines import counted, show

    show(["theory"], tmp_path)
    found = counted(tmp_path)
    assert list(found) == ["theory"]
    assert found["theory"].command == "python -m rnn.baselines theory"
    known = baselines(parts("theory"))
    assert found["theory"].nats == {name: judged.nats for name, judged in known.items()}
    assert found["theory"].characters == known["bigram"].characters
    (tmp_path / "theory.json").write_text("{}")
    assert str(tmp_path / "theory.json") in refusal(lambda: counted(tmp_path))


def test_nothing_stands_beside_what_cannot_be_led_through_a_text(
    verse: None, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = data.load("theory", target="last")
    beside(build(writer((spec.GRU(6),))), dataset, 1.0, {})
    beside(build(writer((spec.Bidirectional(GRU),))), dataset, 1.0, {})
    assert capsys.readouterr().out == ""


def test_the_table_of_a_text(verse: None, capsys: pytest.CaptureFixture[str]) -> None:
    from rnn.baselines import show

    show(["theory"])
    out = capsys.readouterr().out
    for name, order in language.ORDERS.items():
        judged = baselines(parts("theory"))[name]
        assert re.search(rf"{name}.* {judged.nats:.4f} +{judged.bits:.3f} ", out), order
    assert "unknown text 'hamlte'; did you mean 'hamlet'?" in refusal(lambda: show(["hamlte"]))


def test_parts_are_cut_as_asked(verse: None) -> None:
    text = parts("theory", 0.25)
    assert isinstance(text, Parts)
    assert len(text.read) + text.judged == len(VERSE)
    assert text.judged == round(0.25 * len(VERSE))
