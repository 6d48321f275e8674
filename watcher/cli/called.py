"""The command as it was called, so that what is advised can be pasted."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path


def called(program: str | None = None, which: Callable[[str], str | None] = shutil.which) -> str:
    """How this program was started: by its name where the shell finds it by that, else its path."""
    program = program or sys.argv[0]
    path = Path(program)
    if path.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m {path.absolute().parent.name}"
    found = which(path.name)
    if found is not None and os.path.realpath(found) == os.path.realpath(program):
        return shlex.quote(path.name)
    return shlex.quote(program)
