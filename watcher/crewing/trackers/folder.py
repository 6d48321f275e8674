"""The kind `folder`."""

from __future__ import annotations

from watcher.adapters.trackers.folder import FolderTracker
from watcher.config.trackers import FolderTracker as FolderSettings


def build(one: FolderSettings) -> FolderTracker:
    """A folder as it is configured."""
    return FolderTracker(one.name, one.path)
