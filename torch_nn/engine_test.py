"""The PyTorch engine against the NumPy engine, and against what every engine promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from brain.compare.examples import example  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.errors import UserError  # noqa: E402
from brain.testing.carry_suite import Carrying  # noqa: E402
from brain.testing.contract_suite import Contract  # noqa: E402
from brain.testing.equivalence_suite import Equivalence  # noqa: E402
from brain.testing.learning_suite import Learning  # noqa: E402
from brain.testing.random_suite import RandomModels  # noqa: E402
from brain.testing.saving_suite import Saving  # noqa: E402
from brain.testing.trajectory_suite import Trajectories, small  # noqa: E402
from torch_nn.engine import TorchNetwork  # noqa: E402


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small networks: with more threads, most of the time would go into waiting."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestEquivalence(Equivalence):
    engine = "torch"


class TestTrajectories(Trajectories):
    engine = "torch"


class TestCarrying(Carrying):
    engine = "torch"


class TestSaving(Saving):
    engine = "torch"


class TestRandomModels(RandomModels):
    engine = "torch"


class TestLearning(Learning):
    engine = "torch"


class TestContract(Contract):
    engine = "torch"

    def test_pytorchs_random_state_is_untouched(self) -> None:
        before = torch.get_rng_state()
        net, given = self.trained()
        net.trace(given.x, given.y, training=True)
        assert torch.equal(torch.get_rng_state(), before)

    def test_cuda_is_refused_where_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        for device in ("cuda", "cuda:0"):
            with pytest.raises(UserError, match=f"no device '{device}' here; it has: cpu"):
                self.net(device=device)

    def test_float64_is_refused_where_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
        with pytest.raises(UserError, match="float32, or device 'cpu'"):
            self.net(device="mps", dtype="float64")

    def test_modules_bear_the_canonical_names(self) -> None:
        net = build(small("mlp-residual"), "torch")
        assert isinstance(net, TorchNetwork)
        named = {name: tuple(p.shape) for name, p in net._module.named_parameters()}
        # `nn.Linear` keeps (out, in); read backwards, all shapes are the canonical ones
        assert {name: shape[::-1] for name, shape in named.items()} == {
            name: info.shape for name, info in net.model.parameters().items()
        }

    def test_gradients_are_stored_nowhere(self) -> None:
        net = build(small("mlp-residual"), "torch")
        assert isinstance(net, TorchNetwork)
        given = example(net.model)
        net.loss_and_gradients(given.x, given.y)
        net.trace(given.x, given.y)
        assert all(p.grad is None for p in net._module.parameters())
