"""The kind `ecr`."""

from __future__ import annotations

from watcher.adapters.registries.ecr import EcrRegistry
from watcher.config.registries import EcrSettings
from watcher.crewing.registries.common import connecting_of
from watcher.domain.pattern import Selection


def build(one: EcrSettings, selection: Selection) -> EcrRegistry:
    """The registries of one or several accounts at AWS as they are configured."""
    return EcrRegistry(one.name, one.regions, one.roles, selection, connecting=connecting_of(one))
