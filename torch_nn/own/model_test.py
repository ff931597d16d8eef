"""What is told of users' own PyTorch models: every stock layer, whole models, bad input."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import torch.nn.functional as F  # noqa: E402, N812
from torch import nn  # noqa: E402
from torch.autograd import Function  # noqa: E402
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence  # noqa: E402
from torch.utils.checkpoint import checkpoint  # noqa: E402

from brain import spec  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.errors import UserError  # noqa: E402
from brain.parameters import Arrays  # noqa: E402
from brain.testing.refusals import refusal  # noqa: E402
from torch_nn.testing.owned import (  # noqa: E402
    IMAGES,
    ROWS,
    SEQUENCES,
    Net,
    close,
    drawn,
    ids,
    named,
    one_thread,  # noqa: F401  # pytest runs it
    only,
    opened,
    ran,
)

# Whole models


def test_the_gradients_of_a_model_are_those_of_the_numpy_engine() -> None:
    def make() -> nn.Module:
        return nn.Sequential(
            *(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True)),
            *(nn.MaxPool2d(2), nn.Conv2d(4, 5, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            *(nn.Linear(5, 6), nn.Dropout(0.5), nn.Tanh(), nn.Linear(6, 2)),
        )

    model = opened(make)
    x = drawn(4, 8, 6, 3)
    found, dy = ran(model, x)
    assert found.held == ["8"]
    layers = tuple(leaf.layer for leaf in found.leaves if leaf.layer)
    assert len(layers) == len(found.leaves) == 9
    net = build(spec.Model("m", (8, 6, 3), layers, spec.MeanSquaredError()), dtype="float64")
    names = [node.name for node in net.model.nodes]
    pairs = list(zip(names, found.leaves, strict=True))
    net.load_parameters({f"{n}.{k}": a for n, leaf in pairs for k, a in leaf.parameters.items()})
    trace = net.trace(x, dy=dy, training=True)
    assert found.output is not None
    assert found.d_input is not None
    assert trace.d_input is not None
    close(found.output, trace.outputs[names[-1]])
    close(found.d_input, trace.d_input)
    close(found.leaves[0].d_x, trace.d_input)  # type: ignore[arg-type]
    for name, leaf in pairs:
        close(leaf.y, trace.outputs[name])
        for key, array in leaf.gradients.items():
            # a bias before BatchNorm has none but rounding
            right = trace.d_parameters[f"{name}.{key}"]
            assert np.abs(array - right).max() < 1e-12 * max(1.0, np.abs(right).max())


def test_a_pass_leaves_the_model_as_it_was() -> None:
    def way(net: Any, x: Any) -> Any:
        net.seen = net.norm(x)
        net.calls.append(1)
        return net.seen

    made = Net({"norm": nn.BatchNorm1d(6), "drop": nn.Dropout()}, way)
    made.calls = []
    made.norm.eval()
    model = opened(lambda: made)
    before = {k: v.clone() for k, v in made.state_dict().items()}
    found, _ = ran(model, drawn(*ROWS))
    model.alone("norm", drawn(*ROWS), drawn(*ROWS), {"gamma": np.ones(6)}, {}, True)
    assert not np.array_equal(found.leaves[0].next_state["running_mean"], np.zeros(6))
    assert all(torch.equal(v, before[k]) for k, v in made.state_dict().items())
    assert not hasattr(made, "seen")
    assert made.calls == []
    assert not made.norm.training
    assert made.training
    assert made.drop.training
    assert not made.norm._forward_hooks
    assert all(p.grad is None for p in made.parameters())
    assert torch.get_default_dtype() == torch.float32


def test_working_in_place_spoils_nothing_and_counts() -> None:
    """`relu(x) + x` is 2 relu(x) where the ReLU works in place: so it is here."""

    def way(net: Any, x: Any) -> Any:
        h = net.fc(x)
        F.relu(h, inplace=True)
        h = net.last(h)
        y = net.act(h)
        return (y + h).mul_(2)

    parts = {"fc": nn.Linear(6, 4), "last": nn.Linear(4, 3), "act": nn.ReLU(inplace=True)}
    found, _ = ran(opened(lambda: Net(parts, way)), drawn(*ROWS))
    leaf = named(found)
    assert leaf["fc"].y.min() < 0
    close(leaf["last"].x, np.maximum(leaf["fc"].y, 0))
    assert leaf["act"].x.min() < 0
    assert found.output is not None
    close(found.output, 4 * leaf["act"].y)


def test_a_layer_that_is_called_twice_has_its_gradients_once() -> None:
    def way(net: Any, x: Any) -> Any:
        return net.fc(torch.tanh(net.fc(x)))

    model = opened(lambda: Net({"fc": nn.Linear(6, 6)}, way))
    found, dy = ran(model, drawn(*ROWS))
    one, two = found.leaves
    assert (one.name, two.name) == ("fc", "fc#2")
    assert two.gradients == {}
    assert two.d_x is not None
    close(one.gradients["bias"], dy.sum(0) + (two.d_x * (1 - two.x**2)).sum(0))
    alone = model.alone("fc#2", two.x, dy, two.parameters, {}, True)
    close(alone["d_input"], two.d_x)


def test_several_recurrent_layers_are_leaves_of_their_own() -> None:
    def way(net: Any, x: Any) -> Any:
        begin = x.new_zeros(net.rnn.num_layers * 2, len(x), net.rnn.hidden_size)
        out, (h, c) = net.rnn(x, (begin, begin))
        return torch.cat([out.flatten(1), *h, *c], dim=1)

    lstm = nn.LSTM(4, 3, num_layers=2, bidirectional=True, batch_first=True, dropout=0.5)
    x = drawn(*SEQUENCES)
    twin = Net({"rnn": lstm}, way).double().eval()
    right = twin(torch.tensor(x)).detach().numpy()
    model = opened(lambda: twin)
    found, _ = ran(model, x)
    assert [leaf.name for leaf in found.leaves] == ["rnn.0", "rnn.1"]
    assert found.leaves[1].options == {}
    assert found.leaves[1].layer == spec.Bidirectional(spec.LSTM(3, return_sequences=True))
    assert (found.held, found.loose, found.idle) == (["rnn"], [], [])
    assert found.output is not None
    close(found.output, right)
    model.write("rnn.1", {"forward.lstm1.bias": np.arange(12.0)}, {})
    assert torch.equal(lstm.bias_ih_l1, torch.arange(12.0))
    assert not lstm.bias_hh_l1.any()


@pytest.mark.parametrize("cls", [nn.RNN, nn.GRU])
def test_several_layers_time_first(cls: Any) -> None:
    rnn = cls(4, 3, num_layers=3)
    x = drawn(*SEQUENCES)
    right, end = rnn.double()(torch.tensor(x))

    def way(net: Any, x: Any) -> Any:
        out, h = net.rnn(x)
        return torch.cat([out.flatten(), h.flatten()])

    found = opened(lambda: Net({"rnn": rnn}, way)).run(x, False)
    assert [leaf.name for leaf in found.leaves] == ["rnn.0", "rnn.1", "rnn.2"]
    close(found.leaves[0].x, x.swapaxes(0, 1))
    assert found.output is not None
    both = np.concatenate([right.detach().numpy().ravel(), end.detach().numpy().ravel()])
    close(found.output, both)


def test_states_that_begin_elsewhere_are_told_and_kept_for_one_layer_alone() -> None:
    def way(net: Any, x: Any) -> Any:
        begin = torch.ones(1, len(x), 3)
        return net.rnn(x, (begin, begin))[0]

    lstm = nn.LSTM(4, 3, batch_first=True)
    model = opened(lambda: Net({"rnn": lstm}, way))
    found, dy = ran(model, drawn(*SEQUENCES))
    (leaf,) = found.leaves
    assert leaf.options == {"initial state": "given"}
    alone = model.alone("rnn", leaf.x, dy, leaf.parameters, {}, True)
    close(alone["output"], leaf.y)
    close(alone["d_weight"], leaf.gradients["weight"])


def test_packed_sequences_are_padded() -> None:
    def way(net: Any, x: Any) -> Any:
        short = pack_padded_sequence(
            x, torch.tensor([2, 5, 3]), batch_first=True, enforce_sorted=False
        )
        out, _ = net.rnn(short)
        return pad_packed_sequence(out, batch_first=True)[0]

    gru = nn.GRU(4, 3, num_layers=2, batch_first=True)
    x = drawn(*SEQUENCES)
    right = Net({"rnn": gru}, way).double()(torch.tensor(x)).detach().numpy()
    model = opened(lambda: Net({"rnn": gru}, way))
    found, dy = ran(model, x)
    assert found.output is not None
    close(found.output, right)
    leaf = found.leaves[1]
    assert leaf.options == {"lengths": "of each sequence its own"}
    assert not leaf.y[0, 2:].any()
    alone = model.alone(leaf.name, leaf.x, dy, leaf.parameters, {}, True)
    close(alone["d_input"], leaf.d_x)  # type: ignore[arg-type]


def test_the_order_of_axes_is_followed() -> None:
    """Channels first, then last, then first again: as in ConvNeXt; H, W and C are the same."""

    def way(net: Any, x: Any) -> Any:
        h = net.act0(net.conv(x)).permute(0, 2, 3, 1)
        h = net.act(net.up(net.norm(h))) * 2
        h = net.act2(h)
        return net.last(h.permute(0, 3, 1, 2))

    parts = {
        **{"conv": nn.Conv2d(5, 5, 3, padding=1), "act0": nn.SiLU(), "norm": nn.LayerNorm(5)},
        **{"up": nn.Linear(5, 5), "act": nn.GELU(), "act2": nn.ReLU(), "last": nn.Sigmoid()},
    }
    found, _ = ran(opened(lambda: Net(parts, way)), drawn(2, 5, 5, 5))
    leaf = named(found)
    for before, after in (("conv", "act0"), ("act0", "norm"), ("norm", "up"), ("up", "act")):
        assert np.array_equal(leaf[before].y, leaf[after].x)
    close(leaf["act2"].x, 2 * leaf["act"].y)
    assert np.array_equal(leaf["last"].x, leaf["act2"].y)
    assert found.output is not None
    assert np.array_equal(found.output, leaf["last"].y)


def test_images_are_given_as_the_model_takes_them() -> None:
    """Channels first, and last to one that turns them itself, even where H, W and C are one."""

    def turned(net: Any, x: Any) -> Any:
        return net.conv(x.permute(0, 3, 1, 2)).mean(dim=(2, 3))

    def straight(net: Any, x: Any) -> Any:
        return net.conv(x).mean(dim=(2, 3))

    for shape in ((2, 7, 6, 4), (2, 4, 4, 4)):
        x = drawn(*shape)
        results = []
        for way in (turned, straight):
            torch.manual_seed(0)
            conv = nn.Conv2d(4, 3, 3)
            model = opened(lambda: Net({"conv": conv}, way))  # noqa: B023
            found, _ = ran(model, x)
            assert np.array_equal(found.leaves[0].x, x)
            assert found.d_input is not None
            close(found.d_input, found.leaves[0].d_x)  # type: ignore[arg-type]
            assert found.output is not None
            results.append(found.output)
        close(results[0], results[1])


def test_a_view_of_what_one_channel_gives_fits() -> None:
    """The strides of an axis of length 1 are those that PyTorch gives: it reads a layout there."""

    def way(net: Any, x: Any) -> Any:
        h = net.pool(net.conv(x))
        return net.fc(h.view(len(h), -1))

    parts = {"conv": nn.Conv2d(1, 3, 3), "pool": nn.MaxPool2d(2), "fc": nn.Linear(12, 2)}
    x = drawn(2, 6, 6, 1)
    twin = Net(parts, way).double()
    right = twin(torch.tensor(x[..., 0])[:, None]).detach().numpy()
    found, _ = ran(opened(lambda: twin), x)
    assert found.stopped == ""
    close(found.output, right)  # type: ignore[arg-type]


def test_a_view_fits_in_a_layer_alone_and_on_the_way_back() -> None:
    class Twice(Function):
        @staticmethod
        def forward(_: Any, x: Any) -> Any:
            return 2 * x

        @staticmethod
        def backward(_: Any, dy: Any) -> Any:
            return 2 * dy.view(-1).view(dy.shape)

    class Own(nn.Module):
        def forward(self, x: Any) -> Any:
            return Twice.apply(x.view(-1).view(x.shape))

    model = opened(lambda: nn.Sequential(nn.Conv2d(4, 3, 1), Own()))
    found, dy = ran(model, drawn(*IMAGES))
    leaf = found.leaves[1]
    close(leaf.d_x, 2 * dy)  # type: ignore[arg-type]
    alone = model.alone(leaf.name, leaf.x, dy, {}, {}, True)
    close(alone["d_input"], 2 * dy)


def test_token_ids_may_be_viewed() -> None:
    def way(net: Any, x: Any) -> Any:
        return net.emb(x.view(-1))

    found = opened(lambda: Net({"emb": nn.Embedding(11, 2)}, way)).run(ids(5, 3).T, False)
    assert found.stopped == ""


def test_sequences_for_a_convolution_are_given_channels_first() -> None:
    model = opened(lambda: nn.Sequential(nn.Conv1d(4, 3, 2), nn.ReLU(), nn.BatchNorm1d(3)))
    found, _ = ran(model, drawn(3, 7, 4))
    assert [leaf.x.shape for leaf in found.leaves] == [(3, 7, 4), (3, 6, 3), (3, 6, 3)]
    assert found.output is not None
    assert found.output.shape == (3, 6, 3)


def test_whole_numbers_go_to_layers_as_they_take_them() -> None:
    images = (255 * np.abs(drawn(2, 7, 6, 4))).astype(np.uint8)
    found = opened(lambda: nn.Conv2d(4, 2, 3)).run(images, False)
    assert found.x.dtype == np.float64
    found = opened(lambda: nn.Embedding(11, 2)).run(ids(3, 5).astype(np.uint8), False)
    assert found.x.dtype == np.int64


def test_token_ids_time_first() -> None:
    def way(net: Any, x: Any) -> Any:
        return net.fc(net.rnn(net.emb(x.t()))[0])

    parts = {"emb": nn.Embedding(11, 4), "rnn": nn.GRU(4, 3), "fc": nn.Linear(3, 2)}
    found, _ = ran(opened(lambda: Net(parts, way)), ids(3, 5))
    assert [leaf.y.shape for leaf in found.leaves] == [(3, 5, 4), (3, 5, 3), (3, 5, 2)]
    assert found.leaves[0].d_x is None
    assert found.d_input is None
    assert found.output is not None
    assert found.output.shape == (3, 5, 2)


def test_one_dtype_throughout() -> None:
    def way(net: Any, x: Any) -> Any:
        return net.fc((x.float() / 3).to(torch.float32)).softmax(-1, dtype=torch.float32)

    fc = nn.Linear(6, 4)
    found, _ = ran(opened(lambda: Net({"fc": fc}, way)), drawn(*ROWS))
    assert np.array_equal(found.leaves[0].x, found.x / 3)
    assert found.output is not None
    assert found.output.dtype == np.float64
    assert opened(lambda: fc, "float32").run(drawn(*ROWS), False).output.dtype == np.float32  # type: ignore[union-attr]


def test_the_seed_decides_what_a_factory_draws() -> None:
    one, two, other = (
        opened(lambda: nn.Linear(6, 4), seed=s).run(drawn(*ROWS), False).leaves[0].y
        for s in (1, 1, 2)
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_factories_may_be_classes_or_models() -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(6, 4)
            self.scale = nn.Parameter(torch.ones(4))
            self.unused = nn.Linear(4, 4)

        def forward(self, x: Any) -> Any:
            return {"logits": self.fc(x) * self.scale, "x": x}

    for factory in (Own, Own(), lambda: Own):
        found, dy = ran(opened(factory), drawn(*ROWS))
        assert [leaf.name for leaf in found.leaves] == ["fc"]
        assert (found.loose, found.idle) == (["scale"], ["unused"])
        close(found.leaves[0].gradients["bias"], dy.sum(0))


def test_a_users_layer_without_layers_inside_is_a_leaf() -> None:
    class Scale(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.factor = nn.Parameter(torch.full((6,), 2.0))

        def forward(self, x: Any) -> Any:
            return x * self.factor

    model = opened(lambda: nn.Sequential(Scale(), nn.Linear(6, 2)))
    found, _ = ran(model, drawn(*ROWS))
    leaf = found.leaves[0]
    assert (leaf.name, leaf.kind, leaf.label, leaf.layer) == ("0", "Scale", "Scale", None)
    assert leaf.unmapped == ["factor"]
    assert leaf.gradients == {}
    alone = model.alone("0", leaf.x, np.ones(ROWS), {}, {}, True)
    close(alone["d_input"], np.full(ROWS, 2.0))


def test_an_own_forward_of_a_stock_layer_is_none_of_the_declarations() -> None:
    class Odd(nn.Linear):
        def forward(self, x: Any) -> Any:
            return super().forward(x) * 2

    class Same(nn.Linear):
        pass

    _, leaf = only(lambda: Odd(6, 3), ROWS)
    assert (leaf.label, leaf.layer) == ("Odd", None)
    assert leaf.parameters["weight"].shape == (6, 3)
    _, leaf = only(lambda: Same(6, 3), ROWS)
    assert (leaf.label, leaf.kind, leaf.layer) == ("Dense", "Same", spec.Dense(3))


def test_attention_is_one_leaf() -> None:
    block = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.1, batch_first=True)
    for training in (True, False):
        found, dy = ran(model := opened(lambda: block), drawn(*SEQUENCES), training)
        assert [leaf.label for leaf in found.leaves] == [
            *("MultiHeadAttention", "LayerNorm", "Dense", "Dense", "LayerNorm")
        ]
        assert len(found.held) == 4 * training
        assert found.loose == found.idle == []
        leaf = found.leaves[0]
        assert leaf.name == "self_attn"
        assert len(leaf.unmapped) == 4
        close(model.alone(leaf.name, leaf.x, dy, {}, {}, training)["output"], leaf.y)


def test_shared_and_derived_arrays() -> None:
    def tied() -> nn.Module:
        net = Net(
            {"emb": nn.Embedding(11, 4), "out": nn.Linear(4, 11)}, lambda m, x: m.out(m.emb(x))
        )
        net.out.weight = net.emb.weight
        return net

    found, _ = ran(opened(tied), ids(3, 5))
    assert found.leaves[1].options == {"weight": "shared with emb"}
    close(found.leaves[1].gradients["weight"].T, found.leaves[0].gradients["weight"])

    model = opened(lambda: torch.nn.utils.parametrizations.weight_norm(nn.Linear(6, 3)))
    found, dy = ran(model, drawn(*ROWS))
    (leaf,) = found.leaves
    assert (leaf.kind, leaf.layer) == ("Linear", spec.Dense(3))
    assert leaf.options == {"parametrized": "weight"}
    close(leaf.gradients["weight"], found.x.T @ dy)
    model.write("Linear", {"weight": drawn(6, 3, seed=4)}, {})
    close(model.run(drawn(*ROWS), False).leaves[0].parameters["weight"], drawn(6, 3, seed=4))


def test_models_that_are_made_in_other_ways() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        old = torch.nn.utils.weight_norm(nn.Linear(6, 3))
    found, _ = ran(opened(lambda: nn.Sequential(old, nn.ReLU())), drawn(*ROWS))
    assert found.leaves[0].layer == spec.Dense(3)
    found, _ = ran(
        opened(lambda: nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())), drawn(*ROWS)
    )
    assert [leaf.label for leaf in found.leaves] == ["Dense", "BatchNorm"]
    compiled = torch.compile(nn.Sequential(torch.compile(nn.Linear(6, 3)), nn.ReLU()))
    found, _ = ran(opened(lambda: compiled), drawn(*ROWS))
    assert [leaf.name for leaf in found.leaves] == ["0", "1"]


def test_checkpoints_are_recorded_once() -> None:
    def way(net: Any, x: Any) -> Any:
        return net.last(checkpoint(lambda h: torch.relu(net.fc(h)), x, use_reentrant=False))

    parts = {"fc": nn.Linear(6, 4), "last": nn.Linear(4, 2)}
    found, _ = ran(opened(lambda: Net(parts, way)), drawn(*ROWS))
    assert [leaf.name for leaf in found.leaves] == ["fc", "last"]
    last, fc = found.leaves[1], found.leaves[0]
    assert last.d_x is not None
    close(fc.gradients["bias"], (last.d_x * (fc.y > 0)).sum(0))


def test_no_gradient_comes_through_what_is_detached() -> None:
    parts = {"fc": nn.Linear(6, 4), "last": nn.Linear(4, 2)}
    model = opened(lambda: Net(parts, lambda net, x: net.last(net.fc(x).detach())))
    found, dy = ran(model, drawn(*ROWS))
    fc, last = found.leaves
    assert fc.d_x is None
    assert not fc.gradients["weight"].any()
    assert found.d_input is not None
    assert not found.d_input.any()
    close(last.d_x, dy @ last.parameters["weight"].T)  # type: ignore[arg-type]


def test_a_norm_that_stays_in_evaluation_says_so() -> None:
    class Frozen(nn.Sequential):
        def train(self, mode: bool = True) -> Any:
            super().train(mode)
            self[0].eval()
            return self

    model = opened(lambda: Frozen(nn.BatchNorm1d(6)))
    leaf = model.run(drawn(*ROWS), True).leaves[0]
    assert leaf.options == {"training": "False"}
    assert np.array_equal(leaf.next_state["running_var"], np.ones(6))
    alone = model.alone("0", leaf.x, np.ones(ROWS), leaf.parameters, leaf.state, True)
    close(alone["output"], leaf.y)


def test_dropout_is_held_still() -> None:
    parts = {"drop": nn.Dropout(0.5), "off": nn.Dropout(0.0), "fc": nn.Linear(6, 4)}
    model = opened(lambda: Net(parts, lambda net, x: net.fc(net.off(net.drop(x)))))
    for training in (True, False):
        found = model.run(drawn(*ROWS), training)
        assert np.array_equal(found.leaves[0].x, found.x)
        assert found.held == ["drop"] * training


def attended(net: Any, x: Any, **chance: Any) -> Any:
    return F.scaled_dot_product_attention(x, x, x, **chance)


def attended_by_hand(net: Any, x: Any) -> Any:
    x, wide = x.unsqueeze(1), x.shape[-1]
    ones, zeros = torch.ones(3 * wide, wide), torch.zeros(3 * wide)
    return F.multi_head_attention_forward(
        *(x, x, x, wide, 1, ones, zeros, None, None, False, 0.5, torch.eye(wide), None),
        training=net.training,
    )[0]


RANDOM: dict[str, tuple[Any, str]] = {
    "F.dropout": (lambda net, x: F.dropout(x, 0.5, net.training), "F.dropout"),
    "always": (lambda net, x: F.dropout(x), "F.dropout"),
    "by name": (lambda net, x: F.dropout(input=x, p=0.5, training=net.training), "F.dropout"),
    "in place": (lambda net, x: F.dropout(x, training=net.training, inplace=True), "F.dropout"),
    "rows": (lambda net, x: F.dropout1d(x.unsqueeze(1), training=net.training), "F.dropout"),
    "images": (lambda net, x: F.dropout2d(x[:, None, None], training=net.training), "F.dropout"),
    "3d": (lambda net, x: F.dropout3d(x[:, None, None, None], 0.5, net.training), "F.dropout"),
    "alpha": (lambda net, x: F.alpha_dropout(x, 0.5, net.training), "F.dropout"),
    "features": (lambda net, x: F.feature_alpha_dropout(x, training=net.training), "F.dropout"),
    "torch.dropout": (lambda net, x: torch.dropout(x, 0.5, net.training), "F.dropout"),
    "torch.dropout_": (lambda net, x: torch.dropout_(x, p=0.5, train=net.training), "F.dropout"),
    "native": (lambda net, x: torch.native_dropout(x, 0.5, net.training)[0], "F.dropout"),
    "attention": (
        lambda net, x: attended(net, x, dropout_p=0.5 if net.training else 0.0),
        "F.dropout",
    ),
    "attention by hand": (attended_by_hand, "F.dropout"),
    "rrelu": (lambda net, x: F.rrelu(x, training=net.training), "F.rrelu"),
}


@pytest.mark.parametrize("case", RANDOM)
def test_random_functions_are_held_still(case: str) -> None:
    way, name = RANDOM[case]
    parts = {"fc": nn.Linear(6, 6)}
    model = opened(lambda: Net(parts, lambda net, x: way(net, way(net, net.fc(x)).reshape(5, 6))))
    right, again, still = (model.run(drawn(*ROWS), mode) for mode in (False, True, True))
    assert right.output is not None
    for found in (again, still):
        assert found.held == [name]
        assert np.array_equal(found.output, right.output)  # type: ignore[arg-type]
    assert right.held == ([name] if case == "always" else [])


def test_functions_that_drop_nothing_are_not_told() -> None:
    def way(net: Any, x: Any) -> Any:
        return attended(net, F.alpha_dropout(F.dropout(net.fc(x), 0.0, net.training)))

    assert opened(lambda: Net({"fc": nn.Linear(6, 4)}, way)).run(drawn(*ROWS), True).held == []


def test_what_drops_on_the_way_back_is_held_still() -> None:
    def way(net: Any, x: Any) -> Any:
        return checkpoint(lambda h: F.dropout(net.fc(h)), x, use_reentrant=False)

    found, dy = ran(opened(lambda: Net({"fc": nn.Linear(6, 4)}, way)), drawn(*ROWS))
    assert found.held == ["F.dropout"]
    close(found.leaves[0].gradients["bias"], dy.sum(0))


def test_dropout_inside_of_a_users_own_recurrent_layer_is_held_still() -> None:
    class Own(nn.GRU):
        def forward(self, x: Any, hx: Any = None) -> Any:
            return super().forward(x, hx)[0]

    model = opened(lambda: Own(4, 3, num_layers=2, dropout=0.5, batch_first=True))
    one, two = (model.run(drawn(*SEQUENCES), True) for _ in range(2))
    assert one.held == ["Own"]
    assert np.array_equal(one.output, two.output)  # type: ignore[arg-type]


def test_random_numbers_of_the_users_own_stay_random() -> None:
    def way(net: Any, x: Any) -> Any:
        return net.fc(x + torch.randn_like(x))

    model = opened(lambda: Net({"fc": nn.Linear(6, 4)}, way))
    one, two = (model.run(drawn(*ROWS), True) for _ in range(2))
    assert one.held == []
    assert not np.array_equal(one.output, two.output)  # type: ignore[arg-type]


# Bad input


def broken() -> nn.Module:
    raise RuntimeError("no such file")


@pytest.mark.parametrize(
    ("factory", "why"),
    [
        (broken, "RuntimeError: no such file"),
        (lambda: 3, "gave 3, not an nn.Module"),
        ({"a": 1}, "gave {'a': 1}, not an nn.Module"),
        (lambda units: nn.Linear(units, 1), "missing 1 required positional argument: 'units'"),
        (nn.Linear, "missing 2 required positional arguments"),
    ],
)
def test_a_factory_that_makes_no_model_is_refused(factory: Any, why: str) -> None:
    text = refusal(lambda: opened(factory))
    assert text.startswith("--torch ")
    assert why in text


def test_torchscript_is_refused() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(nn.Linear(6, 3), torch.zeros(5, 6))
    assert "the model is a ScriptModule" in refusal(lambda: opened(lambda: traced))
    assert "0 is a ScriptModule" in refusal(lambda: opened(lambda: nn.Sequential(traced)))


def test_an_input_that_does_not_fit_is_refused_by_the_layers_name() -> None:
    model = opened(lambda: nn.Sequential(nn.Linear(6, 3), nn.ReLU()))
    text = refusal(lambda: model.run(drawn(5, 7), False))
    assert "in 0 (Linear), which was given (5, 7): RuntimeError: mat1 and mat2" in text
    words = opened(lambda: nn.Sequential(nn.Embedding(11, 4)))
    assert "0 (Embedding) takes token ids, whole numbers" in refusal(
        lambda: words.run(drawn(3, 5), False)
    )
    assert "token ids from 0 to 10" in refusal(lambda: words.run(ids(3, 5) + 5, False))
    assert "numbers, not <U1" in refusal(lambda: model.run(np.array([["a"]]), False))


def test_a_pass_that_stops_tells_how_far_it_came() -> None:
    def raises(net: Any, x: Any) -> Any:
        net.fc(x)
        raise KeyError("mask")

    parts: dict[str, nn.Module] = {"fc": nn.Linear(6, 4), "last": nn.Linear(3, 2)}
    found = opened(lambda: Net(parts, raises)).run(drawn(*ROWS), True, np.ones((5, 2)))
    assert found.stopped == "after fc: KeyError: 'mask'"
    assert [leaf.name for leaf in found.leaves] == ["fc"]
    assert found.output is None
    found = opened(lambda: Net(parts, lambda net, x: net.last(net.fc(x)))).run(drawn(*ROWS), True)
    assert found.stopped.startswith("after fc, in last (Linear), which was given (5, 4): Runtime")
    found = opened(lambda: Net(parts, lambda net, x: net.fc(x).tolist())).run(drawn(*ROWS), True)
    assert found.stopped == "after fc: the model gave no tensor"
    text = refusal(lambda: opened(lambda: Net(parts, lambda net, x: x)).run(drawn(*ROWS), True))
    assert text.endswith("no layer was called")


def test_a_layer_that_gives_no_tensor_is_named() -> None:
    class Size(nn.Module):
        def forward(self, x: Any) -> Any:
            return len(x)

    found = opened(lambda: nn.Sequential(nn.Linear(6, 3), Size())).run(drawn(*ROWS), True)
    assert found.stopped == "after 0: 1 gave a int, not a tensor."


def test_names_and_shapes_that_a_layer_has_not_are_refused() -> None:
    model = opened(lambda: nn.Sequential(nn.BatchNorm1d(6), nn.Linear(6, 3)))
    x, dy = drawn(*ROWS), drawn(5, 3)
    for call in (
        lambda: model.write("2", {}, {}),
        lambda: model.alone("2", x, dy, {}, {}, True),
    ):
        assert "unknown layer" in refusal(call)
    assert "did you mean 'gamma'" in refusal(lambda: model.write("0", {"gama": np.ones(6)}, {}))
    assert "unknown running statistic" in refusal(
        lambda: model.write("1", {}, {"mean": np.ones(6)})
    )
    bad: Arrays = {"bias": np.ones(3), "weight": np.ones((3, 6))}
    before = model.run(x, False).leaves[1].parameters["bias"]
    assert "its weight is (6, 3), not (3, 6)" in refusal(lambda: model.write("1", bad, {}))
    assert np.array_equal(model.run(x, False).leaves[1].parameters["bias"], before)
    with pytest.raises(UserError, match="dy is"):
        model.run(x, True, np.ones((5, 4)))
    assert "mat1 and mat2" in refusal(lambda: model.alone("1", drawn(5, 7), dy, {}, {}, True))
