"""A client of the OCI Distribution protocol 1.1, and the documents that registries store."""

from watcher.adapters.distribution.auth import Credentials
from watcher.adapters.distribution.client import Distribution
from watcher.adapters.distribution.config import ConfigDocument, parse_config
from watcher.adapters.distribution.images import Images
from watcher.adapters.distribution.listing import list_tags
from watcher.adapters.distribution.manifest import (
    Descriptor,
    ImageDocument,
    IndexDocument,
    parse_manifest,
)
from watcher.adapters.distribution.meter import Meter

__all__ = [
    "ConfigDocument",
    "Credentials",
    "Descriptor",
    "Distribution",
    "ImageDocument",
    "Images",
    "IndexDocument",
    "Meter",
    "list_tags",
    "parse_config",
    "parse_manifest",
]
