"""Trackers and what is filed there, and the feeds that rate vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from watcher.config.moments import Duration
from watcher.config.secret import Secret
from watcher.config.section import Section
from watcher.config.values import (
    BaseName,
    Count,
    ExistingFile,
    FileOrAddress,
    Folder,
    Name,
    ServiceAddress,
    Text,
)
from watcher.domain.package import Severity
from watcher.ports.feeds import FeedName


class FolderTracker(Section):
    """Tickets as Markdown files in a folder."""

    name: Name
    kind: Literal["folder"]
    path: Folder = Path("var/tickets")


class GiteaTracker(Section):
    """Tickets as issues of one Gitea repository; `labels` are set on each."""

    name: Name
    kind: Literal["gitea"]
    url: ServiceAddress
    project: Annotated[Text, Field(pattern=r"^[^/\s]+/[^/\s]+$")]
    token: Secret
    labels: tuple[Text, ...] = ()


AnyTracker = Annotated[FolderTracker | GiteaTracker, Field(discriminator="kind")]


class Tickets(Section):
    """From which severity tickets are filed, how many, which moves they ask for, in which words."""

    threshold: Severity = "HIGH"
    per_hour: Count = 5
    open_at_most: Count = 20
    dismissal: Duration = timedelta(days=90)
    minimum_age: Duration = timedelta(0)
    majors: bool = False
    skip: tuple[BaseName, ...] = ()
    template: ExistingFile | None = None

    def skips(self, name: str) -> bool:
        """Whether nothing moves to a tag, by its whole name, or to an image, by its digest."""
        return any(pattern.matches(name) for pattern in self.skip)


class Feeds(Section):
    """Files or addresses of what rates vulnerabilities, and of VEX statements."""

    epss: FileOrAddress | None = None
    kev: FileOrAddress | None = None
    ssvc: FileOrAddress | None = None
    vex: tuple[FileOrAddress, ...] = ()

    def places(self) -> Iterator[tuple[FeedName, str]]:
        """Where the feeds that rate come from, as far as they are configured."""
        places: dict[FeedName, str | None] = {"epss": self.epss, "kev": self.kev, "ssvc": self.ssvc}
        yield from ((name, place) for name, place in places.items() if place is not None)
