"""Tickets as issues of a Gitea repository."""

from watcher.adapters.trackers.gitea.place import GiteaPlace, gitea_tracker

__all__ = ["GiteaPlace", "gitea_tracker"]
