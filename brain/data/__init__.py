"""The data sets, by name, each in the same form: `load("mnist")` gives a `Dataset`.

    from brain import data

    moons = data.load("moons", noise=0.1, seed=3)
    moons.x_train.shape, moons.y_train.shape    # (300, 2), (300,)
    data.load("mnist").hold_out(0.1)            # a tenth of the training rows, for validation
    data.load("hamlet", length=64).x_train      # ids (N, 64), to foretell the next character by
    data.text("hamlet").vocabulary              # what the ids stand for
    data.series("airline").values               # (144,), in thousands of passengers

Some are generated, some come inside scikit-learn, the others are files: looked for in the folder
that `BRAIN_DATA` names, then in the user's cache, then downloaded and checked. No pickle is ever
opened, and importing this package imports NumPy alone.
"""

from brain.data.dataset import Dataset
from brain.data.table import Entry, catalogue, describe, fetch, load, series
from brain.data.texts import Text, Vocabulary, demo_text, text
from brain.data.timeseries import Series, forecasts
from brain.data.windowing import Scaling, one_hot, windows

__all__ = [
    "Dataset",
    "Entry",
    "Scaling",
    "Series",
    "Text",
    "Vocabulary",
    "catalogue",
    "demo_text",
    "describe",
    "fetch",
    "forecasts",
    "load",
    "one_hot",
    "series",
    "text",
    "windows",
]
