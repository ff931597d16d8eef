"""Layers over images: where windows fit, what they cost, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.errors import UserError
from brain.spec.images import Padding, windows
from brain.testing.refusals import refusal


def model(*layers: spec.Layer, shape: tuple[int, ...]) -> spec.Model:
    return spec.Model("m", shape, layers, spec.MeanSquaredError())


@pytest.mark.parametrize("padding", ["valid", "same", 0, 1, 3])
@pytest.mark.parametrize(("size", "dilation"), [(1, 1), (2, 1), (3, 1), (2, 3), (3, 2)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_windows_are_as_many_as_can_be_laid(
    n: int, stride: int, size: int, dilation: int, padding: Padding
) -> None:
    """Counted one by one: from the first padded cell on, as long as the last cell is there."""
    reach = (size - 1) * dilation + 1
    try:
        count, before, after = windows(n, size, stride, padding, dilation)
    except UserError:
        assert isinstance(padding, int) or padding == "valid"
        assert n + 2 * (0 if padding == "valid" else padding) < reach
        return
    starts = range(-before, n + after - reach + 1, stride)
    if padding == "same":
        # TensorFlow: ceil(n / stride) windows, no more padding than they need, the odd cell last
        assert count == -(-n // stride)
        needed = starts[count - 1] + reach - n if count <= len(starts) else None
        assert needed is not None
        assert after == max(needed, 0)
        assert after - before in (0, 1)
    else:
        assert before == after == (0 if padding == "valid" else padding)
        assert count == len(starts)


def test_shapes_by_hand() -> None:
    net = model(
        spec.Conv2D(6, kernel=5, padding="same"),
        spec.AvgPool2D(2),
        spec.Conv2D(16, kernel=5),
        spec.MaxPool2D(3, stride=2, padding=1),
        spec.GlobalAvgPool2D(),
        shape=(28, 20, 1),
    )
    assert [node.output_shape for node in net.nodes] == [
        (28, 20, 6),
        (14, 10, 6),
        (10, 6, 16),
        (5, 3, 16),
        (16,),
    ]
    assert [node.name for node in net.nodes] == [
        "conv1",
        "avgpool1",
        "conv2",
        "maxpool1",
        "globalavgpool1",
    ]


@pytest.mark.parametrize("kind", [spec.MaxPool2D, spec.AvgPool2D])
def test_windows_without_a_stride_lie_side_by_side(
    kind: type[spec.MaxPool2D] | type[spec.AvgPool2D],
) -> None:
    assert kind(3).output_shape((9, 10, 4)) == (3, 3, 4)
    assert kind(4).output_shape((9, 13, 2)) == (2, 3, 2)
    assert kind(3, stride=1).output_shape((9, 10, 4)) == (7, 8, 4)


def test_parameters_and_operations_by_hand() -> None:
    layer = spec.Conv2D(6, kernel=3, stride=2, padding=1, groups=2)
    info = layer.parameters((5, 7, 4))
    assert info["weight"].shape == (3, 3, 2, 6)
    assert (info["weight"].fan_in, info["weight"].fan_out) == (3 * 3 * 2, 3 * 3 * 3)
    assert info["bias"].shape == (6,)
    # 3 x 4 places, 6 filters, 18 products and as many sums, the bias's among them
    assert layer.flops((5, 7, 4)) == 3 * 4 * 6 * 36
    bare = spec.Conv2D(6, stride=2, padding=1, groups=2, bias=False)
    assert list(bare.parameters((5, 7, 4))) == ["weight"]
    assert bare.flops((5, 7, 4)) == 3 * 4 * 6 * 35
    assert spec.MaxPool2D(3, stride=1).flops((5, 4, 2)) == 3 * 2 * 2 * 9
    assert spec.GlobalAvgPool2D().flops((5, 4, 2)) == 40
    assert layer.sum_length((5, 7, 4)) == 18 + 1
    assert bare.sum_length((5, 7, 4)) == 18
    assert spec.AvgPool2D(3).sum_length((5, 4, 2)) == 9
    assert spec.GlobalAvgPool2D().sum_length((5, 4, 2)) == 20


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (
            lambda: model(spec.Conv2D(3, padding="same"), spec.MaxPool2D(6), shape=(4, 9, 2)),
            "Model: model 'm', maxpool1: MaxPool2D cannot take images (4, 9, 3): a window of 6 "
            "does not fit on 4 cells.",
        ),
        (
            lambda: model(spec.AvgPool2D(4, padding=1), shape=(9, 1, 2)),
            "Model: model 'm', avgpool1: AvgPool2D cannot take images (9, 1, 2): a window of 4 "
            "does not fit on 1 cell, padded to 3.",
        ),
        (
            lambda: model(spec.Conv2D(3, dilation=4), shape=(9, 8, 1)),
            "Model: model 'm', conv1: Conv2D cannot take images (9, 8, 1): a window of 9 does not "
            "fit on 8 cells.",
        ),
        (
            lambda: model(spec.Residual((spec.Sequential((spec.MaxPool2D(7),)),)), shape=(4, 5, 2)),
            "Model: model 'm', residual1.body.sequential1.maxpool1: MaxPool2D cannot take images "
            "(4, 5, 2): a window of 7 does not fit on 4 cells.",
        ),
        (
            lambda: model(spec.Conv2D(4, groups=2), shape=(4, 5, 3)),
            "Model: model 'm', conv1: 2 groups do not divide the 3 channels of (4, 5, 3).",
        ),
        (lambda: spec.Conv2D(3, groups=2), "Conv2D: 2 groups do not divide 3 filters."),
        (
            lambda: spec.Conv2D(4, stride=2, dilation=3),
            "Conv2D: stride 2 and dilation 3: one of them must be 1.",
        ),
        (
            lambda: spec.MaxPool2D(2, padding=2),
            "MaxPool2D: a padding of 2 would leave windows of 2 without a real cell.",
        ),
        (
            lambda: model(spec.Conv2D(2), shape=(4, 5)),
            "Model: model 'm', conv1: Conv2D takes images (H, W, C), not (4, 5).",
        ),
        (
            lambda: model(spec.GlobalAvgPool2D(), shape=(4, 5)),
            "Model: model 'm', globalavgpool1: GlobalAvgPool2D takes images (H, W, C), not (4, 5).",
        ),
        (
            lambda: spec.Conv2D(0),
            "Conv2D.filters: it should be greater than or equal to 1, but it is 0.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_layer_and_shape(make: object, why: str) -> None:
    assert refusal(make) == why  # type: ignore[arg-type]


@pytest.mark.parametrize("padding", ["full", -1, None, [1], 1.5, True, np.array([1, 2]), 2**63])
def test_a_padding_is_a_word_or_a_number_of_cells(padding: object) -> None:
    text = refusal(lambda: spec.Conv2D(3, padding=padding))  # type: ignore[arg-type]
    wanted = "Conv2D.padding: it should be 'valid', 'same' or a number of cells from 0 up, but"
    assert text.startswith(wanted)


def test_numpys_numbers_are_numbers() -> None:
    layer = spec.Conv2D(np.int64(3), padding=np.int32(2))  # type: ignore[arg-type]
    assert layer == spec.Conv2D(3, padding=2)
    assert type(layer.padding) is int
