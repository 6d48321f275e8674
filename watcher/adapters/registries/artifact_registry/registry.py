"""A project's location in Google Artifact Registry: Docker repositories, and those of gcr.io."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

from watcher.adapters.distribution import Login, Meter, Place, Pulling, Shown, doubts_of
from watcher.adapters.distribution.resolving import Resolved, resolve_all
from watcher.adapters.http import Connecting, Http
from watcher.adapters.registries.artifact_registry.catalogue import Catalogue
from watcher.adapters.registries.artifact_registry.contents import Contents
from watcher.adapters.registries.artifact_registry.listing import read_listing, sighting
from watcher.adapters.registries.artifact_registry.names import (
    GCR_LOCATIONS,
    ImagePath,
    Site,
    may_hold,
)
from watcher.adapters.registries.artifact_registry.refusal import failing
from watcher.adapters.registries.artifact_registry.sdk import Reach, Transport, connect
from watcher.domain.errors import AttemptError, NotFoundError, PermanentError, UsageError
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
_NAMED = 20  # images that an include names, and no list showed
_EVERYTHING = Selection.parse(("**",))


class ArtifactRegistry:
    """A registry of the kind `artifact-registry`; signs `watcher.ports.registry.Registry`.

    A path is `<repository>/<image>`, such as `docker/shop/api` or `gcr.io/shop/api`. Without a
    login nothing proves who we are, as emulators want it. `page` is the number of rows asked for at
    once, at most 1000. Raises UsageError for what cannot work.
    """

    def __init__(  # noqa: PLR0913 - what a site needs, each by its name
        self,
        name: str,
        site: Site,
        selection: Selection = _EVERYTHING,
        *,
        login: Login | None = None,
        connecting: Connecting = _CONNECTING,
        transport: Transport = "rest",
        page: int = 1000,
    ) -> None:
        self.name = name
        self.traffic = Traffic()
        self._site = site
        self._selection = selection
        self._literals = _literals(name, site, selection)
        self._login = login
        self._connecting = connecting
        meter = Meter(self.traffic)
        self._http = Http(connecting, meter, failing)
        api = connect(Reach(site.endpoint, transport, connecting), self._http, login, meter)
        self._catalogue = Catalogue(site, api, page, connecting.concurrency)
        self._pullings: dict[str, Pulling] = {}

    def repositories(self) -> Iterator[str]:
        """List the paths of all images the configuration includes; complete or an error."""
        return iter(self._included(keep=True))

    def groups(self, repositories: Collection[str]) -> Sequence[Group]:
        """One group for each repository of Artifact Registry: one list shows all its images."""
        members: dict[str, list[str]] = {}
        for path in sorted(repositories):
            members.setdefault(path.partition("/")[0], []).append(path)
        return [Group(repository, tuple(paths)) for repository, paths in members.items()]

    def listings(
        self, group: Group, known: Mapping[str, Known], *, thorough: bool
    ) -> Mapping[str, Listing | AttemptError]:
        """List the images of a group's repository once, each name's tags apart."""
        del thorough  # every listing is complete
        try:
            contents = self._catalogue.contents(group.name)
        except NotFoundError as error:
            return dict.fromkeys(group.repositories, error)
        found: dict[str, Listing | AttemptError] = {}
        for path in group.repositories:
            try:
                found[path] = self._tags(path, contents, known.get(path, {}))
            except AttemptError as error:
                found[path] = error
        return found

    def tags(self, repository: str, known: Known) -> Listing:
        """List the tags of one image's name, by way of all in its repository."""
        path = ImagePath.parse(self.name, repository)
        return self._tags(repository, self._catalogue.contents(path.repository), known)

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag (one HEAD); raises NotFoundError where it is gone."""
        return self._pulling(repository).resolve(self._pulled(repository), tag)

    def manifest(self, repository: str, digest: str) -> Manifest:
        """Fetch what a digest stands for; raises PermanentError where it is no image."""
        return self._pulling(repository).manifest(self._pulled(repository), digest)

    def image(self, repository: str, digest: str) -> ImageConfig:
        """Fetch one platform's manifest and configuration, both verified by their digests."""
        return self._pulling(repository).image(self._pulled(repository), digest)

    def attestations(
        self, repository: str, digest: str, beside: Collection[str] = (), *, attached: bool
    ) -> Sequence[Attached]:
        """Fetch what is said of an image or index; complete or an error."""
        pulling, path = self._pulling(repository), self._pulled(repository)
        return pulling.attestations(path, digest, beside, attached=attached)

    def address(self, repository: str) -> str:
        """The repository as references name it."""
        return self._pulling(repository).address(self._pulled(repository))

    def pull_access(self, repository: str, digest: str) -> PullAccess:
        """Tell how another program pulls this image now, with an access token for its password."""
        return self._pulling(repository).access(self._pulled(repository), digest)

    def check(self) -> Checked:
        """Say that the API and the registry answer and accept us; raises otherwise.

        Each permission is tried: listing repositories, listing images, and reading one.
        """
        found: set[str] = set()
        paths = self._included(keep=False, shown=found)
        absent = {path for path in sorted(set(paths) - found)[:_NAMED] if self._is_absent(path)}
        for path in [path for path in paths if path not in absent][:1]:
            self._read_one(path)
        if not found and len(absent) == len(paths):
            self._catalogue.prove()
        shown = Shown(found | self._beside(absent), absent, "the location has no image")
        who = "with application default credentials" if self._login else "without credentials"
        return Checked(
            f"{self._site.parent} answers {who}; repositories included: {len(paths)}",
            doubts_of(self.name, self._selection, shown),
        )

    def _is_absent(self, path: str) -> bool:
        try:
            self.tags(path, {})
        except NotFoundError:
            return True
        return False

    def _beside(self, absent: Collection[str]) -> set[str]:
        """What else is in the repositories of these, as far as we may read it."""
        found: set[str] = set()
        for repository in {path.partition("/")[0] for path in absent}:
            with suppress(AttemptError):
                images = self._catalogue.contents(repository).images
                found.update(f"{repository}/{image}" for image in images)
        return found

    def _read_one(self, path: str) -> None:
        """Look at a tag of an image by HEAD, which counts as no download."""
        self._pulling(path).client.ping()
        for one in self.tags(path, {}).sightings[:1]:
            self.resolve(path, one.tag)

    def _included(self, *, keep: bool, shown: set[str] | None = None) -> list[str]:
        """The paths included; `shown` takes in all that the lists showed."""
        paths = {path for path in self._literals if self._selection.holds(path)}
        if any(not pattern.literal for pattern in self._selection.include):
            there = self._catalogue.repositories()
            wanted = [one for one in there if self._may_hold(one)]
            if shown is not None:
                # Whose images are not asked for stand for themselves.
                shown.update(f"{one}/…" for one in there if one not in wanted)
            for repository, contents in self._catalogue.listed(wanted, keep=keep).items():
                found = [f"{repository}/{image}" for image in contents.images]
                if shown is not None:
                    shown.update(found)
                paths.update(filter(self._selection.holds, found))
        for path in paths:
            ImagePath.parse(self.name, path)
        return sorted(paths)

    def _may_hold(self, repository: str) -> bool:
        return may_hold(self._selection, repository)

    def _tags(self, repository: str, contents: Contents, known: Known) -> Listing:
        path = ImagePath.parse(self.name, repository)
        held = contents.held.get(path.image)
        if held is None:
            resource = self._site.resource(path.repository)
            raise NotFoundError(f"{resource} was listed, and has no image named {path.image}")
        reading = read_listing(held, known, at_once=contents.at_once)
        looked_at = self._looked_at(repository, reading.doubtful)
        certain = [sighting(held, tag, digest) for tag, digest in looked_at.digests.items()]
        return Listing(
            (*reading.sightings, *certain),
            complete=True,
            failed={**looked_at.failed, **reading.strange},
        )

    def _looked_at(self, repository: str, doubtful: Sequence[str]) -> Resolved:
        """Look at tags one by one; where that is refused they fail, and the others stand."""
        client = self._pulling(repository).client
        look = partial(client.head, self._pulled(repository))
        try:
            found = resolve_all(doubtful, look, self._connecting.concurrency)
            if found.gone:
                client.confirm_absence()
        except AttemptError as error:
            return Resolved(failed=dict.fromkeys(doubtful, str(error)))
        return found

    def _pulled(self, repository: str) -> str:
        return self._site.pulled(ImagePath.parse(self.name, repository))

    def _pulling(self, repository: str) -> Pulling:
        """The registry that holds a repository: gcr.io's have hosts of their own."""
        url = self._site.host(repository.partition("/")[0])
        known = self._pullings.get(url)
        if known is not None:
            return known
        place = Place(url, self._login, self._connecting.tls_ca, self._connecting.proxy)
        return self._pullings.setdefault(url, Pulling(self.name, place, self._http))


def _literals(name: str, site: Site, selection: Selection) -> tuple[str, ...]:
    literals = tuple(pattern.text for pattern in selection.include if pattern.literal)
    for text in literals:
        try:
            path = ImagePath.parse(name, text)
        except PermanentError:
            raise UsageError(
                f"registry {name}: include {text!r} is no repository and image, such as"
                " docker/shop/api; all of a repository is docker/**"
            ) from None
        where = GCR_LOCATIONS.get(path.repository, site.location)
        if where != site.location:
            raise UsageError(
                f"registry {name}: include {text!r}: {path.repository} is in the location {where},"
                f" not in {site.location}; name it under a registry of that location"
            )
    return literals
