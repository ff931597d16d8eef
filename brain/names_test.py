"""Names lead to what they stand for, and what is absent is one sentence with what to type."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from brain import names, spec
from brain.engine import Network, build
from brain.errors import UserError, unknown
from brain.testing.present import needs
from brain.testing.refusals import refusal

MODEL = spec.Model("m", (4,), (spec.Dense(3),), spec.MeanSquaredError())
ENTRIES = {"here": names.Entry("brain.errors:unknown", "there"), **names.ENGINES}


def hide(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Make `package` look as if it were not installed."""
    find, load = importlib.util.find_spec, importlib.import_module

    def find_spec(name: str) -> object:
        return None if name.partition(".")[0] == package else find(name)

    def import_module(name: str) -> ModuleType:
        needs = {e.where.partition(":")[0]: e.needs for e in names.ENGINES.values()}
        if package in (name.partition(".")[0], needs.get(name)):
            raise ModuleNotFoundError(f"No module named {package!r}", name=package)
        return load(name)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    monkeypatch.setattr(importlib, "import_module", import_module)


def test_a_known_name_is_imported() -> None:
    assert names.look_up("thing", "here", ENTRIES) is unknown
    assert names.look_up("engine", "brain.errors:UserError", names.ENGINES) is UserError
    assert "unknown thing" in refusal(lambda: names.look_up("thing", "json:dumps", ENTRIES))


def test_an_unknown_name_offers_the_nearest() -> None:
    text = refusal(lambda: names.look_up("engine", "torhc", names.ENGINES))
    assert text.startswith("unknown engine 'torhc'; did you mean 'torch'?")
    assert "Known: numpy, tensorflow, torch." in text
    assert "did you mean" not in refusal(lambda: names.look_up("engine", "xyz", names.ENGINES))


def test_build_refuses_unknown_engines() -> None:
    assert "did you mean 'numpy'" in refusal(lambda: build(MODEL, "numpi"))
    assert "there is no module 'nowhere'" in refusal(lambda: build(MODEL, "nowhere.at:All"))
    assert "brain.errors has no 'Nothing'" in refusal(lambda: build(MODEL, "brain.errors:Nothing"))
    text = refusal(lambda: build(MODEL, f"{__name__}:not_an_engine"))
    assert "not_an_engine" in text


def not_an_engine(model: spec.Model, **options: object) -> str:
    return model.name


@pytest.mark.parametrize(
    ("engine", "package", "title", "extra"),
    [
        ("torch", "torch", "PyTorch", "torch"),
        ("tensorflow", "tensorflow", "TensorFlow", "tensorflow"),
    ],
)
def test_a_framework_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, engine: str, package: str, title: str, extra: str
) -> None:
    if not names.here(names.ENGINES[engine].where.partition(".")[0]):
        pytest.skip(f"the folder of {engine} is not on this branch")
    hide(monkeypatch, package)
    by_path = names.ENGINES[engine].where
    for call in (
        lambda: build(MODEL, engine),
        lambda: build(MODEL, by_path),
        lambda: names.require(engine, names.ENGINES),
    ):
        text = refusal(call)
        assert text.startswith(f"{title} is not installed")
        assert f'pip install "inside-ai-brain[{extra}]"' in text
    assert not names.installed(names.ENGINES[engine])


def test_keras_alone_is_tensorflow() -> None:
    assert "inside-ai-brain[tensorflow]" in str(names.absent("keras"))
    assert "inside-ai-brain[sklearn]" in str(names.absent("sklearn"))


def test_a_folder_that_is_not_on_this_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "scratch")
    for call in (lambda: build(MODEL), lambda: names.require("numpy", names.ENGINES)):
        assert refusal(call).startswith("the folder scratch/ is not on this branch")


def test_a_folder_that_only_keeps_its_cache_is_not_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "left_over" / "__pycache__").mkdir(parents=True)  # git leaves what it ignores
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.util.find_spec("left_over") is not None
    entries = {"gone": names.Entry("left_over.models:gone", "it went with its branch")}
    assert not names.usable(entries)
    assert "left_over" in refusal(lambda: names.require("gone", entries))
    assert "left_over" in refusal(lambda: names.look_up("model", "gone", entries))


def test_requiring_what_is_there_says_nothing() -> None:
    names.require("here", ENTRIES)
    names.require("brain.errors:unknown", ENTRIES)


@pytest.mark.parametrize("name", [*names.MODELS])
def test_every_model_that_is_named_is_there(name: str) -> None:
    needs(name, names.MODELS)
    model = names.look_up("model", name, names.MODELS)()
    assert isinstance(model, spec.Model)
    assert model.name == name


def test_the_numpy_engine_is_an_engine() -> None:
    pytest.importorskip("scratch")
    assert issubclass(names.look_up("engine", "numpy", names.ENGINES), Network)


def test_every_extra_is_one_that_the_project_has() -> None:
    assert {extra for _, extra in names.EXTRAS.values()} == {"torch", "tensorflow", "sklearn"}
    for entry in (*names.ENGINES.values(), *names.MODELS.values(), *names.DEMOS.values()):
        assert entry.what
        assert entry.needs is None or entry.needs in names.EXTRAS


@pytest.mark.parametrize("name", names.DEMOS)
def test_a_demo_is_where_the_table_says(name: str) -> None:
    where = names.DEMOS[name].where
    needs(name, {name: names.Entry(where, "wherever its data come from")})
    assert callable(names.look_up("demo", name, names.DEMOS))
    assert where.rpartition(".")[2] == f"{name}:run"


def test_the_demos_stand_group_by_group() -> None:
    """So that the menu's numbers go on from one group to the next."""
    groups = [demo.group for demo in names.DEMOS.values()]
    in_order = ["algorithms", "experiments", "vision", "sequences"]
    assert groups == sorted(groups, key=in_order.index)
    assert set(names.GROUPS.values()) < set(in_order)


@pytest.mark.parametrize("name", [":Engine", "math:pi", "math:sqrt"])
def test_a_path_that_leads_to_no_engine(name: str) -> None:
    refusal(lambda: build(MODEL, name))


@pytest.mark.parametrize(
    ("name", "hint"), [("adma", "; did you mean 'adam'? "), (3, ""), ("zzz", "")]
)
def test_unknown_is_a_sentence(name: object, hint: str) -> None:
    text = str(unknown("rule", name, ["sgd", "adam"]))
    assert text.startswith(f"unknown rule {name!r}")
    assert hint in text
    assert text.endswith("Known: adam, sgd.")
    assert ("did you mean" in text) == bool(hint)
