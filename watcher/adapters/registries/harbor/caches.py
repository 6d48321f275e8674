"""Proxy caches: projects that keep what was pulled through them from another registry."""

from __future__ import annotations

from collections.abc import Iterable

from watcher.adapters.distribution.resolving import Resolved
from watcher.adapters.registries.harbor.api import Api
from watcher.adapters.registries.harbor.entries import Project
from watcher.adapters.registries.harbor.scope import project_of
from watcher.adapters.registries.harbor.tags import Tags, read_tags
from watcher.domain.errors import NotFoundError, PermanentError
from watcher.ports.registry import Sighting


class Caches:
    """Tells which repositories are cached, and looks at their tags; for several threads at once.

    Asked for a tag there, be it by HEAD, Harbor asks the other registry: it answers for that one,
    moves its own tag and pull time afterwards, and deletes what is no longer there. So nobody asks
    but through the API, which tells what Harbor itself has.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._told: dict[str, bool] = {}  # by project; it is made as a cache, or never is one

    def note(self, projects: Iterable[Project]) -> None:
        """Take in projects as they are listed, which saves asking for each."""
        self._told.update((one.name, one.cache) for one in projects)

    def tells(self, project: str) -> bool:
        """Tell whether we may know of a project if it is a cache."""
        if project in self._told:
            return True
        found = self._api.project(project)
        self.note([found] if found else [])
        return found is not None

    def hold(self, path: str) -> bool:
        """Tell whether a repository is cached; not where we may not read its project."""
        project = project_of(path)
        return self.tells(project) and self._told[project]

    def look(self, path: str, tag: str) -> Sighting:
        """Look at one tag; NotFoundError where the cache does not have it."""
        listed = {one.name: one for one in self._api.repositories(project_of(path))}
        if path in listed:
            artifacts = self._api.artifacts(path)
            if listed[path].artifacts and not artifacts:
                raise PermanentError(
                    f"{self._api.url}: {path} has artifacts and lists none: behind a proxy, %252F"
                    " must reach Harbor as it is"
                )
            seen = read_tags(artifacts, {}).seen
            if tag in seen:
                return seen[tag]
        raise NotFoundError(f"{self._api.url}: the cache has no {path}:{tag}")


def found_again(names: Iterable[str], tags: Tags) -> Resolved:
    """What a second list of a repository says of tags that its first one left out. Pure."""
    found = Resolved()
    for name in names:
        if name in tags.failed:
            found.failed[name] = tags.failed[name]
        elif name in tags.seen:
            found.digests[name] = tags.seen[name].digest
        else:
            found.gone.add(name)
    return found
