"""Everything that plans are drawn from: the configuration, and the record as it is now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from watcher.domain.acceptance import Acceptance
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Severity
from watcher.domain.reference import Repository
from watcher.domain.ticket import BumpTicket, Cause, LineName, Terms
from watcher.ports.store.bumps import Since
from watcher.ports.store.lineages import BaseHead, Built, Excuses, HeldIn
from watcher.services.bump.proof import Fleet

_TERMS = Terms()


class Standards(Protocol):
    """A policy with what feeds said so far."""

    def allows(self, stream: str, vulnerability: str, severity: str) -> timedelta | None:
        """How long an exposure may last; None where there is no limit, or nobody can tell."""

    def exploited(self, vulnerability: str) -> bool:
        """Whether a vulnerability is listed as known to be exploited."""


def _nothing(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Planning:
    """What the configuration says: owners, threshold, and by which standards things are judged.

    `address` tells how references name a repository, host first. While `grace` lasts a ticket that
    a person closed is planned for: evidence may follow. A base that a team `controls` is rebuilt by
    it; one that merely falls to a default owner is not. No image is proposed that `skips` names by
    its digest, no move to a tag that it names, none that has been out for less than `minimum_age`,
    and none of a new major version unless `majors` says so. `accepted` are the risks that somebody
    accepted.
    """

    team_of: Callable[[str], str | None]
    address: Callable[[Repository], str]
    threshold: Severity
    standards: Callable[[], Standards]
    labels: tuple[str, ...] = ("watcher", "base-image")
    grace: timedelta = _TERMS.grace
    controls: Callable[[str], bool] = _nothing
    skips: Callable[[str], bool] = _nothing
    minimum_age: timedelta = timedelta(0)
    majors: bool = False
    accepted: Collection[Acceptance] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """The record as it is now, as far as plans need it.

    `standards` are those of this pass. `heads` are the images that streams point to, None while it
    is not known which; `before` are the plans in force, `since` when exposures began, by the names
    of vulnerabilities and by tracks. `tags` are
    the lineages of each repository and platform, by tag; `builds` all that is built on others, by
    name and platform. `excuses` is what statements say is not affected.
    """

    at: datetime
    version: KnowledgeVersion
    planning: Planning
    standards: Standards
    fleet: Fleet
    heads: Mapping[LineName, int | None]
    since: Since
    before: Mapping[Cause, BumpTicket]
    tags: Mapping[tuple[Repository, str], Mapping[str, BaseHead]] = field(default_factory=dict)
    builds: Mapping[LineName, Built] = field(default_factory=dict)
    excuses: Mapping[HeldIn, Excuses] = field(default_factory=dict)

    def siblings(self, head: BaseHead) -> Mapping[str, BaseHead]:
        """The lineages beside one in its repository, on its platform, by tag."""
        return self.tags.get((head.repository, head.platform), {})

    def system(self, images: Sequence[int | None]) -> str:
        """The system of the first of these images whose maintenance has ended; else nothing."""
        systems = self.fleet.contents.systems
        ended = (systems[one] for one in images if one is not None and one in systems)
        return next((one.name for one in ended if one.end_of_life), "")


def line_name(built: Built) -> LineName:
    """A stream on its platform, as a ticket lists it."""
    return LineName(built.name, built.track.platform)
