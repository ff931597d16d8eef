"""Two models of a user's held against each other: how far apart, where first, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from brain import spec
from brain.compare import tolerances
from brain.compare.findings import Finding, Verdict, largest
from brain.compare.own.leaves import Array, Leaf, Pass
from brain.compare.own.pairing import paired, unlike
from brain.compare.own.sides import RECURRENT, Side, end
from brain.compare.own.why import Parting, Why
from brain.compare.tolerances import error
from brain.errors import UserError
from brain.randomness import generator

OUTPUT = "the output"
DRAWN = (
    "biases, gains and statistics that were all alike, as in a fresh model, were drawn anew in "
    "both: zeros and ones hide mistakes"
)


FURTHER = 1000.0
"""By how much the input is larger in a second pass, where one is needed."""

ROUGH = ("Hardsigmoid", "HardSigmoid")
"""Functions whose constant PyTorch keeps in float32, on the way back."""


@dataclass
class Row:
    """Two layers that are one another's, and what was found of them; None where nothing was."""

    mine: str
    theirs: str
    label: str
    evaluation: Finding | None = None
    training: Finding | None = None
    gradient: Finding | None = None


@dataclass
class Held:
    """All that was found. `mine` and `theirs` are the titles of the two models.

    `unpaired` are layers without a counterpart, `uncopied` arrays that the other model cannot take,
    `notes` whatever else a reader must know to judge the verdict; `samples` of `given` were taken.
    """

    mine: str
    theirs: str
    verdict: Verdict
    rows: list[Row] = field(default_factory=list)
    unpaired: list[str] = field(default_factory=list)
    uncopied: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    loss: dict[str, float] = field(default_factory=dict)


