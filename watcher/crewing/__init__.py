"""Puts crews, registries and trackers together from settings, on whichever machine they work."""

from __future__ import annotations

from watcher.crewing.crew import CrewSettings, crew_of
from watcher.crewing.registries import logins_of, registry_of
from watcher.crewing.trackers import name_of, tracker_of, trackers_of

__all__ = [
    "CrewSettings",
    "crew_of",
    "logins_of",
    "name_of",
    "registry_of",
    "tracker_of",
    "trackers_of",
]
