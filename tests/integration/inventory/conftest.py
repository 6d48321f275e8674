"""A world of two images in which passes only take the inventory, on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import Engine

from tests.properties.stormy import StormyWorld
from watcher.adapters.store.attestations import SqlAttestations
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.passes import SqlPasses
from watcher.domain.pattern import Selection
from watcher.domain.stream import StreamRule
from watcher.ports.store.passes import Snapshot
from watcher.services.inventory import InventoryStage
from watcher.services.pass_ import PassReport
from watcher.services.pass_.report import looked
from watcher.services.streams import StreamStage

HISTORY = {
    "images": {"A": {"packages": ["p1"], "created": -20}, "B": {"packages": ["p2"]}},
    "passes": [],
}


class ListedWorld(StormyWorld):
    """Nothing but its registry is looked at."""

    def _pass(self, at: datetime) -> PassReport:
        registry, selection = self.registry.selecting(self.include), Selection.parse(self.include)
        store, passes = SqlInventory(self.engine), SqlPasses(self.engine)
        rules = [StreamRule(by=self.history.get("streams"))]
        done = ["inventory"] if self.places is None else looked(["inventory"])
        this = passes.begin(at, at, done, Snapshot("0" * 64, "{}"))
        with ThreadPoolExecutor(2) as executor:
            listed = InventoryStage(
                [registry], lambda one: selection.holds(one.path), store, executor
            ).take(this, self.places)
            passes.cover(this, "inventory", listed.covered, listed.tried)
            passes.cover(this, "reconciliation", listed.reconciled, listed.tried)
            viewed = StreamStage(
                {registry.name: registry},
                rules,
                lambda _: False,
                store,
                SqlAttestations(self.engine),
                executor,
            ).take(this, listed.changed, rules_changed=False, within=listed.tried)
        passes.finish(this, "complete", {})
        report = PassReport(at, failures=[*listed.failures, *viewed.failures])
        report.counts.update(listed.counts, manifest_gets=registry.traffic.manifest_gets)
        return report


@pytest.fixture
def world(sqlite_url: str, opening: Callable[[str], Engine]) -> StormyWorld:
    """Nothing happened in it yet."""
    return ListedWorld(HISTORY, opening(sqlite_url))
