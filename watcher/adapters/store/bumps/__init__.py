"""The record of bumps: plans, what is remembered of tickets, and calls that were begun."""

from __future__ import annotations

from watcher.adapters.store.bumps.record import SqlBumps

__all__ = ["SqlBumps"]
