"""Which layer is which: by order, kind, shapes and names, or as a user says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brain.compare.own.leaves import Leaf
from brain.compare.own.pairing import paired, read_map, unlike
from brain.errors import UserError
from brain.parameters import Arrays

NOTHING = np.zeros((1, 1))


def leaf(name: str, label: str, *shape: int) -> Leaf:
    parameters: Arrays = {"weight": np.zeros(shape)} if shape else {}
    return Leaf(name, label, label, None, NOTHING, NOTHING, parameters=parameters)


MINE = [
    leaf("conv1", "Conv2D", 3, 3, 1, 4),
    leaf("relu", "ReLU"),
    leaf("bn", "BatchNorm", 4),
    leaf("fc1", "Dense", 8, 6),
    leaf("fc2", "Dense", 6, 6),
    leaf("fc3", "Dense", 6, 2),
]


def names(pairing: object, mine: list[Leaf], theirs: list[Leaf]) -> list[tuple[str, str]]:
    return [(mine[a].name, theirs[b].name) for a, b in pairing.pairs]  # type: ignore[attr-defined]


def test_order_kind_and_shape_pair_what_belongs_together() -> None:
    theirs = [
        leaf("conv2d", "Conv2D", 3, 3, 1, 4),
        leaf("batch_normalization", "BatchNorm", 4),
        leaf("dense", "Dense", 8, 6),
        leaf("dense_1", "Dense", 6, 6),
        leaf("dense_2", "Dense", 6, 2),
    ]
    found = names(paired(MINE, theirs), MINE, theirs)
    assert found == [
        ("conv1", "conv2d"),
        ("bn", "batch_normalization"),
        ("fc1", "dense"),
        ("fc2", "dense_1"),
        ("fc3", "dense_2"),
    ]


def test_a_layer_that_is_missing_leaves_the_others_in_place() -> None:
    theirs = [
        leaf("c", "Conv2D", 3, 3, 1, 4),
        leaf("a", "Dense", 8, 6),
        leaf("out", "Dense", 6, 2),
    ]
    pairing = paired(MINE, theirs)
    assert names(pairing, MINE, theirs) == [("conv1", "c"), ("fc1", "a"), ("fc3", "out")]
    assert [MINE[i].name for i in pairing.alone[0]] == ["bn", "fc2"]
    assert pairing.alone[1] == []


def test_another_norm_is_put_for_the_one() -> None:
    theirs = [leaf("conv", "Conv2D", 3, 3, 1, 4), leaf("ln", "LayerNorm", 4)]
    assert names(paired(MINE, theirs), MINE, theirs) == [("conv1", "conv"), ("bn", "ln")]


def test_branches_in_another_order_are_paired_by_kind_and_shape() -> None:
    mine = [leaf("a", "Dense", 4, 2), leaf("b", "Conv2D", 1, 1, 2, 2)]
    theirs = [leaf("x", "Conv2D", 1, 1, 2, 2), leaf("y", "Dense", 4, 2)]
    assert names(paired(mine, theirs), mine, theirs) == [("a", "y"), ("b", "x")]


def test_branches_that_look_alike_are_told_apart_by_what_feeds_them() -> None:
    """A body of two layers and a shortcut of one: called last in one model, first in the other."""
    mine = [leaf(n, "Dense", 4, 4) for n in ("stem", "body1", "body2", "shortcut")]
    theirs = [leaf(n, "Dense", 4, 4) for n in ("d0", "d1", "d2", "d3")]
    sources = [-1, 0, 1, 0], [-1, 0, 0, 2]  # d1 is the shortcut
    found = names(paired(mine, theirs, {}, sources), mine, theirs)
    assert found == [("stem", "d0"), ("body1", "d2"), ("body2", "d3"), ("shortcut", "d1")]


def test_branches_of_other_shapes_called_in_another_order() -> None:
    mine = [leaf(f"conv{k}", "Conv1D", k, 8, 5) for k in (3, 4, 5)]
    theirs = [leaf(f"c{k}", "Conv1D", k, 8, 5) for k in (5, 4, 3)]
    found = names(paired(mine, theirs), mine, theirs)
    assert found == [("conv3", "c3"), ("conv4", "c4"), ("conv5", "c5")]


def test_what_the_user_says_comes_first_in_either_order() -> None:
    theirs = [leaf("one", "Dense", 6, 6), leaf("two", "Dense", 6, 6)]
    mine = [leaf("p", "Dense", 6, 6), leaf("q", "Dense", 6, 6)]
    for given in ({"p": "two"}, {"two": "p"}):
        assert names(paired(mine, theirs, given), mine, theirs) == [("p", "two"), ("q", "one")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"conv9": "dense"}, "unknown layer in --map 'conv9'; did you mean 'conv1'"),
        ({"conv1": "nothing"}, "unknown layer in --map 'nothing'"),
    ],
)
def test_a_map_that_names_nothing(given: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=said.replace("(", r"\(")):
        paired(MINE, [*MINE[:1], leaf("dense", "Dense", 8, 6)], given)


def test_a_layer_has_one_counterpart() -> None:
    with pytest.raises(UserError, match="names fc1 twice"):
        paired(MINE, MINE, {"fc2": "fc1", "fc3": "fc1"})


def test_shapes_that_cannot_match_are_named() -> None:
    titles = "PyTorch", "Keras"
    said = unlike(leaf("fc", "Dense", 6, 2), leaf("dense", "Dense", 7, 2), titles)
    assert said == (
        "weight is (6, 2) in fc of PyTorch, (7, 2) in dense of Keras: their shapes cannot match"
    )
    assert not unlike(leaf("fc", "Dense", 6, 2), leaf("dense", "Dense", 6, 2), titles)


class TestReadMap:
    """The file of --map."""

    def test_names(self, tmp_path: Path) -> None:
        file = tmp_path / "names.toml"
        file.write_text('"features.0" = "conv2d"\nfc = "dense"\n')
        assert read_map(file) == {"features.0": "conv2d", "fc": "dense"}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                'features.0 = "conv2d"',
                "features is a table; write the names of two layers in quotes",
            ),
            ("fc = 3", "fc stands for 3, not for a layer's name"),
            ("fc = ", "is no TOML"),
        ],
    )
    def test_anything_else(self, tmp_path: Path, text: str, said: str) -> None:
        file = tmp_path / "names.toml"
        file.write_text(text)
        with pytest.raises(UserError, match=said):
            read_map(file)

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match=r"names\.toml"):
            read_map(tmp_path / "names.toml")
