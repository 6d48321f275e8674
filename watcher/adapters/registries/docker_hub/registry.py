"""The kind `docker-hub`."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from watcher.adapters.distribution import (
    Credentials,
    EachByItself,
    Meter,
    Place,
    Pulling,
    Shown,
    doubts_of,
)
from watcher.adapters.distribution.document import MalformedError
from watcher.adapters.distribution.document import shown as displayed
from watcher.adapters.distribution.selected import hinted
from watcher.adapters.http import Connecting, Http
from watcher.adapters.registries.docker_hub import check
from watcher.adapters.registries.docker_hub.api import LARGEST_PAGE, MAY_LIST, HubApi
from watcher.adapters.registries.docker_hub.catalogue import Catalogue
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
    Attached,
    Checked,
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
        self._pulling = Pulling(name, place, http)
        self._pulls = HubPulls(self._pulling, self._quotas)
        self._namespaces = _listed_for(namespaces, selection)
        self._catalogue = Catalogue(self._api, self._namespaces, clock)
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
            raise PermanentError(f"{self.name}/{repository}: {displayed(tag)} is no tag")
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

    def attestations(
        self, repository: str, digest: str, beside: Collection[str] = (), *, attached: bool
    ) -> Sequence[Attached]:
        """Fetch what is said of an image or index; complete or an error."""
        path = self._named(repository)
        return self._pulls.attestations(path, digest, beside, attached=attached)

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

    def check(self) -> Checked:
        """Say that Hub answers and accepts us; raises otherwise."""
        try:
            listed = self._listed()
            included = self._included(listed)
            absent = check.absent(self._api, set(included) - set(listed or ()))
            shown = Shown({*(listed or ()), *self._beside(absent)}, absent, self._nothing)
        except MalformedError as error:
            raise PermanentError(
                f"{self._hosts.api_url} is no API of Docker Hub: correct api_url ({error.reason})"
            ) from None
        check.may_read(self._api, self._pulling.client, self._quotas, included)
        who = f"as {self._user}" if self._user else "without credentials"
        line = (
            f"{self._hosts.api_url} answers {who}; {check.summary(len(included), listed)};"
            f" {self._quotas.told()}"
        )
        silent = check.doubts(listed, self._user)
        return Checked(line, (*silent, *doubts_of(self.name, self._selection, shown)))

    def _beside(self, absent: Collection[str]) -> set[str]:
        """What is in the namespaces of these, by their first pages, as far as it is shown."""
        found: set[str] = set()
        for namespace in {path.partition("/")[0] for path in absent}:
            with suppress(AttemptError):
                page = next(iter(self._api.repositories(namespace)))
                found.update(f"{namespace}/{one.name}" for one in page.entries)
        return found

    @property
    def _nothing(self) -> str:
        """Why no repository may be shown."""
        namespaces = ", ".join(self._namespaces)
        if self._user is None:
            return f"{namespaces} shows none to anonymous readers; correct namespaces, or log in"
        return (
            f"{namespaces} shows none to {self._user}; correct namespaces, or let the token list"
            f" them: {MAY_LIST}"
        )

    def _listed(self) -> Mapping[str, RepositoryEntry] | None:
        """The repositories of all namespaces; None where nothing included has a wildcard."""
        if all(pattern.literal for pattern in self._selection.include):
            return None
        try:
            return self._catalogue.list_all()
        except PermanentError as error:
            raise hinted(error, self.name, self._selection, "namespace") from None

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
                f"registry {self.name}: {displayed(path)} is no repository of Docker Hub, such as"
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
