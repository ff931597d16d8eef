"""What the tests draw their declarations from: hypothesis strategies for everything in a spec.

Every layer, loss, optimizer, schedule, augmentation and initialiser has a line in a table at the
foot of the file; a completeness test names what has none. A model that is drawn is always valid,
and small.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from brain import spec
from brain.errors import UserError
from brain.spec.nests import chain_shape

Layers = tuple[spec.Layer, ...]
Draw = Callable[[SearchStrategy[Any]], Any]

COUNTS = st.integers(1, 6)
STEPS = st.integers(1, 10_000)
MODERATE = st.floats(1e-3, 4.0)
FRACTIONS = st.floats(0, 1, exclude_max=True)
# Nearly all doubles that the fields admit: files must carry every bit.
POSITIVE = st.floats(0, 1e300, exclude_min=True)
NON_NEGATIVE = st.floats(0, 1e300)
SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


def refusal(call: Callable[[], object]) -> str:
    """The one sentence with which `call` is refused; the test fails if it is none."""
    with pytest.raises(UserError) as caught:
        call()
    text = str(caught.value)
    assert text
    assert "\n" not in text
    return text


def _builds(kind: Callable[..., Any], **fields: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.fixed_dictionaries(fields).map(lambda values: kind(**values))


@st.composite
def _uniform(draw: Draw) -> spec.init.Uniform:
    low = draw(st.floats(-2, 2))
    return spec.init.Uniform(low, draw(st.floats(low, 3)))


def initializers() -> SearchStrategy[spec.init.Initializer]:
    """Any initialiser, its values small enough for any network to run."""
    return st.one_of(*INITIALIZERS.values())


def layers(shape: spec.Shape, depth: int = 2) -> SearchStrategy[spec.Layer]:
    """A layer that accepts `shape`, with up to `depth` nests one inside the other."""
    tables = (LAYERS, NESTS) if depth else (LAYERS,)
    return st.one_of(*(make(shape, depth) for table in tables for make in table.values()))


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
    else:
        shortcut = (spec.Flatten(), dense)
    return spec.Residual(body, shortcut)


@st.composite
def models(draw: Draw, depth: int = 2) -> spec.Model:
    """A valid model of one to four layers, nested up to `depth` deep."""
    shape = draw(SHAPES)
    chain = draw(chains(shape, depth, least=1))
    output = chain_shape(chain, shape)
    losses = [kind() for kind in LOSSES if kind is not spec.SoftmaxCrossEntropy or output[-1] > 1]
    name = draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True))
    return spec.Model(name, shape, chain, draw(st.sampled_from(losses)))


def schedules(depth: int = 2) -> SearchStrategy[spec.Schedule]:
    """Any schedule; a warm-up may be followed by another."""
    plain = st.one_of(*SCHEDULES.values())
    if not depth:
        return plain
    return plain | _builds(spec.LinearWarmup, steps=STEPS, after=schedules(depth - 1))


def optimizers() -> SearchStrategy[spec.Optimizer]:
    """Any optimizer, at a fixed rate or with a schedule."""
    return st.one_of(*OPTIMIZERS.values())


@st.composite
def _sgd(draw: Draw) -> spec.SGD:
    momentum = draw(FRACTIONS)
    nesterov = draw(st.booleans()) if momentum else False
    return spec.SGD(momentum=momentum, nesterov=nesterov, **draw(_COMMON))


def augmentations() -> SearchStrategy[spec.Augmentation]:
    """Any augmentation, small enough for pictures of 7 pixels and more on a side."""
    return st.one_of(*AUGMENTATIONS.values())


def recipes() -> SearchStrategy[spec.Recipe]:
    """A whole run: model, optimizer and the numbers around them."""
    return _builds(
        spec.Recipe,
        model=models(),
        data=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        optimizer=optimizers(),
        epochs=STEPS,
        batch_size=STEPS,
        seed=st.integers(0, 2**63 - 1),
        dtype=st.sampled_from(["float32", "float64"]),
        augmentation=st.lists(augmentations(), max_size=3).map(tuple),
    )


INITIALIZERS: dict[type[spec.init.Initializer], SearchStrategy[spec.init.Initializer]] = {
    spec.init.He: _builds(spec.init.He, distribution=st.sampled_from(["normal", "uniform"])),
    spec.init.Glorot: _builds(
        spec.init.Glorot, distribution=st.sampled_from(["normal", "uniform"])
    ),
    spec.init.Orthogonal: _builds(spec.init.Orthogonal, gain=MODERATE),
    spec.init.Normal: _builds(spec.init.Normal, std=st.just(0.0) | MODERATE),
    spec.init.Uniform: _uniform(),
    spec.init.Constant: _builds(spec.init.Constant, value=st.floats(-2, 2)),
}

# Each: `make(shape, depth) -> strategy`, `st.nothing()` where the layer cannot take the shape.
LAYERS: dict[type[spec.Layer], Callable[[spec.Shape, int], SearchStrategy[spec.Layer]]] = {
    spec.Dense: lambda shape, depth: _builds(
        spec.Dense, units=COUNTS, bias=st.booleans(), init=initializers()
    ),
    spec.Flatten: lambda shape, depth: st.just(spec.Flatten()),
    spec.Dropout: lambda shape, depth: _builds(spec.Dropout, rate=st.floats(0, 0.9)),
    spec.Identity: lambda shape, depth: st.just(spec.Identity()),
    spec.ReLU: lambda shape, depth: st.just(spec.ReLU()),
    spec.LeakyReLU: lambda shape, depth: _builds(spec.LeakyReLU, slope=st.just(0.0) | MODERATE),
    spec.ELU: lambda shape, depth: _builds(spec.ELU, alpha=MODERATE),
    spec.GELU: lambda shape, depth: _builds(spec.GELU, form=st.sampled_from(["erf", "tanh"])),
    spec.SiLU: lambda shape, depth: st.just(spec.SiLU()),
    spec.Sigmoid: lambda shape, depth: st.just(spec.Sigmoid()),
    spec.Tanh: lambda shape, depth: st.just(spec.Tanh()),
    spec.Softplus: lambda shape, depth: st.just(spec.Softplus()),
    spec.Softmax: lambda shape, depth: st.just(spec.Softmax()),
}

NESTS: dict[type[spec.Layer], Callable[[spec.Shape, int], SearchStrategy[spec.Layer]]] = {
    spec.Sequential: lambda shape, depth: _builds(spec.Sequential, layers=chains(shape, depth - 1)),
    spec.Residual: _residual,
}

LOSSES: tuple[type[spec.Loss], ...] = (
    spec.SoftmaxCrossEntropy,
    spec.BinaryCrossEntropy,
    spec.MeanSquaredError,
)

SCHEDULES: dict[type[spec.Schedule], SearchStrategy[spec.Schedule]] = {
    spec.Constant: _builds(spec.Constant, lr=POSITIVE),
    spec.Step: _builds(
        spec.Step, lr=POSITIVE, every=STEPS, factor=st.floats(0, 1, exclude_min=True)
    ),
    spec.Exponential: _builds(
        spec.Exponential, lr=POSITIVE, rate=st.floats(0, 1, exclude_min=True)
    ),
    spec.Cosine: _builds(
        spec.Cosine, lr=st.floats(1e-9, 1e9), steps=STEPS, final_lr=st.floats(0, 1e9)
    ),
    spec.LinearWarmup: _builds(
        spec.LinearWarmup, steps=STEPS, after=_builds(spec.Constant, lr=MODERATE)
    ),
    spec.OneCycle: _builds(
        spec.OneCycle,
        lr=st.floats(1e-9, 1e9),
        steps=st.integers(2, 10_000),
        rise=st.floats(0, 1, exclude_min=True, exclude_max=True),
        start_divisor=st.floats(1, 1e9),
        end_divisor=st.floats(1, 1e9),
    ),
}

AUGMENTATIONS: dict[type[spec.Augmentation], SearchStrategy[spec.Augmentation]] = {
    spec.Shift: _builds(spec.Shift, pixels=COUNTS),
    spec.Flip: st.just(spec.Flip()),
    spec.Crop: _builds(spec.Crop, padding=COUNTS),
    spec.Cutout: _builds(spec.Cutout, size=COUNTS),
}

_COMMON = st.fixed_dictionaries(
    {"lr": POSITIVE | schedules()},
    optional={"weight_decay": NON_NEGATIVE, "clip_norm": st.none() | POSITIVE},
)


def _optimizer(kind: Callable[..., Any], **fields: SearchStrategy[Any]) -> SearchStrategy[Any]:
    own = st.fixed_dictionaries({}, optional=fields)
    return st.tuples(_COMMON, own).map(lambda values: kind(**values[0], **values[1]))


_MOMENTS = {"beta1": FRACTIONS, "beta2": FRACTIONS, "eps": POSITIVE}

OPTIMIZERS: dict[type[spec.Optimizer], SearchStrategy[spec.Optimizer]] = {
    spec.SGD: _sgd(),
    spec.AdaGrad: _optimizer(spec.AdaGrad, eps=POSITIVE),
    spec.RMSprop: _optimizer(spec.RMSprop, rho=FRACTIONS, eps=POSITIVE),
    spec.Adam: _optimizer(spec.Adam, **_MOMENTS),
    spec.AdamW: _optimizer(spec.AdamW, **_MOMENTS),
}
