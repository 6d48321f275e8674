"""`python -m watcher` is the command `watcher`."""

from __future__ import annotations

import gc
from typing import NoReturn


def main() -> NoReturn:
    """Run the command that the program was called with, and end with its exit code.

    What is imported stays as long as the process, so the collector is not to look for garbage in
    it: neither while it is imported, nor ever after, nor at the end.
    """
    gc.disable()
    from watcher.cli import main as command  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    command()


if __name__ == "__main__":
    main()
