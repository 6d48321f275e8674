"""The kind `harbor` of the port."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from watcher.adapters.distribution import Credentials, Place, Pulling, Shown, doubts_of
from watcher.adapters.distribution.selected import hinted
from watcher.adapters.http import Connecting, Http
from watcher.adapters.registries.harbor.api import LARGEST_PAGE, Api
from watcher.adapters.registries.harbor.caches import Caches
from watcher.adapters.registries.harbor.catalogue import Catalogue
from watcher.adapters.registries.harbor.identity import Identity
from watcher.adapters.registries.harbor.listing import Lister
from watcher.adapters.registries.harbor.meter import HarborMeter
from watcher.adapters.registries.harbor.scope import Scope, project_of
from watcher.adapters.registries.harbor.survey import Survey
from watcher.domain.errors import AttemptError, PermanentError
from watcher.domain.pattern import Selection
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

_CONNECTING = Connecting()
_EVERYTHING = Selection.parse(("**",))


class HarborRegistry:
    """A registry of the kind `harbor`; signs `watcher.ports.registry.Registry`.

    `selection` is over whole paths, project/repository; `page` is the number of entries asked for
    at once, at most 100. Every listing is complete. Raises UsageError for what cannot work.
    """

    def __init__(
        self,
        name: str,
        url: str,
        selection: Selection = _EVERYTHING,
        *,
        credentials: Credentials | None = None,
        connecting: Connecting = _CONNECTING,
        page: int = LARGEST_PAGE,
    ) -> None:
        self.name = name
        self.traffic = Traffic()
        self._user = credentials.username if credentials else None
        self._scope = Scope.of(name, selection)
        http = Http(connecting, HarborMeter(self.traffic))
        place = Place(url.rstrip("/"), credentials, connecting.tls_ca, connecting.proxy)
        self._pulling = Pulling(name, place, http)
        self._api = Api(place.url, http, credentials, page)
        self._identity = Identity(self._api)
        self._caches = Caches(self._api)
        self._lister = Lister(self._api, self._pulling.client, self._caches, connecting.concurrency)
        self._catalogue = Catalogue(())

    def repositories(self) -> Iterator[str]:
        """List the paths of all repositories the configuration includes; complete or an error.

        Only projects that an include can concern are looked through; what is included by its name
        is not asked for.
        """
        catalogue = Catalogue.read(self._api, self._identity, self._caches, self._scope)
        for path in catalogue.paths:
            self._pulling.named(path)
        self._catalogue = catalogue
        return iter(catalogue.paths)

    def groups(self, repositories: Collection[str]) -> Sequence[Group]:
        """A project is a group: its artifacts are listed together."""
        projects: dict[str, list[str]] = defaultdict(list)
        for path in sorted(repositories):
            projects[project_of(path)].append(path)
        return [Group(project, tuple(paths)) for project, paths in projects.items()]

    def listings(
        self, group: Group, known: Mapping[str, Known], *, thorough: bool
    ) -> Mapping[str, Listing | AttemptError]:
        """List the repositories of a project; a tag that moved changes nothing else in Harbor."""
        del thorough  # every listing is complete
        self._identity.prove(group.name)
        paths = tuple(map(self._pulling.named, group.repositories))
        return self._lister.project(group.name, paths, known, self._catalogue)

    def tags(self, repository: str, known: Known) -> Listing:
        """List the tags of one repository; NotFoundError where its project has no such one."""
        path = self._pulling.named(repository)
        self._identity.prove(project_of(path))
        return self._lister.repository(path, known)

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag; raises NotFoundError where it is gone."""
        path = self._pulling.named(repository)
        if self._caches.hold(path):
            self._identity.prove(project_of(path))
            return self._caches.look(path, tag)
        return self._pulling.resolve(repository, tag)

    def manifest(self, repository: str, digest: str) -> Manifest:
        """Fetch what a digest stands for; raises PermanentError where it is no image."""
        return self._pulling.manifest(repository, digest)

    def image(self, repository: str, digest: str) -> ImageConfig:
        """Fetch one platform's manifest and configuration, both verified by their digests."""
        return self._pulling.image(repository, digest)

    def attestations(
        self, repository: str, digest: str, beside: Collection[str] = (), *, attached: bool
    ) -> Sequence[Attached]:
        """Fetch what is said of an image or index; complete or an error."""
        return self._pulling.attestations(repository, digest, beside, attached=attached)

    def address(self, repository: str) -> str:
        """The repository as references name it."""
        return self._pulling.address(repository)

    def pull_access(self, repository: str, digest: str) -> PullAccess:
        """Tell how another program pulls this image now."""
        return self._pulling.access(repository, digest)

    def check(self) -> Checked:
        """Say that Harbor answers and lets us list and pull; raises otherwise."""
        self._api.ping()
        self._identity.prove(None, anew=True)
        paths = tuple(self._meant(self.repositories))
        listed = frozenset(self._catalogue.artifacts)
        survey = Survey(self._api, self._pulling.client, self._caches, listed)
        rights = tuple(survey.rights(paths))
        absent = survey.absent(paths)
        shown = Shown(listed | survey.beside(absent), absent, self._nothing)
        who = f"as {self._user}" if self._user else "without credentials, what is public"
        return Checked(
            f"{self._api.url} answers {who}; repositories included: {len(paths)}",
            (*rights, *doubts_of(self.name, self._scope.selection, shown)),
        )

    def _meant(self, ask: Callable[[], Iterator[str]]) -> Iterator[str]:
        """Ask; a project that is refused and called like this registry is no project's name."""
        try:
            return ask()
        except PermanentError as error:
            raise hinted(error, self.name, self._scope.selection, "project") from None

    @property
    def _nothing(self) -> str:
        if self._user is None:
            return "no public repository is there; set username and password to see others"
        return f"no repository is shown to {self._user}; give it permissions in the projects"
