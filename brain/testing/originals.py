"""Good files of every kind that is read, as small as they may be, for mutations to spoil."""

from __future__ import annotations

import bz2
import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from brain import spec
from brain.randomness import generator
from brain.store import Epoch, Run, Store
from brain.store.arrays import Array
from brain.testing.saved import network, recipe

RANDOM = generator(0, "fuzz")
VERSION = "here/models/a/0001"
WANTED = {"one.bin": b"one" * 300, "two.bin": RANDOM.bytes(1200)}
RECORDS = 3
MODEL = spec.Model(
    name="small",
    input_shape=(4, 3),
    layers=(
        spec.Flatten(),
        spec.Dense(3, init=spec.init.Uniform(-0.5, 0.5)),
        spec.Residual((spec.Dense(3), spec.GELU("tanh")), (spec.Dense(3, bias=False),)),
        spec.Sequential((spec.Dropout(0.25), spec.LeakyReLU(0.1))),
        spec.Dense(2),
    ),
    loss=spec.SoftmaxCrossEntropy(),
)
RECIPE = replace(recipe(), model=MODEL, augmentation=(spec.Crop(2), spec.Flip()), patience=3)
RUN = Run(
    *(RECIPE, "numpy", "cpu", 7, 90),
    history=(Epoch(1, {"loss": 0.5, "accuracy": 0.75}), Epoch(2, {"loss": 0.25})),
    classes=("no", "yes"),
    versions={"numpy": "2.4"},
    seconds=1.5,
    resumed="a/0001",
)
ARRAYS: dict[str, Array] = {
    "dense1.weight": RANDOM.standard_normal((3, 5)).astype(np.float32),
    "dense1.bias": RANDOM.standard_normal(5),
    "step": np.array(3),
}
ROWS = np.round(RANDOM.standard_normal((5, 3)), 3)


def saved_file(name: str) -> Callable[[], bytes]:
    """The file of a version that is saved in the current folder."""

    def original() -> bytes:
        if not Path(VERSION).exists():
            net, run = network(recipe())
            Store(Path(VERSION).parents[1]).save("a", run, net)
        return Path(VERSION, name).read_bytes()

    return original


def array_file() -> bytes:
    made = io.BytesIO()
    np.save(made, ROWS)
    return made.getvalue()


def picture_file() -> bytes:
    from PIL import Image

    made = io.BytesIO()
    pixels = generator(0, "fuzz picture").integers(256, size=(9, 7, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(made, "PNG")
    return made.getvalue()


def tar_file() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as opened:
        for name, content in {"readme.txt": b"read me", **WANTED}.items():
            info = tarfile.TarInfo(f"inside/{name}")
            info.size = len(content)
            opened.addfile(info, io.BytesIO(content))
    return gzip.compress(made.getvalue(), mtime=0)


def zip_file() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in {"readme.txt": b"read me", **WANTED}.items():
            opened.writestr(f"inside/{name}", content)
    return made.getvalue()


def idx_file() -> bytes:
    return gzip.compress(b"\0\0\x08\x03" + struct.pack(">3I", 5, 4, 3) + bytes(range(60)), mtime=0)


def cifar_file() -> bytes:
    pixels = np.arange(RECORDS * 3072).reshape(RECORDS, 3072) % 251  # packs well, and so fast
    return bz2.compress(b"".join(bytes([4 * n, *row]) for n, row in enumerate(pixels)))


def series_file() -> bytes:
    rows = (f'"19{n // 12 + 49}-{n % 12 + 1:02}",{n * n / 7:.2f}\r\n' for n in range(30))
    return ('"Month","Value"\r\n' + "".join(rows)).encode()


def table_file() -> bytes:
    return "\n".join(",".join(map(str, row)) for row in ROWS.tolist()).encode()
