"""Properties of a text, and the units that follow them: planted ones are found."""

from __future__ import annotations

import numpy as np

from brain.randomness import generator
from brain.testing.refusals import refusal
from rnn.cells import PROPERTIES, correlations, interesting

TEXT = 'He said "no, I"\n(to Ann).\nWho? Me.'


def marked(what: str, text: str = TEXT) -> str:
    """The text with a dot where a property of 0 and 1 is 0."""
    numbers = PROPERTIES[what](text)
    assert set(numbers) <= {0.0, 1.0}
    shown = zip(text, numbers, strict=True)
    return "".join((c if there else ".") for c, there in shown)


def test_what_a_reader_can_name() -> None:
    assert marked("quoted text") == '........"no, I"' + "." * 19
    assert marked("text in brackets", "a (b [c]) d") == "..(b [c]..."
    assert marked("capital letters") == "H............I......A.....W....M.."
    assert marked("vowels", "Io, no sky") == "Io...o...y"
    assert PROPERTIES["place in the line"]("ab\ncd").tolist() == [1, 2, 0, 1, 2]
    assert PROPERTIES["place in the word"]("ab, c").tolist() == [1, 2, 0, 0, 1]
    assert PROPERTIES["place in the sentence"]("a. b").tolist() == [1, 0, 1, 2]
    for follow in PROPERTIES.values():
        assert follow(TEXT).shape == (len(TEXT),)


def test_correlation_is_pearsons() -> None:
    random = generator(0, "cells")
    values, followed = random.standard_normal((50, 4)), random.standard_normal(50)
    wanted = [np.corrcoef(values[:, k], followed)[0, 1] for k in range(4)]
    np.testing.assert_allclose(correlations(values, followed), wanted)
    assert correlations(np.ones((50, 2)), followed).tolist() == [0, 0]
    assert (correlations(values, np.ones(50)) == 0).all()


def test_a_unit_that_follows_something_is_found() -> None:
    text = 'one "two" Three\n' * 30
    noise = generator(1, "cells")
    values = noise.standard_normal((len(text), 12))
    values[:, 7] = -3 * PROPERTIES["quoted text"](text) + 0.3 * values[:, 7]
    values[:, 2] = PROPERTIES["place in the line"](text) + 0.1 * values[:, 2]
    found = {one.what: one for one in interesting(values, text)}
    assert found["quoted text"].unit == 7
    assert found["quoted text"].correlation < -0.9
    assert found["place in the line"].unit == 2
    assert "text in brackets" not in found  # there are none
    order = [abs(one.correlation) for one in interesting(values, text)]
    assert order == sorted(order, reverse=True)


def test_chance_does_not_look_like_a_find() -> None:
    """Of many units of noise the best one is no good on the text that it was not chosen by."""
    text = "".join("aB e\n"[k] for k in generator(2, "cells").integers(0, 5, 1000))
    values = generator(3, "cells").standard_normal((1000, 400))
    followed = PROPERTIES["capital letters"](text)
    best = np.abs(correlations(values[:500], followed[:500])).max()
    (found,) = (one for one in interesting(values, text) if one.what == "capital letters")
    assert best > 0.11  # chosen among 400, each with a deviation of 0.045
    # its own deviation on the other half is 0.045 too
    assert abs(found.correlation) < 0.15


def test_states_of_another_text_are_refused() -> None:
    said = refusal(lambda: interesting(np.zeros((5, 2)), "four"))
    assert said == "there are 5 states for a text of 4 characters."
