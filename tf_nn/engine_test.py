"""The TensorFlow engine against the NumPy engine, and against what every engine promises."""

from __future__ import annotations

import pytest

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from brain.engine import build  # noqa: E402
from brain.errors import UserError  # noqa: E402
from brain.testing.contract_suite import ADAM, Contract  # noqa: E402
from brain.testing.equivalence_suite import (  # noqa: E402
    Equivalence,
    Trajectories,
    batches,
    small,
)
from brain.testing.learning_suite import Learning  # noqa: E402
from tf_nn.engine import TensorFlowNetwork  # noqa: E402


class TestEquivalence(Equivalence):
    engine = "tensorflow"


class TestTrajectories(Trajectories):
    engine = "tensorflow"


class TestLearning(Learning):
    engine = "tensorflow"


class TestContract(Contract):
    engine = "tensorflow"

    def test_tensorflows_random_state_is_untouched(self) -> None:
        drawn = []
        for disturb in (lambda: None, self.trained):
            tf.random.set_seed(1)
            disturb()
            drawn.append(float(tf.random.uniform(())))
        assert drawn[0] == drawn[1]

    def test_cuda_is_refused_where_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """TensorFlow itself would compute on the CPU instead, without a word."""
        there = {"CPU": ["/CPU:0"]}
        monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: there.get(kind, []))
        with pytest.raises(UserError, match="no device 'cuda' here; it has: cpu"):
            self.net(device="cuda")

    def test_uneven_batches_share_one_graph(self) -> None:
        net = build(small("mlp-dropout"), "tensorflow", optimizer=ADAM)
        assert isinstance(net, TensorFlowNetwork)
        for x, y in batches(net.model):
            net.train_step(x, y)
            net.predict(x)
        assert net._step_graph.experimental_get_tracing_count() == 1
        assert net._predict.experimental_get_tracing_count() == 1
