"""Streams that go on under another name, and so take over the clocks of their exposures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watcher.domain.reference import Repository

Renames = frozenset[tuple[Repository, Repository]]  # the old name and the new one


@dataclass(frozen=True, slots=True)
class Succession:
    """A window that takes over from another one of the same vulnerability, both by number.

    `since` is when the stream of the new window began.
    """

    heir: int
    from_window: int
    since: datetime


class Successions(Protocol):
    """The record of names that went away and came back otherwise."""

    def succeeded(self, upto: int, renames: Renames) -> list[Succession]:
        """What goes on under another name as recorded by a pass, the oldest first.

        A stream succeeds another one of its platform if it began with the very image that the other
        one ended on, from before that end up to 30 days after it; or if `renames` names their
        repositories and they are called alike. Of several that could be meant it is the last.
        """
