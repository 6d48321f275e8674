"""What we may do, tried in each project on the first image that is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby, islice

from watcher.adapters.distribution import Distribution
from watcher.adapters.registries.harbor.api import Api
from watcher.adapters.registries.harbor.caches import Caches
from watcher.adapters.registries.harbor.look import look
from watcher.adapters.registries.harbor.scope import project_of
from watcher.adapters.registries.harbor.tags import read_tags
from watcher.domain.errors import AttemptError, NotFoundError, UnauthorizedError

_PROJECTS = 20
_LOOKED_AT = 3  # repositories of a project, until one with a tag is found
_NAMED = 20  # repositories that an include names


@dataclass(frozen=True, slots=True)
class Survey:
    """Tries rights on the repositories included; `listed` are those that lists showed."""

    api: Api
    client: Distribution
    caches: Caches
    listed: frozenset[str]

    def rights(self, paths: Sequence[str]) -> Iterator[str]:
        """Give what a right that is missing costs; raises UnauthorizedError where we need it.

        An image is looked at by its digest: for a tag, a proxy cache would ask its own registry.
        """
        for project, members in islice(groupby(sorted(paths), project_of), _PROJECTS):
            first = tuple(islice(members, _LOOKED_AT))
            self._pull(first)
            yield from self._of_project(project, first[0])

    def absent(self, paths: Sequence[str]) -> set[str]:
        """Give those that are not there, as far as that can be told."""
        named = [path for path in paths if path not in self.listed]
        return {path for path in named[:_NAMED] if self._is_absent(path)}

    def beside(self, paths: set[str]) -> set[str]:
        """Give what is in the projects of these, as far as it is shown to us."""
        found: set[str] = set()
        for project in {project_of(path) for path in paths}:
            with suppress(AttemptError):
                found.update(one.name for one in self.api.repositories(project))
        return found

    def _pull(self, paths: Sequence[str]) -> None:
        for path in paths:
            tags = read_tags(self.api.artifacts(path), {}).seen
            if tags:
                with suppress(NotFoundError):  # gone since it was listed
                    look(self.client, path, tags[min(tags)].digest)
                return

    def _of_project(self, project: str, path: str) -> Iterator[str]:
        try:
            with suppress(NotFoundError):
                self.api.repository(path)
        except UnauthorizedError:
            yield (
                f"the permission `read repository` in the project {project} is missing, so that a"
                " repository that lists nothing fails instead of counting as empty: grant it"
            )
        if not self.caches.tells(project):
            yield (
                f"the permission `read project` in the project {project} is missing, so that nobody"
                " can tell whether it is a proxy cache, which would ask the other registry for"
                " each tag: grant it"
            )

    def _is_absent(self, path: str) -> bool:
        try:
            self.api.repository(path)
        except NotFoundError:
            return True
        except UnauthorizedError:
            pass  # told by `rights`
        return False
