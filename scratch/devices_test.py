"""Where arrays lie: the CPU, a CUDA device by CuPy, and the sentence where there is none."""

from __future__ import annotations

import importlib
import sys
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES, VANISHING
from brain.compare.examples import example
from brain.engine import Network, build
from brain.errors import UserError
from brain.passes import DeferredLoss
from brain.testing.refusals import refusal
from scratch import devices
from scratch.context import Context, Pass
from scratch.testing.elsewhere import Elsewhere
from scratch.windows import PIECE, pieces

MODEL = spec.Model(
    "m", (3,), (spec.Dense(4), spec.BatchNorm(), spec.Dense(2)), spec.SoftmaxCrossEntropy()
)


def broken(message: str) -> Any:
    def function(*_: object) -> None:
        raise RuntimeError(message)

    return function


def a_cupy(monkeypatch: pytest.MonkeyPatch, count: Any = lambda: 1, exp: Any = np.exp) -> None:
    """What the engine asks of the module, over arrays that are elsewhere."""
    fake = SimpleNamespace(
        asarray=lambda array: Elsewhere(array.copy()),
        cuda=SimpleNamespace(runtime=SimpleNamespace(getDeviceCount=count)),
        matmul=np.matmul,
        exp=exp,
    )
    monkeypatch.setitem(sys.modules, "cupy", fake)


def test_on_the_cpu_nothing_is_copied() -> None:
    array, cpu = np.ones(3), devices.device("cpu")
    assert cpu.place(array) is array
    assert cpu.fetch(array) is array
    assert cpu.copied(array) is not array
    assert isinstance(cpu.later(np.float32(2)), float)


def test_with_cupy_the_arrays_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    a_cupy(monkeypatch)
    net, reference = (build(MODEL, device=device) for device in ("cuda", "cpu"))
    x, y = np.ones((5, 3)), np.array([0, 1, 1, 0, 1])
    batch = net.prepare(x, y)
    assert type(batch.x) is Elsewhere
    assert isinstance(net.train_step(batch), DeferredLoss)
    reference.train_step(x, y)
    np.testing.assert_array_equal(net.predict(x), reference.predict(x))


def test_pieces_are_larger_on_a_device_that_starts_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    a_cupy(monkeypatch)
    scale = devices.device("cuda").piece_scale
    assert len(pieces(64, PIECE, Context())) == 64
    assert len(pieces(64, PIECE, Context(Pass(piece_scale=scale)))) == 1


def test_threads_are_the_cpus_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    a_cupy(monkeypatch)
    assert devices.device("cuda").threads == 1
    assert "threads= is for the device 'cpu'" in refusal(
        partial(build, MODEL, device="cuda", threads=2)
    )


@pytest.mark.parametrize("device", ["mps", "gpu", "cuda:0", "CPU", ""])
def test_another_device_is_refused(device: str) -> None:
    text = refusal(partial(build, MODEL, device=device))
    assert "the numpy engine computes on 'cpu' or 'cuda', not on" in text
    assert repr(device) in text


def test_without_cupy_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    text = refusal(partial(build, MODEL, device="cuda"))
    assert "computes on 'cuda' with CuPy, which is not installed" in text
    assert 'pip install -e ".[gpu]"' in text


def test_a_cupy_that_cannot_be_loaded_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def unloadable(name: str) -> None:
        raise ImportError("libcudart.so.12 is missing.\nand much more")

    monkeypatch.setattr(importlib, "import_module", unloadable)
    assert "cannot be loaded (libcudart.so.12 is missing)" in refusal(
        partial(devices.device, "cuda")
    )


def test_no_device_and_no_driver_are_one_sentence_each(monkeypatch: pytest.MonkeyPatch) -> None:
    a_cupy(monkeypatch, count=lambda: 0)
    assert "no CUDA device for the numpy engine" in refusal(partial(build, MODEL, device="cuda"))
    a_cupy(monkeypatch, count=broken("cudaErrorInsufficientDriver: too old"))
    assert "cudaErrorInsufficientDriver: too old" in refusal(partial(build, MODEL, device="cuda"))


def test_lacking_libraries_are_named_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_cupy(monkeypatch, exp=broken("no NVRTC\nat all"))
    text = refusal(partial(build, MODEL, device="cuda"))
    assert "CuPy cannot compute on 'cuda' (no NVRTC); CUDA's libraries come with pip" in text


def on_a_gpu(model: spec.Model) -> Network:
    try:
        return build(model, device="cuda", dtype="float64")
    except UserError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_a_gpu_computes_what_the_cpu_does(model: spec.Model) -> None:
    there, here, values = on_a_gpu(model), build(model, dtype="float64"), example(model)
    found = []
    for net in (there, here):
        net.load_parameters(values.parameters)
        net.load_state(values.state)
        trace = net.trace(values.x, values.y, training=True)
        net.train_step(values.x, values.y)
        found.append(
            trace.outputs | trace.d_parameters | net.state() | {"y": net.predict(values.x)}
        )
    for name, wanted in found[1].items():
        if name != VANISHING.get(model.name):
            # sums of at most 150 terms near 1, in another order, through at most four layers
            atol = 1e-10 * np.abs(wanted).max()
            np.testing.assert_allclose(found[0][name], wanted, rtol=1e-10, atol=atol, err_msg=name)
