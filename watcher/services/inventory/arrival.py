"""Repositories that were not watched when somebody named them: strangers, until they show a tag."""

from __future__ import annotations

from watcher.domain.errors import AttemptError, NotFoundError
from watcher.domain.reference import Repository
from watcher.ports.registry import Listing
from watcher.ports.store.inventory import KnownRepository

_NOBODY = 0  # the number of a repository that is not recorded


def stranger(registry: str, path: str) -> KnownRepository:
    """A repository that was never heard of."""
    return KnownRepository(_NOBODY, Repository(registry, path), None, None, in_scope=False, tags={})


def is_arrival(one: KnownRepository, found: Listing | AttemptError) -> bool:
    """Whether a repository is to be watched from now on."""
    return not one.in_scope and isinstance(found, Listing)


def is_nothing(one: KnownRepository, found: Listing | AttemptError) -> bool:
    """Whether a name led nowhere. Some registries list a repository that they lack as empty."""
    if one.in_scope:
        return False
    if isinstance(found, Listing):
        return not found.sightings and not found.failed
    return isinstance(found, NotFoundError)
