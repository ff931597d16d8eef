"""The house stands when a room is missing: each optional folder is deleted in turn from a copy."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from brain.names import ENGINES

ROOT = Path(__file__).resolve().parent.parent
# what is compiled goes along: Python would compile a thousand modules again for each copy
LEAVE = shutil.ignore_patterns(".*", "plots", "reports", "models", "build", "dist")
OPTIONAL = ["benchmarks", "cnn", "exercises", "rnn", "scratch", "tf_nn", "theory", "torch_nn"]


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in `folder`, which alone provides the project."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    target = tmp_path / "house"
    shutil.copytree(ROOT, target, ignore=LEAVE)
    # an editable install would offer the folders of the original; Python runs this when it starts
    (target / "sitecustomize.py").write_text(
        f"import sys\nsys.path[:] = [path for path in sys.path if path != {str(ROOT)!r}]\n"
    )
    return target


IMPORT_ALL = """
import importlib, pathlib, sys
root = pathlib.Path.cwd()
sys.path.insert(0, str(root))
for init in sorted(root.glob("*/__init__.py")):
    if init.parent.name in ("torch_nn", "tf_nn"):
        continue  # each below, in a process of its own
    for path in sorted(init.parent.rglob("*.py")):
        if path.name.endswith("_test.py") or path.stem.startswith("plain_t"):
            continue  # plain_torch and plain_tensorflow too
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        assert str(root) in module.__file__, module.__file__
"""


@pytest.mark.parametrize("folder", OPTIONAL)
def test_what_is_left_runs_without_the_folder(copy: Path, folder: str) -> None:
    if not any(copy.glob(f"{folder}/*")):
        pytest.skip(f"{folder}/ is not on this branch")
    shutil.rmtree(copy / folder)
    helped = python(copy, "-m", "brain.cli", "--help")
    assert helped.returncode == 0, helped.stderr
    if folder == "scratch":  # the engine of everything else: what needs it says so
        failed = python(copy, "run_all.py", "nn", "--quick")
        assert failed.returncode == 2
        assert failed.stderr.startswith("brain: the folder scratch/ is not on this branch")
        assert failed.stderr.count("\n") == 1
        return
    imported = python(copy, "-c", IMPORT_ALL)
    assert imported.returncode == 0, imported.stderr
    for entry in (ENGINES["torch"], ENGINES["tensorflow"]):
        module = entry.where.partition(":")[0]
        room = copy / module.partition(".")[0] / "__init__.py"
        if room.exists() and importlib.util.find_spec(entry.needs or ""):
            imported = python(copy, "-c", f"import {module}")
            assert imported.returncode == 0, imported.stderr
    demo = python(copy, "run_all.py", "nn", "--quick", "--no-show", "--out", "plots")
    assert demo.returncode == 0, demo.stderr
    assert len(list((copy / "plots").iterdir())) == 3


@pytest.mark.parametrize("folder", ["torch_nn", "tf_nn"])
def test_an_engine_whose_folder_is_missing_is_one_sentence(copy: Path, folder: str) -> None:
    engine = {"torch_nn": "torch", "tf_nn": "tensorflow"}[folder]
    shutil.rmtree(copy / folder, ignore_errors=True)
    for command in (
        ["train", "mlp", "--data", "moons", "--engine", engine],
        ["compare", "mlp", "--engines", engine],
    ):
        failed = python(copy, "-m", "brain.cli", *command)
        assert failed.returncode == 2
        assert f"the folder {folder}/ is not on this branch" in failed.stderr
        assert failed.stderr.count("\n") == 1


def test_the_tests_that_are_left_can_be_collected(copy: Path) -> None:
    for folder in OPTIONAL:
        if folder != "scratch":
            shutil.rmtree(copy / folder, ignore_errors=True)
    collected = python(copy, "-m", "pytest", "--collect-only", "-q", "brain", "scratch")
    assert collected.returncode == 0, collected.stdout + collected.stderr
