"""Trackers as they are configured: a module for each kind, found by its name."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from watcher.config.scope import Owner
from watcher.config.trackers import AnyTracker, FolderTracker
from watcher.ports.tracker import Tracker


def tracker_of(one: AnyTracker) -> Tracker:
    """A tracker as it is configured."""
    built: Tracker = import_module(f"{__name__}.{one.kind}").build(one)
    return built


def trackers_of(trackers: Iterable[AnyTracker], owners: Iterable[Owner]) -> dict[str, Tracker]:
    """Every tracker by its name, and one for each other project that an owner files in."""
    configured = {one.name: one for one in trackers}
    every = dict(configured)
    for owner in owners:
        settings = configured.get(owner.tracker) if owner.tracker is not None else None
        if settings is not None and not isinstance(settings, FolderTracker):
            there = settings.at(owner.project)
            every[there.name] = there
    return {name: tracker_of(one) for name, one in every.items()}


def name_of(owner: Owner, trackers: Iterable[AnyTracker]) -> str | None:
    """What the tracker that an owner files in is called; None where it has none."""
    for one in trackers:
        if one.name == owner.tracker:
            return one.name if isinstance(one, FolderTracker) else one.at(owner.project).name
    return None
