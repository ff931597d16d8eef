"""The printed table of a model: every layer is there, in its place, and the columns add up."""

from __future__ import annotations

import math

from hypothesis import given, settings

from brain import spec
from brain.testing.model_strategies import models

MODEL = spec.Model(
    name="nested",
    input_shape=(3, 4),
    layers=(
        spec.Dense(5, init=spec.init.Glorot()),
        spec.Residual(
            (spec.Sequential((spec.Dense(5), spec.LeakyReLU(0.2))),), (spec.Dense(5, bias=False),)
        ),
        spec.Flatten(),
        spec.Dense(1000),
    ),
    loss=spec.SoftmaxCrossEntropy(),
)

TABLE = """\
nested: (3, 4) to (1000,), SoftmaxCrossEntropy()

layer                                                  output shape  parameters   FLOPs
---------------------------------------------------------------------------------------
dense1             Dense(5, init=Glorot())             (3, 5)                25     120
residual1          Residual()                          (3, 5)                 0      15
  body.sequential1   Sequential()                        (3, 5)                 0       0
    dense1       Dense(5)                            (3, 5)                30     150
    leakyrelu1   LeakyReLU(slope=0.2)                (3, 5)                 0      30
  shortcut.dense1  Dense(5, bias=False)                (3, 5)                25     135
flatten1           Flatten()                           (15,)                  0       0
dense2             Dense(1000)                         (1000,)           16,000  30,000
---------------------------------------------------------------------------------------
total                                                                    16,080  30,450
"""


def without_spacing(text: str) -> list[list[str]]:
    """The cells of each line; rules and blank lines left out."""
    return [line.split() for line in text.splitlines() if line.strip("- ")]


def test_the_whole_table() -> None:
    assert without_spacing(str(MODEL)) == without_spacing(TABLE)


def test_layers_inside_are_set_in() -> None:
    lines = {line.split()[0]: line for line in str(MODEL).splitlines() if line}
    assert lines["residual1"].startswith("residual1")
    assert lines["body.sequential1"].startswith("  body")
    assert lines["leakyrelu1"].startswith("    leaky")


@settings(max_examples=50)
@given(models())
def test_the_columns_add_up(model: spec.Model) -> None:
    lines = str(model).splitlines()
    head, body, foot = lines[2], lines[4:-2], lines[-1]
    assert head.split() == ["layer", "output", "shape", "parameters", "FLOPs"]
    assert {len(line) for line in (lines[3], *body, foot)} == {len(lines[3])}  # columns line up
    names = [line.split()[0] for line in body]
    assert [name.rpartition(".")[2] for name in names] == [
        node.name.rpartition(".")[2] for node in model.walk()
    ]
    columns = [[int(cell.replace(",", "")) for cell in line.split()[-2:]] for line in body]
    totals = [int(cell.replace(",", "")) for cell in foot.split()[1:]]
    assert [sum(column) for column in zip(*columns, strict=True)] == totals
    sizes = [math.prod(info.shape) for info in model.parameters().values()]
    assert totals == [sum(sizes), model.flops()]


def test_descriptions_leave_out_defaults() -> None:
    assert spec.describe(spec.Dense(3)) == "Dense(3)"
    assert spec.describe(spec.GELU()) == "GELU()"
    assert spec.describe(spec.GELU("tanh")) == "GELU(form='tanh')"
    assert spec.describe(spec.SGD(0.1, momentum=0.9)) == "SGD(0.1, momentum=0.9)"
    assert spec.describe(spec.SGD(spec.Constant(0.1))) == "SGD(Constant(0.1))"
    assert spec.describe(spec.Residual((spec.Dense(3),))) == "Residual()"
