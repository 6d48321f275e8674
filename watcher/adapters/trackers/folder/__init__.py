"""Tickets as Markdown files in a folder, which a person may edit at any time."""

from __future__ import annotations

from watcher.adapters.trackers.folder.tracker import FolderTracker

__all__ = ["FolderTracker"]
