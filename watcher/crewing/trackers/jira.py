"""The kind `jira`."""

from __future__ import annotations

from watcher.adapters.issues import IssueTracker
from watcher.adapters.trackers.jira import Workflow, jira_tracker
from watcher.config.trackers import JiraTracker
from watcher.crewing.trackers.common import connecting_of


def build(one: JiraTracker) -> IssueTracker:
    """A Jira project as it is configured."""
    return jira_tracker(
        one.name,
        one.url,
        one.project,
        one.token.reveal(),
        username=one.username,
        cloud=one.cloud,
        kind=one.issue_type,
        workflow=Workflow(one.closed, one.reopened),
        labels=one.labels,
        connecting=connecting_of(one),
    )
