"""Images as the protocol gives them: the half of the port that registries of every kind share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from watcher.adapters.distribution.attesting import Attesting
from watcher.adapters.distribution.auth import Login
from watcher.adapters.distribution.client import Distribution
from watcher.adapters.distribution.document import shown
from watcher.adapters.distribution.images import Images
from watcher.adapters.http import Http
from watcher.domain.errors import NotFoundError, PermanentError
from watcher.domain.reference import is_repository_path, is_tag
from watcher.ports.registry import Attached, ImageConfig, Manifest, PullAccess, Sighting


@dataclass(frozen=True, slots=True)
class Place:
    """Where images are pulled from: an address, who we are there, and what lies on the way."""

    url: str
    login: Login | None = None
    tls_ca: Path | None = None
    proxy: str | None = field(default=None, repr=False)


class Pulling:
    """Images of one place by their repositories there; `name` is the registry's, for errors.

    `page` is the number of names asked for at once.
    """

    def __init__(self, name: str, place: Place, http: Http, page: int = 1000) -> None:
        self._name = name
        self._place = place
        self.client = Distribution(place.url, http, place.login, page)
        self._images = Images(self.client)
        self._attesting = Attesting(self.client)

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag (one HEAD); raises NotFoundError where it is gone."""
        if not is_tag(tag):
            raise PermanentError(f"{self._name}/{repository}: {shown(tag)} is no tag")
        try:
            return Sighting(tag, self.client.head(self.named(repository), tag))
        except NotFoundError:
            self.client.confirm_absence()
            raise

    def manifest(self, repository: str, digest: str) -> Manifest:
        """Fetch what a digest stands for; raises PermanentError where it is no image."""
        return self._images.manifest(self.named(repository), digest)

    def image(self, repository: str, digest: str) -> ImageConfig:
        """Fetch one platform's manifest and configuration, both verified by their digests."""
        return self._images.image(self.named(repository), digest)

    def attestations(
        self, repository: str, digest: str, beside: Collection[str] = (), *, attached: bool
    ) -> Sequence[Attached]:
        """Fetch what is said of an image or index; complete or an error."""
        return self._attesting.attestations(
            self.named(repository), digest, beside, attached=attached
        )

    def address(self, repository: str) -> str:
        """The repository as references name it: host[:port]/path."""
        parts = urlsplit(self._place.url)
        return f"{parts.netloc}{parts.path.rstrip('/')}/{repository}"

    def access(self, repository: str, digest: str) -> PullAccess:
        """Tell how another program pulls this image now."""
        place, login = self._place, self._place.login
        credentials = login.current() if login else None
        return PullAccess(
            reference=f"{self.address(repository)}@{digest}",
            plain_http=place.url.startswith("http://"),
            username=credentials.username if credentials else None,
            password=credentials.password if credentials else None,
            ca_file=str(place.tls_ca) if place.tls_ca else None,
            proxy=place.proxy,
        )

    def named(self, path: str) -> str:
        """A repository's path in the grammar of the specification; raises PermanentError."""
        if not is_repository_path(path):
            raise PermanentError(
                f"registry {self._name}: {shown(path)} is no repository's path; exclude it"
            )
        return path
