"""Where the files of each data set are published, and their SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Source:
    """The files of one data set.

    `folder` is their folder in `BRAIN_DATA` and in the cache. `checksums` maps each file's name,
    as kept there, to its SHA-256; `published` names those that are published under another name.
    `mirrors` are base addresses, tried in turn: a file is found at `<mirror><published name>`, or,
    where there is an `archive`, inside `<mirror><archive>` as the member of that name.
    `archive_checksum` is the archive's own, as `md5:...`, where one is published. `largest` is a
    bound in bytes: what sends more than that is not the file.
    """

    folder: str
    mirrors: tuple[str, ...]
    checksums: Mapping[str, str]
    published: Mapping[str, str] = field(default_factory=dict)
    archive: str | None = None
    archive_checksum: str | None = None
    largest: int = 2**28


CIFAR10 = {
    "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    "batches.meta.txt": "2ce042b1e0b48db4bb214408e6414ba18b2731c24af244f2d6c112fddf31af00",
}


def _series(file: str, checksum: str) -> Source:
    return Source(
        folder="series",
        mirrors=("https://raw.githubusercontent.com/jbrownlee/Datasets/master/",),
        checksums={file: checksum},
        largest=2**17,
    )


# A set's files are read in the order in which they stand here. MNIST and what took its place,
# Fashion-MNIST, share their names.
SOURCES: dict[str, Source] = {
    "mnist": Source(
        folder="mnist",
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        checksums={
            "train-images-idx3-ubyte.gz": (
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
            ),
            "train-labels-idx1-ubyte.gz": (
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
            ),
            "t10k-images-idx3-ubyte.gz": (
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
            ),
            "t10k-labels-idx1-ubyte.gz": (
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
            ),
        },
        largest=2**24,
    ),
    "fashion_mnist": Source(
        folder="fashion_mnist",
        mirrors=(
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        checksums={
            "train-images-idx3-ubyte.gz": (
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
            ),
            "train-labels-idx1-ubyte.gz": (
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
            ),
            "t10k-images-idx3-ubyte.gz": (
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
            ),
            "t10k-labels-idx1-ubyte.gz": (
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
            ),
        },
        largest=2**25,
    ),
    "cifar10": Source(
        folder="cifar10",
        mirrors=("https://www.cs.toronto.edu/~kriz/",),
        checksums=CIFAR10,
        published={file: f"cifar-10-batches-bin/{file}" for file in CIFAR10},
        archive="cifar-10-binary.tar.gz",
        archive_checksum="md5:c32a1d4ab5d03f1284b67883e8d87530",
    ),
    "hamlet": Source(
        folder="text",
        mirrors=("https://raw.githubusercontent.com/nltk/nltk_data/gh-pages/packages/corpora/",),
        checksums={
            "hamlet.txt": "1eceab7027ad7e0cc25c6b6aadcb2e6bb070395cb2085f775ac732d63d5db240"
        },
        published={"hamlet.txt": "gutenberg/shakespeare-hamlet.txt"},
        archive="gutenberg.zip",
        largest=2**24,
    ),
    "tinyshakespeare": Source(
        folder="text",
        mirrors=(
            "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/",
        ),
        checksums={
            "tinyshakespeare.txt": (
                "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
            )
        },
        published={"tinyshakespeare.txt": "input.txt"},
        largest=2**21,
    ),
    "airline": _series(
        "airline-passengers.csv",
        "8cb51be753a718d9be5d76d7e238cc224792754676adc21faa59e954b0201621",
    ),
    "sunspots": _series(
        "monthly-sunspots.csv",
        "c4ec8cc57d9f6fb6ecdb3e1f37f25b6f4badd5124c55931052b0cd2fc3bc71f3",
    ),
    "temperatures": _series(
        "daily-min-temperatures.csv",
        "8b9de63ed6789492bf497625e7f9beb96a63d367b4b0a21754006f749fa5e5da",
    ),
}
