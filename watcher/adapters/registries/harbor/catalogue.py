"""The repositories that are included, and what their lists say of them in passing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from watcher.adapters.registries.harbor.api import Api
from watcher.adapters.registries.harbor.caches import Caches
from watcher.adapters.registries.harbor.identity import Identity
from watcher.adapters.registries.harbor.scope import Scope, project_of


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Repositories included; `artifacts` counts those of every repository that was listed."""

    paths: tuple[str, ...]
    artifacts: dict[str, int] = field(default_factory=dict)
    by_id: dict[int, str] = field(default_factory=dict)

    @classmethod
    def read(cls, api: Api, identity: Identity, caches: Caches, scope: Scope) -> Catalogue:
        """List all of them; complete or an error."""
        listed = [
            one
            for project in _projects(api, identity, caches, scope)
            for one in api.repositories(project)
        ]
        held = {one.name for one in listed if scope.selection.holds(one.name)}
        return cls(
            tuple(sorted(held.union(scope.repositories))),
            {one.name: one.artifacts for one in listed},
            {one.id: one.name for one in listed if one.id},
        )


def _projects(api: Api, identity: Identity, caches: Caches, scope: Scope) -> Iterator[str]:
    """The projects to look through, after it is proved that none is hidden from us."""
    found = set(scope.projects)
    if scope.open:
        shown = api.projects()
        caches.note(shown)
        found.update(one.name for one in shown)
        if any(one.private for one in shown):
            identity.shown()
    projects = sorted(filter(scope.concerns, found))
    identity.prove(next(iter([*projects, *map(project_of, scope.repositories)]), None))
    return iter(projects)
