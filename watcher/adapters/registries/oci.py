"""Any registry that speaks the OCI Distribution protocol 1.1, and nothing else of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

from watcher.adapters.distribution import (
    Credentials,
    EachByItself,
    Meter,
    Place,
    Pulling,
    Shown,
    doubts_of,
    list_tags,
)
from watcher.adapters.distribution.document import MalformedError
from watcher.adapters.http import Connecting, Http
from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    PermanentError,
    UnauthorizedError,
    UsageError,
)
from watcher.domain.pattern import Selection
from watcher.domain.reference import is_repository_path
from watcher.ports.registry import (
    Attached,
    Checked,
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
_LOOKED_AT = 20  # repositories that an include names and no list has shown


class OciRegistry(EachByItself):
    """A registry of the kind `oci`; signs `watcher.ports.registry.Registry`.

    `selection` is over the paths of repositories; `page` is the number of names asked for at once,
    at most 1000. Raises UsageError for what cannot work.
    """

    def __init__(
        self,
        name: str,
        url: str,
        selection: Selection = _EVERYTHING,
        *,
        credentials: Credentials | None = None,
        connecting: Connecting = _CONNECTING,
        page: int = 1000,
    ) -> None:
        self.name = name
        self.traffic = Traffic()
        self._url = url.rstrip("/")
        self._user = credentials.username if credentials else None
        self._selection = selection
        self._literals = _literals(name, selection)
        self._concurrency = connecting.concurrency
        place = Place(self._url, credentials, connecting.tls_ca, connecting.proxy)
        self._pulling = Pulling(name, place, Http(connecting, Meter(self.traffic)), page)
        self._client = self._pulling.client

    def repositories(self) -> Iterator[str]:
        """List the paths of all repositories the configuration includes; complete or an error.

        The catalogue is asked for only where an include has a wildcard. Raises PermanentError
        where it is refused, or names a repository outside the specification's grammar.
        """
        paths = {path for path in self._literals if self._selection.holds(path)}
        if any(not pattern.literal for pattern in self._selection.include):
            paths.update(filter(self._selection.holds, self._catalog()))
        for path in paths:
            self._pulling.named(path)
        return iter(sorted(paths))

    def tags(self, repository: str, known: Known) -> Listing:
        """List and resolve the tags of a repository; NotFoundError where there is no such one."""
        path = self._pulling.named(repository)
        return list_tags(self._client, path, known, self._concurrency)

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag; raises NotFoundError where it is gone."""
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
        """Say that the registry answers and lets us list and pull; raises otherwise.

        What one repository allows is taken for all: they are asked for one by one in a pass.
        """
        self._client.ping()
        try:
            return self._checked()
        except MalformedError as error:
            raise PermanentError(
                f"{self._url} is no OCI registry: correct the url ({error.reason})"
            ) from None

    def _checked(self) -> Checked:
        wild = any(not pattern.literal for pattern in self._selection.include)
        listed = self._catalog() if wild else ()
        held = filter(self._selection.holds, {*self._literals, *listed})
        paths = sorted(map(self._pulling.named, held))
        unlisted = [path for path in paths if path not in listed][:_LOOKED_AT]
        absent = {path for path in unlisted if not self._is_there(path)}
        for path in [path for path in paths if path not in absent and path not in unlisted][:1]:
            self._is_there(path)
        if absent and not wild:
            with suppress(AttemptError):
                listed = self._client.catalog().names
        line = f"{self._url} answers {self._who}; repositories included: {len(paths)}"
        return Checked(line, doubts_of(self.name, self._selection, Shown(listed, absent)))

    @property
    def _who(self) -> str:
        return f"as {self._user}" if self._user else "without credentials"

    def _is_there(self, path: str) -> bool:
        """Read a repository's tags and look at one, as a pass would; raises where we may not."""
        try:
            tags = self._client.tags(path).names
            with suppress(NotFoundError):  # gone since it was listed
                for tag in tags[:1]:
                    self._client.head(path, tag)
        except UnauthorizedError as error:
            raise UnauthorizedError(
                f"{self._url} answers {self._who}, but the right to pull {path} is missing: grant"
                f" it ({error})"
            ) from None
        except NotFoundError:
            return False
        return True

    def _catalog(self) -> tuple[str, ...]:
        advice = "name the repositories under include, without wildcards"
        try:
            found = self._client.catalog()
        except UnauthorizedError as error:
            raise UnauthorizedError(
                f"the right to list the catalogue (registry:catalog:*) is missing: grant it, or "
                f"{advice} ({error})"
            ) from None
        except MalformedError:
            raise
        except PermanentError as error:
            raise PermanentError(f"{error}: no catalogue is offered; {advice}") from None
        if found.doubtful:
            raise PermanentError(
                f"{self._url}/v2/_catalog names {len(found.names)} repositories, and none after the"
                f" last one where it is asked: it may be cut short; {advice}"
            )
        return found.names


def _literals(name: str, selection: Selection) -> tuple[str, ...]:
    literals = tuple(pattern.text for pattern in selection.include if pattern.literal)
    for path in literals:
        if not is_repository_path(path):
            raise UsageError(
                f"registry {name}: include {path!r} is no repository, such as shop/api"
            )
    return literals
