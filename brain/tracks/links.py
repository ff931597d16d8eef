"""The links of a Markdown page: found, and led elsewhere. What stands in code is no link."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

PARTS = re.compile(
    r"(?P<code>^(?P<fence>```+|~~~+).*?^(?P=fence)[ \t]*$|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))"
    r"|(?P<open>\]\()(?P<link>[^()\s]+)(?=[)\s])",
    re.MULTILINE | re.DOTALL,
)


def links(page: str) -> Iterator[str]:
    """Where the links and pictures of a page lead, in order."""
    return (found["link"] for found in PARTS.finditer(page) if found["link"])


def led(page: str, change: Callable[[str], str]) -> str:
    """The page with `change` applied to where each link leads."""
    return PARTS.sub(
        lambda found: found[0] if found["code"] else found["open"] + change(found["link"]), page
    )


def target(path: str, link: str) -> str | None:
    """The file or folder that a link on the page `path` means, from the top; None if elsewhere.

    >>> target("theory/lstm.md", "../scratch/lstm.py#L7")
    'scratch/lstm.py'
    """
    file = link.partition("#")[0]
    if not file or re.match(r"[a-z][a-z0-9+.-]*:|/", link, re.IGNORECASE):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
