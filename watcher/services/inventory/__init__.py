"""Inventory: list every repository, see which tags moved, which are new and which are gone."""

from __future__ import annotations

from watcher.services.inventory.outcome import InventoryOutcome
from watcher.services.inventory.stage import RECONCILE, InventoryStage

__all__ = ["RECONCILE", "InventoryOutcome", "InventoryStage"]
