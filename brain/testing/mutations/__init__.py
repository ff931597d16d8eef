"""Files as they should not be: seeded mutations, for the tests of everything that is read.

    content, how = mutated("zip", original, 1234)

A mutation is a function `(bytes, generator) -> bytes` in one of the tables `PLAIN` (any bytes),
`JSON`, `TABLE`, `TAR`, ... What is drawn depends on (seed, kind, number) alone, so that a file
that was not read well can be made again by its number.
"""

from __future__ import annotations

from brain.randomness import generator
from brain.testing.mutations import arrays, compressed, pictures, tars, texts, zips
from brain.testing.mutations.compressed import in_bz2, in_gzip
from brain.testing.mutations.plain import PLAIN, Mutation, oversized

__all__ = ["COSTLY", "KINDS", "PLAIN", "Mutation", "mutated"]

RARE = 1000
"""Every so many files one is large: those take their time."""


def mutated(kind: str, original: bytes, number: int, seed: int = 0) -> tuple[bytes, str]:
    """File `number` of a kind, made from a good one, and the names of what was done to it.

    A third of them suffer what may befall any bytes, the others what is made for their kind, now
    and then with the former on top.
    """
    random = generator(seed, f"mutated {kind}", number)
    own, costly = KINDS[kind], COSTLY.get(kind, (oversized,))
    if number % RARE == RARE - 1:
        chosen = [costly[number // RARE % len(costly)]]
    elif number % 3 == 0:
        chosen = [PLAIN[i] for i in random.integers(len(PLAIN), size=random.integers(1, 4))]
    else:
        chosen = [own[random.integers(len(own))]]
        if random.integers(5) == 0:
            chosen.append(PLAIN[random.integers(len(PLAIN))])
    content = original
    for mutation in chosen:
        content = mutation(content, random)
    return content, ", ".join(mutation.__name__ for mutation in chosen)


KINDS: dict[str, tuple[Mutation, ...]] = {
    "json": texts.JSON,
    "safetensors": arrays.SAFETENSORS,
    "idx": tuple(map(in_gzip, (*arrays.IDX * 4, *PLAIN))),
    "cifar": tuple(map(in_bz2, (*arrays.CIFAR * 4, *PLAIN))),
    "csv": texts.TABLE,
    "tar": tuple(map(in_gzip, (*tars.TAR * 3, *PLAIN))),
    "zip": zips.ZIP,
    "npy": arrays.NPY,
    "png": pictures.PNG,
}

COSTLY: dict[str, tuple[Mutation, ...]] = {
    "idx": (arrays.idx_bomb, oversized, compressed.gzip_bomb),
    "cifar": (compressed.bz2_bomb, oversized),
    "tar": (tars.tar_gz_bomb, oversized, compressed.gzip_bomb),
    "zip": (zips.zip_bomb, oversized),
    "png": (pictures.png_vast, oversized),
}
