"""The architectures of the sequence track: language models, forecasters, memories. Specs only.

Each takes the shape of one sequence, token ids `(T,)` or numbers `(T, D)`, the number of outputs
and the loss.
"""

from __future__ import annotations

from brain import spec

TEXT, CHARACTERS = (64,), 65  # the windows and the characters of tinyshakespeare
SERIES = (24, 1)
ADDING = (50, 2)

Layers = tuple[spec.Layer, ...]


def _model(
    name: str, input_shape: spec.Shape, layers: Layers, outputs: int, loss: spec.Loss
) -> spec.Model:
    layers = (*layers, spec.Dense(outputs, init=spec.init.Glorot()))
    return spec.Model(name=name, input_shape=input_shape, layers=layers, loss=loss)


def _char(
    name: str, input_shape: spec.Shape, outputs: int, loss: spec.Loss | None, *reading: spec.Layer
) -> spec.Model:
    """The next character at each step: a vector for each one that there is, a memory, logits."""
    layers = (spec.Embedding(outputs, 64), *reading)
    return _model(name, input_shape, layers, outputs, loss or spec.SoftmaxCrossEntropy())


def char_rnn(
    input_shape: spec.Shape = TEXT, outputs: int = CHARACTERS, loss: spec.Loss | None = None
) -> spec.Model:
    """A recurrent language model: Mikolov et al. (2010), section 2, on characters."""
    reading = spec.RNN(128, return_sequences=True)
    return _char("char-rnn", input_shape, outputs, loss, reading)


def char_lstm(
    input_shape: spec.Shape = TEXT, outputs: int = CHARACTERS, loss: spec.Loss | None = None
) -> spec.Model:
    """The same with an LSTM: Graves, "Generating sequences" (2013), section 3, on characters."""
    reading = spec.LSTM(128, return_sequences=True)
    return _char("char-lstm", input_shape, outputs, loss, reading)


def char_gru(
    input_shape: spec.Shape = TEXT, outputs: int = CHARACTERS, loss: spec.Loss | None = None
) -> spec.Model:
    """The same with a GRU: Chung, Gulcehre, Cho and Bengio (2014), section 3.2."""
    reading = spec.GRU(128, return_sequences=True)
    return _char("char-gru", input_shape, outputs, loss, reading)


def char_gru_wide(
    input_shape: spec.Shape = TEXT, outputs: int = CHARACTERS, loss: spec.Loss | None = None
) -> spec.Model:
    """A GRU of 256 units, with dropout behind it: Zaremba et al. (2014), section 3.2."""
    reading = (spec.GRU(256, return_sequences=True), spec.Dropout(0.2))
    return _char("char-gru-wide", input_shape, outputs, loss, *reading)


def char_gru_dropout(
    input_shape: spec.Shape = TEXT, outputs: int = CHARACTERS, loss: spec.Loss | None = None
) -> spec.Model:
    """The same for a short text, with strong dropout on both sides of the GRU."""
    reading = (spec.Dropout(0.2), spec.GRU(256, return_sequences=True), spec.Dropout(0.5))
    return _char("char-gru-dropout", input_shape, outputs, loss, *reading)


def char_lstm_stacked(
    input_shape: spec.Shape = TEXT, outputs: int = CHARACTERS, loss: spec.Loss | None = None
) -> spec.Model:
    """Two LSTMs, one on the other, with dropout between: Zaremba et al. (2014), section 3.2."""
    reading = (
        spec.LSTM(128, return_sequences=True),
        spec.Dropout(0.2),
        spec.LSTM(128, return_sequences=True),
        spec.Dropout(0.2),
    )
    return _char("char-lstm-stacked", input_shape, outputs, loss, *reading)


def forecast_rnn(
    input_shape: spec.Shape = SERIES, outputs: int = 1, loss: spec.Loss | None = None
) -> spec.Model:
    """What comes next in a series: Elman (1990), with a number for an answer."""
    error = loss or spec.MeanSquaredError()
    return _model("forecast-rnn", input_shape, (spec.RNN(32),), outputs, error)


def forecast_lstm(
    input_shape: spec.Shape = SERIES, outputs: int = 1, loss: spec.Loss | None = None
) -> spec.Model:
    """The same with an LSTM: Gers, Eck and Schmidhuber (2001)."""
    error = loss or spec.MeanSquaredError()
    return _model("forecast-lstm", input_shape, (spec.LSTM(32),), outputs, error)


def forecast_gru(
    input_shape: spec.Shape = SERIES, outputs: int = 1, loss: spec.Loss | None = None
) -> spec.Model:
    """The same with a GRU: Cho et al. (2014), section 2.3."""
    error = loss or spec.MeanSquaredError()
    return _model("forecast-gru", input_shape, (spec.GRU(32),), outputs, error)


def _memory(
    name: str, input_shape: spec.Shape, outputs: int, loss: spec.Loss | None, kind: type[spec.Layer]
) -> spec.Model:
    """Numbers `(T, D)`: an answer after the last step. Ids `(T,)`: one at each step."""
    ids = len(input_shape) == 1
    reading = kind(units=64, return_sequences=ids)  # type: ignore[call-arg]  # a Recurrent's
    layers = (spec.Embedding(outputs, 16), reading) if ids else (reading,)
    usual = spec.SoftmaxCrossEntropy() if ids else spec.MeanSquaredError()
    return _model(name, input_shape, layers, outputs, loss or usual)


def memory_rnn(
    input_shape: spec.Shape = ADDING, outputs: int = 1, loss: spec.Loss | None = None
) -> spec.Model:
    """For the memory tasks, which are hard for it: Bengio, Simard and Frasconi (1994)."""
    return _memory("memory-rnn", input_shape, outputs, loss, spec.RNN)


def memory_lstm(
    input_shape: spec.Shape = ADDING, outputs: int = 1, loss: spec.Loss | None = None
) -> spec.Model:
    """For the memory tasks: Hochreiter and Schmidhuber (1997), section 5.4 (adding).

    For numbers `(T, D)` one answer, after the last step; for ids `(T,)` one at each step (copy).
    """
    return _memory("memory-lstm", input_shape, outputs, loss, spec.LSTM)


def memory_gru(
    input_shape: spec.Shape = ADDING, outputs: int = 1, loss: spec.Loss | None = None
) -> spec.Model:
    """The same with a GRU: Cho et al. (2014), section 2.3."""
    return _memory("memory-gru", input_shape, outputs, loss, spec.GRU)


def memory_bilstm(
    input_shape: spec.Shape = ADDING, outputs: int = 1, loss: spec.Loss | None = None
) -> spec.Model:
    """Two LSTMs that meet, one reading from the end: Schuster and Paliwal (1997).

    `(T, D)` alone, one answer after the last step: a twin that comes from the end has seen the
    character that a language model is to foretell.
    """
    reading = (spec.Bidirectional(spec.LSTM(32)),)
    error = loss or spec.MeanSquaredError()
    return _model("memory-bilstm", input_shape, reading, outputs, error)
