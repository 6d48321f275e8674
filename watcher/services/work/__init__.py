"""Shared work: jobs are claimed, done wherever there are hands, and applied by their keys."""

from __future__ import annotations

from watcher.services.work.bench import Bench, Left
from watcher.services.work.craft import Craft, Prepared
from watcher.services.work.crew import ScannerCrew
from watcher.services.work.place import Workplace
from watcher.services.work.remote import RemoteCrew
from watcher.services.work.scan import task_of, told_of
from watcher.services.work.shift import Stopped
from watcher.services.work.tries import Tries

__all__ = [
    "Bench",
    "Craft",
    "Left",
    "Prepared",
    "RemoteCrew",
    "ScannerCrew",
    "Stopped",
    "Tries",
    "Workplace",
    "task_of",
    "told_of",
]
