"""The kind `gitea`."""

from __future__ import annotations

from watcher.adapters.issues import IssueTracker
from watcher.adapters.trackers.gitea import gitea_tracker
from watcher.config.trackers import GiteaTracker
from watcher.crewing.trackers.common import connecting_of


def build(one: GiteaTracker) -> IssueTracker:
    """A Gitea project as it is configured."""
    return gitea_tracker(
        one.name,
        one.url,
        one.project,
        one.token.reveal(),
        labels=one.labels,
        connecting=connecting_of(one),
    )
