"""What is read stands under what it leaves behind, a character a step."""

from __future__ import annotations

from typing import Any

import numpy as np

from scratch.sequences import letters, state_heatmap


def test_what_is_not_seen_has_a_sign() -> None:
    assert letters("a b\n") == ["a", "␣", "b", "⏎"]


def test_states_lie_in_columns_over_their_characters() -> None:
    states = np.linspace(-1, 1, 12).reshape(4, 3)  # (T, H)
    fig = state_heatmap(states, letters("to b"), "Title", np.array([0.1, 0.5, 0.2, 0.0]))
    above, below = fig.axes[:2]
    np.testing.assert_allclose(np.asarray(above.images[0].get_array()), states.T)
    assert [label.get_text() for label in below.get_xticklabels()] == ["t", "o", "␣", "b"]
    bars: Any = below.containers[0]
    heights = bars.datavalues
    np.testing.assert_allclose(heights, [10, 50, 20, 0])
    assert len(state_heatmap(states, 4, "Title").axes) == 2  # the panel and its scale
