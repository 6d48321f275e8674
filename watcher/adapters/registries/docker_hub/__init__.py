"""Docker Hub: repositories and tags from its API, images from its registry."""

from watcher.adapters.registries.docker_hub.registry import DockerHubRegistry, Hosts

__all__ = ["DockerHubRegistry", "Hosts"]
