"""Where PyTorch's own habits with images are others, ours follow the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.examples import Example, example  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.randomness import generator  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_layer  # noqa: E402
from torch_nn.engine import TorchNetwork  # noqa: E402
from torch_nn.images import Conv2D, channels_first, channels_last  # noqa: E402


def one(layer: spec.Layer, *shape: int) -> spec.Model:
    return spec.Model("one", shape, (layer,), spec.MeanSquaredError())


def of_model(engine: str, model: spec.Model, given: Example) -> np.ndarray:
    net = build(model, engine, dtype="float64")
    net.load_parameters(given.parameters)
    return net.predict(given.x)


def shown(x: np.ndarray) -> Any:
    """As PyTorch wants to see it."""
    return channels_first(torch.tensor(x))


def naive_conv(given: Example, weight: Any, **options: int) -> np.ndarray:
    bias = torch.tensor(given.parameters["conv1.bias"])
    return channels_last(functional.conv2d(shown(given.x), weight, bias, **options)).numpy()


def test_trap_conv_keeps_filters_first() -> None:
    """A weight with all sides equal can be copied as it stands, and is wrong by its own size."""
    model = one(spec.Conv2D(3), 5, 6, 3)
    given = example(model)
    right, ours = both("torch", of_model, model, given)
    naive = naive_conv(given, torch.tensor(given.parameters["conv1.weight"]))
    assert_trap(naive, ours, right, off_by=0.5)


def test_trap_same_with_a_stride_is_refused_and_half_the_kernel_is_other_windows() -> None:
    """On an even side the odd cell belongs at the end; PyTorch's usual k // 2 begins before it."""
    with pytest.raises(ValueError, match="not supported for strided"):
        nn.Conv2d(2, 3, 3, stride=2, padding="same")
    model = one(spec.Conv2D(3, stride=2, padding="same"), 6, 8, 2)
    given = example(model)
    right, ours = both("torch", of_model, model, given)
    weight = torch.tensor(given.parameters["conv1.weight"]).permute(3, 2, 0, 1)
    naive = naive_conv(given, weight, stride=2, padding=1)
    assert naive.shape == right.shape
    assert_trap(naive, ours, right, off_by=0.5)
    number = one(spec.Conv2D(3, stride=2, padding=1), 6, 8, 2)
    assert error(naive, of_model("numpy", number, given)) < 1e-12


def test_trap_flatten_goes_through_the_channels_first() -> None:
    """The Dense layer behind then meets its inputs in another order."""
    x = generator(0, "x").standard_normal((4, 3, 5, 2))
    right, ours = both("torch", of_layer, spec.Flatten(), x)
    assert_trap(nn.Flatten()(shown(x)).numpy(), ours, right, off_by=0.5)


def test_trap_mean_counts_padded_cells() -> None:
    x = generator(0, "x").standard_normal((4, 5, 6, 2))
    right, ours = both("torch", of_layer, spec.AvgPool2D(3, stride=2, padding=1), x)
    naive = functional.avg_pool2d(shown(x), 3, stride=2, padding=1)
    assert_trap(channels_last(naive).numpy(), ours, right, off_by=0.1)


def test_trap_uneven_padding_of_a_maximum_with_zeros() -> None:
    """`functional.pad` pads with 0, which wins wherever all real cells are negative."""
    x = generator(0, "x").standard_normal((4, 6, 8, 2)) - 2
    right, ours = both("torch", of_layer, spec.MaxPool2D(3, stride=2, padding="same"), x)
    naive = functional.max_pool2d(functional.pad(shown(x), (0, 1, 0, 1)), 3, stride=2)
    assert_trap(channels_last(naive).numpy(), ours, right, off_by=0.5)


def test_trap_pooling_takes_half_a_window_of_padding_at_most() -> None:
    x = generator(0, "x").standard_normal((4, 5, 6, 2))
    with pytest.raises(RuntimeError, match="at most half"):
        functional.max_pool2d(shown(x), 3, stride=1, padding=2)
    for kind in (spec.MaxPool2D, spec.AvgPool2D):
        right, ours = both("torch", of_layer, kind(3, stride=1, padding=2), x)
        np.testing.assert_allclose(ours, right, rtol=1e-14, atol=1e-14)


