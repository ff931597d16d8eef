"""Links are found where Markdown has them, and nowhere in code."""

from __future__ import annotations

import pytest

from brain.tracks.links import led, links, target

PAGE = """# A [title](a.md)

Text [one](b.md#part), ![two](../c.png "a title") and [three](https://example.org/x).
`[no](n.md)` and ``[no](`n.md)``, [yes `[x]`](d.md)

```python
[no](n.md)
```

~~~
[no](n.md)
~~~
[last](e/)
"""


def test_links_are_found_outside_of_code() -> None:
    found = ["a.md", "b.md#part", "../c.png", "https://example.org/x", "d.md", "e/"]
    assert list(links(PAGE)) == found


def test_each_link_is_led_elsewhere_and_nothing_else_changes() -> None:
    assert led(PAGE, lambda link: link) == PAGE
    shouted = led(PAGE, str.upper)
    assert '![two](../C.PNG "a title")' in shouted
    assert shouted.count("(n.md)") == PAGE.count("(n.md)") == 3
    assert shouted.lower() == PAGE.lower()


@pytest.mark.parametrize(
    ("path", "link", "meant"),
    [
        ("pages/a.md", "b.md", "pages/b.md"),
        ("pages/a.md", "../scratch/x.py#L3", "scratch/x.py"),
        ("README.md", "theory", "theory"),
        ("cnn/README.md", "./", "cnn"),
        ("README.md", "#here", None),
        ("README.md", "https://example.org", None),
        ("README.md", "mailto:a@example.org", None),
        ("README.md", "/etc/passwd", None),
        ("README.md", "../outside.md", "../outside.md"),
    ],
)
def test_what_a_link_means(path: str, link: str, meant: str | None) -> None:
    assert target(path, link) == meant
