"""The kind `gitlab`."""

from __future__ import annotations

from watcher.adapters.issues import IssueTracker
from watcher.adapters.trackers.gitlab import gitlab_tracker
from watcher.config.trackers import GitLabTracker
from watcher.crewing.trackers.common import connecting_of


def build(one: GitLabTracker) -> IssueTracker:
    """A GitLab project as it is configured."""
    return gitlab_tracker(
        one.name,
        one.url,
        one.project,
        one.token.reveal(),
        labels=one.labels,
        connecting=connecting_of(one),
    )
