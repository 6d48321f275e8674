"""A repository's issues by Gitea's API; what was observed of 1.26 is in docs/trackers/gitea.md."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from watcher.adapters.http import Answer, Connecting, Http
from watcher.adapters.issues import (
    Change,
    Issue,
    IssueTracker,
    Read,
    Wire,
    document,
    named,
)
from watcher.adapters.issues.pages import counted_pages
from watcher.adapters.issues.refusal import refusal
from watcher.adapters.trackers.gitea.labels import Labels
from watcher.ports.tracker import MARKDOWN, Draft

_PAGE: Final = 50  # what its settings allow at most, unless they were changed
_NEEDS: Final = "to read and write issues (write:issue), and to read the repository and the user"


def gitea_tracker(
    name: str,
    url: str,
    project: str,
    token: str,
    *,
    labels: tuple[str, ...] = (),
    connecting: Connecting | None = None,
) -> IssueTracker:
    """A tracker over the repository `owner/name` of a Gitea."""
    return IssueTracker(name, GiteaPlace(url, project, token, connecting or Connecting()), labels)


class GiteaPlace:
    """Signs `watcher.adapters.issues.Place`."""

    medium = MARKDOWN
    opened_by = "reopen it there"
    settling = timedelta(minutes=5)  # more than a request of ours may take
    lags = False

    def __init__(self, url: str, project: str, token: str, connecting: Connecting) -> None:
        self.where = f"{url}/{project}"
        judge = refusal(_NEEDS)
        headers = {"Authorization": f"token {token}"}
        root = f"/repos/{quote(project)}"
        self._wire = Wire(Http(connecting, failing=judge), f"{url}/api/v1", root, headers, judge)
        self._labels = Labels(self._wire)
        self._me: str | None = None

    def issues(self, label: str | None, since: datetime | None = None) -> Iterator[Issue]:
        """List issues page by page, as many as it says there are.

        A label that there is not yet filters nothing, so what is given is filtered again.
        """
        told = {"state": "all", "type": "issues", "limit": str(_PAGE)}
        if label is not None:
            told["labels"] = label
        if since is not None:
            told["since"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        for answer, entries in counted_pages(
            lambda page: self._wire.inside(f"/issues?{urlencode({**told, 'page': page})}"),
            "X-Total-Count",
        ):
            found = (_issue(answer, entry) for entry in entries)
            yield from (one for one in found if label is None or label in one.labels)

    def issue(self, id_: str) -> Issue:
        """One issue as it is now."""
        return _issue_of(self._wire.below(f"/issues/{quote(id_, safe='')}"))

    def prepared(self, draft: Draft) -> str:
        """What filing needs beside one request."""
        self._labels.numbers(draft.labels)
        return self.identity()

    def add(self, draft: Draft, title: str, body: str) -> Issue:
        """File an issue; labels go by their numbers there."""
        told: dict[str, Any] = {"title": title, "body": body}
        told["labels"] = self._labels.numbers(draft.labels)
        if draft.assignees:
            told["assignees"] = list(draft.assignees)
        return _issue_of(self._wire.send("POST", f"{self._wire.root}/issues", told))

    def edit(self, issue: Issue, change: Change) -> Issue:
        """Change an issue, unless its text was changed since it was read."""
        told: dict[str, Any] = {}
        if change.title is not None:
            told["title"] = change.title
        if change.body is not None:
            told["body"] = change.body
            if issue.revision is not None:  # Gitea has it since 1.26
                told["content_version"] = issue.revision
        if change.open is not None:
            told["state"] = "open" if change.open else "closed"
        at = f"{self._wire.root}/issues/{issue.id}"
        if told:
            issue = _issue_of(self._wire.send("PATCH", at, told))
        added, taken = change.labelled(issue)
        if added:
            numbers = self._labels.numbers(added)
            self._wire.send("POST", f"{at}/labels", {"labels": numbers})
        for number in self._labels.numbers(taken):
            self._wire.send("DELETE", f"{at}/labels/{number}")
        return self.issue(issue.id) if added or taken else issue

    def remark(self, issue: Issue, text: str) -> None:
        """Add a comment."""
        self._wire.send("POST", f"{self._wire.root}/issues/{issue.id}/comments", {"body": text})

    def account(self) -> str:
        """Who we are there."""
        answer = self._wire.outside(f"{self._wire.api}/user")
        self._me = Read(answer, document(answer)).text("login")
        return self._me

    def filed_by_us(self, issue: Issue) -> bool:
        """Whether our account filed it."""
        return issue.author == (self._me or self.account())

    def identity(self) -> str:
        """The repository's number."""
        answer = self._wire.inside("")
        return str(Read(answer, document(answer)).number("id"))

    def doubts(self) -> list[str]:
        """What is amiss with the repository, and with what the token may do in it."""
        answer = self._wire.inside("")
        self._labels.read()
        read = Read(answer, document(answer))
        doubts = []
        if read.get("archived"):
            doubts.append("it is archived: nothing can be filed there")
        if read.get("has_issues") is False:
            doubts.append("it has no issues: switch them on")
        rights = read.inner("permissions")
        if rights is not None and not rights.get("push"):
            doubts.append("the account may not label issues: let it write to the repository")
        return doubts


def _issue_of(answer: Answer) -> Issue:
    return _issue(answer, document(answer))


def _issue(answer: Answer, told: object) -> Issue:
    read = Read(answer, told)
    author, repository = read.inner("user"), read.inner("repository")
    return Issue(
        id=str(read.number("number")),
        title=read.text("title"),
        body=read.maybe("body"),
        open=read.text("state") == "open",
        labels=named(answer, read.items("labels")),
        url=read.text("html_url"),
        author=author.text("login") if author else "",
        created_at=read.time("created_at"),
        updated_at=read.time("updated_at"),
        closed_at=read.time("closed_at"),
        place=str(repository.number("id")) if repository else None,
        revision=read.number("content_version")
        if read.get("content_version") is not None
        else None,
    )
