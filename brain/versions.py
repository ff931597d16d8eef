"""The versions of what computes, for the record of a run."""

from __future__ import annotations

from importlib import metadata

PACKAGES = {"torch": ("torch",), "tensorflow": ("tensorflow", "tensorflow-cpu", "keras")}


def versions(engine: str) -> dict[str, str]:
    """The versions of the packages that an engine computes with, NumPy first."""
    found = {}
    for package in ("numpy", *PACKAGES.get(engine, ())):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
