"""A project's issues by Jira's REST API v2, which takes wiki markup on Cloud and Data Center."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from watcher.adapters.http import Connecting, Http
from watcher.adapters.issues import Change, Issue, IssueTracker, Read, Wire, document
from watcher.adapters.issues.limits import Spent
from watcher.adapters.issues.refusal import refusal
from watcher.adapters.trackers.jira.fields import FIELDS, issue_of, label, user_of
from watcher.adapters.trackers.jira.search import search
from watcher.adapters.trackers.jira.workflow import Workflow, transition
from watcher.domain.errors import PermanentError, TransientError
from watcher.ports.tracker import Draft, Medium, UncertainError

_NEEDS: Final = "the rights to browse, create, edit, comment on and transition issues there"
_MEDIUM: Final = Medium("wiki", longest=30_000)  # of 32,767, and people write behind ours


def jira_tracker(  # noqa: PLR0913 - what a Jira must be told
    name: str,
    url: str,
    project: str,
    token: str,
    *,
    username: str | None = None,
    cloud: bool = False,
    kind: str = "Task",
    workflow: Workflow | None = None,
    labels: tuple[str, ...] = (),
    connecting: Connecting | None = None,
) -> IssueTracker:
    """A tracker over a project, by its key; a user name makes the token its password."""
    place = JiraPlace(
        url,
        project,
        _identity(username, token),
        cloud=cloud,
        kind=kind,
        workflow=workflow or Workflow(),
        connecting=connecting or Connecting(),
    )
    return IssueTracker(name, place, labels)


def _identity(username: str | None, token: str) -> str:
    if username is None:
        return f"Bearer {token}"
    return f"Basic {b64encode(f'{username}:{token}'.encode()).decode()}"


class JiraPlace:
    """Signs `watcher.adapters.issues.Place`."""

    medium = _MEDIUM
    opened_by = "move it back to do"

    def __init__(  # noqa: PLR0913 - what a Jira must be told
        self,
        url: str,
        project: str,
        identity: str,
        *,
        cloud: bool,
        kind: str,
        workflow: Workflow,
        connecting: Connecting,
    ) -> None:
        self.where = f"{url}/browse/{project}"
        self.lags = cloud
        # Cloud's index of issues is refreshed behind every change, in seconds as a rule.
        self.settling = timedelta(minutes=30 if cloud else 5)
        judge = refusal(_NEEDS)
        http = Http(connecting, failing=judge, gate=Spent())
        api = f"{url}/rest/api/2"
        headers = {"Authorization": identity, "X-Atlassian-Token": "no-check"}
        self._wire = Wire(http, api, f"/project/{quote(project, safe='')}", headers, judge)
        self._url, self._project, self._cloud = url, project, cloud
        self._kind, self._workflow = kind, workflow
        self._me: str | None = None
        self._there: str | None = None

    def issues(self, label: str | None, since: datetime | None = None) -> Iterator[Issue]:
        """List issues page by page, oldest first; of what lies elsewhere the search says nothing.

        Times are those of the account's zone, so half a day more is asked for.
        """
        asked = [f'project = "{self._project}"']
        if label is not None:
            asked.append(f'labels = "{label}"')
        if since is not None:
            earlier = since - timedelta(hours=14)
            asked.append(f'updated >= "{earlier:%Y/%m/%d %H:%M}"')
        jql = f"{' AND '.join(asked)} ORDER BY created ASC, key ASC"
        for read in search(self._wire, jql, cloud=self._cloud):
            yield issue_of(read, self._url)

    def issue(self, id_: str) -> Issue:
        """One issue as it is now, also on Cloud; one that was moved has another project's key."""
        url = f"{self._wire.api}/issue/{quote(id_, safe='')}?fields={FIELDS}"
        answer = self._wire.outside(url)
        issue = issue_of(Read(answer, document(answer)), self._url)
        if issue.id == id_ or issue.place == (self._there or self.identity()):
            return issue  # where the keys differ, the project was renamed
        gone = f"was moved there from {id_}: move it back, or close it"
        return replace(issue, id=id_, elsewhere=gone)

    def prepared(self, draft: Draft) -> str:
        """What filing needs beside one request."""
        del draft
        return self._there or self.identity()

    def add(self, draft: Draft, title: str, body: str) -> Issue:
        """File an issue; its answer is a key alone, so it is asked for then."""
        fields: dict[str, Any] = {
            "project": {"id": self._there or self.identity()},
            "summary": title,
            "description": body,
            "issuetype": {"name": draft.kind or self._kind},
            "labels": [label(one) for one in draft.labels],
        }
        if draft.assignees:
            # Jira has one; the first that is named is.
            fields["assignee"] = {("accountId" if self._cloud else "name"): draft.assignees[0]}
        answer = self._wire.send("POST", f"{self._wire.api}/issue", {"fields": fields})
        key = Read(answer, document(answer)).text("key")
        try:
            return self.issue(key)
        except (TransientError, PermanentError) as error:
            raise UncertainError(f"{key} was filed, and cannot be read: {error}") from None

    def edit(self, issue: Issue, change: Change) -> Issue:
        """Change an issue; its state by a transition of its workflow."""
        at = f"{self._wire.api}/issue/{issue.id}"
        fields = {"summary": change.title, "description": change.body}
        added, taken = change.labelled(issue)
        steps = [*({"add": label(one)} for one in added), *({"remove": one} for one in taken)]
        told = {
            "fields": {name: text for name, text in fields.items() if text is not None},
            "update": {"labels": steps} if steps else {},
        }
        if told["fields"] or steps:
            self._wire.send("PUT", at, told)
        if change.open is not None:
            number = transition(self._wire, at, self._workflow, to_open=change.open)
            self._wire.send("POST", f"{at}/transitions", {"transition": {"id": number}})
        return self.issue(issue.id)

    def remark(self, issue: Issue, text: str) -> None:
        """Add a comment."""
        self._wire.send("POST", f"{self._wire.api}/issue/{issue.id}/comment", {"body": text})

    def account(self) -> str:
        """Who we are there."""
        answer = self._wire.outside(f"{self._wire.api}/myself")
        self._me = user_of(Read(answer, document(answer)))
        return self._me

    def filed_by_us(self, issue: Issue) -> bool:
        """Whether our account filed it."""
        return issue.author == (self._me or self.account())

    def identity(self) -> str:
        """The project's number."""
        answer = self._wire.outside(self._wire.root)
        self._there = Read(answer, document(answer)).text("id")
        return self._there

    def doubts(self) -> list[str]:
        """What is amiss with the project: nothing that it tells of itself."""
        self.identity()
        return []
