"""The kind `docker-hub`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from watcher.adapters.distribution import Credentials, EachByItself, Meter, Place, Pulling
from watcher.adapters.distribution.document import shown
from watcher.adapters.http import Connecting, Http
from watcher.adapters.registries.docker_hub.api import LARGEST_PAGE, HubApi
from watcher.adapters.registries.docker_hub.catalogue import Catalogue
from watcher.adapters.registries.docker_hub.check import may_read, summary
from watcher.adapters.registries.docker_hub.entries import RepositoryEntry
from watcher.adapters.registries.docker_hub.pulls import HubPulls
from watcher.adapters.registries.docker_hub.quota import HubQuotas
from watcher.adapters.registries.docker_hub.sign_in import SignIn
from watcher.adapters.registries.docker_hub.tags import Tags, newest_sighting
from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    PermanentError,
    UsageError,
)
from watcher.domain.pattern import Pattern, Selection
from watcher.domain.reference import is_repository_path, is_tag
from watcher.ports.registry import (
    Group,
    ImageConfig,
    Known,
    Listing,
    Manifest,
    PullAccess,
    Sighting,
    Traffic,
)

_CONNECTING: Final = Connecting()
_EVERYTHING: Final = Selection.parse(("**",))
_HOST: Final = "docker.io"  # as references name it


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where Hub is: its registry, and its API."""

    url: str = "https://registry-1.docker.io"
    api_url: str = "https://hub.docker.com"


