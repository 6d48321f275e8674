"""Everything that plans are drawn from: the configuration, and the record as it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Severity
from watcher.domain.reference import Repository
from watcher.domain.ticket import BumpTicket, Cause, LineName, Terms
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import Built
from watcher.ports.store.views import stream_name as whole_name
from watcher.services.bump.proof import Fleet

_TERMS = Terms()


class Standards(Protocol):
    """A policy with what feeds said so far."""

    def allows(self, stream: str, vulnerability: str, severity: str) -> timedelta | None:
        """How long an exposure may last; None where there is no limit, or nobody can tell."""

    def exploited(self, vulnerability: str) -> bool:
        """Whether a vulnerability is listed as known to be exploited."""


@dataclass(frozen=True, slots=True)
class Planning:
    """What the configuration says: owners, threshold, and by which standards things are judged.

    `address` tells how references name a repository, host first. While `grace` lasts a ticket that
    a person closed is planned for: evidence may follow.
    """

    team_of: Callable[[str], str | None]
    address: Callable[[Repository], str]
    threshold: Severity
    standards: Callable[[], Standards]
    labels: tuple[str, ...] = ("watcher", "base-image")
    grace: timedelta = _TERMS.grace


@dataclass(frozen=True, slots=True)
class Scene:
    """The record as it is now, as far as plans need it.

    `standards` are those of this pass. `heads` are the images that published streams point to, None
    while it is not known which; `before` are the plans in force, `since` when exposures began.
    """

    at: datetime
    version: KnowledgeVersion
    planning: Planning
    standards: Standards
    fleet: Fleet
    heads: Mapping[LineName, int | None]
    since: Mapping[tuple[Track, str], datetime]
    before: Mapping[Cause, BumpTicket]


def stream_name(built: Built) -> str:
    """A stream's whole name."""
    return whole_name(built.repository, built.by, built.stream)


def line_name(built: Built) -> LineName:
    """A stream on its platform, as a ticket lists it."""
    return LineName(stream_name(built), built.track.platform)
