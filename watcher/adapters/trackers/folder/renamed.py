"""Tickets under names that are no ticket's: named by what they hold, never taken for deleted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from watcher.adapters.trackers.folder import disk
from watcher.adapters.trackers.folder.disk import UnusableFileError
from watcher.adapters.trackers.folder.page import BrokenPageError, Page
from watcher.domain.ticket import TicketKey
from watcher.ports.tracker import Ticket, Unreadable

_LEADING: Final = re.compile(r"0*([1-9][0-9]{0,8})(?![0-9])")
_NAMED: Final = 3  # numbers that are named where a file may have had any of them


def renamed(
    folder: Path, found: Sequence[Ticket | Unreadable], known: Collection[str]
) -> Iterator[Unreadable]:
    """Name files that hold tickets which no number has; raises OSError.

    What is `found` is there already, so that a copy kept beside it is nobody's ticket. Of several
    files with one key the first is named.
    """
    seen = {one.key for one in found}
    missing = sorted(set(known) - {one.id for one in found}, key=_by_number)
    for name in disk.others(folder):
        key = _key(folder / name)
        if key is not None and key not in seen:
            seen.add(key)
            yield Unreadable(name.removesuffix(".md"), key, _reason(folder / name, key, missing))


def _key(path: Path) -> TicketKey | None:
    """The key that a file holds, None where it is no ticket."""
    try:
        return Page.parse(disk.read(path)).key
    except BrokenPageError as error:
        return error.key
    except (FileNotFoundError, UnusableFileError):
        return None


def _reason(path: Path, key: TicketKey, missing: Sequence[str]) -> str:
    leading = _LEADING.match(path.name)
    likely = [leading[1]] if leading and leading[1] in missing else missing
    names = " or ".join(f"{number}.md" for number in likely[:_NAMED]) or "its number"
    return f"{path} is no ticket's name, and holds {key}: rename it to {names}, or move it away"


def _by_number(name: str) -> tuple[int, str]:
    return len(name), name