class Comparison:
    """One comparison of two models, the second held against the first."""

    def __init__(
        self,
        mine: Side,
        theirs: Side,
        x: Array,
        given: Mapping[str, str],
        *,
        copies: bool = True,
        training: bool = True,
        loss: spec.Loss | None = None,
        targets: Array | None = None,
        tell: Callable[[str], object] = lambda what: None,
    ) -> None:
        if mine.title == theirs.title:
            theirs.title += " (2)"
        self.mine, self.theirs, self.x = mine, theirs, x
        self.given, self.copies, self.with_training = given, copies, training
        self.loss, self.targets, self.tell = loss, targets, tell
        self.dtype = mine.dtype
        self.notes: list[str] = []
        self.uncopied: list[str] = []
        self.values: dict[str, float] = {}
        self.unlike: dict[int, str] = {}
        self.random: dict[bool, str] = {}
        """What is random in training, or in evaluation (False)."""

    def run(self) -> Held:
        """Do all of it. UserError where not even one layer of a model was reached."""
        self._look()
        own, other = self.mine.leaves, self.theirs.leaves
        sources = self.mine.sources(), self.theirs.sources()
        self.pairing = paired(own, other, self.given, sources)
        self.anchors = dict(self.pairing.pairs), {b: a for a, b in self.pairing.pairs}
        self._copy()
        rows = {a: Row(own[a].name, other[b].name, own[a].label) for a, b in self.pairing.pairs}
        self.layers: dict[str, dict[str, Finding]] = {"forward": {}, "backward": {}}
        self.quantities: dict[str, Finding] = {}
        self.why = Why(self.mine, self.theirs, self.anchors, self.dtype)
        self.runs = self.mine.run(self.x, False), self.theirs.run(self.x, False)
        parting, in_which = self._forward(rows), self.runs
        if not parting and self.why.doubts():
            parting = self._further()
            in_which = self.runs
        if self.with_training and self._steady(training=True):
            on_the_way = self._backward(rows)
            parting, in_which = (parting, in_which) if parting else (on_the_way, self.runs)
        elif self.with_training:
            self.quantities["in training"] = Finding(np.nan, np.inf, self.random[True])
        self.runs = in_which
        verdict = self._verdict(parting)
        return Held(
            self.mine.title,
            self.theirs.title,
            verdict,
            list(rows.values()),
            self._unpaired(),
            self.uncopied,
            list(dict.fromkeys(self.notes)),
            self.values,
        )

    # Before

    def _look(self) -> None:
        for side in (self.mine, self.theirs):
            self.tell(f"{side.title}: a first pass")
            try:
                side.look(self.x)
            except UserError as refused:
                if self.x.ndim != 4:
                    raise
                hint = f"; images are given as (N, H, W, C), and these are {self.x.shape}"
                raise UserError(f"{refused}{hint}") from None
            self._note(side, side.seen)

    def _note(self, side: Side, seen: Pass) -> None:
        if seen.held:
            names = ", ".join(seen.held)
            self.notes.append(f"{side.title}: held still (dropout and noise): {names}")
        if seen.idle:
            self.notes.append(f"{side.title}: never called: {', '.join(seen.idle)}")
        if seen.loose:
            self.notes.append(
                f"{side.title}: parameters of no layer, not copied: {', '.join(seen.loose)}"
            )
        if seen.stopped:
            self.notes.append(f"{side.title}: {seen.stopped}")
        for i, leaf in enumerate(side.leaves):
            if leaf.options.get("constants") == "float32" and self.dtype == "float64":
                self.notes.append(
                    f"{side.title}: {leaf.name} keeps a constant in float32: from there on, "
                    "budgets are those of float32"
                )
            if not side.ways[i].known:
                self.notes.append(f"{side.title}: what goes into {leaf.name} could not be followed")
        if side.ways and len(side.ways) > len(side.leaves) and not side.ways[-1].known:
            last = side.leaves[-1].name
            self.notes.append(f"{side.title}: what comes after {last} could not be followed")

    def _copy(self) -> None:
        """The first model's parameters and running statistics into the other."""
        for a, b in self.pairing.pairs:
            mine, theirs = self.mine.leaves[a], self.theirs.leaves[b]
            if why := unlike(mine, theirs, (self.mine.title, self.theirs.title)):
                if self.copies or "cannot match" in why:
                    self.uncopied.append(why)
                    self.unlike[a] = why
                if "cannot match" in why or "no known layout" in why:
                    continue
            if not self.copies:
                continue
            self._stir(a, mine)
            names = theirs.parameters.keys()
            own = {k: array for k, array in mine.parameters.items() if k in names}
            state = {k: array for k, array in mine.state.items() if k in theirs.state}
            for name in self.theirs.write(b, own, state):
                self.uncopied.append(f"{theirs.name} of {self.theirs.title} has no {name}")

    def _stir(self, a: int, leaf: Leaf) -> None:
        """Draw anew what a fresh model holds alike everywhere: zeros and ones hide mistakes.

        With biases of zero, a gain of one and a running variance of one, layers that are exchanged
        or leave one of them out compute the same.
        """
        drawn: list[str] = []
        for arrays in (leaf.parameters, leaf.state):
            for name, array in arrays.items():
                if array.size > 1 and array.dtype.kind == "f" and not np.ptp(array):
                    noise = generator(0, f"{leaf.name}.{name}").standard_normal(array.shape)
                    positive = array.flat[0] > 0  # a gain, a variance
                    moved = array * np.exp(noise / 4) if positive else array + noise / 4
                    arrays[name] = moved.astype(array.dtype)
                    drawn.append(name)
        if drawn and (refused := self.mine.write(a, leaf.parameters, leaf.state)):
            for name in refused:  # what is no array of its own, as a bias that is switched off
                arrays = leaf.parameters if name in leaf.parameters else leaf.state
                arrays[name] = np.full_like(arrays[name], 0.0)
        if drawn:
            self.notes.append(DRAWN)

    def _unpaired(self) -> list[str]:
        found = []
        sides = (self.mine, self.theirs), (self.theirs, self.mine)
        for (side, other), rest in zip(sides, self.pairing.alone, strict=True):
            for i in rest:
                leaf = side.leaves[i]
                shapes = ", ".join(f"{k} {v.shape}" for k, v in leaf.parameters.items())
                found.append(
                    f"{leaf.name} of {side.title} ({leaf.label}; {shapes}) has no counterpart in "
                    f"{other.title}"
                )
        return found

    def _steady(self, training: bool) -> bool:
        """Whether two passes of each model are the same; else a note says where they are not."""
        mode = "training" if training else "evaluation"
        for side in (self.mine, self.theirs):
            one, two = (side.run(self.x, training) for _ in range(2))
            for i, (a, b) in enumerate(zip(one.leaves, two.leaves, strict=False)):
                for what, p, q in (("what goes into", a.x, b.x), ("the layer", a.y, b.y)):
                    if not np.array_equal(p, q):
                        self._unsteady(side, f"{what} {side.leaves[i].name}", mode)
                        return False
            if one.output is not None and not np.array_equal(one.output, two.output):  # type: ignore[arg-type]
                self._unsteady(side, OUTPUT, mode)
                return False
        return True

    def _unsteady(self, side: Side, what: str, mode: str) -> None:
        self.notes.append(f"{side.title}: {what} is another one in every pass in {mode}")
        self.random[mode == "training"] = f"{side.title}: {what} is random in {mode}"

    # Forward

    def _forward(self, rows: Mapping[int, Row]) -> Parting | None:
        """Every layer's output in evaluation; where they part first."""
        self.tell("a pass in evaluation")
        if not self._steady(training=False):
            self.with_training = False
        return self._walk(rows, *self.runs, training=False)

    def _further(self) -> Parting | None:
        """A pass with larger numbers, where steps of other names gave the same: ReLU6 and ReLU do,
        until a number passes 6."""
        if self.x.dtype.kind != "f":
            self.notes += [f"the same here, on this input: {line}" for line in self.why.doubts()]
            return None
        before, layers = self.quantities, dict(self.layers)
        self.quantities = {}
        self.runs = self.mine.run(FURTHER * self.x, False), self.theirs.run(FURTHER * self.x, False)
        parting = self._walk({}, *self.runs, training=False)
        found = {f"{name}, input times {FURTHER:g}": f for name, f in self.quantities.items()}
        self.quantities, self.layers = before | found, layers
        self.why.factor = FURTHER if parting else 1.0
        return parting

    def _walk(
        self, rows: Mapping[int, Row], mine: Pass, theirs: Pass, training: bool
    ) -> Parting | None:
        """Hold every pair's outputs, and the models'; the first place where they part."""
        first: Parting | None = None
        name = "outputs in training" if training else "outputs"
        found: dict[str, Finding] = {}
        for a, b in self.pairing.pairs:
            if a >= len(mine.leaves) or b >= len(theirs.leaves):
                continue
            mine_, theirs_ = mine.leaves[a], theirs.leaves[b]
            budget = self._budget(mine, a, training)
            into = self._held(theirs_.x, mine_.x, budget, mine_.name)
            out = self._held(*self._outs(mine_, theirs_)[::-1], budget, mine_.name)
            found[mine_.name] = out
            if a in rows:
                setattr(rows[a], "training" if training else "evaluation", out)
            if first is None and not into.within:
                first = Parting("between", a, b, training)
            elif first is None and not out.within:
                first = Parting("layer", a, b, training)
        self.layers["in training" if training else "forward"] = found
        if mine.output is None or theirs.output is None:
            self.quantities[name] = largest([*found.values(), Finding(np.inf, 0.0)])
            stopped = next(s for s in (self.mine, self.theirs) if s.seen.stopped)
            return first or Parting("stopped", 0, 0, training, stopped.title)
        budget = self._budget(mine, len(mine.leaves), training)
        output = self._held(theirs.output, mine.output, budget, OUTPUT)
        found[OUTPUT] = output
        self.quantities[name] = output
        if first is None and not output.within:
            first = Parting("between", len(mine.leaves), len(theirs.leaves), training)
        return first

    def _outs(self, mine: Leaf, theirs: Leaf) -> tuple[Array, Array]:
        """Two outputs as they can be compared: of recurrent layers the end, if one gives it."""
        a, b = mine.y, theirs.y
        if mine.label in RECURRENT and theirs.label in RECURRENT and a.ndim != b.ndim:
            a = end(a, mine.label) if a.ndim == 3 else a
            b = end(b, theirs.label) if b.ndim == 3 else b
        return a, b

    # Backward

    def _backward(self, rows: Mapping[int, Row]) -> Parting | None:
        """A pass in training and back: outputs, gradients, running statistics."""
        self.tell("a pass in training, and back")
        output = self.runs[0].output
        if output is None or self.runs[1].output is None:
            return None
        if output.shape != self.runs[1].output.shape:
            return None
        dy = self.why.dy = self._cotangent(output)
        mine, theirs = self.mine.run(self.x, True, dy), self.theirs.run(self.x, True, dy)
        self.runs = mine, theirs
        for side, run in zip((self.mine, self.theirs), self.runs, strict=True):
            self._note(side, run)
        parting = self._walk(rows, mine, theirs, training=True)
        backward = self._gradients(rows, mine, theirs)
        parting = parting or backward
        return parting or self._statistics(mine, theirs)

    def _cotangent(self, output: Array) -> Array:
        """The gradient of the output: of the loss, if there is one, else drawn at random."""
        if self.loss is None:
            return generator(0, "cotangent").standard_normal(output.shape).astype(self.dtype)
        gradients = []
        for side, run in zip((self.mine, self.theirs), self.runs, strict=True):
            try:
                found = side.numpy.call(
                    "brain.compare.own.losses:loss_of",
                    loss=self.loss,
                    output=run.output,
                    targets=self.targets,
                    dtype=self.dtype,
                )
            except UserError as refused:
                raise UserError(f"--targets, for {side.title}: {refused}") from None
            self.values[side.title] = found["loss"]
            gradients.append(found["d_output"])
        losses = list(self.values.values())
        budget = self._budget(self.runs[0], len(self.mine.leaves), True)
        size = error(np.array(losses[1]), np.array(losses[0]))
        self.quantities["loss"] = Finding(size, 2 * budget, "the loss")
        first: Array = gradients[0]
        return first

    def _gradients(self, rows: Mapping[int, Row], mine: Pass, theirs: Pass) -> Parting | None:
        """Every gradient of a pair's parameters and input; the last pair in which one parts."""
        budget = 2 * self._budget(mine, len(mine.leaves), True)
        found: dict[str, Finding] = {}
        parted: Parting | None = None
        if mine.d_input is not None and theirs.d_input is not None:
            found["input"] = self._held(theirs.d_input, mine.d_input, budget, "input")
        for a, b in self.pairing.pairs:
            p, q = mine.leaves[a], theirs.leaves[b]
            own = [
                self._held(q.gradients[k], array, budget, f"{p.name}.{k}", _floor(p, k))
                for k, array in p.gradients.items()
                if k in q.gradients
            ]
            if p.d_x is not None and q.d_x is not None:
                own.append(self._held(q.d_x, p.d_x, budget, f"input of {p.name}"))
            if not own:
                continue
            found |= {f.worst: f for f in own}
            rows[a].gradient = largest(own)
            if not all(f.within for f in own):
                parted = Parting("backward", a, b, True)
        self.layers["backward"] = found
        if found:
            self.quantities["gradients"] = largest(found.values())
        if parted is None and "input" in found and not found["input"].within:
            a, b = self.pairing.pairs[0]
            parted = Parting("backward", a, b, True)
        return parted

    def _statistics(self, mine: Pass, theirs: Pass) -> Parting | None:
        """The running statistics after the pass in training."""
        found, first = {}, None
        for a, b in self.pairing.pairs:
            p, q = mine.leaves[a], theirs.leaves[b]
            budget = self._budget(mine, a, True)
            for name, array in p.next_state.items():
                if name in q.next_state:
                    key = f"{p.name}.{name}"
                    found[key] = self._held(q.next_state[name], array, budget, key)
                    if first is None and not found[key].within:
                        first = Parting("statistics", a, b, True)
        if found:
            self.layers["running statistics"] = found
            self.quantities["running statistics"] = largest(found.values())
        return first

    # What they share

    def _held(
        self, theirs: Array, mine: Array, budget: float, what: str, floor: float = 0.0
    ) -> Finding:
        size = error(theirs, mine, floor)
        return Finding(size, budget, what, *tolerances.apart(theirs, mine, self.dtype))

    def _budget(self, run: Pass, upto: int, training: bool) -> float:
        """How far rounding may lead the output of the first model's leaf `upto`."""
        leaves = run.leaves[: upto + 1]
        samples = len(run.x) if training else 0
        budget = tolerances.forward_budget(_nodes(leaves, self.mine), self.dtype, samples)
        if self.dtype == "float64":
            there = max((b for a, b in self.pairing.pairs if a <= upto), default=0)
            there = len(self.theirs.leaves) if upto >= len(run.leaves) else there
            for side, last in ((self.mine, upto), (self.theirs, there)):
                rough = [x.options.get("constants") == "float32" for x in side.leaves[: last + 1]]
                steps = [step.label for way in side.ways[: last + 1] for step in way.steps]
                rough += [label in ROUGH for label in steps]
                budget += tolerances.SAFETY * tolerances.eps("float32") * sum(rough)
        return budget

    def _verdict(self, parting: Parting | None) -> Verdict:
        first = cause = ""
        lying: list[list[float]] = []
        if parting and any(not finding.within for finding in self.quantities.values()):
            self.tell("why they part")
            random = self.random.get(parting.training, "")
            first, cause, lying = self.why.explained(parting, self.runs, random)
            if parting.kind == "layer":
                cause = self.unlike.get(parting.mine, cause)
            loose = [*self.mine.seen.loose, *self.theirs.seen.loose]
            if self.copies and loose and not random:
                names = ", ".join(dict.fromkeys(loose))
                cause += f"; {names} belong to no layer and were not copied: --keep-weights"
        return Verdict(
            f"{self.mine.factory} against {self.theirs.factory}",
            self.theirs.title,
            self.dtype,
            self.quantities,
            first,
            cause,
            self.layers,
            lying,
        )


