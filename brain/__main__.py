"""The door of the `brain` command. Ctrl-C is one sentence even while it opens."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; see `brain.cli.main`."""
    try:
        from brain import cli

        cli.main(arguments)
    except KeyboardInterrupt:
        print("brain: stopped by Ctrl-C.", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
