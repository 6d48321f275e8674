"""Any registry that speaks the OCI Distribution protocol 1.1, and nothing else of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from watcher.adapters.distribution import Credentials, Distribution, Images, Meter, list_tags
from watcher.adapters.distribution.document import shown
from watcher.adapters.http import Connecting, Http, Retrying, Timeouts
from watcher.domain.errors import NotFoundError, PermanentError, UnauthorizedError, UsageError
from watcher.domain.pattern import Selection
from watcher.domain.reference import is_repository_path, is_tag
from watcher.ports.registry import (
    ImageConfig,
    Listing,
    Manifest,
    PullAccess,
    Sighting,
    Traffic,
)

_TIMEOUTS = Timeouts()
_RETRYING = Retrying()
_EVERYTHING = Selection.parse(("**",))


class OciRegistry:
    """A registry of the kind `oci`; signs `watcher.ports.registry.Registry`.

    `selection` is over the paths of repositories. `rate` is in requests per second; `page` is
    the number of names asked for at once, at most 1000. Raises UsageError for what cannot work.
    """

    def __init__(  # noqa: PLR0913 - the keys of the configuration
        self,
        name: str,
        url: str,
        *,
        username: str | None = None,
        password: str | None = None,
        selection: Selection = _EVERYTHING,
        tls_ca: Path | None = None,
        proxy: str | None = None,
        concurrency: int = 8,
        rate: float | None = None,
        timeouts: Timeouts = _TIMEOUTS,
        retrying: Retrying = _RETRYING,
        page: int = 1000,
    ) -> None:
        self.name = name
        self.traffic = Traffic()
        self._url = url.rstrip("/")
        self._credentials = _credentials(name, username, password)
        self._selection = selection
        self._literals = _literals(name, selection)
        self._connecting = Connecting(concurrency, rate, tls_ca, proxy, timeouts, retrying)
        http = Http(self._connecting, Meter(self.traffic))
        self._client = Distribution(url, http, self._credentials, page)
        self._images = Images(self._client)

    def repositories(self) -> Iterator[str]:
        """List the paths of all repositories the configuration includes; complete or an error.

        The catalogue is asked for only where an include has a wildcard. Raises PermanentError
        where it is refused, or names a repository outside the specification's grammar.
        """
        paths = {path for path in self._literals if self._selection.holds(path)}
        if any(not pattern.literal for pattern in self._selection.include):
            paths.update(filter(self._selection.holds, self._catalog()))
        for path in paths:
            _named(self.name, path)
        return iter(sorted(paths))

    def tags(self, repository: str, known: Mapping[str, str]) -> Listing:
        """List and resolve the tags of a repository; NotFoundError where there is no such one."""
        path = _named(self.name, repository)
        return list_tags(self._client, path, known, self._connecting.concurrency)

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag; raises NotFoundError where it is gone."""
        if not is_tag(tag):
            raise PermanentError(f"{self.name}/{repository}: {shown(tag)} is no tag")
        try:
            return Sighting(tag, self._client.head(_named(self.name, repository), tag))
        except NotFoundError:
            self._client.confirm_absence()
            raise

    def manifest(self, repository: str, digest: str) -> Manifest:
        """Fetch what a digest stands for; raises PermanentError where it is no image."""
        return self._images.manifest(_named(self.name, repository), digest)

    def image(self, repository: str, digest: str) -> ImageConfig:
        """Fetch one platform's manifest and configuration, both verified by their digests."""
        return self._images.image(_named(self.name, repository), digest)

    def pull_access(self, repository: str, digest: str) -> PullAccess:
        """Tell how another program pulls this image now."""
        parts = urlsplit(self._url)
        credentials = self._credentials
        return PullAccess(
            reference=f"{parts.netloc}{parts.path}/{repository}@{digest}",
            plain_http=parts.scheme == "http",
            username=credentials.username if credentials else None,
            password=credentials.password if credentials else None,
            ca_file=str(self._connecting.tls_ca) if self._connecting.tls_ca else None,
        )

    def check(self) -> str:
        """Say in one line that the registry answers and accepts us; raises otherwise."""
        self._client.ping()
        count = sum(1 for _ in self.repositories())
        who = f"as {self._credentials.username}" if self._credentials else "without credentials"
        return f"{self._url} answers {who}; repositories included: {count}"

    def _catalog(self) -> tuple[str, ...]:
        advice = "name the repositories under include, without wildcards"
        try:
            return self._client.catalog()
        except UnauthorizedError as error:
            raise UnauthorizedError(f"{error}; or {advice}") from None
        except PermanentError as error:
            raise PermanentError(f"{error}: no catalogue is offered; {advice}") from None


def _credentials(name: str, username: str | None, password: str | None) -> Credentials | None:
    if username is None and password is None:
        return None
    if not username or not password:
        raise UsageError(f"registry {name}: username and password belong together; one is missing")
    return Credentials(username, password)


def _literals(name: str, selection: Selection) -> tuple[str, ...]:
    literals = tuple(pattern.text for pattern in selection.include if pattern.literal)
    for path in literals:
        if not is_repository_path(path):
            raise UsageError(
                f"registry {name}: include {path!r} is no repository, such as shop/api"
            )
    return literals


def _named(name: str, path: str) -> str:
    if not is_repository_path(path):
        raise PermanentError(f"registry {name}: {shown(path)} is no repository's path; exclude it")
    return path
