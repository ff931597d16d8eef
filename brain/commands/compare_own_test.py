"""`brain compare --torch ... --keras ...`: a user's own models, and options that do not fit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.names import ENGINES
from brain.testing.invoked import brain, done, sentence
from brain.testing.pairs import PAIRS
from brain.testing.present import needs

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

TORCH, KERAS = "torch_nn.testing.pairs", "tf_nn.testing.pairs"
PORT = PAIRS[0]


def saved(path: Path, array: Any) -> Path:
    np.save(path, array)
    return path


def both(name: str) -> tuple[str, ...]:
    for engine in ("torch", "tensorflow"):
        needs(engine, ENGINES)
    return ("--torch", f"{TORCH}:{name}", "--keras", f"{KERAS}:{name}")


class TestCompared:
    """What is shown, and how it ends."""

    def test_a_faulty_port_is_exit_code_1_with_layer_and_cause(self, tmp_path: Path) -> None:
        given = np.random.default_rng(0).standard_normal((5, *PORT.shape))
        x = saved(tmp_path / "x.npy", given)
        files = tmp_path / "r.json", tmp_path / "r.html"
        answer = brain(
            *("compare", *both("pair01"), "--input", x, "--json", files[0], "--html", files[1])
        )
        assert answer.code == 1
        assert "they part first at: 1, forward, in evaluation\n" in answer.out
        assert "cause: Keras: eps is 0.001, not 1e-05\n" in answer.out
        assert answer.out.splitlines()[-1] == "the models differ"
        report = json.loads(files[0].read_text(encoding="utf-8"))
        assert (report["answer"], report["first"]) == ("differs", "1, forward, in evaluation")
        assert [row["mine"] for row in report["rows"]] == ["0", "1", "5"]
        page = files[1].read_text(encoding="utf-8")
        assert "Keras: eps is 0.001, not 1e-05" in page
        assert page.count("<svg") == 2
        assert not re.search(r'(src|href)="(?!#|data:)', page)

    def test_against_a_spec(self, tmp_path: Path) -> None:
        needs("torch", ENGINES)
        layers = spec.Dense(6), spec.ReLU(), spec.Dense(3)
        model = tmp_path / "own.json"
        spec.save(spec.Model("own", (8,), layers, spec.MeanSquaredError()), model)
        (tmp_path / "net.py").write_text(
            "from torch import nn\n\n"
            "def make():\n"
            "    return nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 3))\n"
        )
        x = saved(tmp_path / "x.npy", np.random.default_rng(0).standard_normal((20, 8)))
        y = saved(tmp_path / "y.npy", np.random.default_rng(1).standard_normal((20, 3)))
        given = ("--run", model, "--torch", f"{tmp_path / 'net.py'}:make", "--input", x)
        out = done("compare", *given, "--loss", "mse", "--targets", y)
        assert "the first 16 of 20 samples are used" in out
        assert "loss: NumPy " in out


class TestRefused:
    """One sentence, exit code 2."""

    def test_no_such_factory(self, tmp_path: Path) -> None:
        needs("torch", ENGINES)
        x = saved(tmp_path / "x.npy", np.ones((2, 8)))
        given = ("--torch", f"{TORCH}:pair99", "--run", "mlp", "--input", x)
        assert "unknown factory in torch_nn.testing.pairs 'pair99'; did you mean 'pair" in sentence(
            "compare", *given
        )

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--torch", "a:b"], "--torch is compared with another model: give --run or --keras"),
            (["--torch", "a:b", "--keras", "c:d"], "--input FILE.npy holds the samples"),
            (["--input", "x.npy"], "--input and its like go with your own models"),
            (["mlp", "--torch", "a:b"], "your own models are compared by themselves"),
            (
                ["--torch", "a:b", "--keras", "c:d", "--input", "x.npy", "--loss", "mse"],
                "--loss and --targets go together",
            ),
            (
                ["--torch", "a:b", "--run", "mlp", "--input", "none.npy"],
                "--input none.npy: No such file",
            ),
        ],
    )
    def test_options_that_do_not_go_together(self, arguments: list[str], said: str) -> None:
        assert said in sentence("compare", *arguments)

    @pytest.mark.parametrize(
        ("array", "said"),
        [
            (np.ones((3, 2), complex), "holds complex128; wanted real numbers"),
            (np.array(["a"]), "holds <U1; wanted real numbers"),
            (np.array([[1.0, np.nan]]), "holds 1 values that are NaN or infinite"),
            (np.zeros((0, 3)), "holds no samples: its shape is (0, 3)"),
        ],
    )
    def test_an_input_of_another_kind(self, tmp_path: Path, array: Any, said: str) -> None:
        x = saved(tmp_path / "x.npy", array)
        assert said in sentence("compare", "--torch", "a:b", "--run", "mlp", "--input", x)

    def test_no_pickle_is_opened(self, tmp_path: Path) -> None:
        x = tmp_path / "x.npy"
        np.save(x, np.array([{}], object), allow_pickle=True)
        said = sentence("compare", "--torch", "a:b", "--run", "mlp", "--input", x)
        assert "is no array of numbers: write one with np.save" in said
