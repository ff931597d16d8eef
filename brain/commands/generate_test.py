"""`brain generate`: a saved language model writes, and says in a sentence why another cannot."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from brain import data, spec
from brain.checkpoints import record
from brain.engine import build
from brain.names import ENGINES
from brain.sampling import NetworkReader, Sampling, written
from brain.store import Store
from brain.testing.invoked import done, sentence
from brain.testing.present import needs
from brain.testing.texts import VOCABULARY, writer

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

ROOT = Path(__file__).resolve().parent.parent.parent
GRU = spec.GRU(8, return_sequences=True)


def saved(store: Store, name: str, model: spec.Model, classes: tuple[str, ...]) -> Store:
    """A store with an untrained network, saved as a run that was trained on a text."""
    recipe = spec.Recipe(model, "moons", spec.SGD(0.1), epochs=1)
    net = build(model, seed=3)
    start = net.parameters()
    net.load_parameters({n: 6 * a if n == "dense1.weight" else a for n, a in start.items()})
    run = record(recipe, "numpy", "cpu", data.load("moons"))
    store.save(name, replace(run, classes=classes), net)
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A language model, one that reads both ways, and one of another task with ids."""
    result = Store(tmp_path_factory.mktemp("writers") / "models")
    characters = tuple(VOCABULARY.characters)
    saved(result, "writer", writer((GRU,)), characters)
    saved(result, "both", writer((spec.Bidirectional(GRU),)), characters)
    saved(result, "copy", writer((GRU,), size=10), (*"abcdefgh", "blank", "marker"))
    dense = spec.Model("dense", (2,), (spec.Dense(2),), spec.SoftmaxCrossEntropy())
    saved(result, "dense", dense, ("a", "b"))
    return result


def test_it_prints_the_prompt_and_what_follows(store: Store) -> None:
    out = done("generate", "writer", "--prompt", "to be", "--length", 50, "--models", store.root)
    reader = NetworkReader(store.open("writer").network())
    ids = written(reader, VOCABULARY.encode("to be"), 50, Sampling(0.8), seed=0)
    assert out == f"to be{VOCABULARY.decode(list(ids))}\n"


def test_the_options_are_the_samplers(store: Store) -> None:
    options = ("--length", 60, "--models", store.root, "--top-k", 3, "--temperature", 0.5)
    texts = {seed: done("generate", "writer", *options, "--seed", seed) for seed in (0, 4)}
    reader = NetworkReader(store.open("writer").network())
    ids = written(reader, VOCABULARY.encode("\n"), 60, Sampling(0.5, 3), seed=4)
    assert texts[4] == f"{VOCABULARY.decode(list(ids))}\n"  # without a prompt, a line begins
    assert texts[0] != texts[4]


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "numpy"])
def test_the_text_is_the_same_in_every_engine(store: Store, engine: str) -> None:
    """In a process of its own: two frameworks never share one."""
    needs(engine, ENGINES)
    options = ["--prompt", "to be", "--length", "420", "--models", str(store.root)]
    ran = subprocess.run(
        [sys.executable, "-m", "brain", "generate", "writer", *options, "--engine", engine],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == done("generate", "writer", *options)
    assert len(ran.stdout) == 426


def process(store: Store, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "brain", "generate", "writer", *options, "--models", store.root],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_it_streams_and_ctrl_c_ends_it_with_what_was_written(store: Store) -> None:
    whole = done("generate", "writer", "--length", 2000, "--models", store.root)
    running = process(store, "--length", "100000000")
    assert running.stdout
    first = running.stdout.read(200)  # long before the end: each character comes as it is drawn
    running.send_signal(signal.SIGINT)
    rest = running.stdout.read()  # with what is buffered, which communicate would pass over
    _, err = running.communicate(timeout=60)
    text = (first + rest).decode()
    assert running.returncode == 2
    found = re.fullmatch(
        r"brain: stopped after ([\d,]+) of 100,000,000 characters\.\n", err.decode()
    )
    assert found, err
    assert len(text) == int(found[1].replace(",", "")) + 1
    assert text.endswith("\n")
    assert text[:200] == whole[:200]


def test_a_reader_who_leaves_gets_no_traceback(store: Store) -> None:
    running = process(store, "--length", "100000000")
    assert running.stdout
    assert running.stderr
    running.stdout.read(10)
    running.stdout.close()
    assert b"Traceback" not in running.stderr.read()
    running.stderr.close()
    running.wait(timeout=60)


@pytest.mark.parametrize(
    ("run", "options", "words"),
    [
        ("writer", ("--prompt", "Tö be"), "the model never saw 'T', 'ö' of the prompt; it knows"),
        ("writer", ("--temperature", "-0.5"), "the temperature must be a number, 0 or more, not"),
        ("writer", ("--temperature", "nan"), "the temperature must be a number, 0 or more, not"),
        ("writer", ("--top-k", 0), "top-k must be 1 or more, not 0"),
        ("writer", ("--top-k", 99), "top-k is 99, and the model knows 31 characters"),
        ("writer", ("--length", 0), "the length must be 1 character or more, not 0"),
        ("writer", ("--seed", -1), "the seed must be a whole number, 0 or more, not -1"),
        ("writer", ("--engine", "nunpy"), "did you mean 'numpy'?"),
        ("writr", (), "unknown run 'writr'; did you mean 'writer'?"),
        ("both", (), "writer reads from the end too"),
        ("copy", (), "writer is no model of a text: it was trained on 10 classes"),
        ("dense", (), "dense is no language model"),
    ],
)
def test_bad_input_is_one_sentence(
    store: Store, run: str, options: tuple[object, ...], words: str
) -> None:
    assert words in sentence("generate", run, *options, "--models", store.root)
