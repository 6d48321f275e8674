"""A project's issues by GitLab's REST API v4."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from watcher.adapters.http import Answer, Connecting, Http
from watcher.adapters.issues import Change, Issue, IssueTracker, Read, Wire, document, named
from watcher.adapters.issues.limits import Spent
from watcher.adapters.issues.pages import counted_pages
from watcher.adapters.issues.reading import listed
from watcher.adapters.issues.refusal import refusal
from watcher.domain.errors import PermanentError
from watcher.ports.tracker import MARKDOWN, Draft

_PAGE: Final = 100
_NEEDS: Final = "the scope api, and the role Reporter or more in the project"
_REPORTER: Final = 20  # GitLab's number for the role that may label


def gitlab_tracker(
    name: str,
    url: str,
    project: str,
    token: str,
    *,
    labels: tuple[str, ...] = (),
    connecting: Connecting | None = None,
) -> IssueTracker:
    """A tracker over the project `group/name` of a GitLab."""
    return IssueTracker(name, GitLabPlace(url, project, token, connecting or Connecting()), labels)


class GitLabPlace:
    """Signs `watcher.adapters.issues.Place`."""

    medium = MARKDOWN
    opened_by = "reopen it there"
    settling = timedelta(minutes=5)  # more than a request of ours may take
    lags = False

    def __init__(self, url: str, project: str, token: str, connecting: Connecting) -> None:
        self.where = f"{url}/{project}"
        judge = refusal(_NEEDS)
        headers = {"Authorization": f"Bearer {token}"}  # personal, project and group tokens alike
        http = Http(connecting, failing=judge, gate=Spent())
        root = f"/projects/{quote(project, safe='')}"
        self._wire = Wire(http, f"{url}/api/v4", root, headers, judge)
        self._me: str | None = None
        self._users: dict[str, int] = {}

    def issues(self, label: str | None, since: datetime | None = None) -> Iterator[Issue]:
        """List issues page by page, oldest first."""
        told = {
            "scope": "all",
            "order_by": "created_at",
            "sort": "asc",
            "per_page": str(_PAGE),
        }
        if label is not None:
            told["labels"] = label
        if since is not None:
            told["updated_after"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        for answer, entries in counted_pages(
            lambda page: self._wire.inside(f"/issues?{urlencode({**told, 'page': page})}"),
            "X-Total",
        ):
            yield from (_issue(answer, entry) for entry in entries)

    def issue(self, id_: str) -> Issue:
        """One issue as it is now."""
        return _issue_of(self._wire.below(f"/issues/{quote(id_, safe='')}"))

    def prepared(self, draft: Draft) -> str:
        """What filing needs beside one request."""
        self._users.update((one, self._user(one)) for one in draft.assignees)
        return self.identity()

    def add(self, draft: Draft, title: str, body: str) -> Issue:
        """File an issue; labels that there are not yet are made with it."""
        told: dict[str, Any] = {"title": title, "description": body}
        told["labels"] = ",".join(map(_label, draft.labels))
        if draft.assignees:
            told["assignee_ids"] = [self._users[one] for one in draft.assignees]
        if draft.kind is not None:
            told["issue_type"] = draft.kind
        return _issue_of(self._wire.send("POST", f"{self._wire.root}/issues", told))

    def edit(self, issue: Issue, change: Change) -> Issue:
        """Change an issue in one request; labels are added and taken, so that others stay."""
        told: dict[str, Any] = {}
        if change.title is not None:
            told["title"] = change.title
        if change.body is not None:
            told["description"] = change.body
        if change.open is not None:
            told["state_event"] = "reopen" if change.open else "close"
        added, taken = change.labelled(issue)
        if added:
            told["add_labels"] = ",".join(map(_label, added))
        if taken:
            told["remove_labels"] = ",".join(taken)
        return _issue_of(self._wire.send("PUT", f"{self._wire.root}/issues/{issue.id}", told))

    def remark(self, issue: Issue, text: str) -> None:
        """Add a note; raises PermanentError where discussion is locked."""
        self._wire.send("POST", f"{self._wire.root}/issues/{issue.id}/notes", {"body": text})

    def account(self) -> str:
        """Who we are there."""
        answer = self._wire.outside(f"{self._wire.api}/user")
        self._me = Read(answer, document(answer)).text("username")
        return self._me

    def filed_by_us(self, issue: Issue) -> bool:
        """Whether our account filed it."""
        return issue.author == (self._me or self.account())

    def identity(self) -> str:
        """The project's number."""
        answer = self._wire.inside("")
        return str(Read(answer, document(answer)).number("id"))

    def doubts(self) -> list[str]:
        """What is amiss with the project, and with what the token may do in it."""
        answer = self._wire.inside("")
        read = Read(answer, document(answer))
        doubts = []
        if read.get("archived"):
            doubts.append("it is archived: nothing can be filed there")
        if read.get("issues_access_level") == "disabled":
            doubts.append("it has no issues: switch them on in its settings")
        rights = read.inner("permissions")
        levels = [_level(rights, one) for one in ("project_access", "group_access")]
        if rights is not None and 0 < max(levels) < _REPORTER:
            doubts.append("labels of a guest are dropped: give the account the role Reporter")
        return doubts

    def _user(self, name: str) -> int:
        """The number of a user; raises PermanentError where nobody is called so."""
        url = f"{self._wire.api}/users?{urlencode({'username': name})}"
        answer = self._wire.outside(url)
        found = [Read(answer, one) for one in listed(answer, document(answer))]
        if not found:
            raise PermanentError(
                f"{self.where}: nobody is called {name!a} there: correct owners[].assignees"
            )
        return found[0].number("id")


def _level(rights: Read | None, name: str) -> int:
    access = rights.inner(name) if rights is not None else None
    return access.number("access_level") if access is not None else 0


def _label(name: str) -> str:
    return name.replace(",", ";")  # a comma would make two of it


def _issue_of(answer: Answer) -> Issue:
    return _issue(answer, document(answer))


def _issue(answer: Answer, told: object) -> Issue:
    read = Read(answer, told)
    author = read.inner("author")
    moved = read.get("moved_to_id") is not None
    return Issue(
        id=str(read.number("iid")),
        title=read.text("title"),
        body=read.maybe("description"),
        open=read.text("state") == "opened",
        labels=named(answer, read.items("labels")),
        url=read.text("web_url"),
        author=author.text("username") if author else "",
        created_at=read.time("created_at"),
        updated_at=read.time("updated_at"),
        closed_at=read.time("closed_at"),
        place=str(read.number("project_id")),
        elsewhere="was moved to another project: move it back, or close it there"
        if moved
        else None,
    )