def _nodes(leaves: Iterable[Leaf], side: Side) -> list[spec.Node]:
    """A node for each layer and each step before it; one that sums all it gets, where unknown."""
    found: list[spec.Node] = []
    for i, leaf in enumerate(leaves):
        found += _node(leaf.layer, leaf.x)
        for step in side.ways[i].steps if i < len(side.ways) else ():
            found += _node(step.layer, leaf.x)
    return found


def _node(layer: spec.Layer | None, x: Array) -> list[spec.Node]:
    shape = tuple(x.shape[1:]) or (1,)
    if layer is not None:
        try:
            return list(spec.Model("alone", shape, (layer,), spec.MeanSquaredError()).walk())
        except UserError:
            pass
    flat = (int(np.prod(shape)),)
    return list(spec.Model("alone", flat, (spec.Dense(1),), spec.MeanSquaredError()).walk())


def _floor(leaf: Leaf, name: str) -> float:
    """What a gradient's error is measured by at least, where its sums may cancel (a bias, or the
    shift of a BatchNorm, before the next one): the size of what they add up, which the layer's
    other gradients and that of its input tell."""
    sizes = [float(np.linalg.norm(g.ravel())) for k, g in leaf.gradients.items() if k != name]
    weight = leaf.parameters.get("weight")
    if leaf.d_x is not None and weight is not None and leaf.label in ("Dense", "Conv2D"):
        size = float(np.linalg.norm(weight.ravel()))
        sizes.append(float(np.linalg.norm(leaf.d_x.ravel())) / size if size else 0.0)
    return max(sizes, default=0.0)
