"""Arrays come out of safetensors as they went in, whatever their memory looks like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from brain.errors import UserError
from brain.store.arrays import Array, packed, unpacked

DTYPES = ("float32", "float64", "int64")


def turned(array: Array, way: int) -> Array:
    """The array seen in another order of memory: as it is, transposed, backwards, every second."""
    if not array.ndim:
        return array
    return (array, array.T, array[::-1], array[::2])[way]


@given(
    st.lists(
        st.sampled_from(DTYPES).flatmap(
            lambda dtype: arrays(dtype, array_shapes(min_dims=0, max_dims=4, min_side=0))
        ),
        max_size=4,
    ),
    st.integers(0, 3),
)
def test_what_goes_in_comes_out(values: list[Array], way: int) -> None:
    given = {f"layer{i}.weight": turned(array, way) for i, array in enumerate(values)}
    again = unpacked(packed(given), "here")
    assert set(again) == set(given)
    for name, array in given.items():
        np.testing.assert_array_equal(again[name], array, strict=True)
        assert again[name].tobytes() == array.tobytes()  # NaN and -0.0 too


def test_what_does_not_read_back_is_never_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from brain.store import arrays as module

    monkeypatch.setattr(module, "save", lambda named: b"x" * 100)
    with pytest.raises(UserError):
        packed({"a": np.ones((2, 3))})
    wrong = {"a": np.ones((2, 3)) * 2}
    monkeypatch.setattr(module, "unpacked", lambda content, source: wrong)
    with pytest.raises(RuntimeError, match="'a'"):
        packed({"a": np.ones((2, 3))})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 8,
        b"\xff" * 100,
        packed({"a": np.ones((2, 3))})[:-1],
        packed({"a": np.ones((2, 3))}) + b"!",
        packed({"a": np.ones((2, 3))}).replace(b"F64", b"BF16"),
        packed({"a": np.ones((2, 3))}).replace(b"[2,3]", b"[9,9]"),
    ],
)
def test_what_holds_no_arrays_is_a_sentence(content: bytes) -> None:
    with pytest.raises(UserError, match=r"x\.safetensors holds no arrays"):
        unpacked(content, "x.safetensors")
