"""Issues of trackers over HTTP: what all kinds have in common, below each vendor's own API."""

from watcher.adapters.issues.issue import Change, Issue, Place
from watcher.adapters.issues.reading import Read, listed, named
from watcher.adapters.issues.tracker import IssueTracker
from watcher.adapters.issues.wire import Wire, document, said, unexpected

__all__ = [
    "Change",
    "Issue",
    "IssueTracker",
    "Place",
    "Read",
    "Wire",
    "document",
    "listed",
    "named",
    "said",
    "unexpected",
]
