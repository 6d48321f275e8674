"""Bump: find out what is built on what, and prove what a newer base would end."""

from __future__ import annotations

from watcher.services.bump.plan import Planner, Planning
from watcher.services.bump.stage import BumpStage

__all__ = ["BumpStage", "Planner", "Planning"]
