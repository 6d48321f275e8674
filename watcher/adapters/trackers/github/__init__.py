"""Tickets as issues of a GitHub repository, on github.com or an Enterprise server."""

from watcher.adapters.trackers.github.place import GitHubPlace, github_tracker

__all__ = ["GitHubPlace", "github_tracker"]
