"""Series are read as they are published, and forecasts are made from what came before alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain.data import Scaling, Series, describe, files, forecasts, load, series, timeseries
from brain.errors import UserError


def real(name: str) -> Series:
    """The series itself, or a skip: a test never downloads."""
    if not os.environ.get("BRAIN_DATA") or files.locate(name) is None:
        pytest.skip(f"BRAIN_DATA names no folder that holds {name}")
    return series(name)


def counted(values: Any) -> Series:
    """A series of these values, day by day."""
    times = np.datetime64("2000-01-01") + np.arange(len(values))
    return Series("counted", "Counted", np.asarray(values, dtype=np.float64), times, "m", None)


@pytest.mark.parametrize(
    ("name", "size", "first", "last", "begins", "ends"),
    [
        ("airline", 144, 112, 432, "1949-01", "1960-12"),
        ("sunspots", 2820, 58.0, 33.4, "1749-01", "1983-12"),
        ("temperatures", 3650, 20.7, 13.0, "1981-01-01", "1990-12-31"),
    ],
)
def test_the_published_series(
    name: str, size: int, first: float, last: float, begins: str, ends: str
) -> None:
    found = real(name)
    assert (found.name, found.values.shape, found.times.shape) == (name, (size,), (size,))
    assert found.values.dtype == np.float64
    assert (found.values[0], found.values[-1]) == (first, last)
    assert (str(found.times[0]), str(found.times[-1])) == (begins, ends)
    assert found.unit
    assert found.period
    assert f"{size:,} " in describe(name).size
    data = load(name)
    assert (data.task, data.outputs, data.input_shape[1]) == ("regression", 1, 1)
    assert len(data.x_test) == round(0.2 * size)


def test_airline_passengers_come_in_their_unit() -> None:
    passengers = real("airline").values
    assert passengers[:3].tolist() == [112, 118, 132]
    data = load("airline", length=12)
    assert data.scaling is not None
    assert data.scaling.unit == "thousands a month"
    np.testing.assert_allclose(data.scaling.undo(data.y_test[:, 0]), passengers[-29:], rtol=1e-6)


@pytest.mark.parametrize(("length", "horizon"), [(1, 1), (12, 1), (5, 7), (30, 20)])
def test_every_value_is_in_its_part(length: int, horizon: int) -> None:
    data = forecasts(counted(range(200)), length=length, horizon=horizon, test_fraction=0.25)
    assert data.scaling is not None
    places = [
        np.rint(data.scaling.undo(array)).astype(int)
        for array in (data.x_train[..., 0], data.y_train, data.x_test[..., 0], data.y_test)
    ]
    x_train, y_train, x_test, y_test = places
    assert x_train.shape == (150 - length - horizon + 1, length)
    assert y_test.shape == (50 - horizon + 1, horizon)
    assert max(x_train.max(), y_train.max()) < 150  # nothing of the test part
    assert y_train.max() == 149
    assert (y_test.min(), y_test.max()) == (150, 199)  # all of the test part, and it alone
    for x, y in ((x_train, y_train), (x_test, y_test)):
        stretch = np.concatenate([x, y], axis=1)
        np.testing.assert_array_equal(np.diff(stretch), 1)  # the next values, none left out
        np.testing.assert_array_equal(np.diff(stretch[:, 0]), 1)


@pytest.mark.parametrize("horizon", [1, 4])
def test_held_out_targets_come_after_every_training_value(horizon: int) -> None:
    data = forecasts(counted(range(200)), length=6, horizon=horizon)
    part = data.hold_out(0.2)
    assert max(part.x_train.max(), part.y_train.max()) < part.y_test.min()
    assert part.y_test.max() == data.y_train.max()
    assert part.scaling == data.scaling


def test_the_scale_is_that_of_the_training_part() -> None:
    values = np.sin(np.arange(100.0))
    calm = forecasts(counted(values), test_fraction=0.3)
    values[70:] += 1000
    wild = forecasts(counted(values), test_fraction=0.3)
    assert calm.scaling == wild.scaling
    assert calm.scaling is not None
    assert calm.scaling.mean == pytest.approx(values[:70].mean())
    assert calm.scaling.deviation == pytest.approx(values[:70].std())
    np.testing.assert_array_equal(calm.x_train, wild.x_train)
    assert wild.y_test.min() > 1000


def test_an_origin_says_where_the_test_part_begins() -> None:
    series = counted(np.arange(40.0))
    chosen, share = (
        forecasts(series, horizon=3, **o) for o in ({"origin": 30}, {"test_fraction": 0.25})
    )
    assert chosen.scaling == share.scaling == Scaling.of(series.values[:30], "m")
    for part in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(chosen, part), getattr(share, part))
    with pytest.raises(UserError, match="origin must be a whole number from 1 to 40, not 41"):
        forecasts(series, origin=41)
    with pytest.raises(
        UserError, match="test part of 2; choose a smaller length or horizon, or a test part of"
    ):
        forecasts(series, horizon=3, origin=38)


def test_windows_are_views_in_float32() -> None:
    data = forecasts(counted(range(100)))
    assert data.x_train.dtype == data.y_test.dtype == np.float32
    assert np.shares_memory(data.x_train, data.y_train)
    assert np.shares_memory(data.x_train, data.x_test)  # which looks back


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"length": 0}, "length must be a whole number"),
        ({"horizon": 0.5}, "horizon must be a whole number"),
        ({"length": 80}, "80 values and the next 1 do not fit into a training part of 80"),
        ({"horizon": 21}, "and a test part of 20"),
        ({"test_fraction": 0.001}, "0 of 100 values"),
        ({"test_fraction": "half"}, "fraction must be a number"),
    ],
)
def test_bad_options(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        forecasts(counted(range(100)), **options)


def test_a_constant_series_has_no_scale() -> None:
    with pytest.raises(UserError, match="values that are all 3"):
        forecasts(counted([3] * 100))


def test_an_unknown_series_or_option() -> None:
    with pytest.raises(UserError, match="unknown series 'airlines'; did you mean 'airline'"):
        series("airlines")
    with pytest.raises(UserError, match="'airline' has no options; leave out 'n'"):
        series("airline", n=3)
    with pytest.raises(UserError, match="unknown option of airline 'lenght'; did you mean"):
        load("airline", lenght=3)
    with pytest.raises(UserError, match="unknown option of sine 'length'"):
        series("sine", length=3)


# reading

HEADER = '"Month","Passengers"'


@pytest.mark.parametrize(
    "content",
    [
        f'{HEADER}\r\n"1949-01",112\r\n"1949-02",118.5',
        f'{HEADER}\n"1949-01",112\n"1949-02",118.5\n',
        "\ufeffMonth,Passengers\r1949-01, 112\r\r1949-02,1.185e2\r\r",
    ],
)
def test_tables_of_every_habit(tmp_path: Path, content: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode())
    times, values = timeseries.read_series(path)
    assert times.dtype == np.dtype("datetime64[M]")
    assert values.dtype == np.float64
    assert times.astype(str).tolist() == ["1949-01", "1949-02"]
    assert values.tolist() == [112, 118.5]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 0: the names of two columns should stand here"),
        (b"Month,Passengers\r\n", "it holds no values"),
        (b"1949-01,112\n1949-02,118\n", "line 1: the names of two columns"),
        (b"a,b\n1949-01,112,3\n", "line 2: 3 columns, not 2"),
        (b"a,b\n1949-01,112\n1949-02\n", "line 3: 1 columns, not 2"),
        (b"a,b\n1949-01,many\n", "line 2: could not convert string to float: 'many'"),
        (b"a,b\n1949-01,\n", "line 2: the value of 1949-01 is missing; fill it in"),
        (b"a,b\n1949-01,1\n1949-02, \n", "line 3: the value of 1949-02 is missing"),
        (b"a,b\n1949-01,nan\n", "line 2: nan is no finite number"),
        (b"a,b\n1949-01,-inf\n", "line 2: -inf is no finite number"),
        (b"a,b\n1949-01,1e999\n", "line 2: 1e999 is no finite number"),
        (b"a,b\n1949-02,1\n1949-01,2\n", "line 3: 1949-01 does not come after 1949-02"),
        (b"a,b\n1949-02,1\n1949-02,2\n", "line 3: 1949-02 does not come after"),
        (b"a,b\n1949-02,1\n1949-03-01,2\n", "line 3: 1949-03-01 does not come after"),
        (b"a,b\n1949-13,1\n", "line 2: Month out of range"),
        (b"a,b\n1949-02-30,1\n", "line 2: Day out of range"),
        (b"a,b\ntoday,1\n", "line 2: 'today' is no date like 1949-01 or 1949-01-31"),
        (
            b"a,b\n1950,1\n",
            "line 2: '1950' is no date like 1949-01 or 1949-01-31; write the year as",
        ),
        (b'a,b\n"1949-02,1\n', "line 2: unexpected end of data"),
        (b"a,b\n1949-01,\xff\n", "no text in UTF-8, at byte 12"),
        (b"a,b\n" + b"\n" * 1000, "it is larger than 1,000 bytes"),
    ],
)
def test_a_damaged_table_is_named_with_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setattr(timeseries, "LARGEST", 1000)
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        timeseries.read_series(path)
    assert str(caught.value).startswith(f"cannot read {path}: ")
    assert words in str(caught.value)
