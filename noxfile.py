"""Everything that can be run, by name: `nox --list` shows it, `nox -s tests` runs the tests.

Sessions that need the same packages share one environment under `.nox/`; a session that
proves independence has one of its own. What comes after `--` is passed on:
`nox -s tests -- brain/data -k moons`.
"""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "tests"]

ROOT = Path(__file__).parent
FOLDERS = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
FRAMEWORKS = {"torch_nn": "torch", "tf_nn": "tensorflow"}  # each tested in a process of its own
GROUND = [folder for folder in FOLDERS if folder not in FRAMEWORKS]
PRESENT = {folder: extra for folder, extra in FRAMEWORKS.items() if folder in FOLDERS}
CONSTRAINTS = ["-c", "constraints.txt"]
# Processes side by side, as many as there are cores but four at most: a framework takes 1 GB in
# each. A test's numbers are small, so that threads beside them would only wait for each other.
PARALLEL = ["-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]
ONE_THREAD = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
TRACKS = tomllib.loads((ROOT / "tracks.toml").read_text(encoding="utf-8"))


def where(there: bool, **options: Any) -> Callable[[Any], Any]:
    """`nox.session` where what a session needs is `there`: a track's branch lacks some folders."""
    return nox.session(**options) if there else lambda function: function


def everything(session: nox.Session) -> str:
    """The Python of the shared environment: this project, every framework, the test tools."""
    return shared(session, [*PRESENT.values(), "sklearn", "test"])


def shared(session: nox.Session, extras: list[str]) -> str:
    """The Python of a shared environment; it is made anew when what it is made from changes.

    Each set of extras has its own, so that changing between branches rebuilds nothing.
    """
    folder = ROOT / ".nox" / "-".join(extras)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made_from = "\n".join(
        [
            sys.version,
            *extras,
            *((ROOT / f).read_text() for f in ("pyproject.toml", "constraints.txt")),
        ]
    )
    stamp = folder / "made-from.txt"
    if not (stamp.exists() and stamp.read_text() == made_from):
        shutil.rmtree(folder, ignore_errors=True)
        session.run(sys.executable, "-m", "venv", str(folder), external=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *CONSTRAINTS]
        session.log("installing %s: a few minutes the first time", ", ".join(extras))
        session.run(*install, "-e", f".[{','.join(extras)}]", external=True)
        stamp.write_text(made_from)
    return str(python)


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run every test: the ground without a framework, then each framework whose folder is here.

    Several at a time, but one after another where pytest is given options, as -k or --pdb.
    """
    python = everything(session)
    named = [word for word in session.posargs if word.partition("/")[0] in FOLDERS]
    options = [word for word in session.posargs if word not in named]
    # 5 is pytest's "no test was chosen", as an option like -k may do in some folders
    codes = [0, 5] if options else [0]
    for group in (GROUND, *([folder] for folder in PRESENT)):
        paths = [word for word in named if word.partition("/")[0] in group] if named else group
        if paths:
            command = [python, "-m", "pytest", *paths, *(options or PARALLEL)]
            session.run(*command, env=ONE_THREAD, external=True, success_codes=codes)


@nox.session(venv_backend="none")
def fuzz(session: nox.Session) -> None:
    """Spoilt files for every reader, 100,000 of each kind; 500 random models for every framework.

    A dot is 2,000 files, or all the models. Arguments go to pytest: `nox -s fuzz -- -k zip`,
    `nox -s fuzz -- -k models`. The tests give 2,000 files; BRAIN_FUZZ=5 makes it 5 times as many.
    """
    env = {"BRAIN_FUZZ": os.environ.get("BRAIN_FUZZ", "50")}
    python = everything(session)
    codes = [0, 5] if session.posargs else [0]  # 5: nothing was chosen, by -k for example
    random_models = (f"{folder}/engine_test.py::TestRandomModels" for folder in PRESENT)
    for place in ("brain/fuzz_test.py", *random_models):
        command = [python, "-m", "pytest", place, *session.posargs]
        session.run(*command, env=env, external=True, success_codes=codes)


@nox.session(name="tests-scratch")
def tests_scratch(session: nox.Session) -> None:
    """Prove independence: the ground and the NumPy engine, with no framework installed."""
    session.install("--quiet", *CONSTRAINTS, "-e", ".[test]")
    absent = "import importlib.util as u; assert not any(map(u.find_spec, ('torch', 'tensorflow')))"
    session.run("python", "-c", absent)
    folders = [folder for folder in ("brain", "scratch") if folder in FOLDERS]
    session.run("pytest", *folders, *(session.posargs or PARALLEL), env=ONE_THREAD)


@where(bool(PRESENT), venv_backend="none")
def compare(session: nox.Session) -> None:
    """Prove the engines equal, and train the MLP on real digits in each of them.

    Tables on the terminal; curves and JSON in reports/. With arguments `brain compare` with them:
    `nox -s compare -- mlp --engines numpy,torch`.
    """
    brain = [everything(session), "-m", "brain.cli", "compare"]
    if session.posargs:
        session.run(*brain, *session.posargs, external=True)
        return
    session.run(*brain, "all", "--json", "reports/models.json", external=True)
    digits = ["--data", "digits,mnist", "--skip-missing", "--plots", "reports"]
    session.run(*brain, "mlp", *digits, "--json", "reports/training.json", external=True)


@where({*FRAMEWORKS, "theory"} <= set(FOLDERS), venv_backend="none")
def rosetta(session: nox.Session) -> None:
    """Measure where PyTorch and Keras part, by their trap tests, and write theory/rosetta.md.

    Each framework has a process of its own; which test belongs to which row is said in
    theory/rosetta.toml.
    """
    python = everything(session)
    measured = ROOT / ".nox" / "traps.json"
    measured.unlink(missing_ok=True)
    for folder in PRESENT:
        traps = [python, "-m", "pytest", folder, "-k", "trap"]
        session.run(*traps, env={"BRAIN_TRAPS": str(measured)}, external=True)
    session.run(python, "-m", "theory.rosetta", str(measured), external=True)


@where("benchmarks" in FOLDERS, venv_backend="none")
def bench(session: nox.Session) -> None:
    """Time the engines side by side; arguments go to `brain bench`: `nox -s bench -- --check`.

    Where there is an NVIDIA GPU, the environment has what measures its energy too.
    """
    extras = [
        *PRESENT.values(),
        "sklearn",
        "test",
        *(["gpu"] if shutil.which("nvidia-smi") else []),
    ]
    session.run(
        shared(session, extras), "-m", "brain.cli", "bench", *session.posargs, external=True
    )


@where(set(FOLDERS) >= set(TRACKS["main"]["folders"]))
def tracks(session: nox.Session) -> None:
    """Build the branch of every track in a clean clone; clone, install and test each by itself.

    What is tested is the last commit here. Name some of them: `nox -s tracks -- scratch cnn`.
    """
    session.install("--quiet", *CONSTRAINTS, "-e", ".", "nox")
    folder = ROOT / ".nox" / "clones"
    remove(folder)
    clone = folder / "main"
    clean_clone(session, clone)
    with session.chdir(clone):
        session.run("python", "-m", "brain", "tracks", "build", *session.posargs)
        listed = ("git", "for-each-ref", "--format=%(refname:short)", "refs/heads")
        there = str(session.run(*listed, external=True, silent=True)).split()
    branches = (track["branch"] for name, track in TRACKS.items() if name != "main")
    for branch in (branch for branch in branches if branch in there):
        session.log("the branch %s: a clone, an environment and the tests of its own", branch)
        single = ("--single-branch", "--branch", branch)
        session.run("git", "clone", "--quiet", *single, clone, folder / branch, external=True)
        with session.chdir(folder / branch):
            session.run("python", "-m", "nox", "-s", "tests")
        remove(folder / branch)  # with its environment: up to 3 GB


def clean_clone(session: nox.Session, clone: Path) -> None:
    """A clone of what is here, that stands on main and knows no other branch."""
    commands = ["switch --quiet --force-create main", "remote remove origin"]
    if (ROOT / ".git").exists():
        anyones = ("-c", "safe.directory=*")  # a checkout may belong to another user
        source = ("--no-hardlinks", ROOT, clone)
        session.run("git", *anyones, "clone", "--quiet", *source, external=True)
    else:  # the files alone, as from an archive
        shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".nox"))
        who = "-c user.name=nox -c user.email=nox@localhost"
        commands = ["init --quiet -b main", "add --all", f"{who} commit --quiet -m files"]
    with session.chdir(clone):
        for command in commands:
            session.run("git", *command.split(), external=True)


def remove(folder: Path) -> None:
    """Remove a folder if it is there, with git's files, which cannot be written to."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types, and who may import whom; only what is present is looked at."""
    session.install("--quiet", *CONSTRAINTS, "-e", ".[lint,test]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy", *FOLDERS)
    contracts = Path(session.create_tmp()) / "importlinter.toml"
    contracts.write_text(import_contracts())
    session.run("lint-imports", "--config", str(contracts), "--no-cache")


def import_contracts() -> str:
    """import-linter's configuration for the folders that are present."""
    layers = [["benchmarks"], ["cnn", "rnn", "theory"], ["scratch", "torch_nn", "tf_nn"], ["brain"]]
    present = [[name for name in layer if name in FOLDERS] for layer in layers]
    shown = ", ".join(f'"{" | ".join(layer)}"' for layer in present if layer)
    no_framework = [name for name in FOLDERS if name in ("brain", "scratch", "cnn", "rnn")]
    oracles = [f"{test} -> scratch.**" for folder in PRESENT for test in test_modules(folder)]
    tracks = [name for name in ("cnn", "rnn") if name in FOLDERS]  # whose equations are on pages
    oracles += [f"{test} -> {name}.**" for name in tracks for test in test_modules("theory")]
    alone = [
        forbidden("no TensorFlow beside plain PyTorch", "plain_torch", ["tensorflow", "keras"]),
        forbidden("no PyTorch beside plain TensorFlow", "plain_tensorflow", ["torch"]),
    ]
    support = [f"{test} -> brain.testing.**" for test in test_modules("brain")]
    return f"""
[tool.importlinter]
root_packages = {FOLDERS!r}
include_external_packages = true

[[tool.importlinter.contracts]]
name = "the rooms are built on each other, one way only; engines never import each other"
type = "layers"
layers = [{shown}]
ignore_imports = {oracles!r}
unmatched_ignore_imports_alerting = "none"

[[tool.importlinter.contracts]]
name = "inside brain: errors and files, then spec, then the rest, the command on top"
type = "layers"
layers = [
    "brain.testing",
    "brain.__main__ | brain.alone",
    "brain.cli",
    "brain.commands",
    "brain.compare | brain.learn",
    "brain.worker | brain.checkpoints | brain.pictures",
    "brain.recipes",
    "brain.stage",
    "brain.window",
    "brain.messages | brain.plots | brain.consumers",
    "brain.training",
    "brain.store",
    "brain.engine | brain.data",
    "brain.samples | brain.versions | brain.interrupts",
    "brain.passes",
    "brain.parameters",
    "brain.names | brain.checks | brain.scores",
    "brain.randomness",
    "brain.spec",
    "brain.tracks",
    "brain.regions",
    "brain.outputs",
    "brain.errors",
]
ignore_imports = {support!r}
unmatched_ignore_imports_alerting = "none"

[[tool.importlinter.contracts]]
name = "no framework in the ground, the NumPy engine and the tracks"
type = "forbidden"
source_modules = {no_framework!r}
forbidden_modules = ["torch", "tensorflow", "keras", "jax", "cupy"]
{"".join(alone) if "benchmarks" in FOLDERS else ""}"""


def forbidden(name: str, module: str, packages: list[str]) -> str:
    """The contract that keeps packages out of a module of the benchmarks and its models."""
    modules = [f"benchmarks.{module}{part}" for part in ("", "_models")]
    return f"""
[[tool.importlinter.contracts]]
name = "{name}"
type = "forbidden"
source_modules = {modules!r}
forbidden_modules = {packages!r}
"""


def test_modules(folder: str) -> list[str]:
    """The tests in a folder, as modules."""
    paths = [path.relative_to(ROOT) for path in sorted(ROOT.glob(f"{folder}/**/*_test.py"))]
    return [".".join(path.with_suffix("").parts) for path in paths]