def test_trap_amax_shares_a_tie() -> None:
    """A maximum over axes gives each of equal cells its share of the gradient, a pool does not."""
    x = np.zeros((1, 2, 2, 1))
    t = torch.tensor(x, requires_grad=True)
    t.amax(dim=(1, 2)).sum().backward()
    model = one(spec.MaxPool2D(), 2, 2, 1)
    right, ours = (
        build(model, e, dtype="float64").trace(x, dy=np.ones((1, 1, 1, 1))).d_input
        for e in ("numpy", "torch")
    )
    assert right is not None
    assert ours is not None
    assert_trap(t.grad, ours, right, off_by=0.5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="TF32 is of NVIDIA's GPUs alone")
def test_trap_a_convolution_on_a_gpu_is_in_tf32(monkeypatch: pytest.MonkeyPatch) -> None:
    """As cuDNN begins, factors are rounded to 10 bits; ours have float32's 23."""
    model = one(spec.Conv2D(8), 9, 9, 8)
    given = example(model)
    net = build(model, "torch", device="cuda")
    net.load_parameters(given.parameters)
    ours = net.predict(given.x)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    weight, bias = (torch.tensor(a).float().cuda() for a in given.parameters.values())
    x = shown(given.x).float().cuda()
    naive = channels_last(functional.conv2d(x, weight.permute(3, 2, 0, 1), bias)).cpu()
    right = of_model("numpy", model, given)
    assert_trap(naive, ours, right, off_by=1e-5, within=1e-6)


@pytest.mark.parametrize(
    "layer", [spec.Conv2D(6, groups=2), spec.Conv2D(3, dilation=2)], ids=["groups", "dilation"]
)
def test_groups_and_dilation_have_their_gradient_on_a_cpu(layer: spec.Conv2D) -> None:
    """PyTorch agrees, where TensorFlow refuses."""
    model = one(layer, 6, 7, 4)
    given = example(model)
    canonical = given.parameters["conv1.weight"]
    weight = torch.tensor(canonical).permute(3, 2, 0, 1).requires_grad_()
    z = functional.conv2d(shown(given.x), weight, groups=layer.groups, dilation=layer.dilation)
    z.backward(shown(given.dy))
    net = build(model, "numpy", dtype="float64")
    net.load_parameters(given.parameters)
    right = net.trace(given.x, dy=given.dy).d_parameters["conv1.weight"]
    assert weight.grad is not None
    assert error(weight.grad.permute(2, 3, 1, 0).numpy(), right) < 1e-12


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "layer",
    [
        spec.MaxPool2D(),
        spec.MaxPool2D(3, stride=1),
        spec.MaxPool2D(3, stride=2, padding="same"),
        spec.MaxPool2D(3, stride=2, padding=1),
    ],
    ids=repr,
)
def test_of_equal_maxima_the_first_takes_the_gradient(layer: spec.Layer, dtype: str) -> None:
    """PyTorch agrees today; were another of them chosen, this test alone would tell."""
    model = one(layer, 9, 11, 5)
    given = example(model)
    x = np.round(given.x) - 2
    ours, right = (build(model, e, dtype=dtype).trace(x, dy=given.dy) for e in ("torch", "numpy"))
    assert ours.d_input is not None
    assert right.d_input is not None
    np.testing.assert_array_equal(ours.outputs["maxpool1"], right.outputs["maxpool1"])
    # up to nine windows add their gradients in one cell, in another order
    np.testing.assert_allclose(
        ours.d_input, right.d_input, rtol=0, atol=30 * float(np.finfo(dtype).eps)
    )


def test_images_are_seen_in_another_order_but_not_copied() -> None:
    x = torch.randn(4, 5, 6, 3)
    assert channels_first(x).data_ptr() == x.data_ptr()
    assert channels_first(x).is_contiguous(memory_format=torch.channels_last)
    y = Conv2D(3, 8, kernel_size=3)(x)
    assert y.is_contiguous()  # the kernel has answered in the order that it was shown


def test_kernels_lie_as_the_images_do() -> None:
    """channels_last, with their gradients and the optimizer's memory: nothing is rearranged."""
    layers = (spec.Conv2D(6), spec.Conv2D(4, kernel=2, groups=2))
    model = spec.Model("m", (5, 6, 4), layers, spec.MeanSquaredError())
    net = build(model, "torch", optimizer=spec.SGD(0.1, momentum=0.9))
    assert isinstance(net, TorchNetwork)
    given = example(model)
    net.train_step(given.x, given.y)
    net.load_optimizer_state(net.optimizer_state())
    for name in ("conv1.weight", "conv2.weight"):
        weight = net._named[name]
        assert weight.grad is not None
        for array in (weight, weight.grad, net._optimizer.state[weight]["momentum_buffer"]):
            assert array.is_contiguous(memory_format=torch.channels_last), name
            assert not array.is_contiguous(), name
