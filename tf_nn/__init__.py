"""The TensorFlow engine: Keras layers, `GradientTape` and `tf.function`, fed canonical arrays."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Iterator


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Discard what C++ code writes to standard error; Python's exceptions still tell what fails."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


if importlib.util.find_spec("tensorflow") is not None:  # where it is absent, its users say so
    # The loader's notes on oneDNN and missing GPUs come on every import, whatever the log level.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _silent_stderr():
        import tensorflow
    tensorflow.get_logger().setLevel("ERROR")  # many small networks are no sign of wasted tracing
