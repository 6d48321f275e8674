"""What comes from Hub's registry: digests, which cost nothing, and manifests, which are pulls."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence

from watcher.adapters.distribution import Distribution, Pulling
from watcher.adapters.registries.docker_hub.quota import HubQuotas
from watcher.domain.errors import UnauthorizedError
from watcher.ports.registry import Attached, ImageConfig, Manifest, PullAccess, Sighting


class HubPulls:
    """The registry half, within what may be pulled; for many threads."""

    def __init__(self, pulling: Pulling, quotas: HubQuotas) -> None:
        self._pulling = pulling
        self._quotas = quotas
        self._met = False
        self._lock = threading.Lock()

    @property
    def client(self) -> Distribution:
        """The registry, which was met before."""
        with self._lock:
            if not self._met:
                # It wants a token of everybody; who first asks without one asks twice.
                self._pulling.client.ping()
                self._met = True
        return self._pulling.client

    def head(self, path: str, tag: str, known: str | None = None) -> str:
        """Give the digest behind a tag; NotFoundError where it is gone."""
        return self.client.head(path, tag, known)

    def look(self, path: str, tag: str) -> Sighting:
        """Look at a tag that the API does not show; NotFoundError where it is gone for certain."""
        _ = self.client
        try:
            return self._pulling.resolve(path, tag)
        except UnauthorizedError as error:
            raise UnauthorizedError(
                f"{error}; {path} is deleted, or hidden from this login: exclude it, or let the"
                " login see it"
            ) from None

    def manifest(self, path: str, digest: str) -> Manifest:
        """Fetch what a digest stands for; RateLimitedError where pulls are short."""
        self._refresh(path, digest)
        return self._pulling.manifest(path, digest)

    def image(self, path: str, digest: str) -> ImageConfig:
        """Fetch one platform's manifest and configuration."""
        self._refresh(path, digest)
        return self._pulling.image(path, digest)

    def attestations(
        self, path: str, digest: str, beside: Collection[str], *, attached: bool
    ) -> Sequence[Attached]:
        """Fetch what is said of an image; each part is a pull, so only where it is wanted."""
        if not attached:
            return ()
        self._refresh(path, digest)
        return self._pulling.attestations(path, digest, beside, attached=True)

    def access(self, path: str, digest: str) -> PullAccess:
        """Tell how another program pulls this image; RateLimitedError where pulls are short."""
        if self._quotas.stale:
            self._refresh(path, digest)
        self._quotas.require(f"{path}@{digest}")
        return self._pulling.access(path, digest)

    def _refresh(self, path: str, digest: str) -> None:
        """Read again what is left of the pulls, for nothing, before one more is spent."""
        client = self.client
        if self._quotas.stale:
            client.head(path, digest)
