"""The kind `artifact-registry`."""

from __future__ import annotations

from watcher.adapters.registries.artifact_registry import ArtifactRegistry, GoogleLogin, Site
from watcher.config.registries import ArtifactRegistrySettings
from watcher.crewing.registries.common import connecting_of
from watcher.domain.pattern import Selection


def build(one: ArtifactRegistrySettings, selection: Selection) -> ArtifactRegistry:
    """A location of Artifact Registry as it is configured."""
    connecting = connecting_of(one)
    return ArtifactRegistry(
        one.name,
        Site(one.project, one.location, one.endpoint, one.images),
        selection,
        login=None if one.anonymous else GoogleLogin(one.name, connecting),
        connecting=connecting,
        transport=one.transport,
    )
