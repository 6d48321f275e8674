"""Google Artifact Registry: listed through its API, pulled from by the OCI protocol."""

from watcher.adapters.registries.artifact_registry.names import Site
from watcher.adapters.registries.artifact_registry.registry import ArtifactRegistry
from watcher.adapters.registries.artifact_registry.sdk import GoogleLogin, Transport

__all__ = ["ArtifactRegistry", "GoogleLogin", "Site", "Transport"]
