"""Layers over sequences: shapes, parameters, states, and what is refused."""

from __future__ import annotations

import pytest

from brain import spec
from brain.testing.refusals import refusal

KINDS = [(spec.RNN, 1), (spec.LSTM, 4), (spec.GRU, 3)]


def model(*layers: spec.Layer, shape: tuple[int, ...] = (5, 3)) -> spec.Model:
    return spec.Model("m", shape, layers, spec.MeanSquaredError())


@pytest.mark.parametrize(("kind", "gates"), KINDS)
def test_parameters_and_operations_by_hand(kind: type[spec.Recurrent], gates: int) -> None:
    layer = kind(4)  # type: ignore[call-arg]
    shapes = {name: info.shape for name, info in layer.parameters((5, 3)).items()}
    wanted = {
        "weight": (3, 4 * gates),
        "recurrent_weight": (4, 4 * gates),
        "bias": (4 * gates,),
    }
    if kind is spec.GRU:
        wanted["recurrent_bias"] = (12,)
    assert shapes == wanted
    # each of 5 steps: for each sum 3 + 4 products with their sums, then 4 for the gate
    assert layer.flops((5, 3)) == 5 * 4 * gates * (6 + 8 + 4)
    assert layer.sum_length((5, 3)) == 5 * (3 + 4 + 1)


def test_shapes_and_states() -> None:
    net = model(
        spec.Embedding(7, 3),
        spec.LSTM(4, return_sequences=True),
        spec.Residual((spec.GRU(4, return_sequences=True),)),
        spec.Bidirectional(spec.RNN(2, return_sequences=True)),
        spec.Bidirectional(spec.LSTM(6)),
        shape=(5,),
    )
    assert [n.output_shape for n in net.nodes] == [(5, 3), (5, 4), (5, 4), (5, 4), (12,)]
    assert net.ids == 7
    assert net.carry() == {
        "lstm1.hidden": (4,),
        "lstm1.cell": (4,),
        "residual1.body.gru1.hidden": (4,),
    }
    names = list(net.parameters())
    assert "bidirectional1.forward.rnn1.weight" in names
    assert "bidirectional2.backward.lstm1.recurrent_weight" in names


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (
            lambda: model(spec.LSTM(3), shape=(0, 3)),
            "Model.input_shape[0]: it should be greater than or equal to 1, but it is 0.",
        ),
        (
            lambda: model(spec.GRU(3), shape=(4,)),
            "Model: model 'm', gru1: GRU takes sequences (T, D), not (4,).",
        ),
        (
            lambda: model(spec.LSTM(2), spec.LSTM(2)),
            "Model: model 'm', lstm2: LSTM takes sequences (T, D), not (2,).",
        ),
        (
            lambda: model(spec.Embedding(2, 3)),
            "Model: model 'm', embedding1: Embedding takes token ids (T,), not (5, 3).",
        ),
        (
            lambda: model(spec.Dense(5), spec.Embedding(2, 3), shape=(4,)),
            "Model: model 'm': Embedding takes token ids, so it comes first and once; the first "
            "layer is Dense.",
        ),
        (
            lambda: model(spec.Embedding(2, 3), spec.Residual((spec.Embedding(2, 3),)), shape=(4,)),
            "Model: model 'm': Embedding takes token ids, so it comes first and once; the first "
            "layer is Embedding.",
        ),
        (
            lambda: spec.Bidirectional(spec.Dense(2)),
            "Bidirectional: it takes a recurrent layer (RNN, LSTM, GRU), not Dense.",
        ),
        (
            lambda: model(spec.Bidirectional(spec.RNN(2)), shape=(4,)),
            "Model: model 'm', bidirectional1.forward.rnn1: RNN takes sequences (T, D), not (4,).",
        ),
        (
            lambda: spec.RNN(3, activation="gelu"),  # type: ignore[arg-type]
            "RNN.activation: it should be 'tanh' or 'relu', but it is 'gelu'.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_layer_and_shape(make: object, why: str) -> None:
    assert refusal(make) == why  # type: ignore[arg-type]
