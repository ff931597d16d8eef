"""`run_all.py` as a process of its own: what it draws, and that nothing is left out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from brain import names
from brain.names import DEMOS

ROOT = Path(__file__).resolve().parent.parent.parent
BEGINNINGS = {".png": b"\x89PNG", ".gif": b"GIF8", ".html": b"<!do"}


def run_all(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    if not (ROOT / "run_all.py").exists():
        pytest.skip("run_all.py is not on this branch")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, str(ROOT / "run_all.py"), "--no-show", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )


def test_the_master_runner_draws_three_pictures(tmp_path: Path) -> None:
    pytest.importorskip("scratch", reason="the demo is not on this branch")
    ran = run_all("nn", "--quick", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    pictures = [tmp_path / "plots" / f"nn-{name}" for name in ("boundary.png", "boundary.gif")]
    pictures.append(tmp_path / "plots" / "nn-loss.png")
    assert sorted((tmp_path / "plots").iterdir()) == sorted(pictures)
    for picture in pictures:
        assert picture.stat().st_size > 10_000
        assert f"wrote plots/{picture.name}" in ran.stdout
    assert "test accuracy" in ran.stdout


@pytest.mark.timeout(600)
def test_all_in_a_hurry_writes_pictures_for_every_demo_and_names_them(tmp_path: Path) -> None:
    """Without a network and without a copy of Hamlet. A page may be written beside the pictures."""
    pytest.importorskip("theory", reason="its pages stand in for Hamlet")
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    offline = {**nowhere, "BRAIN_DATA": "", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    ran = run_all("--all", "--quick", folder=tmp_path, **offline)
    told = re.findall(r"^wrote (.+)$", ran.stdout, flags=re.M)
    pictures = {path.name: path.read_bytes()[:4] for path in (tmp_path / "plots").glob("*.*")}
    assert {f"plots/{name}" for name in pictures} == {p for p in told if "/models/" not in p}
    for name, beginning in pictures.items():
        assert beginning == BEGINNINGS[Path(name).suffix], name
    drawn = {max((n for n in DEMOS if p.startswith(f"{n}-")), key=len) for p in pictures}
    left_out = re.findall(r"[\w-]+", ran.stderr.partition("as said above: ")[2])
    assert sorted([*drawn, *left_out]) == sorted(DEMOS), ran.stderr
    assert ran.returncode == (2 if left_out else 0)
    for name in names.usable(DEMOS):  # of other folders, some may need data that are not here
        assert name in drawn or not DEMOS[name].where.startswith("scratch."), ran.stdout


def test_the_master_runner_without_a_name_and_a_terminal(tmp_path: Path) -> None:
    ran = run_all(folder=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("brain: name a demo")
    assert ran.stderr.count("\n") == 1
    assert "unknown demo" in run_all("nnn", folder=tmp_path).stderr
