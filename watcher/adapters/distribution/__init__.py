"""A client of the OCI Distribution protocol 1.1, and the documents that registries store."""

from watcher.adapters.distribution.auth import Credentials, Login
from watcher.adapters.distribution.client import Distribution
from watcher.adapters.distribution.config import ConfigDocument, parse_config
from watcher.adapters.distribution.each import EachByItself
from watcher.adapters.distribution.images import Images
from watcher.adapters.distribution.listing import list_tags
from watcher.adapters.distribution.manifest import (
    Descriptor,
    ImageDocument,
    IndexDocument,
    parse_manifest,
)
from watcher.adapters.distribution.meter import Meter
from watcher.adapters.distribution.pulling import Place, Pulling
from watcher.adapters.distribution.selected import Shown, doubts_of

__all__ = [
    "ConfigDocument",
    "Credentials",
    "Descriptor",
    "Distribution",
    "EachByItself",
    "ImageDocument",
    "Images",
    "IndexDocument",
    "Login",
    "Meter",
    "Place",
    "Pulling",
    "Shown",
    "doubts_of",
    "list_tags",
    "parse_config",
    "parse_manifest",
]
