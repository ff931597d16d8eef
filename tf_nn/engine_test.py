"""The TensorFlow engine against the NumPy engine, and against what every engine promises."""

from __future__ import annotations

import subprocess
import sys

import pytest

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from brain.engine import build  # noqa: E402
from brain.errors import UserError  # noqa: E402
from brain.testing.carry_suite import Carrying  # noqa: E402
from brain.testing.contract_suite import ADAM, Contract  # noqa: E402
from brain.testing.equivalence_suite import Equivalence  # noqa: E402
from brain.testing.learning_suite import Learning  # noqa: E402
from brain.testing.random_suite import RandomModels  # noqa: E402
from brain.testing.saving_suite import Saving  # noqa: E402
from brain.testing.trajectory_suite import Trajectories, batches, small  # noqa: E402
from tf_nn.engine import TensorFlowNetwork  # noqa: E402


class TestEquivalence(Equivalence):
    engine = "tensorflow"


class TestTrajectories(Trajectories):
    engine = "tensorflow"


class TestCarrying(Carrying):
    engine = "tensorflow"


class TestSaving(Saving):
    engine = "tensorflow"


class TestRandomModels(RandomModels):
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


ON_THE_SECOND = """
import sys
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration() for _ in range(2)]
tf.config.set_logical_device_configuration(cpu, two)
from brain.compare.cases import CASES
from brain.compare.examples import example
from brain.engine import build
from tf_nn import engine
engine._device = lambda name: "/CPU:1"
model = next(case for case in CASES if case.name == sys.argv[1])
given, net = example(model), build(model, "tensorflow")
batch = net.prepare(given.x, given.y)
output, loss = net._predict, net._step_graph
seen = []
def spied(graph):
    def call(*values):
        result, after = graph(*values)
        seen.extend([result, *after.values()])
        return result, after
    return call
net._predict, net._step_graph = spied(output), spied(loss)
net.predict(batch), net.train_step(batch), net.trace(given.x, given.y)
variables = {**net._chain.variables, **net._chain.state}
seen += [batch.x, *(variable.value for variable in variables.values())]
print(sorted({tensor.device[-5:] for tensor in seen}))
"""


@pytest.mark.parametrize("case", ["dropout-twice", "recurrent-stacked", "batchnorm-twice"])
def test_everything_is_on_the_device(case: str) -> None:
    """In a process of its own, since devices are set up once: two CPUs, all work on the second."""
    ran = subprocess.run(
        [sys.executable, "-c", ON_THE_SECOND, case], capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == "['CPU:1']", ran.stdout + ran.stderr
