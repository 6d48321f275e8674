"""Risks that somebody accepted, until when and why: shown beside exposures, and never their end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from watcher.domain.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A vulnerability accepted in the streams that match; `match` None: in all.

    It holds until `expires`, and is over from that moment on.
    """

    vulnerability: str
    match: Pattern | None
    reason: str
    author: str
    expires: datetime

    def expired(self, at: datetime) -> bool:
        """Whether it is over at a time."""
        return at >= self.expires

    def concerns(self, names: Collection[str], repository: str, stream: str) -> bool:
        """Whether it is about a vulnerability of these ids in a stream, by its whole name."""
        if self.vulnerability not in names:
            return False
        pattern = self.match
        return pattern is None or pattern.matches(repository) or pattern.matches(stream)


def accepted(
    acceptances: Iterable[Acceptance], names: Collection[str], repository: str, stream: str
) -> Acceptance | None:
    """The acceptance of a vulnerability in a stream that holds the longest; None without any."""
    found = (one for one in acceptances if one.concerns(names, repository, stream))
    return max(found, key=lambda one: one.expires, default=None)
