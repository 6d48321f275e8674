"""Tags of repositories: a whole project's at once where that is cheaper; gone only on evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from watcher.adapters.distribution import Distribution
from watcher.adapters.distribution.resolving import Resolved, resolve_all
from watcher.adapters.registries.harbor.api import Api, NotOfferedError
from watcher.adapters.registries.harbor.caches import Caches, found_again
from watcher.adapters.registries.harbor.catalogue import Catalogue
from watcher.adapters.registries.harbor.entries import ArtifactEntry
from watcher.adapters.registries.harbor.look import look
from watcher.adapters.registries.harbor.patience import Patience
from watcher.adapters.registries.harbor.scope import project_of
from watcher.adapters.registries.harbor.tags import Tags, read_tags
from watcher.domain.errors import AttemptError, NotFoundError
from watcher.ports.registry import Known, Listing, Sighting

Artifacts = Mapping[str, Sequence[ArtifactEntry]]  # by repository


class Lister:
    """Lists repositories through the API; `client` looks at single tags, which touches nothing.

    Where Harbor only keeps what another registry has, a second list is the look.
    """

    def __init__(self, api: Api, client: Distribution, caches: Caches, concurrency: int) -> None:
        self._api = api
        self._client = client
        self._caches = caches
        self._concurrency = concurrency

    def project(
        self, project: str, paths: Sequence[str], known: Mapping[str, Known], catalogue: Catalogue
    ) -> dict[str, Listing | AttemptError]:
        """List repositories of one project, or say of each why that failed.

        Raises AttemptError where nothing can be learnt of any.
        """
        artifacts = self._bulk(project, paths, known, catalogue)
        patience = Patience()
        found: dict[str, Listing | AttemptError] = {}
        for path in paths:
            held = known.get(path, {})
            if artifacts is None or not _settled(path, artifacts, held, catalogue):
                found[path] = patience.listing(partial(self.repository, path, held), free=False)
            else:
                tags = read_tags(artifacts.get(path, ()), held)
                go = partial(self._listing, path, tags, held)
                found[path] = patience.listing(go, free=not tags.missing(held))
        return found

    def repository(self, path: str, known: Known) -> Listing:
        """List one repository by itself; NotFoundError where its project has none of the name."""
        return self._listing(path, read_tags(self._artifacts(path), known), known)

    def _bulk(
        self, project: str, paths: Sequence[str], known: Mapping[str, Known], catalogue: Catalogue
    ) -> Artifacts | None:
        """The artifacts of the whole project; None where its repositories are better asked each."""
        if len(paths) == 1:
            return None
        try:
            pages = self._api.artifacts_of_project(project)
            first = pages.fetch(1)
            each = sum(
                _pages(max(catalogue.artifacts.get(path, 0), len(known.get(path, {}))), pages.size)
                for path in paths
            )
            if _pages(first.total, pages.size) - 1 > each:
                return None
            return _by_repository(project, pages.all(first), catalogue)
        except NotOfferedError:
            return None

    def _artifacts(self, path: str) -> Sequence[ArtifactEntry]:
        artifacts = self._api.artifacts(path)
        if not artifacts:
            self._confirm(path)
        return artifacts

    def _confirm(self, path: str) -> None:
        """Raise unless the repository is there: Harbor lists one that is not as an empty one."""
        try:
            self._api.repository(path)
        except NotFoundError as error:
            # A lost permission is not a deletion: the project has to answer to us.
            self._api.answers_for(project_of(path))
            raise NotFoundError(
                f"{error} (behind a proxy, %252F must reach Harbor as it is)"
            ) from None

    def _listing(self, path: str, tags: Tags, known: Known) -> Listing:
        """The tags of a repository; each known one that is not among them is looked at.

        A tag that moves while pages are read, to an artifact already read from one not yet read,
        is in neither, and no total tells.
        """
        looked = self._look(path, tags.missing(known), known)
        if looked.gone:
            self._client.confirm_absence()
        found = {
            **{tag: one for tag, one in tags.seen.items() if tag not in looked.gone},
            **{tag: Sighting(tag, digest) for tag, digest in looked.digests.items()},
        }
        failed = {**tags.failed, **looked.failed}
        sightings = tuple(one for tag, one in sorted(found.items()) if tag not in failed)
        return Listing(sightings, complete=True, failed=failed)

    def _look(self, path: str, names: Sequence[str], known: Known) -> Resolved:
        if names and self._caches.hold(path):
            return found_again(names, read_tags(self._artifacts(path), known))
        return resolve_all(names, lambda tag: look(self._client, path, tag), self._concurrency)


def _settled(path: str, artifacts: Artifacts, known: Known, catalogue: Catalogue) -> bool:
    """Tell whether the project's list says enough of a repository.

    That it has nothing is believed only where its own count says so as well.
    """
    listed = artifacts.get(path, ())
    if not listed:
        return not known and catalogue.artifacts.get(path) == 0
    return not known or any(one.tags for one in listed)


def _by_repository(
    project: str, listed: Sequence[ArtifactEntry], catalogue: Catalogue
) -> Artifacts | None:
    """Sort artifacts by their repositories; None where they do not tell, or come without tags."""
    found: dict[str, list[ArtifactEntry]] = defaultdict(list)
    for one in listed:
        path = one.repository or catalogue.by_id.get(one.repository_id, "")
        if project_of(path) != project:
            return None
        found[path].append(one)
    return found if any(one.tags for one in listed) or not listed else None


def _pages(count: int, size: int) -> int:
    return max(1, -(-count // size))
