"""Inventory: list every repository, see which tags moved, and find out what they point to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, field
from datetime import datetime

from watcher.domain.errors import AttemptError, NotFoundError, TransientError
from watcher.domain.inventory import TagChanges, observe
from watcher.domain.reference import Repository
from watcher.ports.registry import Listing, Registry
from watcher.ports.store.inventory import Inventory, KnownRepository
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome


@dataclass(slots=True)
class InventoryOutcome(Outcome):
    """What the stage found: repositories listed completely, and those with news."""

    covered: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class InventoryStage:
    """The stage with what it needs; `includes` tells what the configuration wants."""

    registries: Sequence[Registry]
    includes: Callable[[Repository], bool]
    store: Inventory
    executor: Executor

    def take(self, this: PassRecord) -> InventoryOutcome:
        """Record what every registry shows now; a registry that fails changes nothing."""
        outcome = InventoryOutcome("inventory")
        outcome.changed |= self.store.leave_out_registries(
            this, {registry.name for registry in self.registries}
        )
        for registry in self.registries:
            self._take_registry(this, registry, outcome)
        return outcome

    def _take_registry(
        self, this: PassRecord, registry: Registry, outcome: InventoryOutcome
    ) -> None:
        known = self._in_scope(this, registry.name, outcome)
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
        changes = self._list(this, registry, known, outcome)
        self.store.record_tags(this, changes, {one.number: one for one in known.values()})
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

    def _list(
        self,
        this: PassRecord,
        registry: Registry,
        known: Mapping[str, KnownRepository],
        outcome: InventoryOutcome,
    ) -> dict[int, TagChanges]:
        listings = {self.executor.submit(_listing, registry, one): one for one in known.values()}
        changes: dict[int, TagChanges] = {}
        for listing in as_completed(listings):
            one = listings[listing]
            found = self._found(listing, one, outcome)
            if found is None:
                continue
            outcome.counts["tags"] += len(found.sightings) + len(found.failed)
            if found.complete and not found.failed:
                outcome.covered.add(one.number)
            changes[one.number] = self._changes(one, found, this.at)
            self._unseen_moves(this, one, found)
        return dict(sorted(changes.items()))

    def _found(
        self, listing: Future[Listing], one: KnownRepository, outcome: InventoryOutcome
    ) -> Listing | None:
        try:
            found = listing.result()
        except AttemptError as error:
            outcome.failed(str(one.repository), error)
            return None
        for tag, reason in sorted(found.failed.items()):
            outcome.failed(f"{one.repository}:{tag}", TransientError(reason))
        return found

    def _changes(self, one: KnownRepository, found: Listing, at: datetime) -> TagChanges:
        return observe(
            {tag: known.digest for tag, known in one.tags.items()},
            {sighting.tag: (sighting.digest, sighting.pushed_at) for sighting in found.sightings},
            complete=found.complete,
            unresolved=found.failed,
            at=at,
            previous_at=one.listed_at,
        )

    def _unseen_moves(self, this: PassRecord, one: KnownRepository, found: Listing) -> None:
        moves = dict(_newer_pushes(one, found))
        if moves:
            self.store.record_unseen_moves(this, moves)


def _listing(registry: Registry, one: KnownRepository) -> Listing:
    """List a repository; where the registry no longer has it, look at each tag we know of."""
    path, known = one.repository.path, {tag: held.digest for tag, held in one.tags.items()}
    try:
        return registry.tags(path, known)
    except NotFoundError:
        if one.listed_at is None:
            raise
    return _tags_one_by_one(registry, path, known)


def _tags_one_by_one(registry: Registry, path: str, known: Mapping[str, str]) -> Listing:
    seen, failed = [], {}
    for tag in known:
        try:
            seen.append(registry.resolve(path, tag))
        except NotFoundError:
            continue
        except AttemptError as error:
            failed[tag] = str(error)
    return Listing(tuple(seen), complete=True, failed=failed)


def _newer_pushes(one: KnownRepository, found: Listing) -> Iterable[tuple[int, datetime]]:
    for sighting in found.sightings:
        known = one.tags.get(sighting.tag)
        if known is None or known.digest != sighting.digest or sighting.pushed_at is None:
            continue
        if known.pushed_at is not None and sighting.pushed_at > known.pushed_at:
            yield known.interval, sighting.pushed_at
