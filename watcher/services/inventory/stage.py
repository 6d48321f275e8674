"""The stage: what every registry shows now, recorded as what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from watcher.domain.errors import AttemptError, TransientError
from watcher.domain.inventory import TagChanges, observe
from watcher.domain.places import Places
from watcher.domain.reference import Repository
from watcher.ports.registry import Listing, Registry
from watcher.ports.store.inventory import Inventory, KnownRepository
from watcher.ports.store.passes import PassRecord
from watcher.services.inventory.arrival import is_arrival, is_nothing, stranger
from watcher.services.inventory.outcome import InventoryOutcome
from watcher.services.inventory.sweep import Sweep

RECONCILE: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class InventoryStage:
    """The stage with what it needs.

    `includes` tells what the configuration wants; at least every `reconcile` a repository is listed
    in full, whatever its registry says.
    """

    registries: Sequence[Registry]
    includes: Callable[[Repository], bool]
    store: Inventory
    executor: Executor
    reconcile: timedelta = RECONCILE

    def take(self, this: PassRecord, places: Places | None = None) -> InventoryOutcome:
        """Record what every registry shows now; a registry that fails changes nothing.

        Where places are named, nothing is asked or recorded of any other.
        """
        outcome = InventoryOutcome("inventory")
        if places is None:
            configured = {registry.name for registry in self.registries}
            outcome.changed |= self.store.leave_out_registries(this, configured)
        else:
            outcome.tried = set()
        for registry in self.registries:
            paths = None if places is None else places.within(registry.name)
            if paths is None:
                self._take_registry(this, registry, outcome)
            elif paths:
                self._take_some(this, registry, paths, outcome)
        if outcome.tried is not None:
            outcome.tried |= outcome.changed
        return outcome

    def _take_registry(
        self, this: PassRecord, registry: Registry, outcome: InventoryOutcome
    ) -> None:
        known = self._in_scope(this, registry.name, outcome)
        if outcome.tried is not None:
            outcome.tried |= {one.number for one in known.values()}
        try:
            listed = set(registry.repositories())
        except AttemptError as error:
            outcome.failed(registry.name, error)
            return
        new = listed - known.keys()
        if new:
            self.store.include(this, registry.name, sorted(new))
        known = {path: one for path, one in self.store.known(registry.name).items() if one.in_scope}
        outcome.changed |= {known[path].number for path in new}
        sweep = Sweep(registry, known, this.at, self.reconcile)
        self._record(this, sweep.listings(self.executor), outcome)

    def _take_some(
        self, this: PassRecord, registry: Registry, paths: Iterable[str], outcome: InventoryOutcome
    ) -> None:
        """List some repositories; who was not watched so far is, once the registry shows a tag."""
        wanted = {path for path in paths if self.includes(Repository(registry.name, path))}
        known = self.store.known(registry.name, wanted)
        known = {path: known.get(path) or stranger(registry.name, path) for path in wanted}
        sweep = Sweep(registry, known, this.at, self.reconcile)
        found = {one.repository.path: (one, told) for one, told in sweep.listings(self.executor)}
        found = {path: pair for path, pair in found.items() if not is_nothing(*pair)}
        new = [path for path, pair in found.items() if is_arrival(*pair)]
        if new:
            self.store.include(this, registry.name, sorted(new))
            arrived = self.store.known(registry.name, new)
            found |= {path: (arrived[path], found[path][1]) for path in new}
            outcome.changed |= {one.number for one in arrived.values()}
        tried = {one.number for one, _ in found.values()}
        outcome.tried = (outcome.tried or set()) | tried
        self._record(this, found.values(), outcome)

    def _record(
        self,
        this: PassRecord,
        listings: Iterable[tuple[KnownRepository, Listing | AttemptError]],
        outcome: InventoryOutcome,
    ) -> None:
        listed: dict[int, KnownRepository] = {}
        changes: dict[int, TagChanges] = {}
        for one, found in listings:
            if isinstance(found, AttemptError):
                outcome.failed(str(one.repository), found)
                continue
            self._count(one, found, outcome)
            listed[one.number] = one
            changes[one.number] = _changes(one, found, this.at)
            self._unseen_moves(this, one, found)
        self.store.record_tags(this, dict(sorted(changes.items())), listed)
        outcome.changed |= {
            number for number, change in changes.items() if change.begun or change.gone
        }
        outcome.counts["tags_changed"] += sum(
            len(change.begun) + len(change.gone) for change in changes.values()
        )

    def _in_scope(
        self, this: PassRecord, registry: str, outcome: InventoryOutcome
    ) -> dict[str, KnownRepository]:
        known = self.store.known(registry)
        left_out = {
            one.number
            for one in known.values()
            if one.in_scope and not self.includes(one.repository)
        }
        returned = [
            path
            for path, one in known.items()
            if not one.in_scope and self.includes(one.repository)
        ]
        if left_out:
            self.store.leave_out(this, left_out)
        if returned:
            self.store.include(this, registry, returned)
        outcome.changed |= left_out | {known[path].number for path in returned}
        return {path: one for path, one in known.items() if one.number not in left_out}

    def _count(self, one: KnownRepository, found: Listing, outcome: InventoryOutcome) -> None:
        named = {sighting.tag for sighting in found.sightings} | found.failed.keys()
        outcome.counts["tags"] += len(named if found.complete else named | one.tags.keys())
        for tag, reason in sorted(found.failed.items()):
            outcome.failed(f"{one.repository}:{tag}", TransientError(reason))
        if found.cut:
            outcome.failed(str(one.repository), TransientError(found.cut))
        if not found.failed and not found.cut:
            outcome.covered.add(one.number)
            if found.complete:
                outcome.reconciled.add(one.number)

    def _unseen_moves(self, this: PassRecord, one: KnownRepository, found: Listing) -> None:
        moves = dict(_newer_pushes(one, found))
        if moves:
            self.store.record_unseen_moves(this, moves)


def _changes(one: KnownRepository, found: Listing, at: datetime) -> TagChanges:
    return observe(
        {tag: known.digest for tag, known in one.tags.items()},
        {sighting.tag: (sighting.digest, sighting.pushed_at) for sighting in found.sightings},
        complete=found.complete,
        unresolved=found.failed,
        at=at,
        previous_at=one.listed_at,
    )


def _newer_pushes(one: KnownRepository, found: Listing) -> Iterable[tuple[int, datetime]]:
    for sighting in found.sightings:
        known = one.tags.get(sighting.tag)
        if known is None or known.digest != sighting.digest or sighting.pushed_at is None:
            continue
        if known.pushed_at is not None and sighting.pushed_at > known.pushed_at:
            yield known.interval, sighting.pushed_at
