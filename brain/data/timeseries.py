"""Series of values in time: read from files, and cut into windows to forecast from."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.data import windowing
from brain.data.dataset import Dataset, part_of
from brain.data.files import damaged, fetch
from brain.data.options import whole_number
from brain.data.texts import decoded
from brain.data.windowing import Scaling
from brain.errors import UserError

# More than any of these files by far: one that is this large is another one.
LARGEST = 10_000_000
DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")


@dataclass(frozen=True, eq=False)
class Series:
    """Values `(N,)` float64, in `unit`, at `times` `(N,)` that grow.

    `times` are datetime64 in days or months; of a computed wave, float64 in its own unit of time.
    `period` is after how many values it nearly repeats itself; None where it does not.
    """

    name: str
    title: str
    values: NDArray[np.float64] = field(repr=False)
    times: NDArray[Any] = field(repr=False)
    unit: str
    period: float | None


def published(name: str) -> Series:
    """The published series `name`, a key of `FILES`."""
    (path,) = fetch(name)
    times, values = read_series(path)
    title, unit, period = FILES[name]
    return Series(name, title, values, times, unit, period)


def forecasts(
    series: Series,
    *,
    length: int = 12,
    horizon: int = 1,
    test_fraction: float = 0.2,
    origin: int | None = None,
) -> Dataset:
    """Windows of `length` values, x `(N, length, 1)`, and the next `horizon`, y `(N, horizon)`.

    The last `test_fraction` of the series is the test part, or, where an `origin` is given, what
    comes after the first `origin` values. A training window, with its targets, holds no value of
    it. A test window may look back on the last `length` training values, as a forecaster would; all
    its targets lie in the test part. A window begins at every value.

    Everything is standardised by the mean and the deviation of the training part alone (with what
    is held out of it later). `Dataset.scaling` keeps them: `scaling.undo(net.predict(x))` is a
    forecast in the series' unit.
    """
    length = whole_number("length", length, 1, windowing.LONGEST)
    horizon = whole_number("horizon", horizon, 1, windowing.LONGEST)
    size = len(series.values)
    if origin is None:
        cut = size - part_of(size, test_fraction, what="values")
    else:
        cut = whole_number("origin", origin, 1, size)
    if cut < length + horizon or len(series.values) - cut < horizon:
        raise UserError(
            f"{series.name}: {length} values and the next {horizon} do not fit into a training "
            f"part of {cut} and a test part of {len(series.values) - cut}; choose a smaller "
            "length or horizon, or a test part of another size (test_fraction)."
        )
    scaling = Scaling.of(series.values[:cut], series.unit)
    scaled = scaling.apply(series.values).astype(np.float32)  # (T,)
    train = windowing.windows(scaled[:cut], length + horizon)  # (N, length + horizon)
    test = windowing.windows(scaled[cut - length :], length + horizon)
    return Dataset(
        series.name,
        *(train[:, :length, None], train[:, length:]),
        *(test[:, :length, None], test[:, length:]),
        task="regression",
        classes=(),
        title=f"{series.title}: the next {horizon} from {length}",
        gap=horizon - 1,
        scaling=scaling,
    )


def published_forecasts(
    name: str, *, length: int = 12, horizon: int = 1, test_fraction: float = 0.2
) -> Dataset:
    """`forecasts` of the published series `name`."""
    return forecasts(published(name), length=length, horizon=horizon, test_fraction=test_fraction)


def read_series(path: Path) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Times and values `(N,)` of a CSV file: a header, then a date and a number in each row.

    Dates are `1949-01` or `1949-01-31`, alike in all rows, and grow. Line ends of every kind, a
    last line without one and blank lines are all right. Any other fault is a UserError that
    names the line.
    """
    reader = csv.reader(io.StringIO(decoded(path, LARGEST), newline=""), strict=True)
    times: list[np.datetime64] = []
    values: list[float] = []
    try:
        header = next(reader, [])
        if len(header) != 2 or DATE.fullmatch(header[0]):
            raise ValueError(f"the names of two columns should stand here, not {header}")
        for row in filter(None, reader):
            time, value = _row(row)
            if times and not (time.dtype == times[-1].dtype and time > times[-1]):
                raise ValueError(f"{row[0]} does not come after {times[-1]}")
            times.append(time)
            values.append(value)
    except (csv.Error, ValueError) as error:
        raise damaged(path, f"line {reader.line_num}: {error}") from None
    if not values:
        raise damaged(path, "it holds no values")
    return np.array(times), np.array(values)


def _row(row: list[str]) -> tuple[np.datetime64, float]:
    """The date and the number of one row; ValueError, in words, for anything else."""
    if len(row) != 2:
        raise ValueError(f"{len(row)} columns, not 2")
    if not DATE.fullmatch(row[0]):
        year = f"; write the year as {row[0]}-01" if re.fullmatch(r"\d{4}", row[0]) else ""
        raise ValueError(f"{row[0]!r} is no date like 1949-01 or 1949-01-31{year}")
    if not row[1].strip():
        raise ValueError(f"the value of {row[0]} is missing; fill it in")
    if not math.isfinite(value := float(row[1])):
        raise ValueError(f"{row[1]} is no finite number")
    return np.datetime64(row[0]), value


# title, unit, period
FILES: dict[str, tuple[str, str, float]] = {
    "airline": ("International airline passengers", "thousands a month", 12),
    "sunspots": ("Zurich sunspot numbers", "monthly mean number", 132),  # about eleven years
    "temperatures": ("Daily minimum temperatures in Melbourne", "°C", 365),
}
