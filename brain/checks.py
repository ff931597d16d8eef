"""What may go into a network: shapes, finite values, labels in range; else one clear sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import spec
from brain.errors import UserError, unknown


def inputs(model: spec.Model, x: ArrayLike, dtype: np.dtype) -> NDArray[Any]:
    """`x` as a C-ordered array `(N, *model.input_shape)` of `dtype`; UserError if it cannot be."""
    array = numbers("x", x)
    _shape("x", array, model.input_shape, f"the input of model {model.name!r}")
    if not len(array):
        raise UserError("x holds no samples.")
    if model.ids is not None:
        return _ids(array, model.ids)
    return finite("x", _cast(array, dtype))


def wanted(model: spec.Model) -> tuple[object, ...]:
    """What `inputs` and `targets` hold a batch to: shapes, ids, labels; equal for models alike."""
    classes = model.loss.classes(model.output_shape) if model.loss.labels else None
    return (model.input_shape, model.ids, model.target_shape, model.loss.kind, classes)


def carry(
    model_name: str,
    shapes: Mapping[str, spec.Shape],
    arrays: Mapping[str, ArrayLike],
    samples: int,
    dtype: np.dtype,
) -> dict[str, NDArray[Any]]:
    """A recurrent state for `samples` samples: `arrays`, and zeros for what they leave out.

    `shapes` is what the model carries for one sample, by canonical name.
    """
    if not isinstance(arrays, Mapping):
        raise UserError(
            f'carry must hold arrays by name, {{"lstm1.hidden": ...}}, not {type(arrays).__name__}.'
        )
    for name in arrays:
        if not shapes:
            raise UserError(
                f"model {model_name!r} carries no state: it has no recurrent layers, or they read "
                "both ways."
            )
        if name not in shapes:
            raise unknown("recurrent state", name, shapes)
    result = {}
    for name, shape in shapes.items():
        array = numbers(name, arrays.get(name, np.zeros((samples, *shape))))
        if array.shape != (samples, *shape):
            raise UserError(f"{name} has shape {array.shape}; wanted {(samples, *shape)}.")
        result[name] = finite(name, np.array(array, dtype))
    return result


def targets(model: spec.Model, y: ArrayLike, samples: int, dtype: np.dtype) -> NDArray[Any]:
    """`y` as an array `(N, *model.target_shape)`: int64 labels, or numbers of `dtype`.

    `(N,)` is taken for `(N, 1)` where the model has one output; nothing else is reshaped.
    """
    array = numbers("y", y)
    *leading, last = model.target_shape or (0,)
    if last == 1 and array.ndim and array.shape[1:] == tuple(leading):
        array = array[..., None]
    _shape("y", array, model.target_shape, f"the targets of {model.loss.kind}")
    if len(array) != samples:
        raise UserError(f"y holds {len(array)} targets, but x holds {samples} samples.")
    if not model.loss.labels:
        return finite("y", _cast(array, dtype))
    return _labels(array, model.loss.classes(model.output_shape))


def cotangent(model: spec.Model, dy: ArrayLike, samples: int, dtype: np.dtype) -> NDArray[Any]:
    """`dy` as an array `(N, *model.output_shape)` of `dtype`."""
    array = numbers("dy", dy)
    _shape("dy", array, model.output_shape, f"the output of model {model.name!r}")
    if len(array) != samples:
        raise UserError(f"dy holds {len(array)} rows, but x holds {samples} samples.")
    return finite("dy", _cast(array, dtype))


def numbers(name: str, value: ArrayLike) -> NDArray[Any]:
    """`value` as an array of real numbers."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise UserError(f"{name}: its rows differ in length; it must be one array.") from None
    if array.dtype.kind not in "fiub":
        raise UserError(f"{name} holds {array.dtype}; wanted real numbers.")
    return array


def finite(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """`array` itself, if all of it is finite; else a UserError that says where it is not."""
    # A sum is not finite if an addend is not; only then is it worth looking for the place.
    with np.errstate(over="ignore", invalid="ignore"):  # inf - inf, or a sum past the largest
        suspect = not np.isfinite(array.sum())
    if suspect and not (good := np.isfinite(array)).all():
        first = tuple(int(i) for i in np.argwhere(~good)[0])
        count = int(array.size - np.count_nonzero(good))
        raise UserError(
            f"{name} holds {count} values that are NaN or infinite, the first at {first}: "
            "clean the data, or scale it into the range of its number type."
        )
    return array


def _shape(name: str, array: NDArray[Any], sample: spec.Shape, where: str) -> None:
    if array.shape[1:] == tuple(sample) and array.ndim:
        return
    wanted = "(N" + "".join(f", {n}" for n in sample) + ("," if not sample else "") + ")"
    hint = ""
    if array.shape == tuple(sample):
        hint = f" For one sample: {name}[None]."
    elif (*array.shape[1:], 1) == tuple(sample):
        hint = f" Add the last axis: {name}[..., None]."
    raise UserError(f"{name} has shape {array.shape}, but {where} wants {wanted}.{hint}")


def _cast(array: NDArray[Any], dtype: np.dtype) -> NDArray[Any]:
    with np.errstate(over="ignore", invalid="ignore"):  # `finite` refuses what is not
        return np.ascontiguousarray(array, dtype=dtype)


def _ids(array: NDArray[Any], count: int) -> NDArray[np.int64]:
    if array.dtype.kind == "f" and (finite("x", array) != np.trunc(array)).any():
        raise UserError("x must hold token ids, whole numbers; it holds fractions.")
    wrong = np.argwhere((array < 0) | (array >= count))
    if len(wrong):
        place = tuple(int(i) for i in wrong[0])
        raise UserError(
            f"x holds the token id {array[place].item()} at {place}; the model knows {count} of "
            f"them, 0 to {count - 1}."
        )
    return np.ascontiguousarray(array, dtype=np.int64)


def _labels(array: NDArray[Any], classes: int) -> NDArray[np.int64]:
    if array.dtype.kind == "f" and (finite("y", array) != np.trunc(array)).any():
        raise UserError("y must hold labels, whole numbers; it holds fractions.")
    if array.size and not (array.min() >= 0 and array.max() < classes):
        wrong = np.argwhere((array < 0) | (array >= classes))[0]
        place = tuple(int(i) for i in wrong)
        raise UserError(
            f"y holds the label {array[place].item()} at {place}; the model has {classes} classes, "
            f"so labels go from 0 to {classes - 1}."
        )
    return np.ascontiguousarray(array, dtype=np.int64)
