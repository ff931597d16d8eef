"""The master runner: `python run_all.py nn`, or without a name for a menu. See `brain run`."""

import sys

if __name__ == "__main__":
    try:
        from brain.cli import main
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed; in this folder, run: pip install -e .")
    main(["run", *sys.argv[1:]])
