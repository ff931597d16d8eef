"""Mutations of arrays: headers that promise something else than what follows."""

from __future__ import annotations

import json
import struct

import numpy as np

from brain.testing.mutations.compressed import gzip_bomb, in_gzip
from brain.testing.mutations.plain import EXTREMES, Mutation, extreme
from brain.testing.mutations.texts import JSON

SIZES = ("0", "1", "-1", "2", "65537", "2147483648", "9223372036854775808", "9" * 30, "1.5", "None")
DTYPES = (
    *("<f4", ">f8", "<f2", "<i8", "|b1", "|O", "<c16", "<M8[ns]", "<m8", "|V8", "|S4", "<U4"),
    *("f4,f4", "(2,2)f8", "", "x", "<f8 ", "<f3", "|V0", "<U0", "|S0", "a" * 9000, "\\d", "\\0"),
)

# safetensors: eight bytes of length, a header of JSON, the arrays


def _split(content: bytes) -> tuple[bytes, bytes]:
    length = int.from_bytes(content[:8], "little")
    return content[8 : 8 + length], content[8 + length :]


def _joined(header: bytes, arrays: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header + arrays


def _in_header(mutation: Mutation) -> Mutation:
    def in_header(content: bytes, random: np.random.Generator) -> bytes:
        header, arrays = _split(content)
        return _joined(mutation(header, random), arrays)

    in_header.__name__ = f"header_{mutation.__name__}"
    return in_header


def other_array(content: bytes, random: np.random.Generator) -> bytes:
    """An array of another dtype, shape, place or name."""
    header, arrays = _split(content)
    fields = json.loads(header)
    name = list(fields)[random.integers(len(fields))]
    field, value = (
        (
            "dtype",
            str(random.choice(["F64", "F16", "BF16", "I8", "U64", "BOOL", "F8_E4M3", "C64"])),
        ),
        ("shape", [int(n) for n in random.integers(-1, 9, size=random.integers(5))]),
        ("shape", [2**62, 4][: int(random.integers(1, 3))]),
        ("shape", fields[name]["shape"][::-1]),
        ("shape", [*fields[name]["shape"], 1]),
        ("data_offsets", [int(n) for n in random.integers(0, 300, size=2)]),
        ("data_offsets", [0, EXTREMES[random.integers(len(EXTREMES))]]),
    )[random.integers(7)]
    fields[name][field] = value
    return _joined(json.dumps(fields).encode(), arrays)


def renamed_array(content: bytes, random: np.random.Generator) -> bytes:
    """An array under another name, or its name and another's exchanged."""
    header, arrays = _split(content)
    fields = json.loads(header)
    names = list(fields)
    one, other = (names[random.integers(len(names))] for _ in range(2))
    new = (other, "", "x" * 100_000, "a\nb", "\0", "__metadata__", one + " ")[random.integers(7)]
    fields[one], fields[new] = fields.get(new, fields[one]), fields[one]
    if random.integers(2) and new != one:
        del fields[one]
    return _joined(json.dumps(fields).encode(), arrays)


def other_values(content: bytes, random: np.random.Generator) -> bytes:
    """Values that are not finite, tiny, huge or negative, in any array."""
    header, arrays = _split(content)
    values = (np.nan, np.inf, -np.inf, 3.4e38, 1e-45, -1.0, -0.0)
    bad = np.float32(values[random.integers(len(values))]).tobytes()
    bad = (bad, b"\1\0\xa0\x7f", b"\1\0\0\0\0\0\xf4\x7f")[random.integers(3)]  # signalling NaNs
    place = 4 * int(random.integers(max(1, len(arrays) // 4)))
    return _joined(header, arrays[:place] + bad + arrays[place + len(bad) :])


def padded_header(content: bytes, random: np.random.Generator) -> bytes:
    """Blanks or NULs after the header, or before it."""
    header, arrays = _split(content)
    pad = (b" ", b"\0", b"\n")[random.integers(3)] * int(random.integers(1, 100))
    return _joined((header + pad, pad + header)[random.integers(2)], arrays)


SAFETENSORS: tuple[Mutation, ...] = (
    other_array,
    other_array,
    renamed_array,
    other_values,
    padded_header,
    *map(_in_header, JSON),
)

# IDX, in gzip


def idx_header(content: bytes, random: np.random.Generator) -> bytes:
    """Another type or rank, or an extreme dimension."""
    place = int(random.integers(2, 4 + content[3] * 4)) if random.integers(2) else 0
    if place:
        return content[:place] + random.bytes(1) + content[place + 1 :]
    place = 4 + 4 * int(random.integers(content[3]))
    return content[:place] + extreme(random, ">I") + content[place + 4 :]


def idx_reshaped(content: bytes, random: np.random.Generator) -> bytes:
    """The dimensions in another order: a right file, if of another shape."""
    shape = random.permutation(np.frombuffer(content[4 : 4 + 4 * content[3]], ">u4"))
    return content[:4] + shape.tobytes() + content[4 + 4 * content[3] :]


def idx_bomb(content: bytes, random: np.random.Generator) -> bytes:
    """200 MB of zeros, with a header that claims them all."""
    head = in_gzip(lambda b, _: b[:4] + struct.pack(">3I", 200, 2**10, 2**10))
    return gzip_bomb(head(content, random), random)


IDX: tuple[Mutation, ...] = (idx_header, idx_header, idx_reshaped)

# CIFAR-10: records of a label and 3,072 pixels


def other_label(content: bytes, random: np.random.Generator) -> bytes:
    """Labels of any value: a right file, where they go up to 9."""
    changed = bytearray(content)
    for record in random.integers(len(content) // 3073, size=random.integers(1, 4)):
        changed[int(record) * 3073] = int(random.integers(12 if random.integers(2) else 256))
    return bytes(changed)


def other_records(content: bytes, random: np.random.Generator) -> bytes:
    """A record more or less, twice, or in another place."""
    records = [content[at : at + 3073] for at in range(0, len(content), 3073)]
    record = records.pop(random.integers(len(records)))
    for _ in range(int(random.integers(3))):
        records.insert(int(random.integers(len(records) + 1)), record)
    return b"".join(records)


CIFAR: tuple[Mutation, ...] = (other_label, other_records)

# .npy: a magic, a length, a header written as Python, the values


def npy_header(content: bytes, random: np.random.Generator) -> bytes:
    """Another dtype, shape or order, or no header at all, of the right length."""
    length = int.from_bytes(content[8:10], "little")
    descr, order = "'<f8'", "False"
    shape = "(5, 3)"
    choice = int(random.integers(6))
    if choice == 0:
        descr = repr(DTYPES[random.integers(len(DTYPES))])
    elif choice == 1:
        sides = [SIZES[n] for n in random.integers(len(SIZES), size=random.integers(4))]
        shape = f"({''.join(side + ', ' for side in sides)})"
    elif choice == 2:
        descr = ("[('a', '<f4'), ('b', '<f4')]", "[('a', '<f8')]", "[]", "None", "('<f4', (2,))")[
            random.integers(5)
        ]
    elif choice == 3:
        order = ("True", "1", "None")[random.integers(3)]
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"
    if choice > 3:
        odd = ("-" * 9000 + "1", "(" * 5000, "[" * 90, "1if 0else 2", "'\\d'", "{**{}}", "5L", "")
        text = (*odd, text.replace("3", "3L"), text[:-1], text + "\n" + text, "\0")[
            random.integers(12)
        ]
    header = text.encode()
    return content[:8] + len(header).to_bytes(2, "little") + header + content[10 + length :]


def npy_version(content: bytes, random: np.random.Generator) -> bytes:
    """Another version of the format."""
    return content[:6] + bytes(random.integers(5, size=2, dtype=np.uint8)) + content[8:]


def npy_vast(content: bytes, random: np.random.Generator) -> bytes:
    """A header that promises 8 GB."""
    length = int.from_bytes(content[8:10], "little")
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (333333333, 3), }"
    return content[:8] + len(text).to_bytes(2, "little") + text + content[10 + length :]


NPY: tuple[Mutation, ...] = (npy_header, npy_header, npy_header, npy_version, npy_vast)
