"""The only place that imports Google's libraries: a client of the API, and who we are to it."""

from watcher.adapters.registries.artifact_registry.sdk.client import Reach, Transport, connect
from watcher.adapters.registries.artifact_registry.sdk.login import GoogleLogin

__all__ = ["GoogleLogin", "Reach", "Transport", "connect"]
