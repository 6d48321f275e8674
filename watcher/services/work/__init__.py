"""Shared work: jobs are claimed, done wherever there are hands, and applied by their keys."""

from __future__ import annotations

from watcher.services.work.bench import Bench, Craft, Left, Prepared, Stopped
from watcher.services.work.crew import ScannerCrew
from watcher.services.work.place import Workplace

__all__ = ["Bench", "Craft", "Left", "Prepared", "ScannerCrew", "Stopped", "Workplace"]
