"""Trackers and what is filed there: tickets, the policy that dates them, feeds that rate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from watcher.config.moments import Duration
from watcher.config.secret import Secret
from watcher.config.section import Section
from watcher.config.values import Count, FileOrAddress, Folder, Name, ServiceAddress, Text
from watcher.domain.package import Severity


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
    """From which severity tickets are filed, how many, and how long a dismissal holds."""

    threshold: Severity = "HIGH"
    per_hour: Count = 5
    open_at_most: Count = 20
    dismissal: Duration = timedelta(days=90)
    minimum_age: Duration = timedelta(0)
    majors: bool = False


class Policy(Section):
    """By when what is due: a preset and FedRAMP's class, or rules of one's own."""

    preset: Text = "default"
    class_: Annotated[Text | None, Field(alias="class")] = None
    rules: Mapping[str, JsonValue] | None = None

    @model_validator(mode="after")
    def _preset_or_rules(self) -> Self:
        if self.rules is not None and {"preset", "class_"} & self.model_fields_set:
            raise ValueError("has rules beside a preset or class: keep one of them")
        return self


class Feeds(Section):
    """Files or addresses of what rates vulnerabilities, and of VEX statements."""

    epss: FileOrAddress | None = None
    kev: FileOrAddress | None = None
    ssvc: FileOrAddress | None = None
    vex: tuple[FileOrAddress, ...] = ()
