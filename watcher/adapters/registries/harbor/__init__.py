"""Harbor, listed through its own API; images by the OCI protocol, as everywhere."""

from watcher.adapters.registries.harbor.registry import HarborRegistry

__all__ = ["HarborRegistry"]
