"""What the tests draw trainings from: strategies for schedules, optimizers, recipes and the rest.

Each has a line in a table at the foot of the file; a completeness test names what has none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from brain import spec
from brain.testing.model_strategies import COUNTS, MODERATE, Draw, builds, models

STEPS = st.integers(1, 10_000)
FRACTIONS = st.floats(0, 1, exclude_max=True)
# Nearly all doubles that the fields admit: files must carry every bit.
POSITIVE = st.floats(0, 1e300, exclude_min=True)
NON_NEGATIVE = st.floats(0, 1e300)


def schedules(depth: int = 2) -> SearchStrategy[spec.Schedule]:
    """Any schedule; a warm-up may be followed by another."""
    plain = st.one_of(*SCHEDULES.values())
    if not depth:
        return plain
    return plain | builds(spec.LinearWarmup, steps=STEPS, after=schedules(depth - 1))


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
    return builds(
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


SCHEDULES: dict[type[spec.Schedule], SearchStrategy[spec.Schedule]] = {
    spec.Constant: builds(spec.Constant, lr=POSITIVE),
    spec.Step: builds(
        spec.Step, lr=POSITIVE, every=STEPS, factor=st.floats(0, 1, exclude_min=True)
    ),
    spec.Exponential: builds(spec.Exponential, lr=POSITIVE, rate=st.floats(0, 1, exclude_min=True)),
    spec.Cosine: builds(
        spec.Cosine, lr=st.floats(1e-9, 1e9), steps=STEPS, final_lr=st.floats(0, 1e9)
    ),
    spec.LinearWarmup: builds(
        spec.LinearWarmup, steps=STEPS, after=builds(spec.Constant, lr=MODERATE)
    ),
    spec.OneCycle: builds(
        spec.OneCycle,
        lr=st.floats(1e-9, 1e9),
        steps=st.integers(2, 10_000),
        rise=st.floats(0, 1, exclude_min=True, exclude_max=True),
        start_divisor=st.floats(1, 1e9),
        end_divisor=st.floats(1, 1e9),
    ),
}

AUGMENTATIONS: dict[type[spec.Augmentation], SearchStrategy[spec.Augmentation]] = {
    spec.Shift: builds(spec.Shift, pixels=COUNTS),
    spec.Flip: st.just(spec.Flip()),
    spec.Crop: builds(spec.Crop, padding=COUNTS),
    spec.Cutout: builds(spec.Cutout, size=COUNTS),
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
