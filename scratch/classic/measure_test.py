"""How the measuring command ends where it cannot measure."""

from __future__ import annotations

import sys

import pytest

from scratch.classic import measure


def test_without_scikit_learn_it_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setattr(sys, "argv", ["measure"])
    with pytest.raises(SystemExit) as end:
        measure.main()
    assert end.value.code == 2
    assert "comes with scikit-learn, which is not installed" in capsys.readouterr().err


def test_at_least_one_seed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["measure", "--seeds", "0"])
    with pytest.raises(SystemExit) as end:
        measure.main()
    assert end.value.code == 2
    assert "--seeds" in capsys.readouterr().err
