"""A signal asks the loop to stop; a second one does not wait."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from brain.interrupts import SIGNALS, stopping


@pytest.mark.parametrize("number", SIGNALS)
def test_one_signal_asks_and_two_interrupt(number: int) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), stopping() as asked:  # noqa: PT012
        assert not asked()
        os.kill(os.getpid(), number)
        assert asked()
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_in_another_thread_nobody_asks() -> None:
    answers = []

    def loop() -> None:
        with stopping() as asked:
            answers.append(asked())

    thread = threading.Thread(target=loop)
    thread.start()
    thread.join()
    assert answers == [False]
