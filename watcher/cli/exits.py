"""Exit codes, and how a command that fails says so."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Final, TextIO

from watcher.cli.text import plain
from watcher.domain.errors import StartError, UsageError, WatcherError

DONE: Final = 0
PARTLY: Final = 1
USAGE: Final = 2
NO_START: Final = 3
DIFFERS: Final = 4  # derived and scanned, ledger and facts
DEFECT: Final = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count
NO_READER: Final = 141  # 128 + SIGPIPE

EXPLAINED: Final = """Exit codes: 0 done, also when nothing was found; 1 done in part, the failures
are listed; 2 wrong usage or configuration; 3 could not start; 4 audit or rebuild found a
difference; 70 a defect in watcher (WATCHER_DEBUG=1 shows its traceback); 130 interrupted; 141 the
reader of the output went away."""


def code_of(error: WatcherError) -> int:
    """The exit code of an error that ended a command."""
    if isinstance(error, UsageError):
        return USAGE
    return NO_START if isinstance(error, StartError) else PARTLY


def complain(message: str, to: TextIO) -> None:
    """Write each line of a message as an error of its own."""
    to.writelines(f"watcher: error: {plain(line)}\n" for line in message.splitlines() or [""])


def confess(error: Exception, to: TextIO, environment: Mapping[str, str]) -> None:
    """Report an error that nobody foresaw: a line, and the traceback only where asked for."""
    if environment.get("WATCHER_DEBUG", "") not in {"", "0"}:
        traceback.print_exception(error, file=to)
    first = (str(error).splitlines() or [""])[0]
    reason = f"{type(error).__name__}: {first}"[:300]
    complain(f"unexpected {reason}; WATCHER_DEBUG=1 shows the traceback", to)
