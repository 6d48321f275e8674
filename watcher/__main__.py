"""`python -m watcher` is the command `watcher`."""

from __future__ import annotations

import gc
from typing import Final, NoReturn

# So many new objects, and so many looks at younger ones between two at older and at the oldest.
_SELDOM: Final = (20_000, 20, 50)


def main() -> NoReturn:
    """Run the command that the program was called with, and end with its exit code.

    What is imported stays as long as the process, so the collector is not to look for garbage in
    it: neither while it is imported, nor ever after, nor at the end. A fold makes many objects of
    which few refer to each other; looking through them after every 700 took a tenth of its time.
    """
    gc.disable()
    from watcher.cli import main as command  # noqa: PLC0415

    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()
    command()


if __name__ == "__main__":
    main()
