"""Tickets as issues of a GitLab project."""

from watcher.adapters.trackers.gitlab.place import GitLabPlace, gitlab_tracker

__all__ = ["GitLabPlace", "gitlab_tracker"]
