"""What is filed in trackers, and the feeds that rate vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal, Self

from pydantic import model_validator

from watcher.config.moments import Duration
from watcher.config.section import Section
from watcher.config.values import BaseName, Count, ExistingFile, FileOrAddress
from watcher.domain.package import Severity
from watcher.ports.feeds import FeedName


class Tickets(Section):
    """From which severity tickets are filed, how many, which moves they ask for, in which words.

    With `approval` none is filed before it was ticked on the dashboard.
    """

    threshold: Severity = "HIGH"
    per_hour: Count = 5
    open_at_most: Count = 20
    dismissal: Duration = timedelta(days=90)
    minimum_age: Duration = timedelta(0)
    majors: bool = False
    skip: tuple[BaseName, ...] = ()
    dashboard: Literal["services", "everywhere", "none"] = "services"
    approval: bool = False
    template: ExistingFile | None = None

    def skips(self, name: str) -> bool:
        """Whether a base is never proposed: by its tag's whole name, or with a digest behind it."""
        return any(pattern.matches(name) for pattern in self.skip)

    @model_validator(mode="after")
    def _approved_somewhere(self) -> Self:
        if self.approval and self.dashboard == "none":
            raise ValueError("approval is given on the dashboard: take `dashboard: none` out")
        return self


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
