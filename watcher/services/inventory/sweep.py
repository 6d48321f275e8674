"""A sweep: the tags of all repositories of a registry, group by group, as they come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from watcher.domain.errors import AttemptError, NotFoundError
from watcher.ports.registry import Group, Known, LastSeen, Listing, Registry, Sighting
from watcher.ports.store.inventory import KnownRepository

_PATIENCE: Final = 16  # failures in a row

Found = Mapping[str, Listing | AttemptError]


@dataclass(frozen=True, slots=True)
class Sweep:
    """One registry at one time; at least every `reconcile` each repository is listed in full."""

    registry: Registry
    known: Mapping[str, KnownRepository]
    at: datetime
    reconcile: timedelta

    def listings(
        self, executor: Executor
    ) -> Iterator[tuple[KnownRepository, Listing | AttemptError]]:
        """Every repository with its listing, or with why it could not be listed."""
        groups = self.registry.groups(self.known)
        asked = {executor.submit(self._listed, group): group for group in groups}
        for answer in as_completed(asked):
            for path, found in self._found(asked[answer], answer.result()).items():
                yield self.known[path], found

    def _listed(self, group: Group) -> Found:
        known = {path: _last_seen(self.known[path]) for path in group.repositories}
        thorough = any(self._is_due(self.known[path]) for path in group.repositories)
        try:
            found = self.registry.listings(group, known, thorough=thorough)
        except AttemptError as error:
            return dict.fromkeys(group.repositories, error)
        return {path: self._at_last(path, listing) for path, listing in found.items()}

    def _found(self, group: Group, found: Found) -> Found:
        missing = sorted(set(group.repositories) ^ found.keys())
        if missing:
            raise AssertionError(f"{self.registry.name} was asked for {group}, not for {missing}")
        return found

    def _is_due(self, one: KnownRepository) -> bool:
        return one.reconciled_at is None or self.at - one.reconciled_at >= self.reconcile

    def _at_last(self, path: str, found: Listing | AttemptError) -> Listing | AttemptError:
        """Look at each tag we know of where the registry no longer has its repository."""
        one = self.known[path]
        if not isinstance(found, NotFoundError) or one.listed_at is None:
            return found
        return _tags_one_by_one(self.registry, path, one)


def _last_seen(one: KnownRepository) -> Known:
    return {tag: LastSeen(held.digest, held.pushed_at) for tag, held in one.tags.items()}


def _tags_one_by_one(registry: Registry, path: str, one: KnownRepository) -> Listing:
    """Look at each known tag; after many that fail in a row, the others fail with the last."""
    seen: list[Sighting] = []
    failed: dict[str, str] = {}
    failures, failed_last = 0, ""
    for tag in one.tags:
        if failures >= _PATIENCE:
            failed[tag] = failed_last
            continue
        try:
            seen.append(registry.resolve(path, tag))
        except NotFoundError:
            continue
        except AttemptError as error:
            failures += 1
            failed[tag], failed_last = str(error), f"not asked any more: {error}"
        else:
            failures = 0
    there = f"the registry does not know it, though {len(seen)} of its tags are there"
    return Listing(tuple(seen), complete=True, failed=failed, cut=there if seen else None)
