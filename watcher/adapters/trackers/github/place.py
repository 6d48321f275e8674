"""A repository's issues by GitHub's REST API, version 2022-11-28."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from watcher.adapters.http import Answer, Connecting, Http
from watcher.adapters.issues import Change, Issue, IssueTracker, Read, Wire, document, named
from watcher.adapters.issues.limits import Spent
from watcher.adapters.issues.pages import led_pages
from watcher.adapters.issues.wire import LedAwayError
from watcher.adapters.trackers.github.answers import next_page, refusal
from watcher.domain.errors import UnauthorizedError
from watcher.ports.tracker import MARKDOWN, Draft

_PAGE: Final = 100
_VERSION: Final = "2022-11-28"
_APP: Final = "an installed app"
_APPS: Final = "[bot]"  # how the names of apps end


def github_tracker(
    name: str,
    url: str,
    project: str,
    token: str,
    *,
    labels: tuple[str, ...] = (),
    connecting: Connecting | None = None,
) -> IssueTracker:
    """A tracker over the repository `owner/name` of github.com or an Enterprise server."""
    return IssueTracker(name, GitHubPlace(url, project, token, connecting or Connecting()), labels)


def api_of(url: str) -> str:
    """Where the API of a GitHub is: of its own host on github.com and its subdomains elsewhere."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "github.com" or host.endswith(".ghe.com"):
        return f"{parts.scheme}://api.{parts.netloc}"
    return f"{url}/api/v3"


class GitHubPlace:
    """Signs `watcher.adapters.issues.Place`."""

    medium = MARKDOWN
    opened_by = "reopen it there"
    settling = timedelta(minutes=5)  # more than a request of ours may take
    lags = False

    def __init__(self, url: str, project: str, token: str, connecting: Connecting) -> None:
        self.where = f"{url}/{project}"
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": _VERSION,
        }
        http = Http(connecting, failing=refusal, gate=Spent())
        self._wire = Wire(http, api_of(url), f"/repos/{quote(project)}", headers, refusal)
        self._me: str | None = None

    def issues(self, label: str | None, since: datetime | None = None) -> Iterator[Issue]:
        """List issues page by page as each says where the next one is; pulls are no issues."""
        told = {"state": "all", "per_page": str(_PAGE), "sort": "created", "direction": "asc"}
        if label is not None:
            told["labels"] = label
        if since is not None:
            told["since"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        first = f"/issues?{urlencode(told)}"
        for answer, entries in led_pages(first, self._page, next_page):
            reads = (Read(answer, entry) for entry in entries)
            yield from (_issue(one) for one in reads if one.get("pull_request") is None)

    def issue(self, id_: str) -> Issue:
        """One issue as it is now; one that was transferred leads to another repository."""
        place = f"{self.where}/issues/{id_}"
        try:
            answer = self._wire.below(f"/issues/{quote(id_, safe='')}")
        except LedAwayError:
            return _out_of_sight(id_, place)
        read = Read(answer, document(answer))
        led = answer.url.partition("?")[0] != f"{self._wire.root}/issues/{id_}"
        issue = _issue(read)
        if not led:
            return issue
        gone = f"was transferred to {issue.url}: transfer it back, or close it there"
        return replace(issue, id=id_, url=place, elsewhere=gone)

    def prepared(self, draft: Draft) -> str:
        """What filing needs beside one request."""
        del draft
        return self.identity()

    def add(self, draft: Draft, title: str, body: str) -> Issue:
        """File an issue; labels that there are not yet are made with it."""
        told: dict[str, Any] = {"title": title, "body": body, "labels": list(draft.labels)}
        if draft.assignees:
            told["assignees"] = list(draft.assignees)
        if draft.kind is not None:
            told["type"] = draft.kind
        return _issue_of(self._wire.send("POST", f"{self._wire.root}/issues", told))

    def edit(self, issue: Issue, change: Change) -> Issue:
        """Change an issue; labels one by one, so that those of people stay."""
        told: dict[str, Any] = {}
        if change.title is not None:
            told["title"] = change.title
        if change.body is not None:
            told["body"] = change.body
        if change.open is not None:
            told |= _state(is_open=change.open)
        at = f"{self._wire.root}/issues/{issue.id}"
        if told:
            issue = _issue_of(self._wire.send("PATCH", at, told))
        added, taken = change.labelled(issue)
        if added:
            self._wire.send("POST", f"{at}/labels", {"labels": added})
        for name in taken:
            self._wire.send("DELETE", f"{at}/labels/{quote(name, safe='')}")
        return self.issue(issue.id) if added or taken else issue

    def remark(self, issue: Issue, text: str) -> None:
        """Add a comment; raises PermanentError where the issue is locked."""
        self._wire.send("POST", f"{self._wire.root}/issues/{issue.id}/comments", {"body": text})

    def account(self) -> str:
        """Who we are there; the token of an installed app is nobody's, and no user's."""
        try:
            answer = self._wire.outside(f"{self._wire.api}/user")
        except UnauthorizedError as error:
            if "integration" not in str(error):
                raise
            self._me = _APP
        else:
            self._me = Read(answer, document(answer)).text("login")
        return self._me

    def filed_by_us(self, issue: Issue) -> bool:
        """Whether our account filed it; of an app's, whether any app did."""
        me = self._me or self.account()
        return issue.author.endswith(_APPS) if me == _APP else issue.author == me

    def identity(self) -> str:
        """The repository's number."""
        answer = self._wire.inside("")
        return str(Read(answer, document(answer)).number("id"))

    def doubts(self) -> list[str]:
        """What is amiss with the repository, and with what the token may do in it."""
        answer = self._wire.inside("")
        read = Read(answer, document(answer))
        doubts = []
        if read.get("archived"):
            doubts.append("it is archived: nothing can be filed there")
        if read.get("has_issues") is False:
            doubts.append("it has no issues: switch them on in its settings")
        rights = read.inner("permissions")
        if rights is not None and not (rights.get("push") or rights.get("maintain")):
            doubts.append("labels of an account without push access are dropped: let it write")
        return doubts

    def _page(self, address: str) -> Answer:
        return self._wire.outside(address) if "://" in address else self._wire.inside(address)


def _out_of_sight(id_: str, url: str) -> Issue:
    """An issue of which is known only that it lies in a repository that the token does not see."""
    gone = "was transferred to where the token sees nothing: transfer it back, or let it see that"
    return Issue(id_, "", "", True, (), url, "", None, None, elsewhere=gone)  # noqa: FBT003 - a field


def _state(*, is_open: bool) -> dict[str, str]:
    """Both parts of a state: whether it is open, and why."""
    if is_open:
        return {"state": "open", "state_reason": "reopened"}
    return {"state": "closed", "state_reason": "completed"}


def _issue_of(answer: Answer) -> Issue:
    return _issue(Read(answer, document(answer)))


def _issue(read: Read) -> Issue:
    author = read.inner("user")
    return Issue(
        id=str(read.number("number")),
        title=read.text("title"),
        body=read.maybe("body"),
        open=read.text("state") == "open",
        labels=named(read.answer, read.items("labels")),
        url=read.text("html_url"),
        author=author.text("login") if author else "",
        created_at=read.time("created_at"),
        updated_at=read.time("updated_at"),
        closed_at=read.time("closed_at"),
    )
