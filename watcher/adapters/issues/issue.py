"""An issue as watcher needs it, and what a vendor's API has to do with issues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from watcher.ports.tracker import Draft, Medium


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of a project. `elsewhere` says where it lies now, if not in the project.

    `revision` is what the vendor wants to be told with a change, to refuse it after another one.
    """

    id: str
    title: str
    body: str
    open: bool
    labels: tuple[str, ...]
    url: str
    author: str
    created_at: datetime | None
    updated_at: datetime | None
    closed_at: datetime | None = None
    place: str | None = None
    elsewhere: str | None = None
    revision: int | None = None

    @property
    def version(self) -> str:
        """Changes with the text, title, state and labels; remarks of people change nothing."""
        told = (self.title, self.body, self.open, sorted(self.labels))
        return sha256(repr(told).encode("utf-8", "backslashreplace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """What of an issue is to be another: None stays as it is."""

    body: str | None = None
    title: str | None = None
    open: bool | None = None
    labels: tuple[str, ...] | None = None

    def of(self, issue: Issue) -> Change:
        """What of it differs from the issue as it stands."""
        given = self.labels
        return Change(
            body=self.body if self.body != issue.body else None,
            title=self.title if self.title != issue.title else None,
            open=self.open if self.open != issue.open else None,
            labels=given if given is not None and set(given) != set(issue.labels) else None,
        )

    def labelled(self, issue: Issue) -> tuple[list[str], list[str]]:
        """The labels to add and to take off; all others are left alone, whoever changes them."""
        given = self.labels if self.labels is not None else issue.labels
        added = [one for one in given if one not in issue.labels]
        return added, [one for one in issue.labels if one not in given]

    def __bool__(self) -> bool:
        return self != Change()


class Place(Protocol):
    """One project in a vendor's tracker. Raises TransientError, PermanentError and their kinds.

    A create raises UncertainError unless it is certain that nothing was filed.
    """

    where: str  # the project, as people find it
    medium: Medium
    opened_by: str
    settling: timedelta
    lags: bool  # whether lists show issues as they were some time ago

    def issues(self, label: str | None, since: datetime | None = None) -> Iterator[Issue]:
        """List issues, open and closed: with a label, or changed since some time; all, or raise."""

    def issue(self, id_: str) -> Issue:
        """One issue as it is now; raises NotFoundError where it is deleted."""

    def prepared(self, draft: Draft) -> str:
        """Ask for all that filing needs, so that it is one request then; gives the identity."""

    def add(self, draft: Draft, title: str, body: str) -> Issue:
        """File an issue."""

    def edit(self, issue: Issue, change: Change) -> Issue:
        """Change an issue, as far as the change says anything; give it as it is then."""

    def remark(self, issue: Issue, text: str) -> None:
        """Add a remark."""

    def account(self) -> str:
        """Who we are there; raises UnauthorizedError where nobody."""

    def filed_by_us(self, issue: Issue) -> bool:
        """Whether it was our account that filed an issue."""

    def identity(self) -> str:
        """What no other project is called, even in the place of this one."""

    def doubts(self) -> list[str]:
        """What keeps tickets from being filed there as they should be; what to do of each."""
