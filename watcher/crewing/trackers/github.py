"""The kind `github`."""

from __future__ import annotations

from watcher.adapters.issues import IssueTracker
from watcher.adapters.trackers.github import github_tracker
from watcher.config.trackers import GitHubTracker
from watcher.crewing.trackers.common import connecting_of


def build(one: GitHubTracker) -> IssueTracker:
    """A GitHub project as it is configured."""
    return github_tracker(
        one.name,
        one.url,
        one.project,
        one.token.reveal(),
        labels=one.labels,
        connecting=connecting_of(one),
    )
