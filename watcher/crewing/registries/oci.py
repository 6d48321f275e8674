"""The kind `oci`."""

from __future__ import annotations

from watcher.adapters.registries.oci import OciRegistry
from watcher.config.registries import OciSettings
from watcher.crewing.registries.common import connecting_of, login_of
from watcher.domain.pattern import Selection


def build(one: OciSettings, selection: Selection) -> OciRegistry:
    """An OCI registry as it is configured."""
    return OciRegistry(
        one.name, one.url, selection, credentials=login_of(one), connecting=connecting_of(one)
    )
