"""What the tests draw models from: hypothesis strategies for layers, losses and initialisers.

Each has a line in a table at the foot of the file; a completeness test names what has none. A model
that is drawn is always valid, and small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from brain import spec
from brain.errors import UserError
from brain.spec.nests import chain_shape

Layers = tuple[spec.Layer, ...]
Maker = Callable[[spec.Shape, int], SearchStrategy[Any]]
Draw = Callable[[SearchStrategy[Any]], Any]

COUNTS = st.integers(1, 6)
MODERATE = st.floats(1e-3, 4.0)


def builds(kind: Callable[..., Any], **fields: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.fixed_dictionaries(fields).map(lambda values: kind(**values))


@st.composite
def _uniform(draw: Draw) -> spec.init.Uniform:
    low = draw(st.floats(-2, 2))
    return spec.init.Uniform(low, draw(st.floats(low, 3)))


def initializers() -> SearchStrategy[spec.init.Initializer]:
    """Any initialiser, its values small enough for any network to run."""
    return st.one_of(*INITIALIZERS.values())


def layers(shape: spec.Shape, depth: int = 2) -> SearchStrategy[spec.Layer]:
    """A layer that accepts `shape`, with up to `depth` nests one inside the other.

    Activations, of which there are many, are together drawn as often as any other layer; `OFTEN`
    ones three times as often, since few shapes let them in.
    """
    tables = (LAYERS, NESTS) if depth else (LAYERS,)
    made = {kind: make(shape, depth) for table in tables for kind, make in table.items()}
    possible = {kind: strategy for kind, strategy in made.items() if not strategy.is_empty}
    bends = [s for kind, s in possible.items() if issubclass(kind, spec.Activation)]
    others = [s for kind, s in possible.items() if not issubclass(kind, spec.Activation)]
    # not one_of within one_of, which would make one list of them
    often = [possible[kind] for kind in OFTEN if kind in possible]
    kinds = [*others, *often, *often, st.sampled_from(bends).flatmap(lambda s: s)]
    return st.sampled_from(kinds).flatmap(lambda s: s)


@st.composite
def chains(draw: Draw, shape: spec.Shape, depth: int, least: int = 0) -> Layers:
    """Up to four layers, each of which accepts what the one before it gives."""
    chain: Layers = ()
    for _ in range(draw(st.integers(least, 4))):
        layer = draw(layers(shape, depth))
        chain, shape = (*chain, layer), layer.output_shape(shape)
    return chain


@st.composite
def _residual(draw: Draw, shape: spec.Shape, depth: int) -> spec.Residual:
    body: Layers = draw(chains(shape, depth - 1))
    wanted = chain_shape(body, shape)
    dense = spec.Dense(wanted[-1], bias=draw(st.booleans()), init=draw(initializers()))
    if wanted == shape:
        shortcut: Layers = draw(st.sampled_from([(), (spec.Identity(),), (dense,)]))
    elif wanted[:-1] == shape[:-1]:
        shortcut = (dense,)
    elif len(wanted) == 1:
        shortcut = (spec.Flatten(), dense)
    else:  # images of another size: what gives that size is the body
        shortcut = body
    return spec.Residual(body, shortcut)


@st.composite
def models(draw: Draw, depth: int = 2, longest: int = 4, least: int = 1) -> spec.Model:
    """A valid model of `least` to four layers, nested up to `depth` deep; axes up to `longest`."""
    axes = draw(st.integers(1, 3))
    shape = draw(st.tuples(*[st.integers(1, longest)] * axes))
    ids = st.tuples(*(make(shape, depth) for make in FIRST.values()))
    first: Layers = draw(st.just(()) | ids) if len(shape) == 1 else ()
    chain = first + draw(chains(chain_shape(first, shape), depth, least))
    output = chain_shape(chain, shape)
    losses = [kind() for kind in LOSSES if kind is not spec.SoftmaxCrossEntropy or output[-1] > 1]
    name = draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True))
    return spec.Model(name, shape, chain, draw(st.sampled_from(losses)))


@st.composite
def models_of(draw: Draw, family: str, longest: int = 8) -> spec.Model:
    """A valid model that begins with the layers of `FAMILIES[family]`; axes up to `longest`."""
    axes, places = FAMILIES[family]
    shape: spec.Shape = draw(st.tuples(*[st.integers(1, longest)] * axes))
    input_shape, chain = shape, Layers()
    for kinds in places:
        possible = [s for kind in kinds if not (s := MAKERS[kind](shape, 2)).is_empty]
        if possible:  # nothing recurrent, say, behind one that gives its last state alone
            layer = draw(st.sampled_from(possible).flatmap(lambda s: s))
            chain, shape = (*chain, layer), layer.output_shape(shape)
    chain += draw(chains(shape, 2, least=1))
    return spec.Model(family, input_shape, chain, spec.MeanSquaredError())


@st.composite
def _conv(draw: Draw, shape: spec.Shape) -> spec.Conv2D:
    groups = draw(st.sampled_from([g for g in (1, 2, 3, 4) if shape[-1] % g == 0]))
    stride = draw(st.integers(1, 3))
    layer = spec.Conv2D(
        filters=groups * draw(st.integers(1, 3)),
        kernel=draw(st.integers(1, 4)),
        stride=stride,
        padding=draw(st.sampled_from(["valid", "same"]) | st.integers(0, 3)),
        dilation=draw(st.integers(1, 3)) if stride == 1 else 1,
        groups=groups,
        bias=draw(st.booleans()),
        init=draw(initializers()),
    )
    return _fitting(layer, shape)


@st.composite
def _pool(draw: Draw, kind: Callable[..., Any], shape: spec.Shape) -> spec.Layer:
    size = draw(st.integers(1, 4))
    padding = draw(st.sampled_from(["valid", "same"]) | st.integers(0, size - 1))
    stride = draw(st.none() | st.integers(1, 4))
    return _fitting(kind(size=size, stride=stride, padding=padding), shape)


def _fitting(layer: Any, shape: spec.Shape) -> Any:
    """The layer, with the padding under which any window fits where its own does not."""
    try:
        layer.output_shape(shape)
    except UserError:
        return replace(layer, padding="same")
    return layer


def _recurrent(
    kind: Callable[..., Any], shape: spec.Shape, **fields: SearchStrategy[Any]
) -> SearchStrategy[Any]:
    if len(shape) != 2:
        return st.nothing()
    return builds(
        kind,
        units=COUNTS,
        return_sequences=st.booleans(),
        init=initializers(),
        recurrent_init=initializers(),
        **fields,
    )


INITIALIZERS: dict[type[spec.init.Initializer], SearchStrategy[spec.init.Initializer]] = {
    spec.init.He: builds(spec.init.He, distribution=st.sampled_from(["normal", "uniform"])),
    spec.init.Glorot: builds(spec.init.Glorot, distribution=st.sampled_from(["normal", "uniform"])),
    spec.init.Orthogonal: builds(spec.init.Orthogonal, gain=MODERATE),
    spec.init.Normal: builds(spec.init.Normal, std=st.just(0.0) | MODERATE),
    spec.init.Uniform: _uniform(),
    spec.init.Constant: builds(spec.init.Constant, value=st.floats(-2, 2)),
}

# Each: `make(shape, depth) -> strategy`, `st.nothing()` where the layer cannot take the shape.
LAYERS: dict[type[spec.Layer], Maker] = {
    spec.Dense: lambda shape, depth: builds(
        spec.Dense, units=COUNTS, bias=st.booleans(), init=initializers()
    ),
    spec.Flatten: lambda shape, depth: st.just(spec.Flatten()),
    spec.Dropout: lambda shape, depth: builds(spec.Dropout, rate=st.floats(0, 0.9)),
    spec.Conv2D: lambda shape, depth: _conv(shape) if len(shape) == 3 else st.nothing(),
    spec.MaxPool2D: lambda shape, depth: (
        _pool(spec.MaxPool2D, shape) if len(shape) == 3 else st.nothing()
    ),
    spec.AvgPool2D: lambda shape, depth: (
        _pool(spec.AvgPool2D, shape) if len(shape) == 3 else st.nothing()
    ),
    spec.GlobalAvgPool2D: lambda shape, depth: (
        st.just(spec.GlobalAvgPool2D()) if len(shape) == 3 else st.nothing()
    ),
    spec.Identity: lambda shape, depth: st.just(spec.Identity()),
    spec.ReLU: lambda shape, depth: st.just(spec.ReLU()),
    spec.LeakyReLU: lambda shape, depth: builds(spec.LeakyReLU, slope=st.just(0.0) | MODERATE),
    spec.ELU: lambda shape, depth: builds(spec.ELU, alpha=MODERATE),
    spec.GELU: lambda shape, depth: builds(spec.GELU, form=st.sampled_from(["erf", "tanh"])),
    spec.SiLU: lambda shape, depth: st.just(spec.SiLU()),
    spec.Sigmoid: lambda shape, depth: st.just(spec.Sigmoid()),
    spec.Tanh: lambda shape, depth: st.just(spec.Tanh()),
    spec.Softplus: lambda shape, depth: st.just(spec.Softplus()),
    spec.Softmax: lambda shape, depth: st.just(spec.Softmax()),
    spec.BatchNorm: lambda shape, depth: builds(
        spec.BatchNorm, momentum=st.floats(1e-3, 1), eps=MODERATE
    ),
    spec.LayerNorm: lambda shape, depth: builds(spec.LayerNorm, eps=MODERATE),
    spec.RNN: lambda shape, depth: _recurrent(
        spec.RNN, shape, activation=st.sampled_from(["tanh", "relu"])
    ),
    spec.LSTM: lambda shape, depth: _recurrent(spec.LSTM, shape),
    spec.GRU: lambda shape, depth: _recurrent(spec.GRU, shape),
}

OFTEN = (spec.Conv2D, spec.MaxPool2D, spec.AvgPool2D, spec.RNN, spec.LSTM, spec.GRU)

FIRST: dict[type[spec.Layer], Maker] = {
    spec.Embedding: lambda shape, depth: builds(
        spec.Embedding, vocab=COUNTS, dim=COUNTS, init=initializers()
    ),
}
"""Layers that take token ids, `(T,)`: nothing may stand before them."""

NESTS: dict[type[spec.Layer], Maker] = {
    spec.Sequential: lambda shape, depth: builds(spec.Sequential, layers=chains(shape, depth - 1)),
    spec.Residual: _residual,
    spec.Bidirectional: lambda shape, depth: builds(
        spec.Bidirectional,
        layer=st.one_of(*(LAYERS[kind](shape, depth) for kind in (spec.RNN, spec.LSTM, spec.GRU))),
    ),
}

MAKERS = {**LAYERS, **FIRST, **NESTS}

BENDS = tuple(kind for kind in LAYERS if issubclass(kind, spec.Activation))
RECURRENT = (spec.RNN, spec.LSTM, spec.GRU, spec.Bidirectional)
POOLS = (spec.MaxPool2D, spec.AvgPool2D, spec.GlobalAvgPool2D)
SHAPED = (spec.Dense, spec.BatchNorm, spec.LayerNorm, spec.Residual, spec.Dropout)

# What a random model of each family begins with: how many axes, and the kinds for each place.
FAMILIES: dict[str, tuple[int, tuple[tuple[type[spec.Layer], ...], ...]]] = {
    "images": (3, ((spec.Conv2D,), (*POOLS, spec.Conv2D), BENDS)),
    "sequences": (2, (RECURRENT, RECURRENT)),
    "ids": (1, (tuple(FIRST), RECURRENT, BENDS)),
    "flat": (1, ((spec.Dense,), SHAPED, BENDS)),
}

LOSSES: tuple[type[spec.Loss], ...] = (
    spec.SoftmaxCrossEntropy,
    spec.BinaryCrossEntropy,
    spec.MeanSquaredError,
)
