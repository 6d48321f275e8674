"""The kind `harbor`."""

from __future__ import annotations

from watcher.adapters.registries.harbor import HarborRegistry
from watcher.config.registries import HarborSettings
from watcher.crewing.registries.common import connecting_of, login_of
from watcher.domain.pattern import Selection


def build(one: HarborSettings, selection: Selection) -> HarborRegistry:
    """A Harbor as it is configured."""
    return HarborRegistry(
        one.name, one.url, selection, credentials=login_of(one), connecting=connecting_of(one)
    )
