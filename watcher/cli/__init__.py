"""The command line: reads options, prints documents, and turns errors into exit codes."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import NoReturn

from watcher.cli import exits
from watcher.cli.application import run
from watcher.cli.session import Session

__all__ = ["Session", "main", "run"]


def main() -> NoReturn:
    """Run the command that the program was called with, and end with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character gets its code instead of a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # Asked to end, it ends as after Ctrl-C: the pass is given up and every Trivy stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = run(sys.argv[1:], Session())
    if code == exits.INTERRUPTED:
        # Threads of a pass that was given up would be waited for, whom nobody listens to any more.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