class DockerHubRegistry(EachByItself):
    """Docker Hub; signs `watcher.ports.registry.Registry`.

    The repositories that the selection holds: of the `namespaces`, of those that an include begins
    with, and what it names without a wildcard. Raises UsageError for what cannot work.
    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own
        self,
        name: str,
        namespaces: tuple[str, ...],
        selection: Selection = _EVERYTHING,
        *,
        credentials: Credentials | None = None,
        hosts: Hosts = Hosts(),
        connecting: Connecting = _CONNECTING,
        page: int = LARGEST_PAGE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.traffic = Traffic()
        self._hosts = hosts
        self._user = credentials.username if credentials else None
        self._selection = selection
        self._literals = _literals(name, namespaces, selection)
        self._quotas = HubQuotas(hosts.url, hosts.api_url, clock)
        http = Http(connecting, Meter(self.traffic, hosts.url), gate=self._quotas, clock=clock)
        sign_in = SignIn(hosts.api_url, http, credentials, clock) if credentials else None
        self._api = HubApi(hosts.api_url, http, sign_in, page)
        place = Place(hosts.url, credentials, connecting.tls_ca, connecting.proxy)
        self._pulls = HubPulls(Pulling(name, place, http), self._quotas)
        self._catalogue = Catalogue(self._api, _listed_for(namespaces, selection), clock)
        self._tags = Tags(self._api, self._pulls, connecting.concurrency)

    def repositories(self) -> Iterator[str]:
        """List the paths of all repositories the configuration includes; complete or an error."""
        return iter(self._included(self._listed()))

    def listings(
        self, group: Group, known: Mapping[str, Known], *, thorough: bool
    ) -> Mapping[str, Listing | AttemptError]:
        """List the repository of a group, unless `repositories` just saw that nothing moved."""
        found: dict[str, Listing | AttemptError] = {}
        for path in group.repositories:
            try:
                found[path] = self._listing(path, known.get(path, {}), thorough=thorough)
            except AttemptError as error:
                found[path] = error
        return found

    def tags(self, repository: str, known: Known) -> Listing:
        """List all tags of a repository; NotFoundError where Hub shows no such one."""
        return self._tags.all(self._named(repository), known)

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag; raises NotFoundError where it is gone.

        The API's 404 is no evidence: Hub hides what a login may not see. The registry tells apart.
        """
        path = self._named(repository)
        if not is_tag(tag):
            raise PermanentError(f"{self.name}/{repository}: {shown(tag)} is no tag")
        try:
            entry = self._api.tag(path, tag)
        except NotFoundError:
            return self._pulls.look(path, tag)
        if entry.digest is None:
            return replace(self._pulls.look(path, tag), pushed_at=entry.pushed_at)
        return Sighting(tag, entry.digest, entry.pushed_at)

    def manifest(self, repository: str, digest: str) -> Manifest:
        """Fetch what a digest stands for; raises RateLimitedError where pulls are short."""
        return self._pulls.manifest(self._named(repository), digest)

    def image(self, repository: str, digest: str) -> ImageConfig:
        """Fetch one platform's manifest and configuration, both verified by their digests."""
        return self._pulls.image(self._named(repository), digest)

    def address(self, repository: str) -> str:
        """The repository as references name it."""
        return f"{_HOST}/{repository}"

    def pull_access(self, repository: str, digest: str) -> PullAccess:
        """Tell how another program pulls this image now; RateLimitedError where pulls are short."""
        path = self._named(repository)
        access = self._pulls.access(path, digest)
        if self._hosts.url == Hosts().url:
            return replace(access, reference=f"{self.address(path)}@{digest}")
        return access

    def check(self) -> str:
        """Say in one line that Hub answers and accepts us; raises otherwise."""
        listed = self._listed()
        included = self._included(listed)
        may_read(self._api, self._pulls.client, self._quotas, included)
        who = f"as {self._user}" if self._user else "without credentials"
        return (
            f"{self._hosts.api_url} answers {who}; {summary(len(included), listed)};"
            f" {self._quotas.told()}"
        )

    def _listed(self) -> Mapping[str, RepositoryEntry] | None:
        """The repositories of all namespaces; None where nothing included has a wildcard."""
        if all(pattern.literal for pattern in self._selection.include):
            return None
        return self._catalogue.list_all()

    def _included(self, listed: Mapping[str, RepositoryEntry] | None) -> tuple[str, ...]:
        paths = filter(self._selection.holds, {*self._literals, *(listed or ())})
        return tuple(sorted(map(self._named, paths)))

    def _listing(self, path: str, known: Known, *, thorough: bool) -> Listing:
        entry = self._catalogue.take(self._named(path))
        if thorough or not known:
            found = self._tags.all(path, known)
        elif entry is not None and self._catalogue.is_settled(path, entry, known):
            return Listing((), complete=False)
        else:
            found = self._tags.news(path, known)
        if entry is not None and not found.failed:
            self._catalogue.settle(path, entry, newest_sighting(found))
        return found

    def _named(self, path: str) -> str:
        if not _is_on_hub(path):
            raise PermanentError(
                f"registry {self.name}: {shown(path)} is no repository of Docker Hub, such as"
                " library/debian; exclude it"
            )
        return path


def _literals(name: str, namespaces: tuple[str, ...], selection: Selection) -> tuple[str, ...]:
    for namespace in namespaces:
        if not _is_on_hub(f"{namespace}/x"):
            raise UsageError(f"registry {name}: {namespace!r} is no namespace of Docker Hub")
    literals = tuple(pattern.text for pattern in selection.include if pattern.literal)
    for path in literals:
        if not _is_on_hub(path):
            raise UsageError(
                f"registry {name}: {path!r} is no repository of Docker Hub, such as library/debian"
            )
    return literals


def _listed_for(namespaces: tuple[str, ...], selection: Selection) -> tuple[str, ...]:
    """The namespaces whose repositories are listed: where a wildcard can match any."""
    wild = [pattern for pattern in selection.include if not pattern.literal]
    first = {pattern.text.partition("/")[0] for pattern in wild}
    named = {one for one in first if Pattern(one).literal}
    return tuple(sorted(named if named == first else {*named, *namespaces}))


def _is_on_hub(path: str) -> bool:
    return is_repository_path(path) and path.count("/") == 1
