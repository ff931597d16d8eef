"""Texts as characters: which there are, what they are numbered, and windows to learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain.data import windowing
from brain.data.dataset import Dataset, part_of
from brain.data.files import damaged, fetch, reading
from brain.data.options import whole_number
from brain.errors import UserError, unknown

Target = Literal["every", "last"]

THEORY = Path(__file__).resolve().parents[2] / "theory"
# More than any of these texts by far: a file that is this large is another one.
LARGEST = 100_000_000


@dataclass(frozen=True)
class Vocabulary:
    """The characters of a text, each once, in the order of their code points: ids from 0."""

    characters: str

    def __post_init__(self) -> None:
        if "".join(sorted(set(self.characters))) != self.characters:
            raise UserError(
                "the characters of a vocabulary must be sorted, each there once; "
                "Vocabulary.of(text) sees to it."
            )

    @classmethod
    def of(cls, text: str) -> Vocabulary:
        """The vocabulary of `text`."""
        return cls("".join(sorted(set(text))))

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> NDArray[np.int64]:
        """The ids of the characters of `text`, `(T,)`; one that has none is a UserError."""
        known, codes = _code_points(self.characters), _code_points(text)
        ids = np.searchsorted(known, codes)
        strange = np.isin(codes, known, invert=True)
        if strange.any():
            place = int(strange.argmax())
            raise UserError(
                f"the character {text[place]!r} at {place:,} is not among the {len(self)} of the "
                "vocabulary; take it out, or make the vocabulary of a text that has it."
            )
        return ids.astype(np.int64, copy=False)

    def decode(self, ids: ArrayLike) -> str:
        """The text whose characters have the ids `(T,)`; one that nothing has is a UserError."""
        ids = np.asarray(ids)
        if not ids.size:
            return ""
        if ids.ndim != 1 or ids.dtype.kind not in "iu":
            raise UserError(f"ids must be whole numbers (T,), not {ids.dtype} {ids.shape}.")
        if not 0 <= ids.min() <= ids.max() < len(self):
            raise UserError(f"ids must lie in 0..{len(self) - 1}, not {ids.min()}..{ids.max()}.")
        return "".join(self.characters[i] for i in ids.tolist())


@dataclass(frozen=True)
class Text:
    """A text, every character of it, and its vocabulary."""

    name: str
    title: str
    text: str = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)


def text(name: str) -> Text:
    """The text `name`: "hamlet", "tinyshakespeare" or "theory".

    The first two are downloaded where they are not here yet; the third is this project's own
    pages. An unknown name, and a text that cannot be had or read, are each a UserError.
    """
    if name not in TEXTS:
        raise unknown("text", name, TEXTS)
    title, read = TEXTS[name]
    content = read(name)
    return Text(name, title, content, Vocabulary.of(content))


def demo_text() -> tuple[Text, str | None]:
    """Hamlet; where it cannot be had, the theory pages, and a sentence that says so and why.

    Where neither can be had, the UserError is Hamlet's.
    """
    try:
        return text("hamlet"), None
    except UserError as error:
        if not has_theory():
            raise
        return text("theory"), f"The pages of theory/ stand in for Hamlet: {error}"


def characters(
    name: str,
    *,
    length: int = 64,
    stride: int | None = None,
    target: Target = "every",
    one_hot: bool = False,
    test_fraction: float = 0.1,
) -> Dataset:
    """Windows of `length` characters of a text, to foretell the next one by.

    With target "every", y `(N, T)` is the character after each of x; with "last", y `(N,)` is the
    one after the window. x is ids `(N, T)`, or with `one_hot` their codes float32 `(N, T, V)`,
    refused above 4 GB. Windows begin every `stride` characters, by default `length`.

    The last `test_fraction` of the text is the test part; each window lies in one part, with the
    characters that it is to foretell. `classes` are the characters, in the order of their ids.
    """
    if target not in get_args(Target):
        raise unknown("target", target, get_args(Target))
    if not isinstance(one_hot, bool):
        raise UserError(f"one_hot must be True or False, not {one_hot!r}.")
    length = whole_number("length", length, 1, windowing.LONGEST)
    stride = length if stride is None else whole_number("stride", stride, 1, windowing.LONGEST)
    # The vocabulary is that of the whole text: a character that only the test part has could
    # have no score otherwise. Nothing but its existence is learnt from it.
    whole = text(name)
    ids = whole.vocabulary.encode(whole.text)
    cut = len(ids) - part_of(len(ids), test_fraction, what="characters")
    classes = len(whole.vocabulary) if one_hot else None
    x_train, y_train = _examples(ids[:cut], length, stride, target, classes)
    x_test, y_test = _examples(ids[cut:], length, stride, target, classes)
    return Dataset(
        *(name, x_train, y_train, x_test, y_test),
        task="classification",
        classes=tuple(whole.vocabulary.characters),
        title=f"{whole.title}, {length} characters at a time",
        gap=length // stride,
    )


def _examples(
    ids: NDArray[np.int64], length: int, stride: int, target: Target, classes: int | None
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Windows and what follows in them; as one-hot codes where `classes` are given."""
    stretch = windowing.windows(ids, length + 1, stride)  # (N, length + 1)
    x, y = stretch[:, :-1], stretch[:, 1:] if target == "every" else stretch[:, -1]
    return windowing.one_hot(x, classes) if classes else x, y


def has_theory() -> bool:
    """Whether this project's theory pages are here; a track's branch may lack them."""
    return any(THEORY.glob("*.md"))


def decoded(path: Path, largest: int) -> str:
    """The text of a file in UTF-8, up to `largest` bytes; a UserError for any other."""
    with reading(path) as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise damaged(path, f"it is larger than {largest:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise damaged(path, f"it is no text in UTF-8, at byte {error.start:,}") from None


def _published(name: str) -> str:
    (path,) = fetch(name)
    content = decoded(path, LARGEST)
    if not content:
        raise damaged(path, "it is empty")
    return content


def _theory(name: str) -> str:
    if not has_theory():
        from brain.tracks.table import no_folder

        raise no_folder("theory")
    pages = sorted(THEORY.glob("*.md"), key=lambda page: page.name)
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


TEXTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "hamlet": ("Shakespeare's Hamlet, First Folio spelling", _published),
    "tinyshakespeare": ("Forty thousand lines of Shakespeare", _published),
    "theory": ("The theory pages of this project", _theory),
}
