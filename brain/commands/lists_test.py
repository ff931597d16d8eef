"""`brain models` and `brain bench`: what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from brain import spec
from brain.names import MODELS, WORKLOADS
from brain.recipes import named_model
from brain.testing.invoked import brain, done, sentence
from brain.testing.present import needs

ROOT = Path(__file__).resolve().parent.parent.parent
needs_scratch = pytest.mark.skipif(not (ROOT / "scratch").exists(), reason="no scratch/ here")


def test_the_models_are_listed() -> None:
    lines = done("models").splitlines()
    assert [line.split()[0] for line in lines] == list(MODELS)
    assert all(entry.what in line for line, entry in zip(lines, MODELS.values(), strict=True))


@needs_scratch
@pytest.mark.parametrize("name", [*MODELS])
def test_a_model_is_shown_as_a_table(name: str) -> None:
    needs(name, MODELS)
    out, model = done("models", name), named_model(name)
    assert out.startswith(f"{name}: {model.input_shape} to {model.output_shape}, {model.loss}")
    assert re.search(r"^total +[\d,]+ +[\d,]+$", out, re.MULTILINE)


@needs_scratch
def test_a_model_is_fitted_to_data_and_saved(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    out = done("models", "mlp", "--data", "surface", "--save", path)
    assert "(2,) to (1,), MeanSquaredError()" in out
    assert out.splitlines()[-1] == f"wrote {path}"
    assert spec.load_model(path).name == "mlp"
    assert done("models", path) == out.replace(f"wrote {path}\n", "")


@needs_scratch
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mpl",), "did you mean 'mlp'?"),
        (("mlp", "--data", "mons"), "did you mean 'moons'?"),
        (("mlp", "--save", "/proc/no/m.json"), "cannot write /proc/no/m.json"),
        (("no/such.json",), "cannot read no/such.json"),
    ],
)
def test_models_refuses(arguments: tuple[str, ...], words: str) -> None:
    assert words in sentence("models", *arguments)


# bench


def test_bench_refuses() -> None:
    name = next(iter(WORKLOADS))
    needs(name, WORKLOADS)
    near = sentence("bench", name[:-1] + "x", "--engines", "numpy")
    assert near.startswith(f"unknown workload '{name[:-1]}x'; did you mean '{name}'?")
    assert "did you mean 'numpy'?" in sentence("bench", name, "--engines", "nunpy")
    answer = brain("bench", name, "--engines", "numpy", "--rounds", "2")
    assert answer.code == 2
    assert "--rounds" in answer.err
