"""Trackers: what all kinds have in common, and what each kind needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, field_validator

from watcher.config.proxy import Proxy
from watcher.config.secret import Secret
from watcher.config.section import Section
from watcher.config.values import (
    Certificates,
    Folder,
    Name,
    ServiceAddress,
    Text,
    address_parts,
)

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")
_PROJECT: Final = re.compile(r"[A-Za-z0-9._-]{1,100}(?:/[A-Za-z0-9._-]{1,100}){1,20}")
_LONGEST: Final = 128  # characters of what the record calls a tracker
_KEY: Final = re.compile(r"[A-Z][A-Z0-9_]{1,79}")


class FolderTracker(Section):
    """Tickets as Markdown files in a folder."""

    name: Name
    kind: Literal["folder"]
    path: Folder = Path("var/tickets")


class _Service(Section):
    """A tracker over HTTP; `labels` are set on each ticket."""

    form: ClassVar[re.Pattern[str]] = _REPOSITORY
    like: ClassVar[str] = "acme/shop"

    name: Name
    project: Text
    token: Secret
    labels: tuple[Text, ...] = ()
    tls_ca: Certificates | None = None
    proxy: Proxy | None = None

    @field_validator("project")
    @classmethod
    def _project_is_one(cls, project: str) -> str:
        if not cls.form.fullmatch(project):
            raise ValueError(f"{project!r} is no project there, such as {cls.like}")
        return project

    def at(self, project: str | None) -> Self:
        """The same tracker over another of its projects; raises ValueError where it is none."""
        if project is None or project == self.project:
            return self
        name = f"{self.name}:{self._project_is_one(project)}"
        if len(name) > _LONGEST:
            raise ValueError(f"with the tracker's name it is longer than {_LONGEST} characters")
        return self.model_copy(update={"name": name, "project": project})


class GiteaTracker(_Service):
    """Tickets as issues of a Gitea repository."""

    kind: Literal["gitea"]
    url: ServiceAddress


class GitHubTracker(_Service):
    """Tickets as issues of a repository on github.com or an Enterprise server."""

    kind: Literal["github"]
    url: ServiceAddress = "https://github.com"


class GitLabTracker(_Service):
    """Tickets as issues of a GitLab project."""

    form: ClassVar[re.Pattern[str]] = _PROJECT
    like: ClassVar[str] = "acme/shop or acme/web/shop"

    kind: Literal["gitlab"]
    url: ServiceAddress = "https://gitlab.com"


class JiraTracker(_Service):
    """Tickets as issues of a Jira project, named by its key.

    With `username` the token is its API token, as on Cloud; else a personal access token.
    `closed` and `reopened` name transitions of the workflow, or the states they lead to.
    """

    form: ClassVar[re.Pattern[str]] = _KEY
    like: ClassVar[str] = "SHOP"

    kind: Literal["jira"]
    url: ServiceAddress
    username: Text | None = None
    deployment: Literal["cloud", "data-center"] | None = None
    issue_type: Text = "Task"
    closed: Text | None = None
    reopened: Text | None = None

    @property
    def cloud(self) -> bool:
        """Whether it is Jira Cloud: as its address says, where nothing else is said."""
        if self.deployment is not None:
            return self.deployment == "cloud"
        host = address_parts(self.url)[0].rpartition("//")[2].partition(":")[0]
        return host.endswith((".atlassian.net", ".jira.com"))


ServiceTracker = GiteaTracker | GitHubTracker | GitLabTracker | JiraTracker
AnyTracker = Annotated[FolderTracker | ServiceTracker, Field(discriminator="kind")]
